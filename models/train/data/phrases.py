"""Ways to ask for one thing, divided into those for training and those for the test."""

from __future__ import annotations

import random

from .core import RESERVED, bare
from .grammar import phrase


class Phrases:
    """Phrasings of one thing in both languages. In a list of five or more, one in six is for the test alone.

    Splits: "train" draws from the plain list and from the grammar that ways.py attaches (``more``), dressed with the slips and
    courtesies of real typing; "plain" from the plain list; "test" from what is held out.
    """

    __slots__ = ("train", "test", "more", "share", "dressed", "noise", "unseen")

    def __init__(self, en: list[str], zh: list[str]) -> None:
        self.train: dict[str, list[str]] = {}
        self.test: dict[str, list[str]] = {}
        self.more: dict = {"en": None, "zh": None}
        self.share, self.dressed, self.noise = 0.7, 0.6, 1.0
        self.unseen: dict[str, tuple] = {}
        for lang, phrases in (("en", en), ("zh", zh)):
            kept = [p for i, p in enumerate(phrases) if i % 6 != 4]
            unseen = [p for i, p in enumerate(phrases) if i % 6 == 4]
            self.train[lang] = kept
            self.test[lang] = unseen or kept
            RESERVED.update(bare(p) for p in unseen if p not in kept)
            self.unseen[lang] = tuple(b for p in unseen if p not in kept and len(b := bare(p)) > 6 and not any(b in bare(k) for k in kept))

    def pick(self, rng: random.Random, split: str, lang: str) -> str:
        if split == "train":
            return phrase(rng, self.train[lang], self.more[lang], lang, self.share, self.dressed, self.noise, self.unseen[lang])
        phrases = (self.test if split == "test" else self.train)[lang]
        return phrases[int(rng.random() * len(phrases))]
