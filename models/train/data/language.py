"""Short definitions (WordNet) and translation of words (CC-CEDICT) and everyday phrases."""

from __future__ import annotations

import random

from .core import Turn, choose, loosen, task
from .facts import load
from .everyday import EVERYDAY as _EVERYDAY
from .phrases import Phrases

DEFINITIONS: list[list[str]] = load("definitions")
PAIRS: list[list[str]] = load("translations")
_ENGLISH, _CHINESE = {p[0] for p in PAIRS}, {p[1] for p in PAIRS}
# A phrase that is also a word of the table would have two answers.
EVERYDAY = [(en, zh) for en, zh in _EVERYDAY if en.lower().rstrip("!?") not in _ENGLISH and zh.rstrip("！？") not in _CHINESE]
KIND_ZH = {"noun": "名词", "verb": "动词", "adjective": "形容词"}
DEFINE = Phrases(
    en=['What does "{x}" mean?', "What does {x} mean?", "Define {x}.", "What is the meaning of {x}?", 'How would you define the word "{x}"?', 'Define the word "{x}".', "Definition of {x}", "Explain the word {x}.",
        'What is the definition of "{x}"?', "meaning of {x}", "What do people mean by the word {x}?", "define {x}", "Can you explain what {x} means?"],
    zh=["用英语解释“{x}”。", "“{x}”的英文释义是什么？", "请用英文解释{x}这个词。", "{x}的英文定义是什么？", "英文单词{x}用英语怎么解释？", "给出{x}的英文释义。", "请给{x}下一个英文定义。", "{x}用英文怎么解释？", "用英文给{x}下定义。", "{x}的英英释义"],
)
TO_CHINESE = Phrases(
    en=['How do you say "{x}" in Chinese?', 'Translate "{x}" into Chinese.', "What is {x} in Chinese?", "Translate to Chinese: {x}", 'What is the Chinese for "{x}"?', "{x} in Chinese", "Chinese word for {x}?", 'Please translate "{x}" to Chinese.',
        "How is {x} said in Chinese?", "translate {x} to Chinese", "How would one say {x} in Mandarin Chinese?"],
    zh=["“{x}”用中文怎么说？", "把“{x}”翻译成中文。", "{x}的中文是什么？", "翻译成中文：{x}", "“{x}”的中文翻译是什么？", "{x}是什么意思？", "{x}中文", "请把{x}译成中文。", "英语“{x}”是什么意思？", "“{x}”翻译成中文", "“{x}”译成汉语是什么？"],
)
TO_ENGLISH = Phrases(
    en=["How do you say {x} in English?", "Translate {x} into English.", "What is {x} in English?", "Translate to English: {x}", "What is the English for {x}?", "{x} in English", "What does {x} mean in English?", "Please translate {x} to English.",
        "What does {x} mean?", "translate {x} to English", "How would one say {x} in English?"],
    zh=["“{x}”用英语怎么说？", "把“{x}”翻译成英文。", "{x}的英文是什么？", "翻译成英文：{x}", "“{x}”的英文翻译是什么？", "{x}英语怎么说", "{x}英文", "请把{x}译成英文。", "{x}用英文怎么讲？", "“{x}”翻译成英语", "“{x}”译成英语是什么？"],
)


@task("definitions", 9)
def definition(rng: random.Random, split: str, lang: str) -> Turn:
    word, kind, gloss = choose(rng, DEFINITIONS)
    question = loosen(rng, DEFINE.pick(rng, split, lang).replace("{x}", word))
    if lang == "en":
        return question, f"Word: {word}, {kind}", f"{word} ({kind}): {gloss}."
    return question, f"单词：{word}，{KIND_ZH[kind]}", f"{word}（{KIND_ZH[kind]}）：{gloss}."


def pair(rng: random.Random) -> list[str] | tuple[str, str]:
    return choose(rng, EVERYDAY) if rng.random() < 0.15 else choose(rng, PAIRS)


@task("translate.en-zh", 10)
def to_chinese(rng: random.Random, split: str, lang: str) -> Turn:
    en, zh = pair(rng)
    question = loosen(rng, TO_CHINESE.pick(rng, split, lang).replace("{x}", en if rng.random() < 0.9 else en.capitalize()))
    return question, f"English: {en}. Chinese: {zh}" if lang == "en" else f"英文：{en}，中文：{zh}", zh


@task("translate.zh-en", 10)
def to_english(rng: random.Random, split: str, lang: str) -> Turn:
    en, zh = pair(rng)
    question = loosen(rng, TO_ENGLISH.pick(rng, split, lang).replace("{x}", zh))
    return question, f"Chinese: {zh}. English: {en}" if lang == "en" else f"中文：{zh}，英文：{en}", en
