"""Conversion of everyday units, in both directions."""

from __future__ import annotations

import random
from fractions import Fraction

from . import steps
from .core import Turn, between, choose, fits, loosen, task
from .phrases import Phrases

# (larger unit, smaller unit, factor): names are (symbol, English plural, Chinese)
UNITS = {
    "km": ("km", "kilometers", "千米"), "m": ("m", "meters", "米"), "dm": ("dm", "decimeters", "分米"), "cm": ("cm", "centimeters", "厘米"), "mm": ("mm", "millimeters", "毫米"),
    "in": ("in", "inches", "英寸"), "ft": ("ft", "feet", "英尺"), "yd": ("yd", "yards", "码"), "mi": ("mi", "miles", "英里"), "li": ("里", "li", "里"),
    "t": ("t", "tonnes", "吨"), "kg": ("kg", "kilograms", "千克"), "g": ("g", "grams", "克"), "mg": ("mg", "milligrams", "毫克"), "jin": ("斤", "jin", "斤"),
    "liang": ("两", "liang", "两"), "lb": ("lb", "pounds", "磅"), "oz": ("oz", "ounces", "盎司"), "L": ("L", "liters", "升"), "mL": ("mL", "milliliters", "毫升"),
    "w": ("weeks", "weeks", "周"), "d": ("days", "days", "天"), "h": ("h", "hours", "小时"), "min": ("min", "minutes", "分钟"), "s": ("s", "seconds", "秒"),
    "ha": ("ha", "hectares", "公顷"), "m2": ("m²", "square meters", "平方米"), "km2": ("km²", "square kilometers", "平方千米"),
    "GB": ("GB", "gigabytes", "GB"), "MB": ("MB", "megabytes", "MB"), "yr": ("years", "years", "年"), "mo": ("months", "months", "个月"),
}
CONVERSIONS = [
    ("km", "m", "1000"), ("m", "cm", "100"), ("cm", "mm", "10"), ("m", "dm", "10"), ("m", "mm", "1000"), ("dm", "cm", "10"), ("in", "cm", "2.54"), ("ft", "in", "12"),
    ("yd", "ft", "3"), ("mi", "km", "1.609"), ("ft", "cm", "30.48"), ("t", "kg", "1000"), ("kg", "g", "1000"), ("g", "mg", "1000"), ("lb", "oz", "16"), ("kg", "jin", "2"),
    ("jin", "g", "500"), ("jin", "liang", "10"), ("km", "li", "2"), ("L", "mL", "1000"), ("w", "d", "7"), ("d", "h", "24"), ("h", "min", "60"), ("min", "s", "60"),
    ("h", "s", "3600"), ("ha", "m2", "10000"), ("km2", "ha", "100"), ("GB", "MB", "1024"), ("yr", "mo", "12"), ("lb", "g", "453.6"),
]
# The other way round where no whole number of the larger unit fits: rounded factors, for training alone.
INVERSES = [("km", "mi", "0.6214"), ("cm", "in", "0.3937"), ("m", "ft", "3.281"), ("m", "yd", "1.094"), ("kg", "lb", "2.205"), ("g", "oz", "0.0353"), ("kg", "oz", "35.27")]
CHINESE_ONLY = {"li", "jin", "liang"}
CONVERT = Phrases(
    en=["How many {to} are in {n} {from}?", "Convert {n} {from} to {to}.", "What is {n} {from} in {to}?", "{n} {from} to {to}", "How many {to} is {n} {from}?", "{n} {from} in {to}?",
        "How many {to} make {n} {from}?", "{n} {from} equals how many {to}?", "Please convert {n} {from} into {to}.", "{n} {from} = ? {to}", "Express {n} {from} in {to}."],
    zh=["{n}{from}等于多少{to}？", "{n}{from}是多少{to}？", "把{n}{from}换算成{to}。", "{n}{from}有多少{to}？", "请将{n}{from}转换为{to}。", "{n}{from}=？{to}",
        "{n}{from}合多少{to}？", "{n}{from}换算成{to}是多少？", "多少{to}等于{n}{from}？", "请问{n}{from}等于几{to}？", "{n}{from}折合多少{to}？"],
)


def exact(value: Fraction) -> str | None:
    """The decimal form, or None where it does not end within four places."""
    scaled = value * 10000
    if scaled.denominator != 1:
        return None
    digits = str(scaled.numerator).rjust(5, "0")
    return f"{digits[:-4]}.{digits[-4:]}".rstrip("0").rstrip(".")


@task("units", 2)
def convert(rng: random.Random, split: str, lang: str) -> Turn:
    index = 0 if rng.random() < 0.4 else 1 if lang == "en" else 2
    if rng.random() < 0.1:
        return temperature(rng, split, lang)
    while True:
        inverse = split == "train" and rng.random() < 0.2
        large, small, factor = choose(rng, INVERSES if inverse else CONVERSIONS)
        if lang == "en" and (large in CHINESE_ONLY or small in CHINESE_ONLY):
            continue
        rate = Fraction(factor)
        big_factor = rate.denominator == 1
        down = inverse or rng.random() < 0.6
        if down:
            tenths = big_factor and factor.strip("0") == "1" and rng.random() < 0.4
            n = Fraction(between(rng, 1, 199), 10) if tenths else Fraction(between(rng, 1, 120))
            result = n * rate
            work = "{n}*" + factor + "={r}"
            if not tenths and factor.strip("0") != "1" and n > 9:
                work = steps.mul(int(n), int(factor.replace(".", "")), lang) + ("" if big_factor else "\n" + work)
            source, target = large, small
        elif not big_factor:
            continue
        else:
            n = Fraction(between(rng, 1, 60)) * rate if rng.random() < 0.6 else Fraction(between(rng, 1, 40) * 50)
            result = n / rate
            work = "{n}/" + factor + "={r}"
            if factor.strip("0") != "1" and result.denominator == 1 and 9 < rate < 100:
                work = steps.div(int(n), int(rate), lang)
            source, target = small, large
        shown, answer = exact(n), exact(result)
        if shown is None or answer is None or not fits(split, int(n * 10), int(rate * 1000) % 9973 + down):
            continue
        from_name, to_name = UNITS[source], UNITS[target]
        if lang == "zh" and index == 0:
            a, b = (name[0] if len(name[0]) < 4 else name[2] for name in (from_name, to_name))
        else:
            a, b = from_name[index], to_name[index]
        one = f"1 {UNITS[large][0 if lang == 'en' else 2]} = {factor} {UNITS[small][0 if lang == 'en' else 2]}"
        question = CONVERT.pick(rng, split, lang).replace("{n}", shown).replace("{from}", a).replace("{to}", b)
        if lang == "zh" and a.isascii():
            question = question.replace(f"{shown}{a}", f"{shown} {a}") if rng.random() < 0.5 else question
        if lang == "en" and shown == "1" and a in SINGULAR:
            question = question.replace(f"1 {a}", f"1 {SINGULAR[a]}").replace("are in", "are there in")
        reasoning = f"{one}{'; ' if lang == 'en' else '；'}{work.format(n=shown, r=answer)} => {answer}"
        return loosen(rng, question), reasoning, sentence(shown, source, answer, target, lang)


SINGULAR = {
    "kilometers": "kilometer", "meters": "meter", "inches": "inch", "feet": "foot", "yards": "yard", "miles": "mile", "tonnes": "tonne", "kilograms": "kilogram",
    "grams": "gram", "pounds": "pound", "liters": "liter", "weeks": "week", "days": "day", "hours": "hour", "minutes": "minute", "hectares": "hectare",
    "centimeters": "centimeter", "decimeters": "decimeter", "gigabytes": "gigabyte", "years": "year", "square kilometers": "square kilometer",
}


def sentence(n: str, source: str, result: str, target: str, lang: str) -> str:
    if lang == "en":
        return f"{n} {UNITS[source][0]} = {result} {UNITS[target][0]}"
    return f"{n} {UNITS[source][2]} = {result} {UNITS[target][2]}"


TEMPERATURE = Phrases(
    en=["Convert {n}{from} to {to}.", "What is {n}{from} in {to}?", "{n}{from} in {to}", "How much is {n}{from} in {to}?", "{n}{from} is how many {to}?", "{n} {from} to {to}?"],
    zh=["{n}{from}等于多少{to}？", "{n}{from}是多少{to}？", "把{n}{from}换算成{to}。", "{n}{from}换算成{to}是多少？", "请将{n}{from}转换为{to}。", "{n}{from}合多少{to}？"],
)
SCALES = {"C": {"en": ["°C", " degrees Celsius", " Celsius"], "zh": ["°C", "摄氏度", "℃"]}, "F": {"en": ["°F", " degrees Fahrenheit", " Fahrenheit"], "zh": ["°F", "华氏度", "℉"]}}


def temperature(rng: random.Random, split: str, lang: str) -> Turn:
    while True:
        celsius = between(rng, -40, 120)
        to_f = rng.random() < 0.6
        if not to_f:
            celsius = celsius // 5 * 5
        fahrenheit = exact(Fraction(abs(celsius * 9 + 160), 5))
        if celsius * 9 + 160 < 0:
            fahrenheit = "-" + fahrenheit
        if fits(split, celsius + 100, 32 + to_f):
            break
    style = between(rng, 0, 2)
    c, f = SCALES["C"][lang][style], SCALES["F"][lang][style]
    question = TEMPERATURE.pick(rng, split, lang)
    if to_f:
        ninefold = exact(Fraction(abs(celsius) * 9, 5))
        ninefold = f"-{ninefold}" if celsius < 0 else ninefold
        reasoning = f"°F = °C*1.8+32; {celsius}*1.8={ninefold}; {ninefold}+32={fahrenheit} => {fahrenheit}"
        question = question.replace("{n}", str(celsius)).replace("{from}", c).replace("{to}", f.strip())
        return loosen(rng, question), reasoning, f"{celsius} °C = {fahrenheit} °F"
    minus = int(fahrenheit) - 32
    reasoning = f"°C = (°F-32)/1.8; {fahrenheit}-32={minus}; {minus}/1.8={celsius} => {celsius}"
    question = question.replace("{n}", fahrenheit).replace("{from}", f).replace("{to}", c.strip())
    return loosen(rng, question), reasoning, f"{fahrenheit} °F = {celsius} °C"
