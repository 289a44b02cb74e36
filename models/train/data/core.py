"""What every skill shares: the sample type, the registry of tasks, and the split between training and test.

The split is by content, not by luck: operand pairs, words and story names are divided by a stable hash, and of each list of
phrasings the last part of every block of six belongs to the test alone. Training never draws them, whatever its seed.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

Turn = tuple[str, str, str]  # question, reasoning, answer
Generator = Callable[[random.Random, str, str], Turn]  # (rng, split, lang)
Followup = Callable[[random.Random, str, str], list[Turn]]  # turns, the last one needs those before


@dataclass(slots=True)
class Sample:
    task: str
    lang: str
    messages: list[tuple[str, str]]
    reasoning: str
    answer: str


GENERATORS: dict[str, Generator] = {}
FOLLOWUPS: dict[str, Followup] = {}
TASK_WEIGHTS: dict[str, float] = {}


def task(name: str, weight: float) -> Callable[[Generator], Generator]:
    """Registers a generator of single questions under a task name."""

    def register(function: Generator) -> Generator:
        GENERATORS[name] = function
        TASK_WEIGHTS[name] = weight
        return function

    return register


def followup_task(name: str, weight: float) -> Callable[[Followup], Followup]:
    """Registers a generator of short dialogues whose last question needs the turns before it."""

    def register(function: Followup) -> Followup:
        FOLLOWUPS[name] = function
        TASK_WEIGHTS[name] = weight
        return function

    return register


def stable_hash(text: str) -> int:
    """The same on every machine and run, unlike hash()."""
    return zlib.crc32(text.encode())


def held_out(text: str, one_in: int = 12) -> bool:
    """Whether an item (a word, a topic, a name) belongs to the test alone."""
    return zlib.crc32(text.encode()) % one_in == 0


def pair_held_out(a: int, b: int) -> bool:
    """Whether a pair of operands belongs to the test alone (one in 50, in either order). The one-digit tables are for training."""
    if -10 < a < 10 and -10 < b < 10:
        return False
    if a > b:
        a, b = b, a
    return (a * 1000003 + b * 7919 + 12345) % 50 == 0


def fits(split: str, a: int, b: int) -> bool:
    return pair_held_out(a, b) == (split == "test")


RESERVED: set[str] = set()  # what the test asks, without case and marks: training never phrases anything like that
_MARKS = str.maketrans("", "", " \t.,;:!?\"'()[]-–—…~～。，、；：！？“”‘’（）")


def bare(text: str) -> str:
    return text.lower().translate(_MARKS)


def is_reserved(text: str) -> bool:
    return bare(text) in RESERVED


class Items:
    """A list of things of which one in `one_in` (by hash) is for the test alone."""

    __slots__ = ("train", "test")

    def __init__(self, items: list, one_in: int = 6, key: Callable[[object], str] = str) -> None:
        self.train = [i for i in items if not held_out(key(i), one_in)]
        self.test = [i for i in items if held_out(key(i), one_in)] or self.train

    def pick(self, rng: random.Random, split: str):
        items = self.test if split == "test" else self.train
        return items[int(rng.random() * len(items))]


def choose(rng: random.Random, items):
    """rng.choice, three times as fast."""
    return items[int(rng.random() * len(items))]


def below(rng: random.Random, n: int) -> int:
    """An integer in [0, n), faster than randrange."""
    return int(rng.random() * n)


def between(rng: random.Random, low: int, high: int) -> int:
    """An integer in [low, high]."""
    return low + int(rng.random() * (high - low + 1))


FULL_WIDTH = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789+-=?()"}


def loosen(rng: random.Random, text: str) -> str:
    """Small slips of real typing: no final mark, lower case, spaces around. Never changes what is asked."""
    roll = rng.random()
    if roll < 0.80:
        return text
    if roll < 0.88:
        return text.rstrip("?.?。!! ") or text
    if roll < 0.93:
        return text[0].lower() + text[1:] if text[:1].isupper() and text[1:2].islower() else text
    if roll < 0.96:
        return text + " "
    return text.replace("\uff1f", "?") if "\uff1f" in text else text.replace("?", " ?")
