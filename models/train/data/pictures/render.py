"""Draws display lists (display.py) with PyTorch, many pictures at once, on a GPU or a CPU.

    r = Renderer(device); pictures = r.render(display, counts, rows, cols)        # [B, 3, 32 rows, 32 cols] in [-1, 1]

Every item is sampled inside its bounding box alone. A layer's boxes of all pictures form one list of fragments, so that the number of
kernels grows with the layers (about ten), not with pictures or items. Textures are premultiplied and have three smaller levels.
"""

from __future__ import annotations

import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import display as d
from .shapes import masks

HERE = Path(__file__).parent
LEVELS = 4
TEXTURES = 40
TILE = 256


def _load(folder: Path, test: bool) -> list[list[np.ndarray] | None]:
    """Sprites by number, each with its smaller levels: premultiplied RGBA [h, w, 4] or coverage [h, w]; None where the file is not loaded."""
    from PIL import Image

    sprites: list[list[np.ndarray] | None] = [levels(m) for m in masks()]
    index = json.loads((HERE / "art.json").read_text(encoding="utf8"))
    files = {flag: path.read_bytes() if path.exists() and (flag is False or test) else None for flag, path in ((False, folder / "art.bin"), (True, folder / "test.bin"))}

    def decode(row):
        data = files[index["styles"][row[1]]["test"]]
        if data is None:
            return None
        rgba = np.asarray(Image.open(BytesIO(data[row[2] : row[2] + row[3]])).convert("RGBA"))
        alpha = rgba[..., 3:]
        return levels(np.concatenate([(rgba[..., :3].astype(np.uint16) * alpha + 127) // 255, alpha], -1).astype(np.uint8))

    with ThreadPoolExecutor(8) as pool:
        sprites += pool.map(decode, index["sprites"], chunksize=64)
    glyphs = {flag: path.read_bytes() if path.exists() and (flag is False or test) else None for flag, path in ((False, folder / "glyphs.bin"), (True, folder / "test_glyphs.bin"))}
    for font in json.loads((HERE / "glyphs.json").read_text(encoding="utf8")):
        data = glyphs[font["test"]]
        raw = np.frombuffer(zlib.decompress(data[font["at"] : font["at"] + font["bytes"]]), np.uint8) if data else None
        at = 0
        for w, h, *_ in font["table"]:
            sprites.append(levels(raw[at : at + w * h].reshape(h, w)) if raw is not None else None)
            at += w * h
    return sprites


def _half(a: np.ndarray) -> np.ndarray:
    """[h, w, …] averaged 2 x 2; an odd edge counts twice."""
    h, w = a.shape[:2]
    if h % 2:
        a = np.concatenate([a, a[-1:]])
    if w % 2:
        a = np.concatenate([a, a[:, -1:]], 1)
    a = a.astype(np.uint16)
    return ((a[::2, ::2] + a[1::2, ::2] + a[::2, 1::2] + a[1::2, 1::2] + 2) // 4).astype(np.uint8)


def levels(sprite: np.ndarray) -> list[np.ndarray]:
    """The sprite and its halves, LEVELS in all; a small one stays as it is."""
    out = [sprite]
    while len(out) < LEVELS:
        out.append(_half(out[-1]) if min(out[-1].shape[:2]) >= 8 else out[-1])
    return out


def pack(sprites: list[list[np.ndarray] | None]):
    """-> texels int32 [n] (RGBA bytes), table int64 [sprites, LEVELS, 3]: offset, width, height."""
    table = np.zeros((len(sprites), LEVELS, 3), np.int64)
    parts, at = [np.zeros((4, 4), np.uint8)], 4
    for i, pyramid in enumerate(sprites):
        for k in range(LEVELS):
            if pyramid is None:
                table[i, k] = (0, 2, 2)
                continue
            level = pyramid[k]
            h, w = level.shape[:2]
            if k and level is pyramid[k - 1]:
                table[i, k] = table[i, k - 1]
                continue
            parts.append((level if level.ndim == 3 else np.repeat(level[..., None], 4, -1)).reshape(-1, 4))
            table[i, k] = (at, w, h)
            at += w * h
    texels = np.concatenate(parts)
    return texels.view(np.int32).reshape(-1), table


def textures() -> np.ndarray:
    """Grey patterns that tile, float32 [TEXTURES, TILE, TILE] in 0 … 1: noise of several grains, stripes, checks, dots, bricks, waves, paper, wood."""
    rng = np.random.RandomState(7)
    y, x = np.mgrid[0:TILE, 0:TILE] / TILE

    def noise(cells: int, octaves: int = 1) -> np.ndarray:
        total, weight = np.zeros((TILE, TILE)), 0.0
        for o in range(octaves):
            n = cells << o
            grid = rng.rand(n, n)
            fx, fy = x * n, y * n
            ix, iy = fx.astype(int), fy.astype(int)
            sx, sy = (lambda t: t * t * (3 - 2 * t))(fx - ix), (lambda t: t * t * (3 - 2 * t))(fy - iy)
            g = lambda a, b: grid[(iy + b) % n, (ix + a) % n]  # noqa: E731
            total += ((g(0, 0) * (1 - sx) + g(1, 0) * sx) * (1 - sy) + (g(0, 1) * (1 - sx) + g(1, 1) * sx) * sy) / 2**o
            weight += 1 / 2**o
        total /= weight
        return (total - total.min()) / (total.max() - total.min())

    sharp = lambda t, k=0.06: np.clip((t - 0.5) / k + 0.5, 0, 1)  # noqa: E731
    out = [np.zeros((TILE, TILE)), x * 2 * (x < 0.5) + (2 - 2 * x) * (x >= 0.5)]
    out += [noise(2), noise(4), noise(8), noise(16), noise(2, 5), noise(4, 5), noise(8, 5), noise(3, 6), noise(64, 2), noise(128)]
    for k in (4, 8, 16, 24):
        wave = 0.5 + 0.5 * np.sin(2 * np.pi * k * x)
        out += [wave, sharp(wave, 0.2)]
    for k in (4, 8, 12):
        out.append(((x * 2 * k).astype(int) + (y * 2 * k).astype(int)) % 2)
        out.append(sharp(0.5 + 0.5 * np.cos(2 * np.pi * k * x) * np.cos(2 * np.pi * k * y), 0.25))
        out.append(((x * 4 * k % 1 < 0.08) | (y * 4 * k % 1 < 0.08)).astype(float))
    for k in (6, 12):
        out.append((np.hypot((x * k) % 1 - 0.5, (y * k) % 1 - 0.5) < 0.28).astype(float))
        out.append(((y * k % 1 < 0.1) | ((x * k / 2 + 0.5 * ((y * k).astype(int) % 2)) % 1 < 0.05)).astype(float))
        out.append(0.5 + 0.5 * np.sin(2 * np.pi * (k * y + 0.6 * np.sin(2 * np.pi * 2 * x))))
    rough = noise(4, 5)
    out += [0.5 + 0.5 * np.sin(2 * np.pi * (6 * x + 3 * rough)), sharp(noise(6, 3), 0.1), sharp(noise(12, 2), 0.05), 0.7 * noise(2, 6) + 0.3 * noise(128), abs(2 * noise(4, 6) - 1)]
    while len(out) < TEXTURES:
        out.append(noise(int(rng.randint(2, 30)), int(rng.randint(1, 5))))
    return np.stack(out[:TEXTURES]).astype(np.float32)


class Renderer:
    """`test` loads the held-out styles and fonts too. `folder` holds the packed art (README.md)."""

    def __init__(self, device="cpu", test: bool = False, folder: str | Path | None = None) -> None:
        self.device = torch.device(device)
        texels, table = pack(_load(Path(folder) if folder else HERE / "art", test))
        self.texels = torch.from_numpy(texels).to(self.device)
        self.table = torch.from_numpy(table).to(self.device)
        self.textures = torch.from_numpy(textures()).to(self.device).reshape(-1)
        k = torch.arange(8, dtype=torch.float32)
        basis = torch.cos((2 * k[None] + 1) * k[:, None] * torch.pi / 16) * 0.5
        basis[0] *= 0.5**0.5
        self.dct = basis.to(self.device)
        self.quality = (1 + (k[:, None] + k[None]) * 0.9).to(self.device)

    @torch.no_grad()
    def render(self, display: torch.Tensor, counts: torch.Tensor, rows: int, cols: int, generator: torch.Generator | None = None, chunk: int = 128) -> torch.Tensor:
        """display [B, items, FIELDS], counts [B] (rows used, row 0 included) -> float [B, 3, 32 * rows, 32 * cols] in [-1, 1]."""
        display, counts = display.to(self.device), counts.to(self.device)
        with torch.autocast(self.device.type, enabled=False):
            parts = [self._render(display[i : i + chunk].float(), counts[i : i + chunk], 32 * rows, 32 * cols, generator) for i in range(0, len(display), chunk)]
        return torch.cat(parts) if len(parts) > 1 else parts[0]

    def _render(self, display, counts, h, w, generator):
        head = display[:, 0]
        canvas = self._background(head, h, w, generator)
        self._items(canvas, display, counts, h, w)
        x = canvas.view(len(display), h, w, 3).permute(0, 3, 1, 2)
        return self._photometric(x, head, generator)

    def _background(self, head, h, w, generator):
        b = len(head)
        y, x = torch.arange(h, device=self.device) + 0.5, torch.arange(w, device=self.device) + 0.5
        f = lambda k: head[:, k, None, None]  # noqa: E731
        dx, dy = x[None, None] - w / 2, y[None, :, None] - h / 2
        u = (f(d.COS) * dx + f(d.SIN) * dy) * f(d.SCALE) + f(d.U)
        v = (f(d.COS) * dy - f(d.SIN) * dx) * f(d.SCALE) + f(d.V)
        u0, v0 = u.floor(), v.floor()
        fu, fv = u - u0, v - v0
        u0, v0 = u0.long() % TILE, v0.long() % TILE
        u1, v1 = (u0 + 1) % TILE, (v0 + 1) % TILE
        base = f(d.TEXTURE).long().clamp(0, TEXTURES - 1) * (TILE * TILE)
        g = lambda a, c: self.textures[base + c * TILE + a]  # noqa: E731
        t = (g(u0, v0) * (1 - fu) + g(u1, v0) * fu) * (1 - fv) + (g(u0, v1) * (1 - fu) + g(u1, v1) * fu) * fv
        ca, sa = torch.cos(f(d.ANGLE)), torch.sin(f(d.ANGLE))
        ramp = (ca * dx + sa * dy) / (ca.abs() * w + sa.abs() * h) + 0.5
        t = t + (ramp - t) * f(d.GRADIENT)
        c0, c1 = head[:, None, None, d.C0 : d.C0 + 3], head[:, None, None, d.C1 : d.C1 + 3]
        out = c0 + (c1 - c0) * t[..., None]
        grid = torch.randn(b, 3, 6, 6, device=self.device, generator=generator) * head[:, d.BLOTCH, None, None, None]
        out = out + F.interpolate(grid, (h, w), mode="bilinear", align_corners=False).permute(0, 2, 3, 1)
        return out.clamp_(0, 1).reshape(-1, 3)

    def _items(self, canvas, display, counts, h, w):
        n = display.shape[1]
        used = (torch.arange(n, device=self.device)[None] < counts[:, None])
        used[:, 0] = False
        owner, slot = used.nonzero(as_tuple=True)
        rows = display[owner, slot]
        c, s, hw, hh, soft = rows[:, d.ICOS], rows[:, d.ISIN], rows[:, d.HW], rows[:, d.HH], rows[:, d.SOFT]
        wide = hw + rows[:, d.SHEAR].abs() * hh
        ex, ey = c.abs() * wide + s.abs() * hh + soft, s.abs() * wide + c.abs() * hh + soft
        x0 = (rows[:, d.CX] - ex).floor().clamp(0, w).long()
        y0 = (rows[:, d.CY] - ey).floor().clamp(0, h).long()
        x1 = (rows[:, d.CX] + ex).ceil().clamp(0, w).long()
        y1 = (rows[:, d.CY] + ey).ceil().clamp(0, h).long()
        bw = (x1 - x0).clamp(min=0)
        area = bw * (y1 - y0).clamp(min=0)
        layer = torch.where(area > 0, rows[:, d.LAYER].long(), torch.zeros_like(area))
        order = torch.argsort(layer)
        top = 64
        sizes = torch.stack([torch.zeros(top, dtype=torch.long, device=self.device).scatter_add_(0, layer.clamp(max=top - 1), v) for v in (torch.ones_like(area), area)]).tolist()
        sprite = rows[:, d.SPRITE].long()
        first = self.table[sprite, 0]
        ratio = torch.maximum(first[:, 1] / (2 * hw).clamp(min=0.5), first[:, 2] / (2 * hh).clamp(min=0.5))
        level = (torch.log2(ratio.clamp(min=1)) + 0.35).floor().long().clamp(0, LEVELS - 1)
        place = self.table[sprite, level]
        numbers = torch.stack([rows[:, d.CX], rows[:, d.CY], hw, hh, c, s, rows[:, d.SHEAR], rows[:, d.RADIUS], soft.clamp(min=0.1), rows[:, d.STROKE], rows[:, d.ALPHA], rows[:, d.FLIP]])
        whole = torch.stack([owner * (h * w), x0, y0, bw.clamp(min=1), place[:, 0], place[:, 1], place[:, 2]])
        tints = rows[:, d.T0 : d.T1 + 3]
        at = sizes[0][0]
        for k in range(1, top):
            count, total = int(sizes[0][k]), int(sizes[1][k])
            if count:
                pick = order[at : at + count]
                self._layer(canvas, w, numbers[:, pick], whole[:, pick], tints[pick], area[pick], total)
                at += count

    def _layer(self, canvas, w, numbers, whole, tints, area, total):
        own = torch.repeat_interleave(torch.arange(len(area), device=self.device), area, output_size=total)
        local = torch.arange(total, device=self.device) - (area.cumsum(0) - area)[own]
        start, x0, y0, bw, offset, tw, th = (row[own] for row in whole)
        py = torch.div(local, bw, rounding_mode="floor")
        px = x0 + local - py * bw
        py = py + y0
        cx, cy, hw, hh, c, s, shear, radius, soft, stroke, alpha, flip = (row[own] for row in numbers)
        dx, dy = px + 0.5 - cx, py + 0.5 - cy
        u, v = c * dx + s * dy, c * dy - s * dx
        u = u + shear * v
        qx, qy = u.abs() - hw + radius, v.abs() - hh + radius
        dist = torch.hypot(qx.clamp(min=0), qy.clamp(min=0)) + torch.maximum(qx, qy).clamp(max=0) - radius
        cover = (0.5 - dist / soft).clamp(0, 1) * torch.where(stroke > 0, (0.5 + dist + stroke).clamp(0, 1), torch.ones_like(dist)) * alpha
        fx = ((u * flip / hw.clamp(min=0.1) * 0.5 + 0.5) * tw - 0.5).clamp(min=0)
        fy = ((v / hh.clamp(min=0.1) * 0.5 + 0.5) * th - 0.5).clamp(min=0)
        fx, fy = torch.minimum(fx, tw - 1.001), torch.minimum(fy, th - 1.001)
        ix, iy = fx.long(), fy.long()
        fx, fy = (fx - ix)[:, None], (fy - iy)[:, None]
        at = offset + iy * tw + ix
        tap = lambda i: self.texels[i].view(torch.uint8).view(-1, 4).float()  # noqa: E731
        texel = (tap(at) * (1 - fx) + tap(at + 1) * fx) * (1 - fy) + (tap(at + tw) * (1 - fx) + tap(at + tw + 1) * fx) * fy
        texel = texel * (cover / 255)[:, None]
        tint = tints[own]
        a = texel[:, 3:]
        colour = tint[:, :3] * a + texel[:, :3] * (tint[:, 3:] - tint[:, :3])
        dest = start + py * w + px
        canvas[dest] = canvas[dest] * (1 - a) + colour

    def _photometric(self, x, head, generator):
        f = lambda k: head[:, k, None, None, None]  # noqa: E731
        x = x.clamp(0, 1)
        grey = x[:, :1] * 0.299 + x[:, 1:2] * 0.587 + x[:, 2:] * 0.114
        x = grey + (x - grey) * f(d.SATURATION)
        turned = (head[:, d.HUE] != 0).nonzero()[:, 0]
        if len(turned):
            x = x.contiguous()
            x[turned] = torch.einsum("bij,bjhw->bihw", self._hue(head[turned, d.HUE]), x[turned])
        x = ((x - 0.5) * f(d.CONTRAST) + 0.5 + f(d.BRIGHTNESS)).clamp(0, 1)
        soft = (head[:, d.BLUR] > 0.05).nonzero()[:, 0]
        if len(soft):
            x = x.contiguous()
            x[soft] = self._blur(x[soft], head[soft, d.BLUR])
        blocky = (head[:, d.JPEG] > 0).nonzero()[:, 0]
        if len(blocky):
            x = x.contiguous()
            x[blocky] = self._jpeg(x[blocky], head[blocky, d.JPEG])
        x = x + torch.randn(x.shape, device=self.device, generator=generator) * f(d.NOISE)
        return (x.clamp(0, 1) * 2 - 1).contiguous()

    @staticmethod
    def _hue(angle):
        """Rotation about the grey axis, [b, 3, 3]."""
        c, s = torch.cos(angle), torch.sin(angle)
        third, root = (1 - c) / 3, s / 3**0.5
        rows = [c + third, third - root, third + root, third + root, c + third, third - root, third - root, third + root, c + third]
        return torch.stack(rows, -1).view(-1, 3, 3)

    @staticmethod
    def _blur(x, sigma):
        b, ch, h, w = x.shape
        t = torch.arange(-6, 7, device=x.device)
        k = torch.exp(-0.5 * (t[None] / sigma[:, None].clamp(min=0.05)) ** 2)
        k = (k / k.sum(1, keepdim=True)).repeat_interleave(ch, 0)[:, None]
        x = F.pad(x.reshape(1, b * ch, h, w), (6, 6, 6, 6), mode="replicate")
        x = F.conv2d(F.conv2d(x, k[:, :, None], groups=b * ch), k[:, :, :, None], groups=b * ch)
        return x.view(b, ch, h, w)

    def _jpeg(self, x, step):
        b, ch, h, w = x.shape
        blocks = x.reshape(b, ch, h // 8, 8, w // 8, 8).permute(0, 1, 2, 4, 3, 5)
        scale = self.quality * step[:, None, None, None, None, None]
        coarse = torch.round(self.dct @ blocks @ self.dct.T / scale) * scale
        return (self.dct.T @ coarse @ self.dct).permute(0, 1, 2, 4, 3, 5).reshape(b, ch, h, w)
