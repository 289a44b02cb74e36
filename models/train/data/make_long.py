"""Writes models/eval/sets/long.jsonl: questions of every task at the end of a long conversation. Deterministic.

    python models/train/data/make_long.py

The questions are the held-out sets' own; before each stand 600 to 1,500 tokens of other questions and answers, which have nothing to do with
it. So a long prompt's attention is measured (models/train/sparse.py) with answers that are known. A follow-up's first question stays
directly before it.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent.parent))
    __package__ = "data"

from data import TASK_WEIGHTS  # noqa: E402
from data.core import GENERATORS  # noqa: E402
from data.make_eval import OUT, lines  # noqa: E402
from tokenizer import Tokenizer, prompt_ids  # noqa: E402

EACH = 4  # lines of a task
TOKENS = (600, 1500)
SEED = 20261123


def earlier(rng: random.Random, lang: str) -> list[dict]:
    """A turn that has nothing to do with the question, in its language two times of three."""
    if rng.random() < 1 / 3:
        lang = "zh" if lang == "en" else "en"
    task = rng.choice(sorted(GENERATORS))
    question, _, answer = GENERATORS[task](rng, "train", lang)
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def lengthened(line: dict, rng: random.Random, tokenizer: Tokenizer) -> dict:
    """The line with earlier turns before its own, a system message first if it has one."""
    messages = line["messages"]
    system = [m for m in messages if m["role"] == "system"]
    own = [m for m in messages if m["role"] != "system"]

    def length(turns: list[dict]) -> int:
        return len(prompt_ids(tokenizer, [(m["role"], m["content"]) for m in system + turns + own], True))

    wanted, turns = rng.randint(*TOKENS), []
    while length(turns) < wanted:
        turns += earlier(rng, line["lang"])
    while length(turns) > TOKENS[1]:
        turns = turns[2:]
    return {**line, "id": f"long-{line['id']}", "task": "long", "messages": system + turns + own}


def main() -> None:
    tokenizer = Tokenizer.load(str(Path(__file__).parent.parent / "tokenizer.json"))
    rng = random.Random(SEED)
    chosen = []
    for task in sorted(TASK_WEIGHTS):
        held_out = [line for line in lines(task) if len(line["messages"]) <= 6]
        chosen += [lengthened(line, rng, tokenizer) for line in rng.sample(held_out, EACH)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in chosen)
    (OUT / "long.jsonl").write_text(text, encoding="utf-8")
    print(f"{len(chosen)} lines, {len(text.encode()) // 1000} kB")


if __name__ == "__main__":
    main()
