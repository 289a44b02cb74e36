"""Whether the fused renderer (render_triton.py) draws what the reference (render.py) draws: the same scenes, both ways.

    fused = checked(renderer)        # raises, with the reason, where the fused renderer cannot be had or differs
"""

from __future__ import annotations

import random

import torch

from . import display as d
from .scenes import KIND_WEIGHTS, Scenes

MEAN, FAR, FAR_SHARE = 0.004, 0.06, 0.001  # of [-1, 1]: greatest mean difference; at most FAR_SHARE of the values differ by more than FAR
CANVASES = ((8, 8, 2), (5, 12, 1), (10, 6, 1))  # rows, columns, pictures of every kind


def scenes_of_all_kinds(scenes: Scenes, rows: int, cols: int, each: int, seed: int = 11) -> tuple[torch.Tensor, torch.Tensor]:
    """Display lists and counts of `each` pictures of every kind, without noise; hue, blur and JPEG each on some of them."""
    rng = random.Random(f"{seed}/{rows}/{cols}")
    some = [scenes.draw(rng, rows, cols, "train", kind).display for kind in KIND_WEIGHTS for _ in range(each)]
    for i, one in enumerate(some):
        one[0, d.NOISE] = 0.0
        one[0, d.BLOTCH] = 0.08 * (i % 4 == 1)
        if i % 3 == 0:
            one[0, d.BLUR] = 0.4 + 0.1 * i
        if i % 3 == 1:
            one[0, d.JPEG] = 0.015 + 0.002 * i
        if i % 4 == 2:
            one[0, d.HUE] = 0.7
    display, counts = d.batch(some)
    return torch.from_numpy(display), torch.from_numpy(counts)


def differences(renderer, fused, display: torch.Tensor, counts: torch.Tensor, rows: int, cols: int) -> tuple[float, float]:
    """Mean absolute difference, and the share of values that differ by more than FAR. Blotches are the same: one seed for both."""
    device = renderer.device
    display, counts = display.to(device), counts.to(device)
    first, second = (draw(display, counts, 32 * rows, 32 * cols, torch.Generator(device).manual_seed(5)) for draw in (renderer.reference, fused))
    apart = (first - second).abs()
    return float(apart.mean()), float((apart > FAR).float().mean())


def checked(renderer):
    """Also compiles every kernel, so that none is compiled during training."""
    from .render_triton import Fused

    fused, scenes = Fused(renderer.texels, renderer.table, renderer.textures, renderer.dct, renderer.quality), Scenes.load()
    for rows, cols, each in CANVASES:
        mean, far = differences(renderer, fused, *scenes_of_all_kinds(scenes, rows, cols, each), rows, cols)
        if not (mean < MEAN and far < FAR_SHARE):
            raise ValueError(f"on {32 * cols} x {32 * rows} pixels it differs by {mean:.4f} on average, by more than {FAR} at {100 * far:.2f} % of the values")
    return fused
