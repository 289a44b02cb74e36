"""What all pictures are made of: things, objects and the scene they make, colours, backgrounds, what a camera does."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..core import choose
from . import display as d

if TYPE_CHECKING:
    from .scenes import Scenes

# name, Chinese name, samples of it in RGB
COLOURS = [("red", "红色", ((0.90, 0.10, 0.12), (0.78, 0.08, 0.10), (0.95, 0.22, 0.20))), ("orange", "橙色", ((1.0, 0.55, 0.05), (0.96, 0.50, 0.12))), ("yellow", "黄色", ((1.0, 0.87, 0.10), (0.97, 0.92, 0.25))),
           ("green", "绿色", ((0.10, 0.62, 0.20), (0.18, 0.74, 0.30), (0.05, 0.48, 0.18))), ("blue", "蓝色", ((0.10, 0.30, 0.85), (0.15, 0.45, 0.95), (0.08, 0.20, 0.65))), ("purple", "紫色", ((0.50, 0.15, 0.70), (0.60, 0.25, 0.85), (0.42, 0.10, 0.55))),
           ("pink", "粉色", ((1.0, 0.55, 0.75), (0.98, 0.65, 0.80), (1.0, 0.45, 0.68))), ("brown", "棕色", ((0.45, 0.26, 0.10), (0.52, 0.32, 0.16), (0.36, 0.20, 0.09))), ("black", "黑色", ((0.04, 0.04, 0.05), (0.10, 0.10, 0.11))),
           ("white", "白色", ((1.0, 1.0, 1.0), (0.96, 0.96, 0.95))), ("grey", "灰色", ((0.50, 0.50, 0.50), (0.58, 0.58, 0.60), (0.44, 0.45, 0.46)))]
PLACES = [("top left", "左上方"), ("top", "上方"), ("top right", "右上方"), ("left", "左边"), ("middle", "中间"), ("right", "右边"), ("bottom left", "左下方"), ("bottom", "下方"), ("bottom right", "右下方")]
Rgb = tuple[float, float, float]


@dataclass(slots=True)
class Thing:
    en: str
    zh: str
    synonyms: list[str]  # English and Chinese
    mass: bool  # "bread", "scissors": no article, not counted

    @property
    def a(self) -> str:
        if self.mass:
            return self.en
        vowel = self.en[0] in "aeiouAEIO8" and not self.en.startswith(("unicorn", "UFO", "eu", "one")) or self.en.startswith("hourglass")
        return ("an " if vowel else "a ") + self.en

    @property
    def plural(self) -> str:
        return plural(self.en)


IRREGULAR = {"mouse": "mice", "wolf": "wolves", "leaf": "leaves", "die": "dice", "foot": "feet", "tooth": "teeth", "cactus": "cacti", "loaf": "loaves", "T-Rex": "T-Rexes", "potato": "potatoes", "tomato": "tomatoes", "mango": "mangoes", "volcano": "volcanoes",
             "mosquito": "mosquitoes", "CD": "CDs", "Santa": "Santas", "hourglass": "hourglasses"}


def plural(name: str) -> str:
    for joint in (" of ", " with ", " behind "):
        if joint in name:
            head, tail = name.split(joint, 1)
            return plural(head) + joint + tail
    if name == "bow and arrow":
        return "bows and arrows"
    head, _, word = name.rpartition(" ")
    if word in IRREGULAR:
        word = IRREGULAR[word]
    elif word.endswith("y") and word[-2] not in "aeiou":
        word = word[:-1] + "ies"
    elif word.endswith(("s", "x", "ch", "sh")):
        word += "es"
    else:
        word += "s"
    return f"{head} {word}" if head else word


@dataclass(slots=True)
class Font:
    name: str
    lang: str
    test: bool
    space: int
    glyphs: dict[str, tuple]  # character -> sprite, w, h, x, y, advance

    def width(self, text: str) -> float:
        """Advance of a line at 40 pixels an em."""
        return sum(g[5] if (g := self.glyphs.get(c)) else self.space for c in text)

    def has(self, text: str) -> bool:
        return all(c in self.glyphs or c == " " for c in text)


@dataclass(slots=True)
class Object:
    """A thing (kind "thing", index into Scenes.things) or a shape (kind "shape", index into SHAPES). Pixels."""

    kind: str
    id: int
    colour: int  # of a shape
    cx: float
    cy: float
    w: float
    h: float

    @property
    def size(self) -> float:
        return max(self.w, self.h)


@dataclass(slots=True)
class Scene:
    """`facts` belong to the kind: see the function that draws it."""

    kind: str
    split: str
    style: str
    w: int
    h: int
    display: np.ndarray
    objects: list[Object]
    labels: list[int]
    facts: dict = field(default_factory=dict)
    scenes: "Scenes | None" = None

    def cell(self, o: Object) -> int:
        return min(2, int(o.cy * 3 / self.h)) * 3 + min(2, int(o.cx * 3 / self.w))

    def place(self, o: Object) -> int | None:
        """Index into PLACES, None where it is too near to another place to be asked."""
        for at in (o.cx * 3 / self.w, o.cy * 3 / self.h):
            if min(abs(at - 1), abs(at - 2)) < 0.16:
                return None
        return self.cell(o)

    def ask(self, rng: random.Random, task: str | None = None, lang: str | None = None):
        from .ask import ask

        return ask(self, rng, task, lang)


def bright(c: Rgb) -> float:
    return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]


def apart(a: Rgb, b: Rgb) -> float:
    """How well one colour is seen on the other: difference of brightness weighs most."""
    return 1.6 * abs(bright(a) - bright(b)) + 0.4 * (abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]))


def any_colour(rng: random.Random) -> Rgb:
    roll = rng.random()
    if roll < 0.2:
        g = rng.random()
        return (g, g, g)
    if roll < 0.5:  # pale
        return tuple(1 - 0.35 * rng.random() for _ in range(3))
    return (rng.random(), rng.random(), rng.random())


def jitter(rng: random.Random, c: Rgb, by: float) -> Rgb:
    return tuple(min(1.0, max(0.0, x + rng.uniform(-by, by))) for x in c)


def background(rng: random.Random, c: d.Canvas, *, plain: float = 0.3, colours: tuple[Rgb, Rgb] | None = None, calm: bool = False) -> tuple[Rgb, Rgb]:
    """Fills row 0; returns the two colours between which the background lies."""
    h = c.head
    c0 = colours[0] if colours else (1.0, 1.0, 1.0) if rng.random() < 0.25 else any_colour(rng)
    if rng.random() < plain:
        c1 = c0
    elif colours:
        c1 = colours[1]
    else:
        c1 = jitter(rng, c0, 0.25) if calm or rng.random() < 0.4 else any_colour(rng)
    h[d.C0 : d.C0 + 3], h[d.C1 : d.C1 + 3] = c0, c1
    if c1 != c0:
        roll = rng.random()
        if roll < 0.4:
            h[d.GRADIENT], h[d.ANGLE] = 1.0, rng.uniform(0, 2 * math.pi)
        else:
            h[d.TEXTURE] = rng.randint(1, 39)
            if roll > 0.85:
                h[d.GRADIENT], h[d.ANGLE] = rng.random(), rng.uniform(0, 2 * math.pi)
        turn = rng.uniform(0, 2 * math.pi) if rng.random() < 0.5 else 0.0
        zoom = math.exp(rng.uniform(-1.2, 1.0))
        h[d.SCALE], h[d.COS], h[d.SIN], h[d.U], h[d.V] = zoom, math.cos(turn), math.sin(turn), rng.uniform(0, 256), rng.uniform(0, 256)
    if rng.random() < 0.2 and not calm:
        h[d.BLOTCH] = rng.uniform(0.02, 0.16)
    return c0, c1


def photometric(rng: random.Random, c: d.Canvas, *, hue: float = 0.0, grey: float = 0.0, strength: float = 1.0, blur: float = 1.6, split: str = "train") -> None:
    """What a camera, a screen and a file format do to a picture. `blur`: the most, in pixels."""
    h = c.head
    k = strength if split == "train" else strength * 0.7
    if rng.random() < 0.6:
        h[d.BRIGHTNESS] = rng.gauss(0, 0.06 * k)
        h[d.CONTRAST] = math.exp(rng.gauss(0, 0.16 * k))
        h[d.SATURATION] = math.exp(rng.gauss(0, 0.22 * k))
    if split != "train":
        hue, grey = hue * 0.3, grey * 0.3
    if rng.random() < hue:
        h[d.HUE] = rng.gauss(0, 0.5)
    if rng.random() < grey:
        h[d.SATURATION] = 0.0
    if rng.random() < 0.3:
        h[d.BLUR] = rng.uniform(0.3, max(0.31, blur))
    if rng.random() < 0.35:
        h[d.NOISE] = rng.uniform(0.005, 0.05 * k)
    if rng.random() < 0.3:
        h[d.JPEG] = rng.uniform(0.015, 0.07 * k)


def put_thing(s: Scenes, rng: random.Random, c: d.Canvas, split: str, thing: int, cx: float, cy: float, size: float, style: int | None, look: dict | None = None) -> tuple[Object, int]:
    """Draws a thing whose larger side is `size`; returns it and its style. `look` makes several alike."""
    style = s.style_of(rng, thing, split, style)
    sprite, w, h = choose(rng, s.sprites[thing][style]) if look is None or "sprite" not in look else look["sprite"]
    if look is not None:
        look["sprite"] = (sprite, w, h)
    wild = split == "train"
    turn = rng.gauss(0, 0.22) if rng.random() < 0.7 else 0.0
    if wild and rng.random() < 0.04:
        turn = rng.uniform(-math.pi, math.pi)
    stretch = math.exp(rng.gauss(0, 0.07)) if rng.random() < 0.5 else 1.0
    k = size / max(w * stretch, h)
    hw, hh = w * stretch * k / 2, h * k / 2
    flip = -1.0 if rng.random() < 0.45 else 1.0
    if s.styles[style]["mono"]:
        # Black ink: any colour that is seen on the background.
        grounds = (tuple(c.head[d.C0 : d.C0 + 3]), tuple(c.head[d.C1 : d.C1 + 3]))
        ink = max((any_colour(rng) for _ in range(6)), key=lambda a: min(apart(a, b) for b in grounds))
        t0, t1 = ink, ink
    elif rng.random() < 0.65 and (look is None or "t0" not in look):
        lift, cast = rng.gauss(0, 0.05), rng.random() < 0.5
        t0 = tuple(lift + (rng.gauss(0, 0.04) if cast else 0) for _ in range(3))
        gain = math.exp(rng.gauss(0, 0.10))
        t1 = tuple(gain * (math.exp(rng.gauss(0, 0.10)) if cast else 1) + t for t in t0)
    else:
        t0, t1 = d.BLACK, d.WHITE
    if look is not None:
        t0, t1 = look.setdefault("t0", t0), look.setdefault("t1", t1)
    shear = rng.gauss(0, 0.12) if wild and rng.random() < 0.25 else 0.0
    if rng.random() < 0.12:
        off = size * rng.uniform(0.015, 0.05)
        dark = (0.0, 0.0, 0.0)
        c.item(sprite, cx + off, cy + off, hw, hh, turn=turn, flip=flip, alpha=rng.uniform(0.15, 0.4), t0=dark, t1=dark, shear=shear)
    c.item(sprite, cx, cy, hw, hh, turn=turn, flip=flip, t0=t0, t1=t1, tag=1 + thing, shear=shear)
    a, b = abs(math.cos(turn)), abs(math.sin(turn))
    return Object("thing", thing, -1, cx, cy, 2 * (hw * a + hh * b), 2 * (hw * b + hh * a)), style


def ink_on(rng: random.Random, *grounds: Rgb, least: float = 0.5) -> Rgb:
    """A colour that can be read on all of them."""
    for _ in range(12):
        colour = any_colour(rng) if rng.random() < 0.6 else choose(rng, ((0.0, 0.0, 0.0), (0.1, 0.1, 0.12), (1.0, 1.0, 1.0)))
        if min(apart(colour, g) for g in grounds) > least:
            return colour
    return max(((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), key=lambda a: min(apart(a, g) for g in grounds))
