"""Writes the conversations that AWQ calibrates nano on: training data, never the test's. Deterministic.

    python models/train/data/make_calibration.py
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent.parent))
    __package__ = "data"

from data import TASK_WEIGHTS, Sample, sample_task  # noqa: E402

PER_TASK = 5
# Longer conversations would fill the file with other tasks' turns.
MOST_CHARACTERS = 1200
SEED = 20261123
OUT = Path(__file__).parent.parent.parent / "builder" / "awq" / "calibration.jsonl"


def line(s: Sample, thinking: bool) -> str:
    messages = [{"role": role, "content": text} for role, text in s.messages]
    reasoning = {"reasoning": s.reasoning} if thinking else {}
    return json.dumps({"messages": messages, **reasoning, "answer": s.answer}, ensure_ascii=False)


def main() -> None:
    rng = random.Random(SEED)
    lines = []
    for number in range(PER_TASK):
        for task in TASK_WEIGHTS:
            while True:
                s = sample_task(task, rng, "train")
                if sum(len(text) for _, text in s.messages) + len(s.reasoning) + len(s.answer) <= MOST_CHARACTERS:
                    break
            # Three of five answers with their reasoning: that is where most tokens are written.
            lines.append(line(s, thinking=number % 5 < 3 and s.reasoning != ""))
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUT}: {len(lines)} conversations, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
