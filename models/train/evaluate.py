"""Greedy answers to the held-out sets of text, pictures and speech, scored, for INT4, with thinking on and off.

    python evaluate.py MODEL_DIR [--sets ../eval/sets] [--out eval.json] [--limit N] [--samples FILE]
    python evaluate.py MODEL_DIR --only pictures,speech --senses 100        100 questions of every set of ``evaluate_senses.py``

MODEL_DIR is what export.py writes. Measures INT4 with float16 activations on CUDA (``--dtype float32`` otherwise, ``--fp32`` adds the
unrounded weights). Prints and writes what it knows after every batch: ``{"tasks": [{"name", "metric", "n", "int4", "thinking"}]}``
(a transcript has an error rate and no thinking); ``models/eval`` measures the finished package the same way.
"""
from __future__ import annotations

import argparse
import copy
import glob
import json
import os
import pickle
import random
import sys
import time

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from autoglm_phone import AutoGLMPhone, load_model, quantize_model  # noqa: E402
from tokenizer import Tokenizer, prompt_ids, split_answer  # noqa: E402


@torch.no_grad()
def answers(model: AutoGLMPhone, prompts: list[list[int]], device, max_tokens: int, budget: int, give_up: float = 0.0, each=None,
            media: list | None = None) -> list[list[int]]:
    """Generated ids for each prompt, in order; media as ``AutoGLMPhone.embed`` takes it. Sorted by length, in batches of at most ``budget`` rows of cache; ``each(done)`` is
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
        for i, got in zip(some, model.generate(ids.to(device), max_tokens, give_up=give_up, media=[media[i] for i in some] if media else None)):
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


def probe_media(tensors: dict, config, tokenizer: Tokenizer, device, renderer, path: str) -> str:
    """The same for the pictures and clips that ``evaluate_senses.prepare`` has put into a file, INT4."""
    from evaluate_senses import Results, ask

    if not os.path.exists(path):
        return "probe of media: its questions are not ready"
    with open(path, "rb") as f:
        items = pickle.load(f)
    model = AutoGLMPhone(config).to(device).eval()
    model.load_state_dict(tensors)
    results = Results()
    ask(lighter(quantize_model(model), device, "float16"), "int4", tokenizer, renderer, items, device, results, answers, max_tokens=192)
    return "probe of media, unseen and known:\n" + results.table(["int4"])


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
    parser.add_argument("--only", default="text,pictures,speech", help="what is asked")
    parser.add_argument("--senses", type=int, default=100, help="questions of every set of pictures and speech")
    parser.add_argument("--processes", type=int, default=max(1, min(12, (os.cpu_count() or 2) - 2)), help="that make pictures and clips")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    from data.score import score
    from evaluate_senses import Results, ask
    from evaluate_senses import start as start_senses

    start = time.time()
    only = tuple(args.only.split(","))
    if unknown := set(only) - {"text", "pictures", "speech"}:
        parser.error(f"--only knows text, pictures and speech, not {', '.join(sorted(unknown))}")
    senses = start_senses(args.senses, only, args.processes)  # before CUDA: these are forked
    tokenizer = Tokenizer.load(os.path.join(args.model, "tokenizer.json"))
    rows = []
    for path in sorted(glob.glob(os.path.join(args.sets, "*.jsonl"))) if "text" in only else []:
        with open(path, encoding="utf8") as f:
            lines = [json.loads(line) for line in f if line.strip()]
        lines = [x for x in lines if "images" not in x and "audio" not in x]  # those are made anew, and more of them
        rows += lines[: args.limit] if args.limit else lines
    model = load_model(args.model).to(args.device)
    models = {"int4": lighter(quantize_model(copy.deepcopy(model)), args.device, args.dtype)}
    if args.fp32:
        models["fp32"] = lighter(model, args.device, args.dtype)
    tasks: dict = {}
    heard, order = Results(), list(models)
    kept = open(args.samples, "w", encoding="utf8") if args.samples else None

    def write() -> None:
        result = [{"name": name, "metric": "accuracy", "n": len(v["int4"]), **{k: round(sum(x) / len(x), 4) for k, x in v.items() if x}, "thinking": thinking}
                  for (name, thinking), v in tasks.items()] + heard.tasks()
        if args.out:
            with open(args.out + ".part", "w") as f:
                json.dump({"tasks": result}, f, indent=2)
                f.write("\n")
            os.replace(args.out + ".part", args.out)

    for name, m in models.items():
        for thinking in (True, False) if rows else ():
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
    if items := senses():
        from data.pictures.render import Renderer

        print(f"{len(items)} questions about pictures and clips are made, {time.time() - start:.0f} s", flush=True)
        pictures = any(x.display is not None for x in items)
        renderer = Renderer(args.device, test=os.path.exists(os.path.join(HERE, "data/pictures/art/test.bin"))) if pictures else None

        def told(item, thinking, reasoning, answer, right) -> None:
            if kept:
                kept.write(json.dumps({"task": item.task, "thinking": thinking, "right": bool(right), "messages": [{"role": "user", "content": item.question}],
                                       "reasoning": reasoning, "answer": answer, "expect": item.expect or {"values": item.values}}, ensure_ascii=False) + "\n")

        for name, m in models.items():
            ask(m, name, tokenizer, renderer, items, args.device, heard, answers, max_tokens=args.max_tokens, budget=args.budget, each=told if name == "int4" else None)
            write()
        print(heard.table(order), flush=True)
    if kept:
        kept.close()
    print(f"all in {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
