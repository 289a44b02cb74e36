"""Decimals, comparison, expressions of two operations and percentages."""

from __future__ import annotations

import random

from . import steps
from .arithmetic import SIGNS, ask, number, write
from .core import Turn, between, choose, fits, loosen, task
from .phrases import Phrases


def point(digits: int, places: int) -> str:
    """1625 with 2 places is 16.25; trailing zeros go."""
    if places == 0:
        return str(digits)
    sign = "-" if digits < 0 else ""
    text = str(abs(digits)).rjust(places + 1, "0")
    text = f"{text[:-places]}.{text[-places:]}".rstrip("0").rstrip(".")
    return sign + text


def decimal_number(rng: random.Random, whole: int, places: int) -> int:
    """A number of `whole` digits before the point, as an integer scaled by 10**places, that really uses its places."""
    base = number(rng, between(rng, 1, whole)) * 10**places
    low = 10 ** (places - 1) if rng.random() < 0.7 else 1
    fraction = between(rng, low, 10**places - 1)
    return base + (fraction if fraction % 10 else fraction - 1 or 1)


@task("arithmetic.decimal", 7)
def decimal(rng: random.Random, split: str, lang: str) -> Turn:
    sep = steps.WORDS[lang]["sep"]
    while True:
        roll = rng.random()
        if roll < 0.72:
            sign = "+" if roll < 0.36 else "-"
            pa, pb = choose(rng, [0, 1, 1, 2, 2, 3]), choose(rng, [1, 1, 2, 2, 3])
            a = decimal_number(rng, 4, pa) if pa else number(rng, between(rng, 1, 4))
            b = decimal_number(rng, 4, pb)
            if rng.random() < 0.3:
                a, b, pa, pb = b, a, pb, pa
            places = max(pa, pb)
            x, y = a * 10 ** (places - pa), b * 10 ** (places - pb)
            if sign == "-" and x < y and rng.random() < 0.8:
                x, y, a, b, pa, pb = y, x, b, a, pb, pa
            if not fits(split, x, y):
                continue
            result = point(x + y if sign == "+" else x - y, places)
            work = steps.add(x, y, lang) if sign == "+" else steps.sub(x, y, lang)
        else:
            sign = "*"
            pa, pb = choose(rng, [1, 1, 2]), choose(rng, [0, 0, 1, 1])
            a = decimal_number(rng, 2 if pa == 1 else 1, pa)
            b = decimal_number(rng, 1, pb) if pb else number(rng, choose(rng, [1, 1, 2])) + 1
            if rng.random() < 0.3:
                a, b, pa, pb = b, a, pb, pa
            if not fits(split, a, b):
                continue
            places = pa + pb
            result = point(a * b, places)
            work = steps.mul(a, b, lang)
        left, right = point(a, pa), point(b, pb)
        scale = f"{places} decimals" if lang == "en" else f"{places}位小数"
        question = ask(rng, split, lang, write(rng, left, sign, right, lang))
        return question, f"{left}{sign}{right}{sep}{scale}\n{work}\n=> {result}", f"{left} {SIGNS[sign]} {right} = {result}"


LARGER = Phrases(
    en=["Which is larger, {a} or {b}?", "Which number is bigger: {a} or {b}?", "What is greater, {a} or {b}?", "{a} or {b}: which is larger?",
        "Of {a} and {b}, which one is greater?", "Compare {a} and {b}: which is bigger?", "Is {a} or {b} the larger number?", "which is bigger {a} or {b}",
        "Pick the larger one: {a}, {b}"],
    zh=["{a}和{b}哪个大？", "{a}和{b}哪个更大？", "比较{a}和{b}，哪个大？", "{a}与{b}相比，哪个大？", "{a}、{b}两个数中较大的是哪个？", "哪个大，{a}还是{b}？",
        "{a}和{b}谁大？", "请问{a}大还是{b}大？", "找出较大的数：{a}，{b}"],
)
SMALLER = Phrases(
    en=["Which is smaller, {a} or {b}?", "Which number is less: {a} or {b}?", "What is smaller, {a} or {b}?", "{a} or {b}: which is smaller?",
        "Of {a} and {b}, which one is less?", "Compare {a} and {b}: which is smaller?"],
    zh=["{a}和{b}哪个小？", "{a}和{b}哪个更小？", "比较{a}和{b}，哪个小？", "{a}与{b}相比，哪个小？", "{a}、{b}两个数中较小的是哪个？", "哪个小，{a}还是{b}？"],
)
IS_MORE = Phrases(
    en=["Is {a} greater than {b}?", "Is {a} larger than {b}?", "Is {a} bigger than {b}?", "{a} > {b}?", "Is it true that {a} is more than {b}?", "Is {a} > {b}?"],
    zh=["{a}比{b}大吗？", "{a}大于{b}吗？", "{a} > {b}对吗？", "{a}是不是大于{b}？", "{a}真的比{b}大吗？", "请问{a}是否大于{b}？"],
)
PLACES = {"en": ["tenths", "hundredths", "thousandths"], "zh": ["十分位", "百分位", "千分位"]}


def compare_decimals(a: str, b: str, lang: str) -> tuple[int, str]:
    """-1, 0 or 1, and how a careful reader finds it: the whole part first, then place by place."""
    sep = steps.WORDS[lang]["sep"]
    whole_a, _, fraction_a = a.partition(".")
    whole_b, _, fraction_b = b.partition(".")
    whole, digits = ("whole part", "digits") if lang == "en" else ("整数部分", "位数")
    if int(whole_a) != int(whole_b):
        sign = 1 if int(whole_a) > int(whole_b) else -1
        mark = "><"[sign < 0]
        if len(whole_a) != len(whole_b):
            why = f"{digits} {len(whole_a)}{mark}{len(whole_b)}"
        else:
            why = sep.join(f"{x}={y}" if x == y else f"{x}{mark}{y}" for x, y in first_difference(whole_a, whole_b))
        return sign, why
    if not fraction_a and not fraction_b:
        return 0, f"{a}={b}"
    out = [f"{whole} {whole_a}={whole_b}"]
    for place, name in enumerate(PLACES[lang]):
        if place >= max(len(fraction_a), len(fraction_b)):
            break
        x, y = fraction_a[place : place + 1] or "0", fraction_b[place : place + 1] or "0"
        if x != y:
            sign = 1 if x > y else -1
            out.append(f"{name} {x}{'><'[sign < 0]}{y}")
            return sign, sep.join(out)
        out.append(f"{name} {x}={y}")
    return 0, sep.join(out)


def first_difference(a: str, b: str):
    for x, y in zip(a, b):
        yield x, y
        if x != y:
            return


@task("arithmetic.compare", 4)
def compare(rng: random.Random, split: str, lang: str) -> Turn:
    while True:
        roll = rng.random()
        if roll < 0.15:
            q, s = between(rng, 2, 12), between(rng, 2, 12)
            p, r = between(rng, 1, q), between(rng, 1, s)
            if not fits(split, p * 100 + q, r * 100 + s):
                continue
            a, b = f"{p}/{q}", f"{r}/{s}"
            left, right = p * s, r * q
            sign = (left > right) - (left < right)
            why = f"{p}*{s}={left}; {r}*{q}={right}; {left}{'=><'[sign]}{right}"
        else:
            if roll < 0.45:  # integers, often close
                digits = between(rng, 1, 7)
                a = str(number(rng, digits))
                b = str(number(rng, digits if rng.random() < 0.7 else between(rng, 1, 7)))
                if rng.random() < 0.3 and len(a) > 2:
                    b = a[: len(a) // 2] + b[len(a) // 2 : len(a)].ljust(len(a) - len(a) // 2, "3")
            else:  # the trap of 9.11 and 9.9
                whole = between(rng, 0, 20) if rng.random() < 0.8 else number(rng, 3)
                a = point(whole * 1000 + between(rng, 1, 999) // 10 ** between(rng, 0, 2) * 10 ** between(rng, 0, 2), 3)
                other = whole if rng.random() < 0.75 else between(rng, 0, 20)
                b = f"{other}.{between(rng, 1, 9)}" if rng.random() < 0.5 else f"{other}.{between(rng, 1, 99):02d}".rstrip("0")
                if rng.random() < 0.5:
                    a, b = b, a
            if not fits(split, int(a.replace(".", "")) + a.count("."), int(b.replace(".", "")) + b.count(".")):
                continue
            sign, why = compare_decimals(a, b, lang)
        mark = "=><"[sign]
        relation = f"{a}{mark}{b}"
        kind = rng.random()
        reasoning = f"{why} => {relation}"
        if kind < 0.25:
            question = IS_MORE.pick(rng, split, lang)
            if lang == "en":
                answer = f"{'Yes' if sign > 0 else 'No'}, {a} {mark} {b}"
            else:
                answer = f"{'是的' if sign > 0 else '不是'}，{a} {mark} {b}"
        else:
            larger = kind < 0.75
            question = (LARGER if larger else SMALLER).pick(rng, split, lang)
            if sign == 0:
                answer = f"They are equal: {a} = {b}" if lang == "en" else f"一样大：{a} = {b}"
            else:
                chosen = a if (sign > 0) == larger else b
                if lang == "en":
                    answer = f"The {'larger' if larger else 'smaller'} number is {chosen}"
                else:
                    answer = f"较{'大' if larger else '小'}的数是 {chosen}"
        return loosen(rng, question.replace("{a}", a).replace("{b}", b)), reasoning, answer


@task("arithmetic.expression", 3)
def expression(rng: random.Random, split: str, lang: str) -> Turn:
    """Two operations with the usual precedence; small enough that each step is one line."""
    sep = steps.WORDS[lang]["sep"]
    while True:
        a, b, c = between(rng, 1, 99), between(rng, 2, 30), between(rng, 2, 12)
        form = between(rng, 0, 6)
        times = choose(rng, "*×*×x")
        if form == 0:
            text, first, result = f"{a}+{b}*{c}", f"{b}*{c}={b * c}{sep}{a}+{b * c}", a + b * c
        elif form == 1:
            text, first, result = f"{b}*{c}-{a}", f"{b}*{c}={b * c}{sep}{b * c}-{a}", b * c - a
        elif form == 2:
            text, first, result = f"({a}+{b})*{c}", f"{a}+{b}={a + b}{sep}{a + b}*{c}", (a + b) * c
        elif form == 3:
            text, first, result = f"{a}+{b}-{c}", f"{a}+{b}={a + b}{sep}{a + b}-{c}", a + b - c
        elif form == 4:
            a, b = max(a, b), min(a, b)
            text, first, result = f"({a}-{b})*{c}", f"{a}-{b}={a - b}{sep}{a - b}*{c}", (a - b) * c
        elif form == 5:
            text, first, result = f"{a}-{b}-{c}", f"{a}-{b}={a - b}{sep}{a - b}-{c}", a - b - c
        else:
            text, first, result = f"{a}+{b * c}/{c}", f"{b * c}/{c}={b}{sep}{a}+{b}", a + b
        if not fits(split, a * 37 + c, b):
            continue
        shown = text.replace("*", times).replace("/", choose(rng, "/÷"))
        if rng.random() < 0.6:
            for sign in "+-×*/÷x":
                shown = shown.replace(sign, f" {sign} ")
        answer = text.replace("*", " × ").replace("+", " + ").replace("-", " - ").replace("/", " ÷ ")
        return ask(rng, split, lang, shown), f"{first}={result} => {result}", f"{answer} = {result}"


PERCENT_OF = Phrases(
    en=["What is {p}% of {n}?", "{p}% of {n}", "Calculate {p} percent of {n}.", "How much is {p}% of {n}?", "Find {p}% of {n}.", "What's {p} percent of {n}?", "{p} percent of {n} is?"],
    zh=["{n}的{p}%是多少？", "{n}的百分之{p}是多少？", "计算{n}的{p}%", "求{n}的{p}%", "{p}%的{n}是多少？", "{n}的{p}%等于多少？"],
)
WHAT_PERCENT = Phrases(
    en=["What percent of {n} is {m}?", "{m} is what percent of {n}?", "What percentage of {n} is {m}?", "{m} out of {n} in percent?", "Express {m} of {n} as a percentage.", "How many percent of {n} is {m}?"],
    zh=["{m}是{n}的百分之几？", "{m}占{n}的百分之多少？", "{m}占{n}的百分比是多少？", "{n}中的{m}占百分之几？", "求{m}占{n}的百分率。", "{m}是{n}的百分之多少？"],
)
CHANGE = Phrases(
    en=["What is {n} increased by {p}%?", "Increase {n} by {p}%.", "{n} plus {p}%?", "A price of {n} goes up by {p}%. What is the new price?", "Raise {n} by {p} percent.", "Add {p}% to {n}."],
    zh=["{n}增加{p}%后是多少？", "把{n}提高{p}%是多少？", "{n}涨{p}%等于多少？", "原价{n}元，涨价{p}%后是多少元？", "{n}上涨{p}%之后是多少？", "{n}加上{p}%是多少？"],
)
DISCOUNT = Phrases(
    en=["What is {n} reduced by {p}%?", "Decrease {n} by {p}%.", "{n} minus {p}%?", "A shirt costs {n} and is {p}% off. What does it cost now?", "Lower {n} by {p} percent.", "Take {p}% off {n}."],
    zh=["{n}减少{p}%后是多少？", "把{n}降低{p}%是多少？", "{n}降{p}%等于多少？", "原价{n}元，降价{p}%后是多少元？", "{n}下降{p}%之后是多少？", "{n}减去{p}%是多少？"],
)


@task("percent", 2)
def percent(rng: random.Random, split: str, lang: str) -> Turn:
    sep = steps.WORDS[lang]["sep"]
    while True:
        p = choose(rng, [1, 2, 3, 4, 5, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 65, 70, 75, 80, 90, 95, between(rng, 1, 99)])
        n = between(rng, 1, 99) * 10 if rng.random() < 0.6 else between(rng, 2, 1200)
        if not fits(split, p, n):
            continue
        kind = rng.random()
        part = point(p * n, 2)
        work = f"{steps.mul(n, p, lang)}\n{p * n}/100={part}"
        if kind < 0.5:
            question, result, answer = PERCENT_OF, part, f"{p}% × {n} = {part}"
            reasoning = f"{work} => {part}"
        elif kind < 0.75:
            n = choose(rng, [4, 5, 10, 20, 25, 40, 50, 80, 100, 125, 200, 250, 400, 500, 800])
            m = between(rng, 1, n)
            result = point(m * 100 * 100 // n, 2)
            if m * 10000 % n:
                continue
            question, reasoning, answer = WHAT_PERCENT, f"{m}*100={m * 100}{sep}{m * 100}/{n}={result} => {result}%", f"{m} ÷ {n} = {result}%"
            return loosen(rng, question.pick(rng, split, lang).replace("{n}", str(n)).replace("{m}", str(m))), reasoning, answer
        else:
            up = kind < 0.87
            question = CHANGE if up else DISCOUNT
            result = point(n * 100 + (p * n if up else -p * n), 2)
            sign = "+" if up else "-"
            answer = f"{n} {sign} {p}% = {result}"
            reasoning = f"{work}{sep}{n}{sign}{part}={result} => {result}"
        return loosen(rng, question.pick(rng, split, lang).replace("{n}", str(n)).replace("{p}", str(p))), reasoning, answer
