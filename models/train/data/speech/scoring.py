"""Word and character error rates of transcripts, after normalisation."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[^\w\s+×÷%./-]|(?<!\d)[./]|[./](?!\d)|-(?!\d)|(?<=\w)-|_")


def normalise(text: str) -> str:
    """NFKC, lower case, no punctuation (signs between and before numbers stay), single spaces."""
    text = unicodedata.normalize("NFKC", text).lower().replace("'", "").replace("’", "").replace("−", "-")
    text = re.sub(r"(?<=\d) - (?=\d)", " minus ", text)
    return " ".join(_MARKS.sub(" ", text).split())


def words(text: str) -> list[str]:
    return normalise(text).split()


def characters(text: str) -> list[str]:
    return list(normalise(text).replace(" ", ""))


def distance(a: list, b: list) -> int:
    """Levenshtein: the fewest insertions, deletions and substitutions."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def error_rate(pairs: list[tuple[str, str]], by: str = "word") -> float:
    """pairs of (reference, hypothesis) -> errors over the references' words, or characters with by="character"."""
    split = words if by == "word" else characters
    errors = sum(distance(split(reference), split(found)) for reference, found in pairs)
    return errors / max(1, sum(len(split(reference)) for reference, _ in pairs))


def measure(lang: str, kind: str = "") -> str:
    """Which rate counts: characters for Chinese and for strings of digits, words otherwise."""
    return "character" if lang == "zh" or kind.startswith("digits") else "word"
