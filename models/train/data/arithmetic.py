"""Sums, differences, products and long division, in every way people type them."""

from __future__ import annotations

import random

from . import steps
from .core import FULL_WIDTH, Turn, between, choose, fits, loosen, task
from .phrases import Phrases

# "{}" is the expression. The plain forms come several times: they are what people type most.
ASK = Phrases(
    en=[
        "What is {}?", "{}", "Compute {}.", "How much is {}?", "Could you tell me what {} equals?",
        "{} = ?", "Please calculate {}.", "What is {}?", "Calculate {}", "What do I get for {}?",
        "Just give me {}, please.", "{}=", "what's {}", "Work out {} for me.", "How much does {} make?", "Find the value of {}.",
        "What does {} equal?", "I need the result of {}.", "Solve: {}", "Can you calculate {}?", "{} equals what?",
        "Tell me {}.", "Evaluate {}.", "{} please", "Hi, what is {}?", "Quick question: {}?",
    ],
    zh=[
        "{}等于多少？", "{}", "计算{}。", "{}是多少？", "请告诉我{}的结果。",
        "{}=？", "请计算{}", "{}等于几？", "算一下{}", "{}的得数是多少？",
        "{}到底是多少呢？", "{}=", "帮我算{}", "请问{}等于多少？", "{}得多少？", "求{}的值。",
        "{}的结果是什么？", "我想知道{}等于多少", "{}多少？", "麻烦算一下{}。", "你能算出{}吗？",
        "你好，{}等于多少？", "快速计算：{}",
    ],
)
OPERATORS = {
    "+": {"en": ["+", "plus"], "zh": ["+", "加", "加上"]},
    "-": {"en": ["-", "minus", "−"], "zh": ["-", "减", "减去"]},
    "*": {"en": ["×", "*", "x", "times", "multiplied by"], "zh": ["×", "*", "x", "乘", "乘以"]},
    "/": {"en": ["÷", "/", "divided by"], "zh": ["÷", "/", "除以"]},
}
SIGNS = {"+": "+", "-": "-", "*": "×", "/": "÷"}
DIGITS_SUM = [1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8]
DIGITS_LONG = [1, 2, 2, 2, 3, 3, 3, 4, 4]
DIGITS_SHORT = [1, 1, 1, 2, 2, 2, 3, 3]
LOW = [0, 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000]


def number(rng: random.Random, digits: int) -> int:
    low = LOW[digits]
    return low + int(rng.random() * (10**digits - low))


def write(rng: random.Random, a: str | int, sign: str, b: str | int, lang: str) -> str:
    """An operation as people write it: spaced or not, with a word or a sign, sometimes full-width or with separators."""
    roll = rng.random()
    if roll < 0.06 and isinstance(a, int) and isinstance(b, int):
        a, b = f"{a:,}", f"{b:,}"
    operator = choose(rng, OPERATORS[sign][lang]) if rng.random() < 0.6 else OPERATORS[sign][lang][0]
    if operator.isascii() and len(operator) > 1:
        return f"{a} {operator} {b}"
    text = f"{a} {operator} {b}" if rng.random() < 0.55 else f"{a}{operator}{b}"
    if lang == "zh" and rng.random() < 0.05:
        text = text.translate(FULL_WIDTH)
    return text


def ask(rng: random.Random, split: str, lang: str, expression: str, phrases: Phrases = ASK) -> str:
    return loosen(rng, phrases.pick(rng, split, lang).replace("{}", expression))


def remainder(quotient: int, rest: int, lang: str) -> str:
    if not rest:
        return str(quotient)
    return f"{quotient} remainder {rest}" if lang == "en" else f"{quotient} 余 {rest}"


def turn(rng: random.Random, split: str, lang: str, a: int, sign: str, b: int) -> Turn:
    """The question about `a sign b`, its steps and its answer."""
    if sign == "+":
        reasoning, result = steps.add(a, b, lang), str(a + b)
    elif sign == "-":
        reasoning, result = steps.sub(a, b, lang), str(a - b)
    elif sign == "*":
        reasoning, result = steps.mul(a, b, lang), str(a * b)
    else:
        reasoning, result = steps.div(a, b, lang), remainder(*divmod(a, b), lang)
    phrases = {"+": ADD, "-": SUB, "*": MUL, "/": DIV}[sign]
    if rng.random() < 0.15:
        question = loosen(rng, phrases.pick(rng, split, lang).replace("{a}", str(a)).replace("{b}", str(b)))
    else:
        question = ask(rng, split, lang, write(rng, a, sign, b, lang))
    return question, reasoning, f"{a} {SIGNS[sign]} {b} = {result}"


ADD = Phrases(
    en=["Add {a} and {b}.", "What is the sum of {a} and {b}?", "Sum of {a} and {b}", "Add {b} to {a}", "What do {a} and {b} add up to?",
        "Please add {a} and {b} together."],
    zh=["{a}与{b}的和是多少？", "求{a}与{b}之和", "{a}和{b}加起来是多少？", "把{a}和{b}相加。", "{a}跟{b}相加得几？", "{a}加上{b}一共多少？"],
)
SUB = Phrases(
    en=["Subtract {b} from {a}.", "What is the difference of {a} and {b}?", "Take {b} away from {a}.", "{a} take away {b}",
        "What remains when {b} is taken from {a}?", "What is {b} less than {a}?"],
    zh=["{a}与{b}的差是多少？", "从{a}中减去{b}是多少？", "求{a}减{b}的差", "{a}去掉{b}还剩多少？", "{a}扣除{b}是多少？", "{a}减{b}剩几？"],
)
MUL = Phrases(
    en=["Multiply {a} by {b}.", "What is the product of {a} and {b}?", "Product of {a} and {b}", "Multiply {a} and {b}", "What do you get when you multiply {a} by {b}?",
        "How much is {a} multiplied with {b}?"],
    zh=["{a}与{b}的积是多少？", "求{a}和{b}的乘积", "{a}乘{b}得多少？", "把{a}和{b}相乘。", "{a}跟{b}相乘是多少？", "{a}和{b}的乘积是多少？"],
)
DIV = Phrases(
    en=["Divide {a} by {b}.", "What is the quotient and remainder of {a} and {b}?", "How many times does {b} go into {a}?", "Divide {a} by {b} with remainder",
        "What do you get when you divide {a} by {b}?", "{a} split into {b} equal parts?"],
    zh=["{a}除以{b}的商和余数是多少？", "用{a}除以{b}", "求{a}除以{b}的商", "{a}里面有几个{b}？", "{a}除以{b}商几余几？", "把{a}平均分成{b}份，每份多少？"],
)


def digits_of_two(rng: random.Random, split: str) -> tuple[int, int]:
    """Of the two numbers of a sum or a difference; the second one has as many or fewer."""
    digits = choose(rng, DIGITS_SUM)
    if split == "test" and digits == 1:  # the one-digit tables are training's
        digits = 2
    return digits, digits if rng.random() < 0.5 else between(rng, 1, digits)


@task("arithmetic.add", 8)
def sum_of_two(rng: random.Random, split: str, lang: str) -> Turn:
    digits, other = digits_of_two(rng, split)
    while True:
        a, b = number(rng, digits), number(rng, other)
        if digits > 1 and rng.random() < 0.5:
            a, b = b, a
        if fits(split, a, b):
            return turn(rng, split, lang, a, "+", b)


@task("arithmetic.sub", 8)
def difference(rng: random.Random, split: str, lang: str) -> Turn:
    digits, other = digits_of_two(rng, split)
    while True:
        a, b = number(rng, digits), number(rng, other)
        if a < b and rng.random() < 0.6:
            a, b = b, a
        if fits(split, a, b):
            return turn(rng, split, lang, a, "-", b)


@task("arithmetic.mul", 12)
def product(rng: random.Random, split: str, lang: str) -> Turn:
    long, short = choose(rng, DIGITS_LONG), choose(rng, DIGITS_SHORT)
    if split == "test" and long == short == 1:
        long = 2
    while True:
        a, b = number(rng, long), number(rng, short)
        if rng.random() < 0.25:
            a, b = b, a
        if fits(split, a, b):
            return turn(rng, split, lang, a, "*", b)


@task("arithmetic.div", 9)
def quotient(rng: random.Random, split: str, lang: str) -> Turn:
    while True:
        b = number(rng, 1 if rng.random() < 0.45 else 2) or 7
        if rng.random() < 0.35:  # a division without remainder, as in the tables
            a = b * number(rng, choose(rng, [1, 1, 2, 2, 3, 4]))
            if a > 999999:
                continue
        else:
            a = number(rng, choose(rng, [1, 2, 2, 3, 3, 4, 4, 5, 6]))
        if fits(split, a, b):
            return turn(rng, split, lang, a, "/", b)
