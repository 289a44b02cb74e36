"""Questions that need the turn before: "and times 3?", "它的货币呢？", "and in Chinese?"."""

from __future__ import annotations

import random

from . import steps
from .arithmetic import SIGNS, number
from .arithmetic import turn as arithmetic_turn
from .core import Turn, between, choose, fits, followup_task
from .geography import COUNTRIES, ELEMENTS, country_fact, country_question, element_fact, element_question, in_text
from .language import DEFINE, DEFINITIONS, KIND_ZH, PAIRS, TO_CHINESE, TO_ENGLISH
from .phrases import Phrases

NEXT = {
    "+": Phrases(["and plus {n}?", "plus {n}?", "Now add {n}.", "add {n} to that", "What if I add {n}?", "And {n} more?", "+ {n}"], ["再加 {n} 呢？", "加上{n}呢？", "再加{n}。", "结果再加{n}是多少？", "然后加 {n}？", "那再加{n}呢？", "+{n}"]),
    "-": Phrases(["and minus {n}?", "minus {n}?", "Now subtract {n}.", "subtract {n} from that", "What if I take away {n}?", "And {n} less?", "- {n}"], ["再减 {n} 呢？", "减去{n}呢？", "再减{n}。", "结果再减{n}是多少？", "然后减 {n}？", "那再减{n}呢？", "-{n}"]),
    "*": Phrases(["and times {n}?", "times {n}?", "Now multiply by {n}.", "multiply that by {n}", "What if I multiply it by {n}?", "And that {n} times?", "× {n}"], ["再乘 {n} 呢？", "乘以{n}呢？", "再乘以{n}。", "结果再乘{n}是多少？", "然后乘 {n}？", "那再乘{n}呢？", "×{n}"]),
}


def earlier(split: str) -> str:
    """How the earlier turn is phrased: never with what the test holds out."""
    return "train" if split == "train" else "plain"


PLAIN_ASK = {"en": "What is {}?", "zh": "{}等于多少？"}


def chain(rng: random.Random, split: str, lang: str) -> list[Turn]:
    while True:
        sign = choose(rng, "++--*")
        a, b = number(rng, between(rng, 1, 4)), number(rng, between(rng, 1, 3))
        if sign == "*":
            a, b = number(rng, between(rng, 1, 2)), number(rng, between(rng, 1, 2))
        result = a + b if sign == "+" else a - b if sign == "-" else a * b
        then = choose(rng, "++--**")
        n = between(rng, 2, 9) if then == "*" else number(rng, between(rng, 1, 3)) + 1
        if result > 0 and fits(split, result, n) and (fits("train", a, b) or split == "test"):
            break
    first = arithmetic_turn(rng, earlier(split), lang, a, sign, b)
    if then == "+":
        reasoning, value = steps.add(result, n, lang), result + n
    elif then == "-":
        reasoning, value = steps.sub(result, n, lang), result - n
    else:
        reasoning, value = steps.mul(result, n, lang), result * n
    return [first, (NEXT[then].pick(rng, split, lang).replace("{n}", str(n)), reasoning, f"{result} {SIGNS[then]} {n} = {value}")]


ITS = {
    "capital": Phrases(["And its capital?", "What is its capital?", "And the capital?", "its capital?", "Which city is its capital?"], ["它的首都呢？", "首都是哪里？", "那首都呢？", "它的首都是哪里？", "首都是哪座城市？"]),
    "currency": Phrases(["And its currency?", "What is its currency?", "And the currency?", "its currency?", "Which money do they use there?"], ["它的货币呢？", "货币是什么？", "那货币呢？", "它用什么货币？", "那里用什么钱？"]),
    "continent": Phrases(["And the continent?", "Which continent is it in?", "On which continent is it?", "and its continent?", "What continent is that on?"], ["在哪个洲？", "它在哪个洲？", "属于哪个洲？", "它位于哪个大洲？", "那是哪个洲的？"]),
    "languages": Phrases(["And the language?", "What language do they speak there?", "Which languages are spoken there?", "and its language?", "What do people speak there?"], ["说什么语言？", "那里说什么语言？", "语言呢？", "它的官方语言是什么？", "那儿的人说什么？"]),
    "symbol": Phrases(["And its symbol?", "What is its symbol?", "and the symbol?", "its chemical symbol?", "Which symbol does it have?"], ["它的符号呢？", "符号是什么？", "那元素符号呢？", "它的元素符号是什么？", "怎么用符号表示它？"]),
    "number": Phrases(["And its atomic number?", "What is its atomic number?", "and the number?", "its atomic number?", "Which number does it have?"], ["它的原子序数呢？", "原子序数是多少？", "那原子序数呢？", "它的原子序数是多少？", "它排第几号？"]),
    "weight": Phrases(["And its atomic weight?", "What is its atomic mass?", "and the weight?", "its atomic weight?", "How heavy is it?"], ["它的原子量呢？", "原子量是多少？", "那相对原子质量呢？", "它的相对原子质量是多少？", "它有多重？"]),
}
AND_OF = Phrases(["And of {x}?", "And {x}?", "What about {x}?", "and for {x}?", "How about {x}?"], ["{x}呢？", "那{x}呢？", "{x}的呢？", "换成{x}呢？", "如果是{x}呢？"])


def country(rng: random.Random, split: str, lang: str) -> list[Turn]:
    while True:
        c = choose(rng, COUNTRIES)
        first, second = rng.sample(["capital", "currency", "continent", "languages"], 2)
        same = rng.random() < 0.4
        other = choose(rng, COUNTRIES) if same else c
        fact_one, fact_two = country_fact(c, first, lang), country_fact(other, first if same else second, lang)
        if fact_one and fact_two and (other is not c or not same):
            break
    turn_one = (country_question(rng, earlier(split), lang, c, first), *fact_one)
    if same:
        return [turn_one, (AND_OF.pick(rng, split, lang).replace("{x}", in_text(other["en"]) if lang == "en" else other["zh"]), *fact_two)]
    return [turn_one, (ITS[second].pick(rng, split, lang), *fact_two)]


def element(rng: random.Random, split: str, lang: str) -> list[Turn]:
    e, other = rng.sample(ELEMENTS, 2)
    first, second = rng.sample(["symbol", "number", "weight"], 2)
    turn_one = (element_question(rng, earlier(split), lang, e, first), *element_fact(e, first, lang))
    if rng.random() < 0.4:
        x = other["en"].lower() if lang == "en" else other["zh"]
        return [turn_one, (AND_OF.pick(rng, split, lang).replace("{x}", x), *element_fact(other, first, lang))]
    return [turn_one, (ITS[second].pick(rng, split, lang), *element_fact(e, second, lang))]


IN_CHINESE = Phrases(["And in Chinese?", "In Chinese?", "How do you say it in Chinese?", "and its Chinese?", "What is that in Chinese?"], ["用中文怎么说？", "中文呢？", "那中文呢？", "翻译成中文", "它的中文是什么？"])
AND_WORD = Phrases(['And "{x}"?', "and {x}?", "What about {x}?", "{x}?", "How about {x}?"], ["“{x}”呢？", "那{x}呢？", "{x}呢？", "还有{x}？", "换成{x}呢？"])
_DEFINED = {d[0]: d for d in DEFINITIONS}
_BOTH = [(_DEFINED[en], zh) for en, zh in PAIRS if en in _DEFINED]


def words(rng: random.Random, split: str, lang: str) -> list[Turn]:
    roll = rng.random()
    en_zh = ("English: {}. Chinese: {}", "Chinese: {}. English: {}") if lang == "en" else ("英文：{}，中文：{}", "中文：{}，英文：{}")
    if roll < 0.4:
        (word, kind, gloss), zh = choose(rng, _BOTH)
        question = DEFINE.pick(rng, earlier(split), lang).replace("{x}", word)
        answer = f"{word} ({kind}): {gloss}." if lang == "en" else f"{word}（{KIND_ZH[kind]}）：{gloss}."
        return [(question, "", answer), (IN_CHINESE.pick(rng, split, lang), en_zh[0].format(word, zh), zh)]
    (en, zh), (en2, zh2) = choose(rng, PAIRS), choose(rng, PAIRS)
    if roll < 0.7:
        return [(TO_CHINESE.train[lang][below_six(rng)].replace("{x}", en), "", zh), (AND_WORD.pick(rng, split, lang).replace("{x}", en2), en_zh[0].format(en2, zh2), zh2)]
    return [(TO_ENGLISH.train[lang][below_six(rng)].replace("{x}", zh), "", en), (AND_WORD.pick(rng, split, lang).replace("{x}", zh2), en_zh[1].format(zh2, en2), en2)]


def below_six(rng: random.Random) -> int:
    return int(rng.random() * 6)


@followup_task("followup", 4)
def followup(rng: random.Random, split: str, lang: str) -> list[Turn]:
    return choose(rng, (chain, chain, country, element, words))(rng, split, lang)
