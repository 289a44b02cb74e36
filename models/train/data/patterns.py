"""Phrasings with alternatives: "{How do I|How can I} stop {it|you}?" stands for four questions.

Whole patterns are held out for the test (one in six), so what the test asks is built differently from what training saw.
"""

from __future__ import annotations

import itertools
import random
import re

from .core import RESERVED, bare, choose
from .grammar import phrase

_SPACES = re.compile(r" +")
_GROUP = re.compile(r"\{([^{}]*\|[^{}]*)\}")


def expand(pattern: str) -> list[str]:
    """All questions of a pattern. Groups may hold plain text only, so the place of a topic inside one is written as a character."""
    parts = _GROUP.split(pattern)
    options = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    return [_SPACES.sub(" ", "".join(words)).strip() for words in itertools.product(*options)]


class Patterns:
    """One pattern a line; a line is drawn first, then its alternatives. Lines starting with "~" are for the test alone."""

    __slots__ = ("train", "test", "more", "share", "dressed", "noise", "lang", "unseen")

    def __init__(self, text: str, lang: str = "") -> None:
        self.more, self.share, self.dressed, self.noise = None, 0.7, 0.6, 1.0
        self.lang = lang or ("zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en")
        lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
        marked = [line[1:] for line in lines if line.startswith("~")]
        plain = [line for line in lines if not line.startswith("~")]
        if not marked and len(plain) > 4:
            marked = plain[4::6]
            plain = [line for i, line in enumerate(plain) if i % 6 != 4]
        seen = {question for line in plain for question in expand(line)}
        self.train = [expand(line) for line in plain]
        self.test = [kept for line in marked if (kept := [q for q in expand(line) if q not in seen])] or self.train
        if self.test is not self.train:
            RESERVED.update(bare(q) for line in self.test for q in line)
        held = {bare(q) for line in self.test for q in line} if self.test is not self.train else set()
        self.unseen = tuple(sorted(b for b in held if len(b) > 6 and not any(b in bare(q) for line in plain for q in expand(line))))

    def pick(self, rng: random.Random, split: str) -> str:
        if split == "train":
            return phrase(rng, choose(rng, self.train), self.more, self.lang, self.share, self.dressed, self.noise, self.unseen)
        return choose(rng, choose(rng, self.test if split == "test" else self.train))
