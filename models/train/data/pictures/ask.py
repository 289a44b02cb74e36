"""Questions about a scene. The answer follows from the scene's objects and facts alone; for one phrasing it is always worded the same.

Every function returns (phrase key, places to fill in, reasoning, answer, other right answers) or None where the scene does not allow
the question. Reasoning is written for counting, comparing and places, e.g. ``apple: top left; right → 2``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import permutations

from ..core import choose, loosen
from .phrases import PHRASES
from .scene import COLOURS, PLACES, Object, Scene
from .shapes import SHAPES

ORDINALS_EN = ["first", "second", "third", "fourth"]
DIGITS_ZH = "一二三四"
CANNOT = {"en": "I cannot tell that from a picture: I am Nano, the small built-in model, and I know only simple things, shapes, text and charts.", "zh": "我没法从图片中看出这一点：我是 Nano，内置的小模型，只认得简单的物品、形状、文字和图表。"}
SMALL = {"en": "I am Nano, the small built-in model, and I know only simple pictures.", "zh": "我是 Nano，内置的小模型，只认得简单的图片。"}


@dataclass(slots=True)
class Asked:
    """Like core.Sample, of one turn. `accept`: other right answers. `metric`: "exact", or "cer" where text is read. `fresh`: in a phrasing of the test."""

    task: str
    lang: str
    question: str
    reasoning: str
    answer: str
    accept: list[str] = field(default_factory=list)
    metric: str = "exact"
    fresh: bool = False

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [("user", self.question)]


# ------------------------------------------------------------------------------------------------------------------ words
def cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(parts: list[str], lang: str) -> str:
    if len(parts) == 1:
        return parts[0]
    if lang == "en":
        return ", ".join(parts[:-1]) + " and " + parts[-1]
    return "、".join(parts[:-1]) + "和" + parts[-1]


def noun(s: Scene, o: Object, lang: str, colour: bool = False) -> str:
    """Without article: "apple", "red circle"."""
    if o.kind == "thing":
        t = s.scenes.things[o.id]
        return t.en if lang == "en" else t.zh
    name, tint = SHAPES[o.id][lang == "zh"], COLOURS[o.colour][lang == "zh"]
    if not colour:
        return name
    return f"{tint} {name}" if lang == "en" else f"{tint}{name}"


def with_a(s: Scene, o: Object, lang: str, colour: bool = False) -> str:
    if lang == "zh":
        return noun(s, o, lang, colour)
    if o.kind == "thing":
        return s.scenes.things[o.id].a
    name = noun(s, o, lang, colour)
    return ("an " if name[0] in "aeiou" else "a ") + name


def many(s: Scene, o: Object, n: int, lang: str, colour: bool = False) -> str:
    """"3 apples", "an apple", "3 个苹果"."""
    if n == 1:
        return with_a(s, o, lang, colour)
    if lang == "zh":
        return f"{n} 个{noun(s, o, lang, colour)}"
    if o.kind == "thing":
        t = s.scenes.things[o.id]
        return f"{n} {t.en if t.mass else t.plural}"
    name = noun(s, o, lang, colour)
    return f"{n} {name}" + ("es" if name.endswith(("s", "x")) else "s")


def plural_of(s: Scene, o: Object, lang: str, colour: bool = False) -> str:
    return noun(s, o, lang, colour) if lang == "zh" else many(s, o, 2, lang, colour)[2:]


def place_name(k: int, lang: str) -> str:
    return PLACES[k][lang == "zh"]


def place_answer(k: int, lang: str) -> str:
    if lang == "zh":
        return f"在{PLACES[k][1]}。"
    name = PLACES[k][0]
    if name == "middle":
        return "In the middle."
    return f"On the {name}." if name in ("left", "right") else f"At the {name}."


def reading_order(s: Scene, objects: list[Object]) -> list[Object]:
    return sorted(objects, key=lambda o: (s.cell(o), o.cx))


def same(a: Object, b: Object, colour: bool = False) -> bool:
    return a.kind == b.kind and a.id == b.id and (not colour or a.colour == b.colour)


def listed(s: Scene, objects: list[Object], lang: str, colour: bool = False) -> str:
    """"top left; right": where they are, in reading order."""
    return "; ".join(place_name(s.cell(o), lang) for o in reading_order(s, objects)) if lang == "en" else "；".join(place_name(s.cell(o), lang) for o in reading_order(s, objects))


def groups(s: Scene, colour: bool) -> list[list[Object]]:
    """Objects of one name together, in reading order of the first."""
    out: list[list[Object]] = []
    for o in reading_order(s, s.objects):
        for group in out:
            if same(group[0], o, colour):
                group.append(o)
                break
        else:
            out.append([o])
    return out


def colon(lang: str) -> str:
    return ": " if lang == "en" else "："


def single(s: Scene) -> list[list[Object]]:
    return [g for g in groups(s, False) if len(g) == 1]


# ----------------------------------------------------------------------------------------------------- things and shapes
def ask_name(s: Scene, rng: random.Random, lang: str):
    colour = s.kind == "shapes"
    found = groups(s, colour)
    if len(found) > 6:
        return None
    parts = [many(s, g[0], len(g), lang, colour) for g in found]
    reasoning = ("; " if lang == "en" else "；").join(noun(s, g[0], lang, colour) + colon(lang) + listed(s, g, lang) for g in found)
    end = "." if lang == "en" else "。"
    accept = []
    if len(parts) == 1 and s.kind == "things":
        t = s.scenes.things[found[0][0].id]
        if len(found[0]) == 1:
            words = [w for w in t.synonyms if w.isascii() == (lang == "en")]
            accept = [cap(w if t.mass else ("an " if w[0] in "aeiou" else "a ") + w) + end if lang == "en" else w + end for w in words]
            if lang == "en":
                accept += [cap(w) + end for w in [t.en, *words] if not t.mass]
    elif len(parts) <= 4:
        accept = [cap(joined(list(p), lang)) + end for p in permutations(parts)][1:]
    return "name", {}, reasoning, cap(joined(parts, lang)) + end, accept


def ask_exists(s: Scene, rng: random.Random, lang: str):
    colour = s.kind == "shapes" and rng.random() < 0.5
    if s.objects and rng.random() < 0.5:
        o = choose(rng, s.objects)
    elif s.kind == "shapes":
        # Often right in one respect and wrong in the other.
        o = Object("shape", rng.randrange(len(SHAPES)), rng.randrange(len(COLOURS)), 0, 0, 0, 0)
        if colour and rng.random() < 0.6:
            near = choose(rng, s.objects)
            if rng.random() < 0.5:
                o.id = near.id
            else:
                o.colour = near.colour
    else:
        # Not a tree where there is a pine tree.
        words = {w for x in s.objects for w in s.scenes.things[x.id].en.split()}
        while True:
            o = Object("thing", choose(rng, s.scenes.present[s.split]), -1, 0, 0, 0, 0)
            if any(x.id == o.id for x in s.objects) or not words & set(s.scenes.things[o.id].en.split()):
                break
    hits = [x for x in s.objects if same(x, o, colour)]
    what = with_a(s, o, lang, colour)
    reasoning = noun(s, o, lang, colour) + colon(lang) + (listed(s, hits, lang) if hits else ("not there" if lang == "en" else "没有"))
    plain = noun(s, o, lang, colour)
    are = lang == "en" and o.kind == "thing" and s.scenes.things[o.id].mass and plain.endswith("s")
    if lang == "en":
        answer = f"Yes, there {'are' if are else 'is'} {what}." if hits else f"No, there {'are' if are else 'is'} no {plain}."
    else:
        answer = f"有，图中有{plain}。" if hits else f"没有，图中没有{plain}。"
    return "exists", {"a": what, "x": plain, "are": are}, reasoning, answer, []


def ask_count(s: Scene, rng: random.Random, lang: str):
    """How many of a kind; seldom of a kind that is not there. A scene of one single thing is asked seldom."""
    mode = rng.random()
    colour = False
    if s.kind == "shapes" and mode < 0.35:  # all of a colour
        tint = choose(rng, s.objects).colour if rng.random() < 0.85 else rng.randrange(len(COLOURS))
        hits = [o for o in s.objects if o.colour == tint]
        en, zh = COLOURS[tint][0], COLOURS[tint][1]
        one, more, name = f"{en} shape", f"{en} shapes", f"{zh}图形"
    else:
        if len(single(s)) == len(s.objects) and rng.random() < 0.8:
            return None  # everything once: seldom worth asking
        colour = s.kind == "shapes" and mode < 0.5
        o = choose(rng, s.objects)
        if rng.random() < 0.08:
            o = Object("shape", rng.randrange(len(SHAPES)), rng.randrange(len(COLOURS)), 0, 0, 0, 0) if s.kind == "shapes" else Object("thing", choose(rng, s.scenes.countable[s.split]), -1, 0, 0, 0, 0)
        if o.kind == "thing" and s.scenes.things[o.id].mass:
            return None
        hits = [x for x in s.objects if same(x, o, colour)]
        one, more, name = noun(s, o, "en", colour), plural_of(s, o, "en", colour), noun(s, o, "zh", colour)
    n = len(hits)
    reasoning = (one if lang == "en" else name) + colon(lang) + (listed(s, hits, lang) + " " if hits else "") + f"→ {n}"
    if lang == "en":
        answer = f"There are no {more}." if n == 0 else f"There is 1 {one}." if n == 1 else f"There are {n} {more}."
    else:
        answer = f"没有{name}。" if n == 0 else f"有 {n} 个{name}。"
    return "count", {"xs": more, "x": name}, reasoning, answer, []


def ask_total(s: Scene, rng: random.Random, lang: str):
    if len(s.objects) == 1 and rng.random() < 0.7:
        return None
    colour = s.kind == "shapes" and len(s.objects) <= 5
    found = groups(s, colour)
    n = len(s.objects)
    reasoning = ("; " if lang == "en" else "；").join(f"{noun(s, g[0], lang, colour)} {len(g)}" for g in found) + f" → {n}"
    if lang == "en":
        answer = "There is 1 thing." if n == 1 else f"There are {n} things."
    else:
        answer = f"一共有 {n} 个东西。"
    return "total", {}, reasoning, answer, []


def ask_where(s: Scene, rng: random.Random, lang: str):
    usable = [g[0] for g in single(s) if s.place(g[0]) is not None]
    if not usable:
        return None
    o = choose(rng, usable)
    name, k = noun(s, o, lang), s.place(o)
    return "where", {"x": name}, name + colon(lang) + place_name(k, lang), place_answer(k, lang), []


def ask_at(s: Scene, rng: random.Random, lang: str):
    colour = s.kind == "shapes"
    usable = [o for o in s.objects if s.place(o) is not None and sum(s.cell(x) == s.cell(o) for x in s.objects) == 1]
    if not usable or len(s.objects) == 1:
        return None
    o = choose(rng, usable)
    p = place_name(s.place(o), lang)
    reasoning = p + colon(lang) + noun(s, o, lang, colour)
    accept = [noun(s, o, lang, colour)]
    return "at", {"p": p}, reasoning, cap(with_a(s, o, lang, colour)) + ("." if lang == "en" else "。"), accept


def _side(s: Scene, a: Object, b: Object) -> int | None:
    """Where a is, seen from b: 0 left, 1 right, 2 above, 3 below; None where it is not clear."""
    dx, dy = a.cx - b.cx, a.cy - b.cy
    if abs(dx) > 1.5 * abs(dy) and abs(dx) > 0.12 * s.w:
        return 0 if dx < 0 else 1
    if abs(dy) > 1.5 * abs(dx) and abs(dy) > 0.12 * s.h:
        return 2 if dy < 0 else 3
    return None


SIDES = [("left", "左边"), ("right", "右边"), ("above", "上面"), ("below", "下面")]


def _pair(s: Scene, rng: random.Random):
    usable = [g[0] for g in single(s)]
    return rng.sample(usable, 2) if len(usable) > 1 else None


def ask_relative(s: Scene, rng: random.Random, lang: str):
    pair = _pair(s, rng)
    if not pair or (side := _side(s, *pair)) is None:
        return None
    a, b = pair
    x, y = noun(s, a, lang), noun(s, b, lang)
    sep = "; " if lang == "en" else "；"
    reasoning = f"{x}{colon(lang)}{place_name(s.cell(a), lang)}{sep}{y}{colon(lang)}{place_name(s.cell(b), lang)} → {SIDES[side][lang == 'zh']}"
    if lang == "en":
        answer = (f"To the {SIDES[side][0]} of the {y}." if side < 2 else f"{cap(SIDES[side][0])} the {y}.")
    else:
        answer = f"在{y}的{SIDES[side][1]}。"
    return "relative", {"x": x, "y": y}, reasoning, answer, []


def ask_is_left(s: Scene, rng: random.Random, lang: str):
    pair = _pair(s, rng)
    if not pair or _side(s, *pair) not in (0, 1):
        return None
    a, b = pair
    x, y = noun(s, a, lang), noun(s, b, lang)
    left = a.cx < b.cx
    sep = "; " if lang == "en" else "；"
    reasoning = f"{x}{colon(lang)}{place_name(s.cell(a), lang)}{sep}{y}{colon(lang)}{place_name(s.cell(b), lang)} → {SIDES[0 if left else 1][lang == 'zh']}"
    if lang == "en":
        answer = f"{'Yes' if left else 'No'}, the {x} is to the {'left' if left else 'right'} of the {y}."
    else:
        answer = f"{'是的' if left else '不是'}，{x}在{y}的{'左边' if left else '右边'}。"
    return "is_left", {"x": x, "y": y}, reasoning, answer, []


def _percent(s: Scene, o: Object) -> int:
    return max(5, round(o.size / max(s.w, s.h) * 20) * 5)


def _compare(s: Scene, rng: random.Random, lang: str, key: str):
    pair = _pair(s, rng)
    if not pair or max(pair[0].size, pair[1].size) < 1.33 * min(pair[0].size, pair[1].size) or (pair[0].w * pair[0].h > pair[1].w * pair[1].h) != (pair[0].size > pair[1].size):
        return None
    a, b = pair
    x, y = noun(s, a, lang), noun(s, b, lang)
    found = x if (a.size > b.size) == (key == "larger") else y
    sep = "; " if lang == "en" else "；"
    reasoning = f"{x}{colon(lang)}{_percent(s, a)}%{sep}{y}{colon(lang)}{_percent(s, b)}% → {found}"
    return key, {"x": x, "y": y}, reasoning, f"The {found}." if lang == "en" else f"{found}。", [found]


def ask_larger(s: Scene, rng: random.Random, lang: str):
    return _compare(s, rng, lang, "larger")


def ask_smaller(s: Scene, rng: random.Random, lang: str):
    return _compare(s, rng, lang, "smaller")


def ask_largest(s: Scene, rng: random.Random, lang: str):
    found = sorted((g[0] for g in groups(s, False)), key=lambda o: -o.size)
    if len(found) < 3 or len(found) != len(s.objects) or found[0].size < 1.3 * found[1].size:
        return None
    name = noun(s, found[0], lang)
    sep = "; " if lang == "en" else "；"
    reasoning = sep.join(f"{noun(s, o, lang)}{colon(lang)}{_percent(s, o)}%" for o in reading_order(s, found)) + f" → {name}"
    return "largest", {}, reasoning, f"The {name}." if lang == "en" else f"{name}。", [name]


def ask_describe(s: Scene, rng: random.Random, lang: str):
    colour = s.kind == "shapes"
    objects = reading_order(s, s.objects)
    if len(objects) > 4:
        return None
    if lang == "en":
        parts = [f"{with_a(s, o, lang, colour)} {place_answer(s.cell(o), lang)[:-1].lower()}" for o in objects]
        answer = cap(joined(parts, lang)) + "."
    else:
        answer = "，".join(f"{place_name(s.cell(o), lang)}是{noun(s, o, lang, colour)}" for o in objects) + "。"
    reasoning = ("; " if lang == "en" else "；").join(noun(s, o, lang, colour) + colon(lang) + place_name(s.cell(o), lang) for o in objects)
    return "describe", {}, reasoning, answer, []


def ask_colour(s: Scene, rng: random.Random, lang: str):
    if s.facts.get("ground") is not None and rng.random() < (0.3 if s.split == "train" else 0.15):
        name = COLOURS[s.facts["ground"]][lang == "zh"]
        return "ground", {}, ("background: " if lang == "en" else "背景：") + name, cap(name) + ("." if lang == "en" else "。"), []
    usable = [g[0] for g in groups(s, False) if len({o.colour for o in g}) == 1]
    if not usable:
        return None
    o = choose(rng, usable)
    x, tint = noun(s, o, lang), COLOURS[o.colour][lang == "zh"]
    return "colour", {"x": x}, f"{x}{colon(lang)}{place_name(s.cell(o), lang)} → {tint}", cap(tint) + ("." if lang == "en" else "。"), []


def ask_shape(s: Scene, rng: random.Random, lang: str):
    usable = [o for o in s.objects if sum(x.colour == o.colour for x in s.objects) == 1]
    if not usable:
        return None
    o = choose(rng, usable)
    tint = COLOURS[o.colour][lang == "zh"]
    reasoning = f"{tint}{colon(lang)}{place_name(s.cell(o), lang)} → {noun(s, o, lang)}"
    return "shape", {"x": tint}, reasoning, cap(with_a(s, o, lang)) + ("." if lang == "en" else "。"), [noun(s, o, lang)]


# ------------------------------------------------------------------------------------------------------------------- text
def ask_read(s: Scene, rng: random.Random, lang: str):
    lines = s.facts["lines"]
    n = len(lines)
    reasoning = (f"{n} line" + ("s" if n > 1 else "")) if lang == "en" else f"{n} 行"
    return "read", {}, reasoning, "\n".join(lines), [" ".join(lines)]


def ask_line(s: Scene, rng: random.Random, lang: str):
    lines = s.facts["lines"]
    if len(lines) < 2:
        return None
    k = rng.randrange(len(lines))
    n = ORDINALS_EN[k] if lang == "en" else DIGITS_ZH[k]
    return "line", {"n": n}, f"{k + 1}/{len(lines)}", lines[k], []


def ask_lines(s: Scene, rng: random.Random, lang: str):
    n = len(s.facts["lines"])
    answer = ("There is 1 line." if n == 1 else f"There are {n} lines.") if lang == "en" else f"有 {n} 行。"
    return "lines", {}, "; ".join(t[:12] for t in s.facts["lines"]) + f" → {n}", answer, []


# ----------------------------------------------------------------------------------------------------------------- charts
CHART_NAMES = {"bar": ("bar chart", "柱状图"), "line": ("line chart", "折线图"), "pie": ("pie chart", "饼图")}


def _series(f: dict, lang: str) -> str:
    if f["shown"]:
        return ("; " if lang == "en" else "；").join(f"{n} {v}{f['unit']}" for n, v in zip(f["names"], f["values"]))
    return ("; " if lang == "en" else "；").join(f["names"])


def _stop(text: str, lang: str) -> str:
    return text + ("." if lang == "en" else "。")


def ask_chart(s: Scene, rng: random.Random, lang: str):
    f = s.facts
    names, values = f["names"], f["values"]
    order = sorted(range(len(names)), key=lambda i: values[i])
    roll = rng.random()
    if roll < 0.1:
        name = CHART_NAMES[f["chart"]][lang == "zh"]
        return "chart_kind", {}, name, _stop(f"A {name}" if lang == "en" else name, lang), [name]
    if roll < 0.2:
        return ("chart_title", {}, "", f["title"], []) if f["title"] else None
    if roll < 0.3:
        n = len(names)
        return "bars", {}, ("; " if lang == "en" else "；").join(names) + f" → {n}", f"There are {n}." if lang == "en" else f"有 {n} 项。", [str(n)]
    if roll < 0.5:
        best = names[order[-1]]
        return "highest", {}, f"{_series(f, lang)} → {best}", _stop(best, lang), []
    if roll < 0.65:
        worst = names[order[0]]
        return "lowest", {}, f"{_series(f, lang)} → {worst}", _stop(worst, lang), []
    if roll < 0.85:
        if not f["shown"]:
            return None
        k = rng.randrange(len(names))
        value = f"{values[k]}{f['unit']}"
        return "value", {"x": names[k]}, f"{names[k]}{colon(lang)}{value}", _stop(value, lang), []
    if roll < 0.95:
        a, b = rng.sample(range(len(names)), 2)
        if abs(values[a] - values[b]) < 0.12 * max(values) and not f["shown"]:
            return None
        best = names[a if values[a] > values[b] else b]
        pair = f"{names[a]} {values[a]}{f['unit']}; {names[b]} {values[b]}{f['unit']}" if f["shown"] else f"{names[a]}; {names[b]}"
        return "more", {"x": names[a], "y": names[b]}, f"{pair} → {best}", _stop(best, lang), []
    name = CHART_NAMES[f["chart"]][lang == "zh"]
    title = (f" “{f['title']}”" if lang == "en" else f"“{f['title']}”") if f["title"] else ""
    body = joined([f"{n} {v}{f['unit']}" if f["shown"] else n for n, v in zip(names, values)], lang)
    return "describe", {}, _series(f, lang), f"A {name}{title}: {body}." if lang == "en" else f"{name}{title}：{body}。", []


# ---------------------------------------------------------------------------------------------------------------- screens
def ask_screen(s: Scene, rng: random.Random, lang: str):
    f = s.facts
    kind = f["screen"]
    comma = ", " if lang == "en" else "、"
    options = {"dialog": ["title", "message", "buttons", "primary", "describe"], "settings": ["title", "switch", "switch", "which_on", "describe"], "form": ["title", "field", "field", "buttons", "primary"], "chat": ["chat_with", "last_message", "first_message", "describe"],
               "home": ["apps", "where_app", "exists_app", "where_app"]}[kind]
    what = choose(rng, options)
    if what == "title":
        return "title", {}, "", f["title"], []
    if what == "message":
        return "message", {}, "", f["message"], []
    if what == "buttons":
        return "buttons", {}, "", comma.join(b for b, _ in f["buttons"]), []
    if what == "primary":
        if len(f["buttons"]) < 2:
            return None
        return "primary", {}, comma.join(b for b, _ in f["buttons"]), next(b for b, first in f["buttons"] if first), []
    if what == "switch":
        name, on = choose(rng, f["switches"])
        reasoning = f"{name}{colon(lang)}" + (("on" if on else "off") if lang == "en" else ("开" if on else "关"))
        answer = (f"Yes, {name} is on." if on else f"No, {name} is off.") if lang == "en" else (f"{name}是开着的。" if on else f"{name}是关着的。")
        return "switch", {"x": name}, reasoning, answer, []
    if what == "which_on":
        on = [name for name, state in f["switches"] if state]
        reasoning = ("; " if lang == "en" else "；").join(f"{name} " + (("on" if state else "off") if lang == "en" else ("开" if state else "关")) for name, state in f["switches"])
        return "which_on", {}, reasoning, comma.join(on) if on else ("None." if lang == "en" else "没有。"), []
    if what == "field":
        name, value = choose(rng, f["fields"])
        return "field", {"x": name}, f"{name}{colon(lang)}{value}", value or ("It is empty." if lang == "en" else "是空的。"), []
    if what == "chat_with":
        return "chat_with", {}, "", _stop(f["title"], lang), []
    if what in ("last_message", "first_message"):
        texts = [text for _, text in f["messages"]]
        return what, {}, f"{len(texts)}", texts[-1 if what == "last_message" else 0], []
    if what == "apps":
        return "apps", {}, f"{len(f['apps'])}", comma.join(name for name, _ in f["apps"]), []
    if what == "where_app":
        name, k = choose(rng, f["apps"])
        per, _ = f["grid"]
        row, col = k // per + 1, k % per + 1
        app = f"{name} app" if lang == "en" else f"{name}应用"
        return "where", {"x": app}, name, f"In row {row}, column {col}." if lang == "en" else f"在第 {row} 行第 {col} 列。", []
    if what == "exists_app":
        from .texts import APPS_EN, APPS_ZH

        names = [name for name, _ in f["apps"]]
        name = choose(rng, names) if rng.random() < 0.5 else choose(rng, APPS_EN if f["lang"] == "en" else APPS_ZH)
        app = f"{name} app" if lang == "en" else f"{name}应用"
        hit = name in names
        answer = (f"Yes, there is a {app}." if hit else f"No, there is no {app}.") if lang == "en" else (f"有，图中有{app}。" if hit else f"没有，图中没有{app}。")
        if lang == "en" and app[0] in "AEIO":
            answer = answer.replace("is a ", "is an ")
        return "exists", {"a": f"a {app}", "x": app}, comma.join(names), answer, []
    names = {"dialog": ("A dialog", "对话框"), "settings": ("A settings page", "设置页面"), "chat": ("A chat", "聊天")}[kind]
    if kind == "dialog":
        tail = f["message"]
    elif kind == "settings":
        tail = comma.join(name for name, _ in f["switches"])
    else:
        tail = (" / ").join(text for _, text in f["messages"])
    title = f" “{f['title']}”" if lang == "en" else f"“{f['title']}”"
    return "describe", {}, "", (names[0] + title + ": " + tail) if lang == "en" else (names[1] + title + "：" + tail), []


# ------------------------------------------------------------------------------------------------- what it cannot answer
def ask_decline(s: Scene, rng: random.Random, lang: str):
    return "who", {}, "not in the picture" if lang == "en" else "图里看不出来", CANNOT[lang], []


UNKNOWN = {"en": "I cannot make out anything that I know here.", "zh": "我认不出图里有什么。"}


def ask_abstract(s: Scene, rng: random.Random, lang: str):
    if s.facts["photo"]:
        reasoning = "many colours, nothing clear" if lang == "en" else "颜色很多，看不清楚"
        return rng.choice(("name", "describe")), {}, reasoning, UNKNOWN[lang] + (" " if lang == "en" else "") + SMALL[lang], []
    names = [COLOURS[i][lang == "zh"] for i in sorted(s.facts["colours"])]
    light = s.facts["light"]
    if lang == "en":
        tail = f", rather {light}" if light else ""
        answer = f"I see only {joined(names, lang)}{tail}, and nothing that I know. {SMALL['en']}"
    else:
        tail = {"bright": "，比较亮", "dark": "，比较暗", "": ""}[light]
        answer = f"我只看到{joined(names, lang)}{tail}，没有我认得的东西。{SMALL['zh']}"
    return rng.choice(("name", "describe", "name")), {}, ("colours: " if lang == "en" else "颜色：") + joined(names, lang), answer, []


TASKS = {
    "image.name": [(ask_name, ("things", "shapes"))],
    "image.exists": [(ask_exists, ("things", "shapes", "abstract"))],
    "image.count": [(ask_count, ("things", "shapes")), (ask_count, ("things", "shapes")), (ask_total, ("things", "shapes"))],
    "image.where": [(ask_where, ("things", "shapes")), (ask_at, ("things", "shapes")), (ask_relative, ("things", "shapes")), (ask_is_left, ("things", "shapes"))],
    "image.colour": [(ask_colour, ("shapes",))],
    "image.shape": [(ask_shape, ("shapes",))],
    "image.larger": [(ask_larger, ("things", "shapes")), (ask_smaller, ("things", "shapes")), (ask_largest, ("things", "shapes"))],
    "image.describe": [(ask_describe, ("things", "shapes"))],
    "image.text": [(ask_read, ("text",)), (ask_read, ("text",)), (ask_read, ("text",)), (ask_line, ("text",)), (ask_lines, ("text",))],
    "image.chart": [(ask_chart, ("chart",))],
    "image.screen": [(ask_screen, ("screen",))],
    "image.decline": [(ask_decline, ("things", "shapes", "text", "chart", "screen", "abstract")), (ask_abstract, ("abstract",))],
}
CER = {"read", "line", "message", "field", "last_message", "first_message", "title", "chart_title", "buttons"}
# What is asked about a kind of scene: task and weight.
WEIGHTS = {
    "single": {"image.name": 8, "image.exists": 1.5, "image.where": 1, "image.count": 0.6, "image.describe": 0.7, "image.decline": 0.3},
    "things": {"image.name": 3, "image.exists": 2, "image.count": 3.5, "image.where": 4, "image.larger": 1.5, "image.describe": 1.2, "image.decline": 0.25},
    "shapes": {"image.name": 1, "image.exists": 1.5, "image.count": 3, "image.where": 2, "image.colour": 3, "image.shape": 3, "image.larger": 1.2, "image.describe": 1, "image.decline": 0.2},
    "text": {"image.text": 12, "image.decline": 0.2},
    "chart": {"image.chart": 12, "image.decline": 0.2},
    "screen": {"image.screen": 12, "image.decline": 0.2},
    "abstract": {"image.decline": 4, "image.exists": 1},
}
_CHOICES = {kind: (list(weights), list(weights.values())) for kind, weights in WEIGHTS.items()}


def fill(question: str, places: dict, lang: str) -> str:
    """The phrasing with the things put in; "there is" follows the number of what is asked for."""
    if places.get("are") and lang == "en":
        question = question.replace("Is there {a}", "Are there {a}").replace("there is {a}", "there are {a}").replace("is there {a}", "are there {a}").replace("Is {a}", "Are {a}").replace("is it", "are they").replace("is that", "are they")
    for key, value in places.items():
        if key != "are":
            question = question.replace("{" + key + "}", value)
    return question


def ask(s: Scene, rng: random.Random, task: str | None = None, lang: str | None = None) -> Asked:
    """One question. Without `task`, one that the scene allows, by weight. @raises ValueError when the task cannot be asked here."""
    lang = lang or ("en" if rng.random() < 0.5 else "zh")
    names, weights = _CHOICES["single" if s.kind == "things" and len(s.objects) == 1 else s.kind]
    for _ in range(60):
        name = task or rng.choices(names, weights)[0]
        options = [f for f, kinds in TASKS[name] if s.kind in kinds]
        if not options:
            raise ValueError(f"{name} cannot be asked about a picture of kind {s.kind}")
        if name == "image.decline" and s.kind == "abstract" and rng.random() < 0.75:
            options = [ask_abstract]
        made = choose(rng, options)(s, rng, lang)
        if made is None:
            continue
        key, places, reasoning, answer, accept = made
        # Half of the test's questions are phrased as training does, so that what is seen can be told from how it is asked.
        fresh = s.split != "train" and rng.random() < 0.5
        question = fill(PHRASES[key][lang].pick(rng, "train" if s.split == "train" else "test" if fresh else "plain"), places, lang)
        if "{" in question:
            continue
        if s.split == "train":
            question = loosen(rng, question)
        if lang == "en" and question[:1].islower() and rng.random() < 0.6:
            question = cap(question)
        return Asked(name, lang, question, reasoning, answer, accept, "cer" if key in CER else "exact", fresh)
    if task:
        raise ValueError(f"{task} cannot be asked about this picture")
    return ask(s, rng, "image.decline", lang)
