"""Whether an answer meets what a line of a test set expects. The rules are written down in models/eval/README.md."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?%?")
_NUMBER_ONLY = re.compile(r"-?\d+(?:\.\d+)?%?")
_END = ".!?。 "
_WORD = re.compile(r"[A-Za-z0-9]")


def normalise(text: str) -> str:
    """NFKC, runs of white space as one space, no space or final mark at the ends."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().rstrip(_END)


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is not part of a longer run of ASCII letters and digits."""
    before = start > 0 and _WORD.match(text[start - 1]) and _WORD.match(text[start])
    after = end < len(text) and _WORD.match(text[end]) and _WORD.match(text[end - 1])
    return not before and not after


def contains(text: str, value: str) -> bool:
    text, value = normalise(text).lower(), normalise(value).lower()
    at = text.find(value)
    while value and at >= 0:
        if _bounded(text, at, at + len(value)):
            return True
        at = text.find(value, at + 1)
    return False


def _final(answer: str, value: str) -> bool:
    text, value = normalise(answer), normalise(value)
    tail = text.rsplit("=", 1)[-1].strip()
    if tail == value:
        return True
    if _NUMBER_ONLY.fullmatch(value):
        numbers = _NUMBER.findall(tail)
        return bool(numbers) and numbers[-1] == value
    return tail.endswith(value) and _bounded(tail, len(tail) - len(value), len(tail))


def score(expect: dict, answer: str) -> bool:
    """expect: {"kind": "exact"|"final"|"contains"|"decline", "values": [...], "forbidden": [...] (optional)}; answer without reasoning."""
    values = expect["values"]
    kind = expect["kind"]
    if any(contains(answer, value) for value in expect.get("forbidden", ())):
        return False
    if kind == "exact":
        return any(normalise(answer) == normalise(value) for value in values)
    if kind == "final":
        return any(_final(answer, value) for value in values)
    if kind in ("contains", "decline"):
        return any(contains(answer, value) for value in values)
    raise ValueError(f"unknown kind of expectation: {kind}")
