"""Weekdays, days between two dates and dates some days ahead. Never today's date: the model has no clock."""

from __future__ import annotations

import random
from datetime import date, timedelta

from .core import Turn, between, choose, fits, loosen, task
from .phrases import Phrases

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
DAYS = {"en": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], "zh": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"]}
MONTH_CODE = [0, 3, 3, 6, 1, 4, 6, 2, 5, 0, 3, 5]
LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def length(year: int, month: int) -> int:
    return 29 if month == 2 and leap(year) else LENGTHS[month - 1]


def write(rng: random.Random, year: int, month: int, day: int, lang: str) -> str:
    roll = rng.random()
    if roll < 0.25:
        return f"{year}-{month:02d}-{day:02d}"
    if lang == "zh":
        return f"{year}年{month}月{day}日" if roll < 0.9 else f"{year}/{month}/{day}"
    name = MONTHS[month - 1]
    if roll < 0.7:
        return f"{name} {day}, {year}"
    return f"{day} {name} {year}" if roll < 0.85 else f"{name[:3]} {day} {year}"


def shown(year: int, month: int, day: int, lang: str) -> str:
    return f"{year}年{month}月{day}日" if lang == "zh" else f"{MONTHS[month - 1]} {day}, {year}"


def draw(rng: random.Random) -> tuple[int, int, int]:
    year = between(rng, 1990, 2040) if rng.random() < 0.6 else between(rng, 1900, 2099)
    month = between(rng, 1, 12)
    return year, month, between(rng, 1, length(year, month))


WEEKDAY = Phrases(
    en=["What day of the week is {d}?", "Which weekday is {d}?", "{d} is which day of the week?", "On what weekday does {d} fall?", "What weekday is {d}?", "What day is {d}?",
        "Tell me the weekday of {d}.", "What day of the week was {d}?", "which day of the week is {d}", "Is {d} a Monday, a Sunday, or what?", "Find the day of the week for {d}.", "{d}, which weekday?"],
    zh=["{d}是星期几？", "{d}是周几？", "请问{d}是星期几？", "{d}是礼拜几？", "{d}那天是星期几？", "告诉我{d}是星期几。", "{d}星期几", "算一下{d}是星期几", "查一下{d}是周几", "{d}那天是周几？",
        "想知道{d}是星期几"],
)


@task("dates.weekday", 2)
def weekday(rng: random.Random, split: str, lang: str) -> Turn:
    """The century, year, month and day codes that people use in the head; Sunday is 0."""
    while True:
        year, month, day = draw(rng)
        if fits(split, year, month * 40 + day):
            break
    short = year % 100
    century = 0 if year < 2000 else 6
    early = leap(year) and month < 3
    code = MONTH_CODE[month - 1]
    total = short + short // 4 + code + day + century - early
    rest = total % 7
    name = DAYS[lang][rest]
    a = short + short // 4
    running = f"{short}+{short // 4}={a}; {a}+{code}={a + code}; {a + code}+{day}={a + code + day}"
    sub = a + code + day
    if century:
        running += f"; {sub}+{century}={sub + century}"
        sub += century
    if early:
        running += f"; {sub}-1={sub - 1}"
    leap_word = (" leap year" if lang == "en" else "闰年") if early else ""
    if lang == "en":
        head = f"{year}-{month}-{day}{leap_word}: year {short}; {short}/4={short // 4}; month {month}: {code}; day {day}; century {century}"
    else:
        head = f"{year}-{month}-{day}{leap_word}：年 {short}; {short}/4={short // 4}; 月 {month}: {code}; 日 {day}; 世纪 {century}"
    reasoning = f"{head}\n{running}\n{total}-7*{total // 7}={total}-{total - rest}={rest} => {name}"
    question = WEEKDAY.pick(rng, split, lang).replace("{d}", write(rng, year, month, day, lang))
    if lang == "en":
        return loosen(rng, question), reasoning, f"{shown(year, month, day, lang)} is a {name}"
    return loosen(rng, question), reasoning, f"{shown(year, month, day, lang)}是{name}"


LATER = Phrases(
    en=["What date is {n} days after {d}?", "What is {d} plus {n} days?", "Which date comes {n} days after {d}?", "{n} days from {d} is what date?", "Add {n} days to {d}.", "What date will it be {n} days after {d}?",
        "{d} + {n} days"],
    zh=["{d}之后{n}天是几月几日？", "{d}加{n}天是哪一天？", "{d}过{n}天是几号？", "从{d}起再过{n}天是哪天？", "{d}往后推{n}天是哪一天？", "{d}后{n}天是什么日期？", "{d} + {n}天"],
)


def month_name(month: int, lang: str) -> str:
    return f"{month}月" if lang == "zh" else MONTHS[month - 1]


@task("dates.later", 1.5)
def later(rng: random.Random, split: str, lang: str) -> Turn:
    while True:
        year, month, day = draw(rng)
        n = choose(rng, [7, 10, 14, 30, 45, 60, 90, 100, between(rng, 1, 30), between(rng, 1, 120)])
        if fits(split, year * 13 + n, month * 40 + day):
            break
    sep = "; " if lang == "en" else "；"
    out = [f"{day}+{n}={day + n}"]
    left, y, m = day + n, year, month
    while left > length(y, m):
        days = length(y, m)
        out.append(f"{month_name(m, lang)} {days}: {left}-{days}={left - days}")
        left -= days
        y, m = (y, m + 1) if m < 12 else (y + 1, 1)
    result = shown(y, m, left, lang)
    question = LATER.pick(rng, split, lang).replace("{d}", write(rng, year, month, day, lang)).replace("{n}", str(n))
    if n == 1 and lang == "en":
        question = question.replace("1 days", "1 day")
    reasoning = f"{year}-{month}-{day}: {sep.join(out)} => {result}"
    return loosen(rng, question), reasoning, f"The date is {result}" if lang == "en" else f"是{result}"


BETWEEN = Phrases(
    en=["How many days are there from {d} to {e}?", "How many days are between {d} and {e}?", "Days from {d} to {e}?", "How many days is it from {d} until {e}?", "Count the days between {d} and {e}.",
        "How long is it in days from {d} to {e}?"],
    zh=["从{d}到{e}有多少天？", "{d}到{e}相隔多少天？", "{d}和{e}之间相差多少天？", "{d}距离{e}多少天？", "{d}至{e}一共有几天？", "计算{d}到{e}的天数。"],
)


@task("dates.between", 1.5)
def days_between(rng: random.Random, split: str, lang: str) -> Turn:
    """Nights between the dates: the first day is not counted."""
    while True:
        year, month, day = draw(rng)
        n = between(rng, 2, 40) if rng.random() < 0.4 else between(rng, 2, 150)
        if fits(split, year * 17 + n, month * 40 + day):
            break
    end = date(year, month, day) + timedelta(days=n)
    sep = "; " if lang == "en" else "；"
    if (end.year, end.month) == (year, month):
        work = f"{end.day}-{day}={n}"
    else:
        days = length(year, month)
        total = days - day
        out = [f"{month_name(month, lang)} {days}-{day}={total}"]
        y, m = (year, month + 1) if month < 12 else (year + 1, 1)
        while (y, m) != (end.year, end.month):
            out.append(f"{month_name(m, lang)} {length(y, m)}: {total}+{length(y, m)}={total + length(y, m)}")
            total += length(y, m)
            y, m = (y, m + 1) if m < 12 else (y + 1, 1)
        out.append(f"{month_name(m, lang)} {end.day}: {total}+{end.day}={total + end.day}")
        work = sep.join(out)
    question = BETWEEN.pick(rng, split, lang).replace("{d}", write(rng, year, month, day, lang)).replace("{e}", write(rng, end.year, end.month, end.day, lang))
    reasoning = f"{year}-{month}-{day} → {end.year}-{end.month}-{end.day}: {work} => {n}"
    return loosen(rng, question), reasoning, f"It is {n} days" if lang == "en" else f"相隔 {n} 天"
