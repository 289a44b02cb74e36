"""Greedy answers to the held-out sets, scored, for INT4, with thinking on and off.

    python evaluate.py MODEL_DIR [--sets ../eval/sets] [--out eval.json] [--limit N] [--samples FILE]

MODEL_DIR is what export.py writes. Measures INT4 with float16 activations on CUDA (``--dtype float32`` otherwise, ``--fp32`` adds the
unrounded weights). Prints and writes what it knows after every batch: ``{"tasks": [{"name", "metric", "n", "int4", "thinking"}]}``;
``models/eval`` measures the finished package the same way.
"""
from __future__ import annotations

import argparse
import copy
import glob
import json
import os
import random
import sys
import time

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from autoglm_phone import AutoGLMPhone, load_model, quantize_model  # noqa: E402
from tokenizer import Tokenizer, prompt_ids, split_answer  # noqa: E402


@torch.no_grad()
def answers(model: AutoGLMPhone, prompts: list[list[int]], device, max_tokens: int, budget: int, give_up: float = 0.0, each=None) -> list[list[int]]:
    """Generated ids for each prompt, in order. Sorted by length, in batches of at most ``budget`` rows of cache; ``each(done)`` is
    called after every batch with [(index, ids)]."""
    out: list = [None] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    while order:
        n = len(order)
        while n > 1 and n * (len(prompts[order[n - 1]]) + max_tokens) > budget:
            n = int(n * 0.9)
        some, order = order[:n], order[n:]
        width = max(len(prompts[i]) for i in some)
        ids = torch.zeros(len(some), width, dtype=torch.long)
        for row, i in enumerate(some):
            ids[row, : len(prompts[i])] = torch.tensor(prompts[i])
        for i, got in zip(some, model.generate(ids.to(device), max_tokens, give_up=give_up)):
            out[i] = got
        if each:
            each([(i, out[i]) for i in some])
    return out


def lighter(model: AutoGLMPhone, device, dtype: str):
    """float16 on CUDA, as the shipped CUDA graph computes; float32 on a CPU or when asked for."""
    return model.half() if dtype == "float16" and str(device).startswith("cuda") else model


def probe(tensors: dict, config, tokenizer: Tokenizer, device, each: int) -> str:
    """A quick look during training: share of exact answers for a few test questions of every task, INT4, thinking on / off."""
    from data import TASK_WEIGHTS, sample_task

    model = AutoGLMPhone(config).to(device).eval()
    model.load_state_dict(tensors)
    model = lighter(quantize_model(model), device, "float16")
    rng = random.Random(7)
    rows = [sample_task(task, rng, "test") for task in TASK_WEIGHTS for _ in range(each)]
    rows = [r for r in rows if sum(len(text) for _, text in r.messages) < 400]
    shares: dict = {task: [] for task in TASK_WEIGHTS}
    for thinking in (True, False):
        got = answers(model, [prompt_ids(tokenizer, r.messages, thinking) for r in rows], device,
                      (256 if each > 4 else 24) if thinking else 48, 1_500_000, 0.03)
        for task in TASK_WEIGHTS:
            right = [split_answer(tokenizer, g)[1].strip() == r.answer.strip() for g, r in zip(got, rows) if r.task == task]
            shares[task].append(f"{100 * sum(right) / max(1, len(right)):.0f}")
    return "probe (exact, thinking/answer): " + ", ".join(f"{t} {'/'.join(v)}" for t, v in shares.items())


def edits(a: str, b: str) -> int:
    """Levenshtein distance in characters."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@torch.no_grad()
def probe_media(tensors: dict, config, tokenizer: Tokenizer, device, drawer, media, batches: int) -> str:
    """A quick look at pictures and speech during training, INT4: exact answers by task, and the transcripts' character error rate."""
    from media import FEATURE, Drawer
    from media import tensors as to_tensors

    model = AutoGLMPhone(config).to(device).eval()
    model.load_state_dict(tensors)
    quantize_model(model)
    rng, right, errors = random.Random(11), {}, {}
    for split in ("known", "test"):
        test = Drawer(config, tokenizer, drawer.plan, drawer.scenes, drawer.pool, split)
        for _ in range(batches):
            try:
                samples, arrays = test.draw(rng)
            except FileNotFoundError:  # the held-out art was not brought
                break
            m = media(to_tensors(arrays, False), auxiliary=False)
            cells = arrays["rows"] * arrays["columns"]
            pictures = model.fuse(model.vision(m["pixels"]), torch.full((len(m["pixels"]),), cells, device=device))
            clips = [model.listen(m["wave"][i, :n]) for i, n in enumerate(m["clip_lengths"])]
            prompts, parts, wanted = [], [], []
            for enc, _, target, _, mode in samples:
                start = next(i for i, x in enumerate(enc) if x >= FEATURE)
                row = enc[start] - FEATURE
                rows = pictures[row // cells] if row < m["cell_room"] else clips[m["clip_rows"].index(row - m["cell_room"])]
                prompts.append(torch.tensor([9 if x >= FEATURE else x for x in enc]))
                parts.append([(start, rows)])
                wanted.append((target, mode))
            ids = torch.nn.utils.rnn.pad_sequence(prompts, batch_first=True).to(device)
            for got, (target, mode) in zip(model.generate(ids, 160, media=parts), wanted):
                name = f"{split} pictures" if mode == 4 else "transcripts" if mode == 5 else "spoken"
                answer, want = split_answer(tokenizer, got)[1].strip(), split_answer(tokenizer, target)[1].strip()
                right.setdefault(name, []).append(answer == want)
                if mode == 5:
                    errors.setdefault(name, []).append((edits(want, answer), len(want)))
    text = ", ".join(f"{k} {100 * sum(v) / len(v):.0f} % of {len(v)}" for k, v in right.items())
    return f"probe of media (exact): {text}; " + ", ".join(f"{k}: error {100 * sum(a for a, _ in v) / max(1, sum(b for _, b in v)):.1f} %" for k, v in errors.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--sets", default=os.path.join(HERE, "../eval/sets"))
    parser.add_argument("--out")
    parser.add_argument("--samples", help="writes every question and answer of INT4 here, as JSON lines")
    parser.add_argument("--limit", type=int, default=0, help="at most so many questions a set")
    parser.add_argument("--budget", type=int, default=1_500_000, help="rows of cache in a batch (10 kB each in float16)")
    parser.add_argument("--max-tokens", type=int, default=448)
    parser.add_argument("--dtype", default="float16", choices=["float32", "float16"])
    parser.add_argument("--fp32", action="store_true", help="also the weights before rounding, for their column")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    from data.score import score

    start = time.time()
    tokenizer = Tokenizer.load(os.path.join(args.model, "tokenizer.json"))
    rows = []
    for path in sorted(glob.glob(os.path.join(args.sets, "*.jsonl"))):
        with open(path, encoding="utf8") as f:
            lines = [json.loads(line) for line in f if line.strip()]
        rows += lines[: args.limit] if args.limit else lines
    model = load_model(args.model).to(args.device)
    models = {"int4": lighter(quantize_model(copy.deepcopy(model)), args.device, args.dtype)}
    if args.fp32:
        models["fp32"] = lighter(model, args.device, args.dtype)
    tasks: dict = {}
    kept = open(args.samples, "w", encoding="utf8") if args.samples else None

    def write() -> None:
        result = [{"name": name, "metric": "accuracy", "n": len(v["int4"]), **{k: round(sum(x) / len(x), 4) for k, x in v.items() if x}, "thinking": thinking}
                  for (name, thinking), v in tasks.items()]
        if args.out:
            with open(args.out + ".part", "w") as f:
                json.dump({"tasks": result}, f, indent=2)
                f.write("\n")
            os.replace(args.out + ".part", args.out)

    for name, m in models.items():
        for thinking in (True, False):
            t, count = time.time(), [0, 0]

            def scored(done) -> None:
                for i, ids in done:
                    r = rows[i]
                    reasoning, answer = split_answer(tokenizer, ids)
                    right = float(score(r["expect"], answer))
                    tasks.setdefault((r["task"], thinking), {"fp32": [], "int4": []})[name].append(right)
                    count[0] += 1
                    count[1] += len(ids)
                    if name == "int4" and kept:
                        kept.write(json.dumps({"task": r["task"], "thinking": thinking, "right": bool(right), "messages": r["messages"],
                                               "reasoning": reasoning, "answer": answer, "expect": r["expect"]}, ensure_ascii=False) + "\n")
                if kept:
                    kept.flush()
                write()
                so_far = [x for (_, k), v in tasks.items() if k == thinking for x in v[name]]
                print(f"  {name}, thinking {'on' if thinking else 'off'}: {count[0]} of {len(rows)}, right so far {sum(so_far) / len(so_far):.1%}, {time.time() - start:.0f} s", flush=True)

            prompts = [prompt_ids(tokenizer, [(x["role"], x["content"]) for x in r["messages"]], thinking) for r in rows]
            answers(m, prompts, args.device, args.max_tokens, args.budget, 0.01, scored)
            print(f"{name}, thinking {'on' if thinking else 'off'}: {count[0]} answers, {count[1]:,} tokens, {time.time() - t:.1f} s", flush=True)
            for task in sorted({k for k, _ in tasks}):
                v = tasks.get((task, thinking), {}).get(name) or []
                print(f"    {task:28} {len(v):5} {sum(v) / max(1, len(v)):7.1%}", flush=True)


if __name__ == "__main__":
    main()
