"""Training data of nano, generated on the fly. See README.md beside this file.

    sample(rng)                      one sample of a task drawn by TASK_WEIGHTS
    sample_task(name, rng, split)    one sample of that task; split "train" or "test"
    corpus(rng, n)                   texts to train the tokenizer on
"""

from __future__ import annotations

import random
from itertools import accumulate

from . import about, arithmetic, dates, decline, followups, geography, language, letters, quantities, smalltalk, stories, units, ways, ways_app  # noqa: F401  (importing a skill registers its tasks)
from .core import FOLLOWUPS, GENERATORS, TASK_WEIGHTS, Sample, choose

__all__ = ["TASK_WEIGHTS", "Sample", "corpus", "sample", "sample_task"]

SYSTEM_PROMPTS = {
    "en": ["You are a helpful assistant.", "Be brief.", "You are a helpful AI assistant.", "Answer in English.", "You are a friendly assistant. Answer concisely.",
           "You are AutoGLM.", "Answer the user's questions.", "Think step by step.", "You are a careful assistant that gives correct answers.", "Be concise and accurate."],
    "zh": ["你是一个乐于助人的助手。", "请简短回答。", "你是一个有用的人工智能助手。", "请用中文回答。", "你是一个友好的助手，请简洁地回答。",
           "你是AutoGLM。", "回答用户的问题。", "请一步一步思考。", "你是一个细心的助手，会给出正确的答案。", "请准确、简洁。"],
}
SYSTEM_SHARE = 0.12
HISTORY_SHARE = 0.25

# Weights of the run. TASK_WEIGHTS also decides which earlier turns the test's conversations have, so it stays as it is.
TRAIN_WEIGHTS = {**TASK_WEIGHTS, "arithmetic.add": 7, "arithmetic.sub": 7, "arithmetic.mul": 11, "arithmetic.div": 9, "arithmetic.decimal": 6, "arithmetic.word": 8, "arithmetic.expression": 4,
                 "percent": 4, "units": 4, "dates.weekday": 1.5, "count": 5, "sort": 4, "facts.countries": 10, "facts.elements": 7, "followup": 6, "about": 14, "smalltalk": 6, "decline": 17}
_NAMES = list(TRAIN_WEIGHTS)
_CUMULATIVE = list(accumulate(TRAIN_WEIGHTS.values()))
_HISTORY_NAMES = list(GENERATORS)
_HISTORY_CUMULATIVE = list(accumulate(TASK_WEIGHTS[name] for name in _HISTORY_NAMES))


def history_length(rng: random.Random) -> int:
    """How many earlier turns: mostly one or two, sometimes as many as a long conversation has, so that its positions are trained too."""
    roll = rng.random()
    if roll < 0.6:
        return 1
    if roll < 0.85:
        return 2
    return rng.randint(3, 8) if roll < 0.97 else rng.randint(9, 30)


def sample(rng: random.Random, split: str = "train") -> Sample:
    """One sample of a task drawn by its weight."""
    return sample_task(rng.choices(_NAMES, cum_weights=_CUMULATIVE)[0], rng, split)


def sample_task(task: str, rng: random.Random, split: str = "train") -> Sample:
    """One sample of the task. Earlier turns and the system prompt are drawn too, so every task is met in every setting."""
    lang = "en" if rng.random() < 0.5 else "zh"
    followup = FOLLOWUPS.get(task)
    turns = followup(rng, split, lang) if followup else [GENERATORS[task](rng, split, lang)]
    messages: list[tuple[str, str]] = []
    if rng.random() < SYSTEM_SHARE:
        messages.append(("system", choose(rng, SYSTEM_PROMPTS["en" if rng.random() < 0.5 else "zh"])))
    if rng.random() < HISTORY_SHARE:
        for _ in range(history_length(rng)):
            other = lang if rng.random() < 0.85 else ("zh" if lang == "en" else "en")
            name = rng.choices(_HISTORY_NAMES, cum_weights=_HISTORY_CUMULATIVE)[0]
            question, _, answer = GENERATORS[name](rng, split, other)
            messages += (("user", question), ("assistant", answer))
    for question, _, answer in turns[:-1]:
        messages += (("user", question), ("assistant", answer))
    question, reasoning, answer = turns[-1]
    messages.append(("user", question))
    return Sample(task, lang, messages, reasoning, answer)


def corpus(rng: random.Random, n: int):
    """Yields at least n texts for training the tokenizer: what the model reads and writes, in its own proportions, and every fact once."""
    from .auxiliary import auxiliary

    yield from geography.known_names()
    for _ in range(n // 8):
        _, prompt, answer = auxiliary(rng)
        yield answer
        yield prompt.replace("\ue000", "")
    for word, _, gloss in language.DEFINITIONS:
        yield f"{word}: {gloss}"
    for en, zh in (*language.PAIRS, *language.EVERYDAY):
        yield f"{en} {zh}"
    for _ in range(max(1, n // 3)):
        one = sample(rng)
        for _, text in one.messages:
            yield text
        yield one.reasoning
        yield one.answer
