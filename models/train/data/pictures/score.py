"""Scoring of answers about pictures."""

from __future__ import annotations

from ..score import normalise


def right(answer: str, expected: str, accept: list[str] = []) -> bool:  # noqa: B006  (never changed)
    """Equal to one of the right answers, apart from case, width, spaces and a final mark."""
    return normalise(answer).lower() in {normalise(e).lower() for e in (expected, *accept)}


def cer(answer: str, expected: str) -> float:
    """Character error rate: edit distance over the expected length, white space as one space."""
    a, b = normalise(answer), normalise(expected)
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1] / max(1, len(b))
