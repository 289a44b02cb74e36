"""Screenshots: a dialog, settings with switches, a form, a chat, a phone's home screen.

facts: screen (the kind), title, lang and, by kind: message and buttons [(text, primary)]; switches [(text, on)]; fields [(label, value)] and
buttons; messages [(mine, text)] and title = the other person; apps [(name, cell)] in reading order.
"""

from __future__ import annotations

import random

from ..core import choose
from . import display as d
from .scene import Scene, any_colour, background, bright, ink_on, photometric, put_thing
from .texts import (APP_THINGS, APPS_EN, APPS_ZH, BUTTONS_EN, BUTTONS_ZH, CHAT_EN, CHAT_ZH, FIELDS_EN, FIELDS_ZH, PEOPLE_EN, PEOPLE_ZH, SIGNS_EN, SIGNS_ZH, SWITCHES_EN, SWITCHES_ZH, TITLES_EN, TITLES_ZH, WORDS_EN, WORDS_ZH, number)

LIGHT = ((1.0, 1.0, 1.0), (0.96, 0.96, 0.97), (0.93, 0.93, 0.95))
DARK = ((0.12, 0.12, 0.14), (0.16, 0.17, 0.2), (0.08, 0.08, 0.09))
ACCENTS = ((0.0, 0.45, 0.95), (0.1, 0.6, 0.3), (0.85, 0.25, 0.2), (0.5, 0.25, 0.85), (0.95, 0.55, 0.1), (0.1, 0.6, 0.65))


class _Theme:
    def __init__(self, rng: random.Random, font, lang: str) -> None:
        dark = rng.random() < 0.35
        self.ground = choose(rng, DARK if dark else LIGHT)
        self.panel = tuple(min(1.0, g + (0.08 if dark else 0.0)) if dark else 1.0 for g in self.ground)
        self.ink = (0.95, 0.95, 0.95) if dark else (0.1, 0.1, 0.12)
        self.faint = tuple(g + (i - g) * 0.22 for g, i in zip(self.panel, self.ink))
        self.accent = choose(rng, ACCENTS)
        self.on_accent = (1.0, 1.0, 1.0) if bright(self.accent) < 0.65 else (0.05, 0.05, 0.05)
        self.round = rng.choice((0, 4, 8, 12))
        self.font, self.lang = font, lang
        self.size = rng.uniform(14, 18)


def _fit(t: _Theme, text: str, room: float, size: float) -> float:
    return min(size, room / max(1.0, t.font.width(text)) * 40)


def _button(c: d.Canvas, t: _Theme, x0: float, y0: float, x1: float, y1: float, text: str, primary: bool) -> None:
    size = _fit(t, text, x1 - x0 - 8, min(t.size, (y1 - y0) * 0.6))
    c.rect(x0, y0, x1, y1, t.accent if primary else t.faint, radius=min(t.round, (y1 - y0) / 2))
    c.text(t.font, text, (x0 + x1) / 2, (y0 + y1) / 2 + size * 0.35, size, t.on_accent if primary else t.ink, anchor=0.5)


def _title(c: d.Canvas, t: _Theme, rng: random.Random, x0: float, y0: float, x1: float, title: str, phone: bool) -> float:
    """A title bar; returns its lower edge."""
    high = t.size * 1.9
    coloured = rng.random() < 0.4
    c.rect(x0, y0, x1, y0 + high, t.accent if coloured else t.faint)
    ink = t.on_accent if coloured else t.ink
    middle = rng.random() < 0.5
    left = x0 + 10
    if not phone:
        if rng.random() < 0.5:
            for k, col in enumerate(((0.95, 0.35, 0.3), (0.95, 0.75, 0.2), (0.25, 0.75, 0.3))):
                c.item(1, x0 + 12 + k * 14, y0 + high / 2, 4.5, 4.5, t0=col, t1=col)
            left = x0 + 52
        else:
            c.text(t.font, "x", x1 - 18, y0 + high / 2 + 5, 15, ink)
    size = _fit(t, title, x1 - left - 30, t.size)
    c.text(t.font, title, (x0 + x1) / 2 if middle else left, y0 + high / 2 + size * 0.36, size, ink, anchor=0.5 if middle else 0.0)
    return y0 + high


def draw_screen(s, rng: random.Random, c: d.Canvas, split: str) -> Scene | None:
    lang = "en" if rng.random() < 0.5 else "zh"
    kind = rng.choices(("dialog", "settings", "form", "chat", "home"), (3, 3, 2.5, 2.5, 2))[0]
    font = s.font(rng, "确定" if lang == "zh" else "Abc", split, lang)
    t = _Theme(rng, font, lang)
    en = lang == "en"
    facts = {"screen": kind, "lang": lang, "title": choose(rng, TITLES_EN if en else TITLES_ZH)}
    objects, labels = [], []
    if kind == "home":
        c0, c1 = background(rng, c, plain=0.3)
        objects = _home(s, rng, c, t, split, facts, (c0, c1))
        if objects is None:
            return None
        labels = sorted({o.id for o in objects})
    else:
        window = rng.random() < 0.45 and kind != "chat"
        if window:
            background(rng, c, plain=0.4)
            m, mt = rng.uniform(6, 24), rng.uniform(6, 30)
            x0, y0, x1, y1 = m, mt, c.w - m, c.h - mt
            c.rect(x0 + 3, y0 + 4, x1 + 3, y1 + 4, (0.0, 0.0, 0.0), alpha=0.25, soft=6, radius=4)
            c.rect(x0, y0, x1, y1, t.panel, radius=0)
        else:
            background(rng, c, plain=1.0, colours=(t.panel, t.panel))
            x0, y0, x1, y1 = 0.0, 0.0, float(c.w), float(c.h)
        if kind == "chat":
            facts["title"] = choose(rng, PEOPLE_EN if en else PEOPLE_ZH)
        y = _title(c, t, rng, x0, y0, x1, facts["title"], not window) + 8
        if not {"dialog": _dialog, "settings": _settings, "form": _form, "chat": _chat}[kind](rng, c, t, facts, x0 + 12, y, x1 - 12, y1 - 10):
            return None
    photometric(rng, c, strength=0.4, blur=0.6, split=split)
    return Scene("screen", split, font.name, c.w, c.h, None, objects, labels, facts)


def _buttons(rng: random.Random, c: d.Canvas, t: _Theme, x0: float, x1: float, y1: float, facts: dict) -> None:
    names = rng.sample(BUTTONS_EN if t.lang == "en" else BUTTONS_ZH, rng.choice((1, 2, 2, 3)))
    primary = rng.randrange(len(names))
    facts["buttons"] = [(name, i == primary) for i, name in enumerate(names)]
    high = t.size * 1.9
    wide = min(110.0, (x1 - x0) / len(names) - 6)
    total = len(names) * (wide + 6) - 6
    x = rng.choice((x0, (x0 + x1 - total) / 2, x1 - total))
    for name, first in facts["buttons"]:
        _button(c, t, x, y1 - high, x + wide, y1, name, first)
        x += wide + 6


def _dialog(rng, c, t, facts, x0, y0, x1, y1) -> bool:
    facts["message"] = text = choose(rng, SIGNS_EN if t.lang == "en" else SIGNS_ZH)
    size = _fit(t, text, x1 - x0, t.size * 1.25)
    if size < 11 or y1 - y0 < 80 or not t.font.has(text):
        return False
    mid = y0 + (y1 - y0 - t.size * 2) * 0.5
    c.text(t.font, text, (x0 + x1) / 2, mid + size * 0.3, size, t.ink, anchor=0.5)
    _buttons(rng, c, t, x0, x1, y1, facts)
    return True


def _settings(rng, c, t, facts, x0, y0, x1, y1) -> bool:
    n = min(int((y1 - y0) / 30), rng.randint(2, 6))
    if n < 2:
        return False
    names = rng.sample(SWITCHES_EN if t.lang == "en" else SWITCHES_ZH, n)
    facts["switches"] = [(name, rng.random() < 0.5) for name in names]
    step = min((y1 - y0) / n, 48.0)
    long = max(t.font.width(x) for x in names) * t.size / 40
    size = t.size if long < x1 - x0 - 54 else t.size * (x1 - x0 - 54) / long
    for i, (name, on) in enumerate(facts["switches"]):
        y = y0 + (i + 0.5) * step
        c.text(t.font, name, x0, y + size * 0.36, size, t.ink)
        track = (t.accent if t.accent != ACCENTS[2] else ACCENTS[0]) if on else tuple(0.5 * a + 0.33 for a in t.faint)
        c.rect(x1 - 40, y - 10, x1, y + 10, track, radius=10)
        c.item(1, x1 - 10 if on else x1 - 30, y, 8, 8, t0=(1.0, 1.0, 1.0), t1=(1.0, 1.0, 1.0))
        if i:
            c.line(x0, y - step / 2, x1, y - step / 2, 1, t.faint)
    return True


def _form(rng, c, t, facts, x0, y0, x1, y1) -> bool:
    n = min(int((y1 - y0 - 36) / 44), rng.randint(1, 3))
    if n < 1:
        return False
    en = t.lang == "en"
    names = rng.sample(FIELDS_EN if en else FIELDS_ZH, n)
    value = lambda: number(rng) if rng.random() < 0.3 else choose(rng, (PEOPLE_EN + WORDS_EN[:400]) if en else PEOPLE_ZH + WORDS_ZH[:300])  # noqa: E731
    facts["fields"] = []
    for i, name in enumerate(names):
        text = "" if rng.random() < 0.2 else value()
        if not t.font.has(text):
            text = ""
        facts["fields"].append((name, text))
        y = y0 + i * 44
        c.text(t.font, name, x0, y + 13, t.size * 0.85, t.ink)
        c.rect(x0, y + 17, x1, y + 39, t.faint, radius=min(t.round, 6))
        c.rect(x0 + 1.2, y + 18.2, x1 - 1.2, y + 37.8, t.panel, radius=min(t.round, 5))
        if text:
            size = _fit(t, text, x1 - x0 - 12, t.size * 0.9)
            c.text(t.font, text, x0 + 6, y + 28 + size * 0.36, size, t.ink)
    _buttons(rng, c, t, x0, x1, y1, facts)
    return True


def _chat(rng, c, t, facts, x0, y0, x1, y1) -> bool:
    texts = rng.sample(CHAT_EN if t.lang == "en" else CHAT_ZH, min(6, max(2, int((y1 - y0) / 36)), rng.randint(2, 5)))
    if not t.font.has("".join(texts)):
        return False
    facts["messages"] = [(rng.random() < 0.5, text) for text in texts]
    high = min(38.0, (y1 - y0) / len(texts))
    for i, (mine, text) in enumerate(facts["messages"]):
        size = _fit(t, text, (x1 - x0) * 0.75, t.size)
        wide = t.font.width(text) * size / 40 + 18
        y = y0 + i * high
        left = x1 - wide if mine else x0
        c.rect(left, y + 2, left + wide, y + high - 4, t.accent if mine else t.faint, radius=min(12, high / 2 - 3))
        c.text(t.font, text, left + 9, y + high / 2 - 1 + size * 0.36, size, t.on_accent if mine else t.ink)
    return True


def _home(s, rng, c, t, split, facts, grounds):
    per, lines = (3, 3) if abs(c.w - c.h) < 40 else (2, 4) if c.h > c.w else (4, 2)
    if rng.random() < 0.4:
        per, lines = max(2, per - 1), max(2, lines - 1)
    cells = [k for k in range(per * lines) if rng.random() < 0.85] or [0]
    names = APPS_EN if t.lang == "en" else APPS_ZH
    some = rng.sample(range(len(names)), len(cells))
    top = rng.choice((6.0, 22.0))
    if top > 10:
        c.text(t.font, f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}", 10, 17, 13, ink_on(rng, *grounds))
    step_x, step_y = c.w / per, (c.h - top) / lines
    icon = min(step_x * 0.62, step_y * 0.58)
    objects, facts["apps"] = [], []
    facts["grid"] = (per, lines)
    ink = ink_on(rng, *grounds)
    plate = rng.random() < 0.7
    style = None
    for k, app in zip(cells, some):
        x, y = (k % per + 0.5) * step_x, top + (k // per) * step_y + icon * 0.56 + 2
        if plate:
            c.rect(x - icon / 2, y - icon / 2, x + icon / 2, y + icon / 2, any_colour(rng), radius=icon * rng.choice((0.2, 0.25, 0.5)))
        thing = s.index[APP_THINGS[app].rstrip("*")]
        if not s.pools[split][thing]:
            return None
        o, style = put_thing(s, rng, c, split, thing, x, y, icon * (0.66 if plate else 0.95), style)
        objects.append(o)
        size = _fit(t, names[app], step_x - 4, 14)
        c.text(t.font, names[app], x, y + icon / 2 + size + 1, size, ink, anchor=0.5)
        facts["apps"].append((names[app], k))
    facts["title"] = ""
    return objects
