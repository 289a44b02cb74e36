"""Writes the held-out sets to models/eval/sets, one file a task. Deterministic.

    python models/train/data/make_eval.py
"""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent.parent))
    __package__ = "data"

from data import TASK_WEIGHTS, Sample, sample_task  # noqa: E402
from data.about import TOPICS  # noqa: E402
from data.decline import PUZZLED, REFUSE  # noqa: E402
from data.score import score  # noqa: E402
from data.smalltalk import KINDS  # noqa: E402

LINES = 280
SEED = 20261122
OUT = Path(__file__).parent.parent.parent / "eval" / "sets"
# What an answer about a topic must say; the answer of no other topic says it.
ABOUT_KEYS = {
    "identity": ["I am Nano, the small built-in model of AutoGLM Desktop", "我是 Nano，AutoGLM Desktop 内置的小模型"], "skills": ["calculate step by step", "一步一步做算术"], "app": ["runs language models on this computer", "运行语言模型的应用"],
    "new_chat": ["Press Ctrl+N", "按 Ctrl+N"], "palette": ["Press Ctrl+K", "按 Ctrl+K"], "settings": ["open the settings", "打开设置"], "image": ["Drop an image", "把图片拖进窗口"], "voice": ["Hold the Space bar", "按住空格键"],
    "thinking": ["The Think switch", "“思考”开关"], "stop": ["Press Escape", "按 Esc"], "models": ["Open the Models page", "打开“模型”页"], "server": ["http://127.0.0.1:8000/v1"], "privacy": ["Everything stays on this computer", "一切都留在这台电脑上"],
    "hardware": ["NVIDIA GPU", "NVIDIA 显卡"], "limits": ["my knowledge is narrow", "知识很有限"], "languages": ["English and Chinese", "懂中文和英文"], "shortcuts": ["Ctrl+N: new chat", "Ctrl+N：新对话"],
}
MARKERS = {"en": ["small built-in model", "did not understand"], "zh": ["内置的小模型", "没有看懂"]}
FACT = re.compile(r".*(?:：|: )(.+)$", re.S)


def fact_value(s: Sample) -> str:
    """The fact that a table task's reasoning ends with."""
    return FACT.match(s.reasoning).group(1)


def expectation(s: Sample) -> dict:
    family = s.task.split(".")[0]
    answer = s.answer
    if s.task == "followup":
        if "=>" in s.reasoning:
            family = "arithmetic"
        elif any(s.reasoning.startswith(x) for x in ("English:", "Chinese:", "英文：", "中文：")):
            family = "translate"
        else:
            family = "facts"
    if family in ("arithmetic", "percent", "units"):
        if " = " in answer and not answer.startswith(("They", "一样")):
            return {"kind": "final", "values": [answer.rsplit("= ", 1)[1]]}
        number = re.search(r"(-?[\d./]+)$", answer)
        if number and not answer.startswith(("Yes", "No", "是的", "不是", "They", "一样")):
            value = number.group(1)
            return {"kind": "exact", "values": [answer]} if "/" in value else {"kind": "final", "values": [value]}
        return {"kind": "exact", "values": [answer]}
    if family == "dates":
        return {"kind": "final", "values": [s.reasoning.rsplit("=> ", 1)[1]]}
    if family == "count":
        return {"kind": "final", "values": [s.reasoning.rsplit("=> ", 1)[1]]}
    if family in ("sort", "translate"):
        return {"kind": "exact", "values": [answer]}
    if family == "facts":
        value = fact_value(s)
        if re.search(r"Symbol: \w+$|Number: \d+$|Weight: [\d.]+$|符号：\w+$|序数：\d+$|原子量：[\d.]+$", s.reasoning):
            return {"kind": "final", "values": [value]}
        return {"kind": "contains", "values": [value]}
    if family == "definitions":
        return {"kind": "contains", "values": [re.split(r"\): |）：", answer, maxsplit=1)[1].rstrip(".")]}
    if family == "about":
        topic = next(name for name, t in TOPICS.items() if answer in (t[1], t[3]))
        return {"kind": "contains", "values": ABOUT_KEYS[topic]}
    if family == "smalltalk":
        answers = next(a for kind in KINDS.values() for a in (kind[1], kind[3]) if answer in a)
        return {"kind": "exact", "values": answers}
    if answer == PUZZLED[s.lang] or answer in PUZZLED.values():
        # A string of nonsense may as well be taken for an unknown word.
        return {"kind": "decline", "values": MARKERS["en"] + MARKERS["zh"]}
    assert answer == REFUSE[s.lang] or "Nano" in answer
    return {"kind": "decline", "values": [MARKERS[s.lang][0]]}


def lines(task: str) -> list[dict]:
    rng = random.Random(f"{SEED}/{task}")
    seen: set[str] = set()
    out: list[dict] = []
    for _ in range(LINES * 8):
        s = sample_task(task, rng, "test")
        question = " ".join(text for _, text in s.messages[-3:]) if task == "followup" else s.messages[-1][1].strip()
        if question in seen:
            continue
        seen.add(question)
        expect = expectation(s)
        assert score(expect, s.answer), (s, expect)
        messages = [{"role": role, "content": text} for role, text in s.messages]
        out.append({"id": f"{task}-{len(out):03d}", "task": task, "lang": s.lang, "messages": messages, "expect": expect})
        if len(out) == LINES:
            break
    return out


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for task in sorted(TASK_WEIGHTS):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines(task))
        (OUT / f"{task}.jsonl").write_text(text, encoding="utf-8")
        print(f"{task}: {text.count(chr(10))} lines, {len(text.encode()) // 1000} kB")


if __name__ == "__main__":
    main()
