"""The display list: everything the renderer needs to know about a picture, as rows of FIELDS numbers. NumPy and the standard library.

Row 0 describes the background and what happens to the whole picture; every other row is a sprite in a box, drawn in order.
Lengths are in pixels, colours in 0 … 1. Items of a layer do not overlap, so that the renderer may draw a layer at once.
"""

from __future__ import annotations

import math

import numpy as np

FIELDS = 24
MAX_ITEMS = 192
# Row 0. A texture t (0 … 1) lies between the colours C0 and C1; GRADIENT mixes it with a ramp along ANGLE.
TEXTURE, SCALE, COS, SIN, U, V, C0, C1, BLOTCH, NOISE, BLUR, BRIGHTNESS, CONTRAST, SATURATION, HUE, JPEG, GRADIENT, ANGLE = 0, 1, 2, 3, 4, 5, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21
# Other rows. A texel of colour c becomes T0 + c * (T1 - T0). TAG: 1 + thing, -(1 + 100 * shape + colour), or 0.
SPRITE, CX, CY, HW, HH, ICOS, ISIN, FLIP, RADIUS, ALPHA, T0, T1, LAYER, SOFT, TAG, STROKE, SHEAR = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 16, 17, 18, 19, 20
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


class Full(Exception):
    """More items than a display list holds."""


class Canvas:
    """Collects items and finds their layers."""

    __slots__ = ("w", "h", "rows", "boxes", "head")

    def __init__(self, w: int, h: int) -> None:
        self.w, self.h = w, h
        self.rows: list[tuple] = []
        self.boxes: list[tuple] = []  # x0, y0, x1, y1, layer
        self.head = [0.0] * FIELDS
        self.head[SCALE] = self.head[COS] = self.head[CONTRAST] = self.head[SATURATION] = 1.0

    def _layer(self, x0: float, y0: float, x1: float, y1: float, deep: int = 1) -> int:
        top = 0
        for a, b, c, d, layer in self.boxes:
            if layer > top and a < x1 and c > x0 and b < y1 and d > y0:
                top = layer
        self.boxes.append((x0, y0, x1, y1, top + deep))
        return top + 1

    def item(self, sprite: int, cx: float, cy: float, hw: float, hh: float, *, turn: float = 0.0, flip: float = 1.0, radius: float = 0.0, alpha: float = 1.0,
             t0: tuple = BLACK, t1: tuple = WHITE, soft: float = 1.0, tag: int = 0, stroke: float = 0.0, shear: float = 0.0, layer: int = 0) -> int:
        """Adds a box of half sizes hw, hh, turned clockwise by `turn` radians. Returns its layer."""
        if len(self.rows) >= MAX_ITEMS - 1:
            raise Full
        c, s = (math.cos(turn), math.sin(turn)) if turn else (1.0, 0.0)
        if not layer:
            ex = abs(c) * hw + abs(s) * hh + abs(shear) * hh + soft + 2
            ey = abs(s) * hw + abs(c) * hh + soft + 2 + abs(shear * s) * hh
            layer = self._layer(cx - ex, cy - ey, cx + ex, cy + ey)
        self.rows.append((sprite, cx, cy, hw, hh, c, s, flip, radius, alpha, *t0, *t1, layer, soft, tag, stroke, shear, 0.0, 0.0, 0.0))
        return layer

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: tuple, **more) -> int:
        return self.item(0, (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2, t0=colour, t1=colour, **more)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float, colour: tuple, **more) -> int:
        return self.item(0, (x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0) / 2, width / 2, turn=math.atan2(y1 - y0, x1 - x0), t0=colour, t1=colour, **more)

    def text(self, font, text: str, x: float, y: float, size: float, colour: tuple, *, turn: float = 0.0, alpha: float = 1.0, spacing: float = 0.0, stretch: float = 1.0, shear: float = 0.0, anchor: float = 0.0) -> float:
        """Writes a line; (x, y) is where the baseline begins (anchor 0), its middle (0.5) or its end (1). ``shear`` leans the
        letters: tangent, above 0 as italics do. Returns its width."""
        k = size / 40
        width = font.width(text) * k * stretch + spacing * size * max(0, len(text) - 1)
        c, s = math.cos(turn), math.sin(turn)
        pen = -anchor * width
        if len(self.rows) + len(text) >= MAX_ITEMS - 1:
            raise Full
        # Neighbours' boxes overlap, so a line takes three layers in turn.
        ends = [(x + c * a - s * b, y + s * a + c * b) for a in (pen - 2 - abs(shear) * size, pen + width + 2 + abs(shear) * size) for b in (-size * 1.1, size * 0.4)]
        layer = self._layer(min(p[0] for p in ends), min(p[1] for p in ends), max(p[0] for p in ends), max(p[1] for p in ends), 3)
        at = 0
        for char in text:
            glyph = font.glyphs.get(char)
            if glyph is None:
                pen += font.space * k * stretch + spacing * size
                continue
            sprite, w, h, gx, gy, advance = glyph
            a, b = pen + (gx + w / 2) * k * stretch, (gy + h / 2) * k
            a -= shear * b  # about the baseline, not about each letter's middle
            self.rows.append((sprite, x + c * a - s * b, y + s * a + c * b, w * k * stretch / 2, h * k / 2, c, s, 1.0, 0.0, alpha, *colour, *colour, layer + at % 3, 1.0, 0, 0.0, shear, 0.0, 0.0, 0.0))
            pen += advance * k * stretch + spacing * size
            at += 1
        return width

    def display(self) -> np.ndarray:
        return np.array([self.head, *self.rows], np.float32)


def batch(displays: list[np.ndarray], items: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Display lists of one canvas size -> [n, items, FIELDS] padded (to the longest when items is 0), rows used int64 [n]."""
    out = np.zeros((len(displays), items or max(map(len, displays)), FIELDS), np.float32)
    for row, one in zip(out, displays):
        row[: len(one)] = one
    return out, np.array([len(one) for one in displays], np.int64)
