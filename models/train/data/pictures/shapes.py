"""Masks that are computed, not drawn by an artist: geometric shapes and sectors of a circle. NumPy only."""

from __future__ import annotations

import numpy as np

# English name, Chinese name. The order gives the sprite's number.
SHAPES = [("circle", "圆形"), ("square", "正方形"), ("triangle", "三角形"), ("rectangle", "长方形"), ("star", "五角星"), ("heart", "心形"), ("hexagon", "六边形"), ("pentagon", "五边形"), ("diamond", "菱形"), ("oval", "椭圆形"),
          ("ring", "圆环"), ("cross", "十字形"), ("arrow", "箭头"), ("crescent", "月牙形"), ("semicircle", "半圆形"), ("trapezoid", "梯形"), ("parallelogram", "平行四边形"), ("octagon", "八边形")]
ASPECTS = {"rectangle": 0.55, "oval": 0.6, "trapezoid": 0.65, "parallelogram": 0.6, "semicircle": 0.5, "arrow": 0.7}  # height / width
SECTORS = 48  # sector k covers (k + 1) / SECTORS of the circle, clockwise from twelve o'clock
SIZE = 160
SOLID = 0  # sprite numbers: the plain one, then the shapes, then the sectors
FIRST_SHAPE = 1
FIRST_SECTOR = FIRST_SHAPE + len(SHAPES)
FIRST_ART = FIRST_SECTOR + SECTORS


def _polygon(x: np.ndarray, y: np.ndarray, points: list[tuple[float, float]]) -> np.ndarray:
    """Even-odd rule."""
    inside = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def _regular(n: int, turn: float = -np.pi / 2) -> list[tuple[float, float]]:
    return [(float(np.cos(turn + 2 * np.pi * k / n)), float(np.sin(turn + 2 * np.pi * k / n))) for k in range(n)]


def _fit(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretched to the box -1 … 1."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [((px - min(xs)) / (max(xs) - min(xs)) * 2 - 1, (py - min(ys)) / (max(ys) - min(ys)) * 2 - 1) for px, py in points]


def _inside(name: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    r = np.hypot(x, y)
    if name in ("circle", "oval"):
        return r <= 1
    if name in ("square", "rectangle"):
        return (abs(x) <= 1) & (abs(y) <= 1)
    if name == "ring":
        return (r <= 1) & (r >= 0.58)
    if name == "cross":
        return ((abs(x) <= 0.33) | (abs(y) <= 0.33)) & (abs(x) <= 1) & (abs(y) <= 1)
    if name == "crescent":
        return (r <= 1) & (np.hypot(x - 0.45, y) > 0.85)
    if name == "semicircle":
        return np.hypot(x, (y - 1) / 2) <= 1
    if name == "heart":
        u, v = x * 1.14, -y * 1.12 + 0.12
        return (u * u + v * v - 1) ** 3 - u * u * v**3 <= 0
    points = {
        "triangle": [(0, -1), (1, 1), (-1, 1)],
        "hexagon": _regular(6, 0),
        "pentagon": _regular(5),
        "octagon": _regular(8, np.pi / 8),
        "diamond": [(0, -1), (1, 0), (0, 1), (-1, 0)],
        "trapezoid": [(-0.55, -1), (0.55, -1), (1, 1), (-1, 1)],
        "parallelogram": [(-0.5, -1), (1, -1), (0.5, 1), (-1, 1)],
        "arrow": [(-1, -0.42), (0.15, -0.42), (0.15, -1), (1, 0), (0.15, 1), (0.15, 0.42), (-1, 0.42)],
        "star": [(r * np.cos(a), r * np.sin(a)) for k in range(10) for r, a in [((1, 0.45)[k % 2], -np.pi / 2 + k * np.pi / 5)]],
    }[name]
    return _polygon(x, y, _fit(points))


def masks() -> list[np.ndarray]:
    """Coverage, uint8 [SIZE, SIZE] each: the plain sprite, the shapes, the sectors."""
    over, edge = 4, SIZE / 2 - 2
    at = (np.arange(SIZE * over) + 0.5) / over - SIZE / 2
    x, y = np.meshgrid(at / edge, at / edge)
    angle = np.mod(np.arctan2(x, -y), 2 * np.pi)
    down = lambda m: (m.reshape(SIZE, over, SIZE, over).mean((1, 3)) * 255 + 0.5).astype(np.uint8)  # noqa: E731
    out = [np.full((4, 4), 255, np.uint8)]
    out += [down(_inside(name, x, y)) for name, _ in SHAPES]
    disc = np.hypot(x, y) <= 1
    out += [down(disc & (angle <= 2 * np.pi * (k + 1) / SECTORS + 1e-9)) for k in range(SECTORS)]
    return out
