"""Numbers in words, English and Chinese, up to six digits, as people say them."""

from __future__ import annotations

import random

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = ". . twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = ("zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second "
            "twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first").split()
DIGITS_ZH = "零一二三四五六七八九"
LONGEST = 6  # digits before the point


def english(n: int, joint: bool = False) -> str:
    """384 -> "three hundred eighty-four"; with ``joint``, "three hundred and eighty-four"."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        rest = n % 100
        return f"{ONES[n // 100]} hundred" + (f"{' and' if joint else ''} {english(rest)}" if rest else "")
    if n >= 1_000_000:
        raise ValueError(f"{n} has more than {LONGEST} digits")
    rest = n % 1000
    return f"{english(n // 1000, joint)} thousand" + ((" and " if joint and rest < 100 else " ") + english(rest, joint) if rest else "")


def english_year(n: int, rng: random.Random) -> str:
    high, low = divmod(n, 100)
    if n % 1000 == 0 or (2000 <= n < 2010):
        return english(n, rng.random() < 0.3)
    if 2010 <= n and rng.random() < 0.3:
        return english(n, rng.random() < 0.3)
    return f"{english(high)} {'hundred' if low == 0 else ('oh ' if low < 10 else '') + english(low)}"


def spell_digits(digits: str, rng: random.Random, lang: str) -> str:
    """Digit by digit, as phone numbers are said."""
    if lang == "zh":
        return "".join(DIGITS_ZH[int(d)] for d in digits)
    zero = "oh" if len(digits) > 3 and rng.random() < 0.2 else "zero"
    return " ".join(ONES[int(d)] if d != "0" else zero for d in digits)


def chinese(n: int, two: bool = False) -> str:
    """384 -> 三百八十四; with ``two``, 200 is 两百 and not 二百."""
    if n >= 1_000_000:
        raise ValueError(f"{n} has more than {LONGEST} digits")
    if n >= 10000:
        rest = n % 10000
        head = chinese(n // 10000, True)
        head = "两" if head == "二" else head
        return f"{head}万" + (("零" if rest < 1000 else "") + chinese(rest, two) if rest else "")
    if n < 10:
        return DIGITS_ZH[n]
    if n < 20:
        return "十" + (DIGITS_ZH[n % 10] if n % 10 else "")
    out, pending = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit == 0:
            pending = bool(out)
            continue
        if pending:
            out += "零"
            pending = False
        out += ("两" if digit == 2 and (unit == 1000 or unit == 100 and two) else DIGITS_ZH[digit]) + name
    return out


def say_number(text: str, rng: random.Random, lang: str) -> str:
    """"-12.05" -> words. ValueError where the number is too long to be said."""
    negative = text.startswith("-")
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(whole) > LONGEST or len(fraction) > 4:
        raise ValueError(text)
    if len(whole) > 1 and whole[0] == "0":
        said = spell_digits(whole, rng, lang)
    elif lang == "zh":
        said = chinese(int(whole), rng.random() < 0.6)
    else:
        said = english(int(whole), rng.random() < 0.4)
    if fraction:
        said += ("点" if lang == "zh" else " point ") + ("".join(DIGITS_ZH[int(d)] for d in fraction) if lang == "zh" else " ".join(ONES[int(d)] for d in fraction))
    if negative:
        said = ("负" if lang == "zh" else rng.choice(["minus ", "negative "])) + said
    return said
