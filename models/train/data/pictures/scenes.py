"""Draws scenes: what is in a picture, where, and the display list that shows it.

    scenes = Scenes.load(); scene = scenes.draw(rng, 8, 8, "train")

Splits: "train"; "known": new pictures in the styles and fonts of training; "test": held-out style and fonts; "acceptance": the style kept
for the very end. Nothing that may be asked is ambiguous: things overlap little, sizes that are compared differ by a third, places that
are asked for are not near a border between two places (``Scene.place`` says None there).
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from ..core import choose
from . import display as d
from .charts import draw_chart
from .scene import COLOURS, Font, Object, Rgb, Scene, Thing, any_colour, apart, background, bright, ink_on, jitter, photometric, put_thing
from .screens import draw_screen
from .shapes import FIRST_ART, SHAPES

HERE = Path(__file__).parent
STYLE_WEIGHTS = {"apple-3": 0.6, "google-3": 0.6, "google-4": 0.7, "twitter-3": 0.4, "noto-v1": 0.6, "emojione-3": 0.7, "emojione-4": 0.7, "joypixels-5": 0.7, "high-contrast": 0.25, "monotone": 0.25}
SPLIT_STYLES = {"test": "facebook", "acceptance": "fluent-3d"}


class Scenes:
    def __init__(self) -> None:
        rows = [line.split("\t") for line in (HERE / "things.tsv").read_text(encoding="utf8").splitlines() if line]
        self.things = [Thing(r[1].rstrip("*"), r[2], r[3].split(",") if len(r) > 3 and r[3] else [], r[1].endswith("*") or r[1] == "DNA") for r in rows]
        self.index = {t.en: i for i, t in enumerate(self.things)}
        art = json.loads((HERE / "art.json").read_text(encoding="utf8"))
        if art["things"] != [r[1] for r in rows]:
            raise ValueError("art.json was made from another things.tsv: run extract_art.mjs again")
        self.styles = art["styles"]
        # sprites[thing][style] -> [(sprite, w, h)]
        self.sprites: list[dict[int, list[tuple]]] = [{} for _ in rows]
        for i, (thing, style, _, _, w, h) in enumerate(art["sprites"]):
            self.sprites[thing].setdefault(style, []).append((FIRST_ART + i, w, h))
        names = {s["name"]: i for i, s in enumerate(self.styles)}
        trained = [i for i, s in enumerate(self.styles) if not s["test"]]
        self.pools: dict[str, list[list[int]]] = {}
        for split in ("train", "known", *SPLIT_STYLES):
            allowed = [names[SPLIT_STYLES[split]]] if split in SPLIT_STYLES else trained
            self.pools[split] = [[s for s in allowed if s in sprites] for sprites in self.sprites]
        self.weights = [STYLE_WEIGHTS.get(s["name"], 1.0) for s in self.styles]
        self.cumulative = {split: [list(accumulate(self.weights[s] for s in pool)) for pool in pools] for split, pools in self.pools.items()}
        self.present = {split: [i for i, pool in enumerate(pools) if pool] for split, pools in self.pools.items()}
        self.countable = {split: [i for i in some if not self.things[i].mass] for split, some in self.present.items()}
        self.fonts: list[Font] = []
        sprite = FIRST_ART + len(art["sprites"])
        for f in json.loads((HERE / "glyphs.json").read_text(encoding="utf8")):
            glyphs = {c: (sprite + i, *row) for i, (c, row) in enumerate(zip(f["chars"], f["table"]))}
            sprite += len(f["table"])
            self.fonts.append(Font(f["name"], f["lang"], f["test"], f["space"], glyphs))
        self.sprite_count = sprite
        self.font_pools = {(lang, test): [f for f in self.fonts if f.test == test and f.lang == lang] for lang in ("en", "zh") for test in (False, True)}
        self.han = {c for c in self.fonts[-1].glyphs if ord(c) > 127}
        for f in self.fonts:
            if f.lang == "zh":
                self.han &= set(f.glyphs)

    @classmethod
    def load(cls) -> "Scenes":
        """Reads the lists of things, drawings and fonts, not the pixels."""
        return cls()

    def only(self, split: str, names: set[str]) -> None:
        """Leaves a split the styles of these names; a thing drawn in none of them is not shown."""
        allowed = {i for i, s in enumerate(self.styles) if s["name"] in names}
        self.pools[split] = [[s for s in pool if s in allowed] for pool in self.pools[split]]
        self.cumulative[split] = [list(accumulate(self.weights[s] for s in pool)) for pool in self.pools[split]]
        self.present[split] = [i for i, pool in enumerate(self.pools[split]) if pool]
        self.countable[split] = [i for i in self.present[split] if not self.things[i].mass]

    def draw(self, rng: random.Random, rows: int, cols: int, split: str = "train", kind: str | None = None) -> Scene:
        """A picture of 32 * cols by 32 * rows pixels."""
        name = kind or rng.choices(_KINDS, cum_weights=_KIND_WEIGHTS)[0]
        while True:
            canvas = d.Canvas(32 * cols, 32 * rows)
            try:
                scene = DRAW[name](self, rng, canvas, split)
            except d.Full:
                continue
            if scene is not None:
                scene.display = canvas.display()
                scene.scenes = self
                return scene

    # -------------------------------------------------------------------------------------------------------- choices
    def style_of(self, rng: random.Random, thing: int, split: str, wanted: int | None) -> int:
        pool = self.pools[split][thing]
        return wanted if wanted in pool else rng.choices(pool, cum_weights=self.cumulative[split][thing])[0]

    def font(self, rng: random.Random, text: str, split: str, lang: str = "en") -> Font:
        """A font of the split that has all characters."""
        test = split in SPLIT_STYLES
        zh = any(ord(c) > 0x2E00 for c in text) or (lang == "zh" and rng.random() < 0.6)
        pool = self.font_pools["zh" if zh else "en", test]
        for _ in range(12):
            font = choose(rng, pool)
            if font.has(text):
                return font
        return next((f for f in pool if f.has(text)), self.font_pools["zh", test][0])


# ------------------------------------------------------------------------------------------------------------- background
def spots(rng: random.Random, c: d.Canvas, sizes: list[float], gap: float = 1.0, prefer: float = 0.75) -> list[tuple[float, float]] | None:
    """Places for boxes of these sizes that do not overlap (gap 1: touching allowed), most of them clear of the borders between places."""
    out: list[tuple[float, float, float]] = []
    for size in sizes:
        half = size * 0.5
        for attempt in range(40):
            x, y = rng.uniform(min(half, c.w / 2), max(c.w - half, c.w / 2)), rng.uniform(min(half, c.h / 2), max(c.h - half, c.h / 2))
            if attempt < 25 and rng.random() < prefer:
                u, v = x * 3 / c.w, y * 3 / c.h
                if min(abs(u - 1), abs(u - 2), abs(v - 1), abs(v - 2)) < 0.16:
                    continue
            if all(max(abs(x - a), abs(y - b)) >= (half + r) * gap for a, b, r in out):
                out.append((x, y, half))
                break
        else:
            return None
    return [(x, y) for x, y, _ in out]


def _behind(rng: random.Random, c: d.Canvas) -> None:
    """Now and then something that is not asked about: a card, a band, a frame."""
    roll = rng.random()
    if roll < 0.05:
        m = rng.uniform(0.02, 0.12) * min(c.w, c.h)
        c.rect(m, m, c.w - m, c.h - m, any_colour(rng), radius=rng.uniform(0, 24))
    elif roll < 0.08:
        y = rng.uniform(0.4, 0.9) * c.h
        c.rect(0, y, c.w, c.h, any_colour(rng))
    elif roll < 0.10:
        c.rect(3, 3, c.w - 3, c.h - 3, any_colour(rng), stroke=rng.uniform(2, 8))


# ------------------------------------------------------------------------------------------------------------------ kinds
def draw_single(s: Scenes, rng: random.Random, c: d.Canvas, split: str) -> Scene:
    background(rng, c)
    _behind(rng, c)
    thing = choose(rng, s.present[split])
    short = min(c.w, c.h)
    size = short * (rng.uniform(0.3, 0.98) if rng.random() < 0.8 else rng.uniform(0.14 if split == "train" else 0.24, 0.4))
    x, y = (c.w / 2, c.h / 2) if rng.random() < 0.35 else (rng.uniform(size / 2, c.w - size / 2), rng.uniform(size / 2, c.h - size / 2))
    o, style = put_thing(s, rng, c, split, thing, x, y, size, None)
    photometric(rng, c, hue=0.12, grey=0.06, blur=max(0.4, size / 60), split=split)
    return Scene("things", split, s.styles[style]["name"], c.w, c.h, None, [o], [thing])


def draw_things(s: Scenes, rng: random.Random, c: d.Canvas, split: str) -> Scene | None:
    """Two to six things, mostly different ones."""
    background(rng, c)
    _behind(rng, c)
    n = rng.choices((2, 3, 4, 5, 6), (4, 4, 3, 2, 2))[0]
    kinds = rng.sample(s.present[split], n)
    if rng.random() < 0.25:
        twin = choose(rng, s.countable[split])
        kinds = [twin if rng.random() < 0.45 else k for k in kinds]
    short = min(c.w, c.h)
    most = {2: 0.52, 3: 0.44, 4: 0.4, 5: 0.36, 6: 0.33}[n]
    sizes = [short * rng.uniform(0.17, most) for _ in kinds]
    where = spots(rng, c, sizes, rng.choice((0.85, 1.0, 1.05)))
    if where is None:
        return None
    style = s.style_of(rng, kinds[0], split, None) if rng.random() < 0.6 else None
    objects = []
    for k, size, (x, y) in zip(kinds, sizes, where):
        o, used = put_thing(s, rng, c, split, k, x, y, size, style)
        objects.append(o)
    photometric(rng, c, hue=0.1, grey=0.05, blur=max(0.4, min(sizes) / 60), split=split)
    return Scene("things", split, s.styles[used]["name"], c.w, c.h, None, objects, sorted(set(kinds)))


def draw_count(s: Scenes, rng: random.Random, c: d.Canvas, split: str) -> Scene | None:
    """One to ten of a thing, alike or not, sometimes in rows, with some others between."""
    background(rng, c)
    _behind(rng, c)
    main = choose(rng, s.countable[split])
    n = rng.choices(range(1, 11), (2, 4, 4, 4, 4, 3.5, 3, 2.5, 2, 1))[0]
    others = [choose(rng, s.countable[split]) for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))]
    if others and rng.random() < 0.3:
        others = [others[0]] * len(others)
    kinds = [main] * n + [o for o in others if o != main]
    rng.shuffle(kinds)
    total = len(kinds)
    short = min(c.w, c.h)
    if rng.random() < 0.25:
        per = max(1, math.ceil(math.sqrt(total * c.w / c.h)))
        lines = math.ceil(total / per)
        size = min(c.w / per, c.h / lines) * rng.uniform(0.55, 0.85)
        where = [((i % per + 0.5) * c.w / per, (i // per + 0.5) * c.h / lines) for i in range(total)]
        sizes = [size] * total
    else:
        most = min(0.42, 0.95 / math.sqrt(total))
        sizes = [short * rng.uniform(0.6, 1) * most for _ in kinds]
        where = spots(rng, c, sizes, 0.95, 0.5)
        if where is None:
            return None
    alike = rng.random() < 0.5
    look: dict[int, dict] = {}
    style = s.style_of(rng, main, split, None)
    objects = []
    for k, size, (x, y) in zip(kinds, sizes, where):
        o, used = put_thing(s, rng, c, split, k, x, y, size, style, look.setdefault(k, {}) if alike else None)
        objects.append(o)
    photometric(rng, c, hue=0.1, grey=0.05, blur=max(0.4, min(sizes) / 60), split=split)
    return Scene("things", split, s.styles[style]["name"], c.w, c.h, None, objects, sorted(set(kinds)))


def draw_shapes(s: Scenes, rng: random.Random, c: d.Canvas, split: str) -> Scene | None:
    """One to nine shapes in named colours. facts: ground (index of the background's colour, if plain)."""
    n = rng.choices(range(1, 10), (4, 4, 4, 3, 3, 2, 1.5, 1, 1))[0]
    ground = rng.randrange(len(COLOURS)) if rng.random() < 0.45 else None
    if ground is not None:
        colour = choose(rng, COLOURS[ground][2])
        background(rng, c, plain=1.0, colours=(colour, colour))
    else:
        background(rng, c, plain=0.15, calm=True)
    grounds = (tuple(c.head[d.C0 : d.C0 + 3]), tuple(c.head[d.C1 : d.C1 + 3]))
    few = rng.random() < 0.4
    colours = rng.sample(range(len(COLOURS)), rng.randint(1, 3)) if few else range(len(COLOURS))
    forms = rng.sample(range(len(SHAPES)), rng.randint(1, 3)) if few or rng.random() < 0.3 else range(len(SHAPES))
    short = min(c.w, c.h)
    most = min(0.8, 1.0 / math.sqrt(n))
    sizes = [short * rng.uniform(0.45, 1) * most for _ in range(n)]
    where = spots(rng, c, sizes, 1.0) if n > 1 or rng.random() < 0.7 else [(c.w / 2, c.h / 2)]
    if where is None:
        return None
    objects = []
    for size, (x, y) in zip(sizes, where):
        for _ in range(30):
            colour = choose(rng, colours)
            rgb = jitter(rng, choose(rng, COLOURS[colour][2]), 0.035)
            if colour != ground and min(apart(rgb, g) for g in grounds) > 0.32:
                break
        else:
            return None
        shape = choose(rng, forms)
        o = put_shape(rng, c, shape, colour, rgb, x, y, size)
        objects.append(o)
    photometric(rng, c, strength=0.6, blur=max(0.4, min(sizes) / 40), split=split)
    return Scene("shapes", split, "shapes", c.w, c.h, None, objects, [], {"ground": ground})


def put_shape(rng: random.Random, c: d.Canvas, shape: int, colour: int, rgb: Rgb, x: float, y: float, size: float) -> Object:
    from .shapes import ASPECTS, FIRST_SHAPE

    name = SHAPES[shape][0]
    aspect = ASPECTS.get(name, 1.0) * (math.exp(rng.gauss(0, 0.06)) if name not in ("circle", "square") else 1.0)
    hw, hh = (size / 2, size / 2 * aspect) if aspect <= 1 else (size / 2 / aspect, size / 2)
    turn = 0.0
    if name in ("star", "heart", "pentagon", "hexagon", "octagon", "cross", "triangle", "semicircle", "crescent", "trapezoid"):
        turn = rng.gauss(0, 0.15) if rng.random() < 0.6 else 0.0
    elif name in ("square", "diamond"):
        turn = rng.gauss(0, 0.05)
    elif name in ("rectangle", "oval", "arrow", "parallelogram"):
        turn = rng.choice((0.0, 0.0, rng.uniform(-0.6, 0.6), math.pi / 2))
        if name == "arrow":
            turn = rng.uniform(-math.pi, math.pi)
    sprite = FIRST_SHAPE + shape
    if rng.random() < 0.15:
        edge = (0.0, 0.0, 0.0) if bright(rgb) > 0.4 else (1.0, 1.0, 1.0)
        c.item(sprite, x, y, hw + size * 0.03, hh + size * 0.03, turn=turn, t0=edge, t1=edge)
    c.item(sprite, x, y, hw, hh, turn=turn, t0=rgb, t1=rgb, tag=-(1 + 100 * shape + colour))
    a, b = abs(math.cos(turn)), abs(math.sin(turn))
    return Object("shape", shape, colour, x, y, 2 * (hw * a + hh * b), 2 * (hw * b + hh * a))


def draw_text(s: Scenes, rng: random.Random, c: d.Canvas, split: str) -> Scene | None:
    """One to four lines of text. facts: lines, lang."""
    from .texts import line

    lang = "en" if rng.random() < 0.5 else "zh"
    count = rng.choices((1, 2, 3, 4), (5, 3, 2, 1))[0]
    lines = [line(rng, lang, split, s.han) for _ in range(count)]
    c0, c1 = background(rng, c, plain=0.5, calm=True)
    grounds = [c0, c1]
    if rng.random() < 0.35:
        m = rng.uniform(0.02, 0.08) * min(c.w, c.h)
        board = any_colour(rng)
        c.rect(m, m, c.w - m, c.h - m, board, radius=rng.uniform(0, 20))
        if rng.random() < 0.4:
            c.rect(m + 4, m + 4, c.w - m - 4, c.h - m - 4, ink_on(rng, board), stroke=rng.uniform(1.5, 4), radius=rng.uniform(0, 14))
        grounds = [board]
    font = s.font(rng, "".join(lines), split, lang)
    if not font.has("".join(lines)):
        return None
    colour = ink_on(rng, *grounds, least=0.45)
    # Other proportions than any font has, so that letters are known by their form and not by their font.
    wild = split == "train" and rng.random() < 0.75
    stretch, spacing, shear = (rng.uniform(0.78, 1.25), rng.uniform(-0.01, 0.09) if rng.random() < 0.5 else 0.0, rng.uniform(-0.12, 0.3) if rng.random() < 0.4 else 0.0) if wild else (1.0, 0.0, 0.0)
    widest = max(font.width(t) * stretch / 40 + spacing * len(t) + shear for t in lines)
    fit = min((c.w - 34) / widest, (c.h - 30) / (count * 1.35))
    size = min(fit, 90.0) * (rng.uniform(0.75, 1) if rng.random() < 0.55 else rng.uniform(0.45, 0.9))
    size = max(size, 12.0 if lang == "en" else 15.0)
    if size > fit:
        return None
    high = size * rng.uniform(1.2, 1.35)
    turn = rng.gauss(0, 0.05) if rng.random() < 0.35 else 0.0
    block, wide = high * count, widest * size
    loose_x, loose_y = max(0.0, (c.w - wide) / 2 - 16), max(0.0, (c.h - block) / 2 - 14)
    if turn:
        loose_x, loose_y = loose_x * 0.4, max(0.0, loose_y - abs(turn) * wide / 2)
        if block + abs(turn) * wide > c.h - 16:
            turn = 0.0
    mx, my = c.w / 2 + rng.uniform(-loose_x, loose_x), c.h / 2 + rng.uniform(-loose_y, loose_y)
    anchor = rng.choice((0.0, 0.5, 0.5, 1.0))
    x = mx + (anchor - 0.5) * wide
    co, si = math.cos(turn), math.sin(turn)
    shade = rng.random() < 0.1 and sum(map(len, lines)) < 40
    for i, text in enumerate(lines):
        dy = (i + 0.5) * high - block / 2 + size * 0.34
        px, py = x - si * dy, my + (x - mx) * si + co * dy
        if shade:
            c.text(font, text, px + size * 0.05, py + size * 0.05, size, (0.0, 0.0, 0.0) if bright(colour) > 0.5 else (0.7, 0.7, 0.7), turn=turn, anchor=anchor, alpha=0.5, stretch=stretch, spacing=spacing, shear=shear)
        c.text(font, text, px, py, size, colour, turn=turn, anchor=anchor, stretch=stretch, spacing=spacing, shear=shear)
    photometric(rng, c, strength=0.7, hue=0.1, grey=0.1, blur=size / 34, split=split)
    return Scene("text", split, font.name, c.w, c.h, None, [], [], {"lines": lines, "lang": lang, "size": size})


def draw_abstract(s: Scenes, rng: random.Random, c: d.Canvas, split: str) -> Scene:
    """Nothing that has a name. facts: photo, colours (indices; of colours and texture alone), light.

    A picture of nature has many soft colours and no clear outline: drawings magnified beyond recognition stand for it (photo).
    """
    if rng.random() < 0.5:
        background(rng, c, plain=0.0)
        for _ in range(rng.randint(3, 9)):
            thing = choose(rng, s.present[split])
            sprite, w, h = choose(rng, s.sprites[thing][s.style_of(rng, thing, split, None)])
            k = rng.uniform(2.5, 6) * max(c.w, c.h) / max(w, h) / 2
            c.item(sprite, rng.uniform(-0.3, 1.3) * c.w, rng.uniform(-0.3, 1.3) * c.h, w * k, h * k, turn=rng.uniform(0, 6.3), alpha=rng.uniform(0.4, 1))
        photometric(rng, c, blur=2.5, split=split)
        c.head[d.SATURATION] *= rng.uniform(0.4, 1)
        c.head[d.BLOTCH] = rng.uniform(0.02, 0.15)
        return Scene("abstract", split, "abstract", c.w, c.h, None, [], [], {"photo": True})
    two = rng.sample([i for i, col in enumerate(COLOURS)], rng.choice((1, 2, 2)))
    a, b = choose(rng, COLOURS[two[0]][2]), choose(rng, COLOURS[two[-1]][2])
    background(rng, c, plain=0.0, colours=(jitter(rng, a, 0.03), jitter(rng, b, 0.03) if len(two) > 1 else jitter(rng, a, 0.12)))
    if c.head[d.TEXTURE] in (0, 1) and not c.head[d.GRADIENT]:
        c.head[d.TEXTURE] = 6
    c.head[d.BLOTCH] = 0.0
    c.head[d.BLUR] = rng.uniform(0.5, 2.5) if rng.random() < 0.7 else 0.0
    c.head[d.NOISE] = rng.uniform(0, 0.05)
    for _ in range(rng.choice((0, 0, 2, 4, 7))):
        col = choose(rng, COLOURS[choose(rng, two)][2])
        r = rng.uniform(0.1, 0.4) * c.w
        c.item(1, rng.uniform(0, c.w), rng.uniform(0, c.h), r, r * rng.uniform(0.5, 1), turn=rng.uniform(0, 3), alpha=rng.uniform(0.2, 0.6), t0=col, t1=col)
    light = (bright(a) + bright(b)) / 2
    return Scene("abstract", split, "abstract", c.w, c.h, None, [], [], {"photo": False, "colours": two, "light": "bright" if light > 0.6 else "dark" if light < 0.3 else ""})



DRAW: dict[str, Callable] = {"single": draw_single, "things": draw_things, "count": draw_count, "shapes": draw_shapes, "text": draw_text, "chart": draw_chart, "screen": draw_screen, "abstract": draw_abstract}
KIND_WEIGHTS = {"single": 0.14, "things": 0.17, "count": 0.13, "shapes": 0.14, "text": 0.26, "chart": 0.08, "screen": 0.06, "abstract": 0.02}
_KINDS = list(KIND_WEIGHTS)
_KIND_WEIGHTS = list(accumulate(KIND_WEIGHTS.values()))
