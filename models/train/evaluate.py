"""Greedy answers to the held-out sets, scored, for the stored weights and for INT4, with thinking on and off.

    python evaluate.py MODEL_DIR [--sets ../eval/sets] [--out eval.json] [--limit N] [--samples FILE]

MODEL_DIR is what export.py writes. Computes in float32 (``--dtype bfloat16`` for speed). Prints a table and writes
``{"tasks": [{"name", "metric", "n", "fp32", "int4", "thinking"}]}``; ``models/eval`` measures the finished package the same way.
"""
from __future__ import annotations

import argparse
import contextlib
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


def precision(device, half: bool):
    """bfloat16 on CUDA when half, else as stored."""
    return torch.autocast("cuda", torch.bfloat16) if half and str(device).startswith("cuda") else contextlib.nullcontext()


@torch.no_grad()
def answers(model: AutoGLMPhone, prompts: list[list[int]], device, max_tokens: int, batch: int) -> list[list[int]]:
    """Generated ids for each prompt, in order. Sorted by length, so that a batch has little padding."""
    out: list = [None] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    for at in range(0, len(order), batch):
        some = order[at : at + batch]
        width = max(len(prompts[i]) for i in some)
        ids = torch.zeros(len(some), width, dtype=torch.long)
        for row, i in enumerate(some):
            ids[row, : len(prompts[i])] = torch.tensor(prompts[i])
        for i, got in zip(some, model.generate(ids.to(device), max_tokens)):
            out[i] = got
    return out


def probe(tensors: dict, config, tokenizer: Tokenizer, device, each: int) -> str:
    """A quick look during training: share of exact answers for a few test questions of every task, INT4, thinking on / off."""
    from data import TASK_WEIGHTS, sample_task

    model = AutoGLMPhone(config).to(device).eval()
    model.load_state_dict(tensors)
    quantize_model(model)
    rng = random.Random(7)
    rows = [sample_task(task, rng, "test") for task in TASK_WEIGHTS for _ in range(each)]
    shares: dict = {task: [] for task in TASK_WEIGHTS}
    with precision(device, True):
        for thinking in (True, False):
            got = answers(model, [prompt_ids(tokenizer, r.messages, thinking) for r in rows], device,
                          (384 if each > 8 else 24) if thinking else 48, 2048)
            for task in TASK_WEIGHTS:
                right = [split_answer(tokenizer, g)[1].strip() == r.answer.strip() for g, r in zip(got, rows) if r.task == task]
                shares[task].append(f"{100 * sum(right) / max(1, len(right)):.0f}")
    return "probe (exact, thinking/answer): " + ", ".join(f"{t} {'/'.join(v)}" for t, v in shares.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--sets", default=os.path.join(HERE, "../eval/sets"))
    parser.add_argument("--out")
    parser.add_argument("--samples", help="writes every question and answer of INT4 here, as JSON lines")
    parser.add_argument("--limit", type=int, default=0, help="at most so many questions a set")
    parser.add_argument("--batch", type=int, default=768)
    parser.add_argument("--max-tokens", type=int, default=640)
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    from data.score import score

    tokenizer = Tokenizer.load(os.path.join(args.model, "tokenizer.json"))
    rows = []
    for path in sorted(glob.glob(os.path.join(args.sets, "*.jsonl"))):
        with open(path, encoding="utf8") as f:
            lines = [json.loads(line) for line in f if line.strip()]
        rows += lines[: args.limit] if args.limit else lines
    model = load_model(args.model).to(args.device)
    models = {"fp32": model, "int4": quantize_model(copy.deepcopy(model))}
    tasks: dict = {}
    kept = []
    for name, m in models.items():
        for thinking in (True, False):
            t = time.time()
            prompts = [prompt_ids(tokenizer, [(x["role"], x["content"]) for x in r["messages"]], thinking) for r in rows]
            with precision(args.device, args.dtype == "bfloat16"):
                got = answers(m, prompts, args.device, args.max_tokens, args.batch)
            for r, ids in zip(rows, got):
                reasoning, answer = split_answer(tokenizer, ids)
                right = float(score(r["expect"], answer))
                entry = tasks.setdefault((r["task"], thinking), {"fp32": [], "int4": []})
                entry[name].append(right)
                if name == "int4":
                    kept.append({"task": r["task"], "thinking": thinking, "right": bool(right), "messages": r["messages"],
                                 "reasoning": reasoning, "answer": answer, "expect": r["expect"]})
            tokens = sum(map(len, got))
            print(f"{name}, thinking {'on' if thinking else 'off'}: {len(rows)} answers, {tokens:,} tokens, {time.time() - t:.1f} s", flush=True)
    result = [{"name": name, "metric": "accuracy", "n": len(v["int4"]), "fp32": round(sum(v["fp32"]) / len(v["fp32"]), 4),
               "int4": round(sum(v["int4"]) / len(v["int4"]), 4), "thinking": thinking} for (name, thinking), v in tasks.items()]
    by_name = sorted({r["name"] for r in result})
    print(f"{'task':28} {'n':>5} | thinking: fp32  int4 | without: fp32  int4")
    for name in by_name:
        on, off = ({**next((r for r in result if r["name"] == name and r["thinking"] == k), {"fp32": float("nan"), "int4": float("nan"), "n": 0})}
                   for k in (True, False))
        print(f"{name:28} {on['n']:>5} |       {on['fp32']:9.1%} {on['int4']:6.1%} |      {off['fp32']:9.1%} {off['int4']:6.1%}")
    if args.out:
        with open(args.out, "w") as f:
            json.dump({"tasks": result}, f, indent=2)
            f.write("\n")
    if args.samples:
        with open(args.samples, "w", encoding="utf8") as f:
            for k in kept:
                f.write(json.dumps(k, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
