"""Bar, line and pie charts. facts: chart ("bar" | "line" | "pie"), title, names, values, shown (whether values are written), unit, lang."""

from __future__ import annotations

import math
import random

from ..core import choose
from . import display as d
from .scene import COLOURS, Scene, apart, any_colour, background, bright, ink_on, jitter, photometric
from .shapes import FIRST_SECTOR, SECTORS
from .texts import CHARTS_EN, CHARTS_ZH


def _values(rng: random.Random, n: int, unit: str) -> list[int] | None:
    """Different values whose largest and smallest stand out."""
    top = rng.choice((10, 20, 50, 90)) if not unit else 90
    for _ in range(40):
        values = [rng.randint(max(1, top // 12), top) for _ in range(n)]
        order = sorted(values)
        gap = max(1, round(0.06 * order[-1]))
        if all(b - a >= gap for a, b in zip(order, order[1:])):
            return values
    return None


def _shares(rng: random.Random, n: int) -> list[int] | None:
    """Percentages that add up to 100, at least 5 and 4 apart."""
    for _ in range(60):
        parts = [rng.uniform(1, 6) for _ in range(n)]
        values = [round(p * 100 / sum(parts)) for p in parts]
        values[0] += 100 - sum(values)
        order = sorted(values)
        if order[0] >= 5 and all(b - a >= 4 for a, b in zip(order, order[1:])):
            return values
    return None


def _colours(rng: random.Random, n: int, ground) -> list[tuple]:
    """n colours that differ from each other, with their indices into COLOURS."""
    free = [i for i in range(len(COLOURS)) if min(apart(c, ground) for c in COLOURS[i][2]) > 0.25]
    return [(i, jitter(rng, choose(rng, COLOURS[i][2]), 0.03)) for i in rng.sample(free, min(n, len(free)))]


def draw_chart(s, rng: random.Random, c: d.Canvas, split: str) -> Scene | None:
    lang = "en" if rng.random() < 0.5 else "zh"
    title, names = choose(rng, list((CHARTS_EN if lang == "en" else CHARTS_ZH).items()))
    kind = rng.choices(("bar", "bars", "line", "pie"), (5, 2, 2, 3))[0]
    n = min(len(names), rng.randint(2, 5) if kind == "pie" else rng.randint(3, 6 if kind != "line" else 7))
    at = rng.randrange(len(names) - n + 1)
    names = names[at : at + n] if rng.random() < 0.6 else rng.sample(names, n)
    unit = "%" if kind == "pie" or rng.random() < 0.12 else ""
    values = _shares(rng, n) if kind == "pie" else _values(rng, n, unit)
    if values is None:
        return None
    ground = (1.0, 1.0, 1.0) if rng.random() < 0.55 else choose(rng, ((0.1, 0.1, 0.13), (0.96, 0.96, 0.9), (0.13, 0.17, 0.25), (0.9, 0.94, 1.0))) if rng.random() < 0.7 else any_colour(rng)
    background(rng, c, plain=1.0, colours=(ground, ground))
    ink = ink_on(rng, ground, least=0.75) if rng.random() < 0.2 else ((0.1, 0.1, 0.1) if bright(ground) > 0.5 else (0.95, 0.95, 0.95))
    faint = tuple(g + (i - g) * 0.25 for g, i in zip(ground, ink))
    written = "".join(names) + title + "0123456789%."
    font = s.font(rng, written, split, lang)
    if not font.has(written):
        return None
    shown = kind == "pie" or rng.random() < 0.85
    top = 8.0
    headed = rng.random() < 0.8
    if headed:
        size = min(rng.uniform(15, 21), (c.w - 24) / font.width(title) * 40)
        c.text(font, title, c.w / 2, 8 + size, size, ink, anchor=0.5)
        top = 16 + size
    small = lambda texts, room, most: min(most, room / max(font.width(t) for t in texts) * 40)  # noqa: E731
    written_values = [f"{v}{unit}" for v in values]
    facts = {"chart": "bar" if kind == "bars" else kind, "title": title if headed else "", "names": names, "values": values, "shown": shown, "unit": unit, "lang": lang, "colours": None}
    single = choose(rng, [col for i, col in _colours(rng, 4, ground)])
    many = rng.random() < 0.55
    palette = _colours(rng, n, ground)
    if len(palette) < n:
        return None
    if kind == "bar":
        left, right, low = 14.0, c.w - 10.0, c.h - 30.0
        step = (right - left) / n
        size = small(names, step * 0.98, 16)
        if size < 9:
            return None
        high = low - top - 20
        axis = max(values) * rng.uniform(1.0, 1.15)
        if rng.random() < 0.4:
            for k in range(1, 5):
                c.line(left, low - high * k / 4, right, low - high * k / 4, 1, faint)
        thick = rng.uniform(0.5, 0.8)
        rounded = rng.choice((0, 0, 3, 6))
        value_size = small(written_values, step * 0.95, 16)
        for i, (name, v) in enumerate(zip(names, values)):
            x, y = left + (i + 0.5) * step, low - high * v / axis
            c.rect(x - step * thick / 2, y, x + step * thick / 2, low, palette[i][1] if many else single, radius=rounded)
            c.text(font, name, x, low + size + 4, size, ink, anchor=0.5)
            if shown:
                c.text(font, written_values[i], x, y - 4, value_size, ink, anchor=0.5)
        c.line(left, low, right, low, 1.5, ink)
        if many:
            facts["colours"] = [p[0] for p in palette]
    elif kind == "bars":
        size = small(names, c.w * 0.3, 17)
        if size < 10:
            return None
        left = 14 + max(font.width(t) for t in names) * size / 40
        right = c.w - 40.0
        step = (c.h - top - 12) / n
        size = min(size, step * 0.7)
        axis = max(values)
        thick = rng.uniform(0.45, 0.75)
        for i, (name, v) in enumerate(zip(names, values)):
            y = top + (i + 0.5) * step
            x = left + (right - left) * v / axis
            c.rect(left, y - step * thick / 2, x, y + step * thick / 2, palette[i][1] if many else single, radius=rng.choice((0, 3)))
            c.text(font, name, left - 5, y + size * 0.36, size, ink, anchor=1.0)
            if shown:
                c.text(font, written_values[i], x + 4, y + size * 0.36, min(size, 15), ink)
        c.line(left, top, left, c.h - 12, 1.5, ink)
        if many:
            facts["colours"] = [p[0] for p in palette]
    elif kind == "line":
        left, right, low = 20.0, c.w - 20.0, c.h - 30.0
        step = (right - left) / (n - 1)
        size = small(names, step * 0.95, 15)
        if size < 9:
            return None
        high = low - top - 22
        axis = max(values) * 1.05
        points = [(left + i * step, low - high * v / axis) for i, v in enumerate(values)]
        c.line(left - 8, low, right + 8, low, 1.5, ink)
        width = rng.uniform(2, 4.5)
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            c.line(x0, y0, x1, y1, width, single, radius=width / 2)
        for i, (x, y) in enumerate(points):
            r = width * rng.uniform(0.9, 1.6)
            c.item(1, x, y, r, r, t0=single, t1=single)
            c.text(font, names[i], x, low + size + 4, size, ink, anchor=0.5)
            if shown:
                c.text(font, written_values[i], x, y - 7, min(15.0, small(written_values, step, 15)), ink, anchor=0.5)
    else:
        legend = c.w * 0.44
        size = small([f"{a} {b}" for a, b in zip(names, written_values)], legend - 30, 17)
        if size < 10:
            return None
        r = min((c.w - legend) / 2 - 10, (c.h - top) / 2 - 10)
        if r < 30:
            return None
        x, y = 10 + r, (c.h + top) / 2
        start, total = 0.0, 0.0
        turns = []
        for v in values:
            turns.append((total, v / 100))
            total += v / 100
        first = rng.choice((0.0, rng.uniform(0, 2 * math.pi)))
        # From the largest reach to the smallest: each sector covers the rest of the later ones.
        for i in reversed(range(n)):
            reach = turns[i][0] + turns[i][1]
            c.item(FIRST_SECTOR + max(0, min(SECTORS - 1, round(reach * SECTORS) - 1)), x, y, r, r, turn=first, t0=palette[i][1], t1=palette[i][1])
        if rng.random() < 0.25:
            c.item(1, x, y, r * 0.5, r * 0.5, t0=ground, t1=ground)
        line = min(size * 1.6, (c.h - top - 10) / n)
        y0 = (c.h + top) / 2 - line * n / 2
        for i in range(n):
            ly = y0 + (i + 0.5) * line
            lx = c.w - legend + 8
            c.rect(lx, ly - size * 0.35, lx + size * 0.7, ly + size * 0.35, palette[i][1], radius=rng.choice((0, 2)))
            c.text(font, f"{names[i]} {written_values[i]}", lx + size * 0.7 + 5, ly + size * 0.36, size, ink)
        facts["colours"] = [p[0] for p in palette]
    photometric(rng, c, strength=0.4, blur=0.6, split=split)
    return Scene("chart", split, font.name, c.w, c.h, None, [], [], facts)
