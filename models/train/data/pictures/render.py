"""Draws display lists (display.py), many pictures at once: on CUDA with render_triton.py, elsewhere with PyTorch alone, as here.

    r = Renderer(device); pictures = r.render(display, counts, rows, cols)        # [B, 3, 32 rows, 32 cols] in [-1, 1]

Every item is sampled inside its bounding box alone. A layer's boxes of all pictures form one list of fragments, so that the number of
kernels grows with the layers (about ten), not with pictures or items. Textures are premultiplied and have three smaller levels.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F

from . import display as d
from .render_atlas import LEVELS, TEXTURES, TILE, atlas, textures


class Renderer:
    """`test` loads the held-out styles and fonts too. `folder` holds the packed art (README.md). `fused`: on CUDA, draw with the kernels of
    render_triton.py where they pass render_check.py; where not, one line says why and this file draws."""

    def __init__(self, device="cpu", test: bool = False, folder: str | Path | None = None, fused: bool = True) -> None:
        self.device = torch.device(device)
        texels, table = atlas(folder, test)
        self.texels = torch.from_numpy(texels).to(self.device)
        self.table = torch.from_numpy(table).to(self.device)
        self.textures = torch.from_numpy(textures()).to(self.device).reshape(-1)
        k = torch.arange(8, dtype=torch.float32)
        basis = torch.cos((2 * k[None] + 1) * k[:, None] * torch.pi / 16) * 0.5
        basis[0] *= 0.5**0.5
        self.dct = basis.to(self.device)
        self.quality = (1 + (k[:, None] + k[None]) * 0.9).to(self.device)
        self.fused = None
        if fused and self.device.type == "cuda":
            try:
                from .render_check import checked

                self.fused = checked(self)
            except Exception as error:  # no Triton, a compiler's error, another picture: each has its own type
                reason = (str(error).splitlines() or [""])[0]
                print(f"Pictures are drawn by PyTorch alone, which slows training: the Triton renderer was not taken ({type(error).__name__}: {reason}).", flush=True)

    @torch.no_grad()
    def render(self, display: torch.Tensor, counts: torch.Tensor, rows: int, cols: int, generator: torch.Generator | None = None, chunk: int = 128) -> torch.Tensor:
        """display [B, items, FIELDS], counts [B] (rows used, row 0 included) -> float [B, 3, 32 * rows, 32 * cols] in [-1, 1].

        `chunk`: pictures at once without the fused kernels, which take all."""
        display, counts, h, w = display.to(self.device, non_blocking=True).float(), counts.to(self.device, non_blocking=True), 32 * rows, 32 * cols
        if self.fused:
            return self.fused(display, counts, h, w, generator)
        parts = [self.reference(display[i : i + chunk], counts[i : i + chunk], h, w, generator) for i in range(0, len(display), chunk)]
        return torch.cat(parts) if len(parts) > 1 else parts[0]

    @torch.no_grad()
    def reference(self, display, counts, h, w, generator=None):
        """As `render`, with PyTorch alone; sides in pixels."""
        with torch.autocast(self.device.type, enabled=False):
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
