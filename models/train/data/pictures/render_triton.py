"""The renderer of render.py as four Triton kernels: no launch waits for the device, and their number depends on nothing in the pictures.

    fused = Fused(texels, table, textures); pictures = fused(display, counts, h, w, generator)      # as Renderer.render

`_prepare` sorts a picture's rows by layer and finds their boxes and levels; `_compose` draws a tile of 16 x 16 pixels in registers, row after
row, and changes its colours; `_blur_rows` and `_finish` blur, quantize as JPEG does and add noise. Sizes are arguments, not constants, so
that each kernel is compiled once for all canvases. Where rows of a layer overlap, the later one is above (in render.py either may be).
"""

from __future__ import annotations

import contextlib

import torch
import triton
import triton.language as tl

from . import display as d
from .render_atlas import LEVELS, TEXTURES, TILE

# A kernel sees constants of its module as `constexpr` alone.
FIELDS, LEVEL_COUNT, TEXTURE_COUNT, TEXTURE_SIZE = map(tl.constexpr, (d.FIELDS, LEVELS, TEXTURES, TILE))
TEXTURE, SCALE, COS, SIN, U, V, C0, C1, BLOTCH = map(tl.constexpr, (d.TEXTURE, d.SCALE, d.COS, d.SIN, d.U, d.V, d.C0, d.C1, d.BLOTCH))
NOISE, BLUR, BRIGHTNESS, CONTRAST, SATURATION = map(tl.constexpr, (d.NOISE, d.BLUR, d.BRIGHTNESS, d.CONTRAST, d.SATURATION))
HUE, JPEG, GRADIENT, ANGLE = map(tl.constexpr, (d.HUE, d.JPEG, d.GRADIENT, d.ANGLE))
SPRITE, CX, CY, HW, HH, ICOS, ISIN, FLIP, RADIUS = map(tl.constexpr, (d.SPRITE, d.CX, d.CY, d.HW, d.HH, d.ICOS, d.ISIN, d.FLIP, d.RADIUS))
ALPHA, T0, T1, LAYER, SOFT, STROKE, SHEAR = map(tl.constexpr, (d.ALPHA, d.T0, d.T1, d.LAYER, d.SOFT, d.STROKE, d.SHEAR))
ROOM = tl.constexpr(256)  # rows of a picture, a power of two above MAX_ITEMS
BOX = tl.constexpr(8)  # integers of a sorted row: x0, y0, x1, y1, offset of the texels, their width, their height, row of the display
T = tl.constexpr(16)  # side of a tile
GRID = tl.constexpr(6)  # side of a picture's blotches
REACH = tl.constexpr(6)  # taps of the blur on either side


@triton.jit(do_not_specialize=["items"])
def _prepare(display, counts, table, boxes, items, w, h):
    """One program a picture. boxes int32 [B, ROOM, BOX]; a row that is not drawn gets an empty box."""
    picture = tl.program_id(0).to(tl.int64)
    base = display + picture * items * FIELDS
    count = tl.minimum(tl.load(counts + picture).to(tl.int32), items)
    i = tl.arange(0, ROOM)
    live = (i > 0) & (i < count)
    at = base + i * FIELDS
    cx, cy = tl.load(at + CX, live, 0.0), tl.load(at + CY, live, 0.0)
    hw, hh = tl.load(at + HW, live, 1.0), tl.load(at + HH, live, 1.0)
    c, s = tl.abs(tl.load(at + ICOS, live, 1.0)), tl.abs(tl.load(at + ISIN, live, 0.0))
    soft = tl.load(at + SOFT, live, 1.0)
    wide = hw + tl.abs(tl.load(at + SHEAR, live, 0.0)) * hh
    ex, ey = c * wide + s * hh + soft, s * wide + c * hh + soft
    right, low = w.to(tl.float32), h.to(tl.float32)
    x0 = tl.minimum(tl.maximum(tl.floor(cx - ex), 0.0), right).to(tl.int32)
    y0 = tl.minimum(tl.maximum(tl.floor(cy - ey), 0.0), low).to(tl.int32)
    x1 = tl.minimum(tl.maximum(tl.ceil(cx + ex), 0.0), right).to(tl.int32)
    y1 = tl.minimum(tl.maximum(tl.ceil(cy + ey), 0.0), low).to(tl.int32)
    layer = tl.load(at + LAYER, live, 0.0).to(tl.int32)
    x1 = tl.where(layer > 0, x1, x0)
    sprite = table + tl.load(at + SPRITE, live, 0.0).to(tl.int64) * (LEVEL_COUNT * 3)
    tw, th = tl.load(sprite + 1, live, 2).to(tl.float32), tl.load(sprite + 2, live, 2).to(tl.float32)
    ratio = tl.maximum(tw / tl.maximum(2 * hw, 0.5), th / tl.maximum(2 * hh, 0.5))
    level = tl.floor(tl.log2(tl.maximum(ratio, 1.0)) + 0.35).to(tl.int32)
    place = sprite + tl.minimum(level, LEVEL_COUNT - 1) * 3
    rank = tl.zeros([ROOM], tl.int32)
    for j in range(1, count):
        other = tl.load(base + j * FIELDS + LAYER).to(tl.int32)
        rank += ((other < layer) | ((other == layer) & (j < i))).to(tl.int32)
    out = boxes + (picture * ROOM + rank) * BOX
    tl.store(out, x0, live)
    tl.store(out + 1, y0, live)
    tl.store(out + 2, x1, live)
    tl.store(out + 3, y1, live)
    tl.store(out + 4, tl.load(place, live, 0).to(tl.int32), live)
    tl.store(out + 5, tl.load(place + 1, live, 2).to(tl.int32), live)
    tl.store(out + 6, tl.load(place + 2, live, 2).to(tl.int32), live)
    tl.store(out + 7, i, live)


@triton.jit
def _texture(textures, base, u, v):
    n: tl.constexpr = TEXTURE_SIZE
    u0, v0 = tl.floor(u), tl.floor(v)
    fu, fv = u - u0, v - v0
    a, b = u0.to(tl.int32) & (n - 1), v0.to(tl.int32) & (n - 1)
    a1, b1 = (a + 1) & (n - 1), (b + 1) & (n - 1)
    upper = tl.load(textures + base + b * n + a) * (1 - fu) + tl.load(textures + base + b * n + a1) * fu
    lower = tl.load(textures + base + b1 * n + a) * (1 - fu) + tl.load(textures + base + b1 * n + a1) * fu
    return upper * (1 - fv) + lower * fv


@triton.jit
def _blotch(grid, x0, x1, y0, y1, fx, fy):
    upper = tl.load(grid + y0 * GRID + x0) * (1 - fx) + tl.load(grid + y0 * GRID + x1) * fx
    lower = tl.load(grid + y1 * GRID + x0) * (1 - fx) + tl.load(grid + y1 * GRID + x1) * fx
    return upper * (1 - fy) + lower * fy


@triton.jit
def _channel(p, q, r, s, shift: tl.constexpr, fx, fy):
    """A byte of four texels, bilinear."""
    p, q = ((p >> shift) & 255).to(tl.float32), ((q >> shift) & 255).to(tl.float32)
    r, s = ((r >> shift) & 255).to(tl.float32), ((s >> shift) & 255).to(tl.float32)
    return (p * (1 - fx) + q * fx) * (1 - fy) + (r * (1 - fx) + s * fx) * fy


@triton.jit
def _clamp(x):
    return tl.minimum(tl.maximum(x, 0.0), 1.0)


@triton.jit(do_not_specialize=["items"])
def _compose(display, counts, boxes, texels, textures, blotches, out, items, w, h):
    """One program a tile of a picture: background, rows, colours. out float [B, 3, h, w] in 0 … 1."""
    picture = tl.program_id(1).to(tl.int64)
    tile = tl.program_id(0)
    across = w // T
    left, top = (tile % across) * T, (tile // across) * T
    x, y = left + tl.arange(0, T)[None, :], top + tl.arange(0, T)[:, None]
    px, py = x.to(tl.float32) + 0.5, y.to(tl.float32) + 0.5
    head = display + picture * items * FIELDS
    wf, hf = w.to(tl.float32), h.to(tl.float32)

    dx, dy = px - wf * 0.5, py - hf * 0.5
    c, s, scale = tl.load(head + COS), tl.load(head + SIN), tl.load(head + SCALE)
    base = tl.minimum(tl.maximum(tl.load(head + TEXTURE).to(tl.int32), 0), TEXTURE_COUNT - 1) * (TEXTURE_SIZE * TEXTURE_SIZE)
    t = _texture(textures, base, (c * dx + s * dy) * scale + tl.load(head + U), (c * dy - s * dx) * scale + tl.load(head + V))
    angle = tl.load(head + ANGLE)
    ca, sa = tl.cos(angle), tl.sin(angle)
    ramp = (ca * dx + sa * dy) / (tl.abs(ca) * wf + tl.abs(sa) * hf) + 0.5
    t += (ramp - t) * tl.load(head + GRADIENT)
    red = tl.load(head + C0) + (tl.load(head + C1) - tl.load(head + C0)) * t
    green = tl.load(head + C0 + 1) + (tl.load(head + C1 + 1) - tl.load(head + C0 + 1)) * t
    blue = tl.load(head + C0 + 2) + (tl.load(head + C1 + 2) - tl.load(head + C0 + 2)) * t
    blotch = tl.load(head + BLOTCH)
    if blotch != 0:
        gx, gy = tl.maximum(px * (GRID / wf) - 0.5, 0.0), tl.maximum(py * (GRID / hf) - 0.5, 0.0)
        bx, by = gx.to(tl.int32), gy.to(tl.int32)
        fx, fy = gx - bx.to(tl.float32), gy - by.to(tl.float32)
        bx1, by1 = tl.minimum(bx + 1, GRID - 1), tl.minimum(by + 1, GRID - 1)
        grid = blotches + picture * (3 * GRID * GRID)
        red += blotch * _blotch(grid, bx, bx1, by, by1, fx, fy)
        green += blotch * _blotch(grid + GRID * GRID, bx, bx1, by, by1, fx, fy)
        blue += blotch * _blotch(grid + 2 * GRID * GRID, bx, bx1, by, by1, fx, fy)
    red, green, blue = _clamp(red), _clamp(green), _clamp(blue)

    count = tl.minimum(tl.load(counts + picture).to(tl.int32), items) - 1
    for k in range(count):
        box = boxes + (picture * ROOM + k) * BOX
        x0, y0, x1, y1 = tl.load(box), tl.load(box + 1), tl.load(box + 2), tl.load(box + 3)
        if (x0 < left + T) & (x1 > left) & (y0 < top + T) & (y1 > top) & (x1 > x0):
            row = head + tl.load(box + 7) * FIELDS
            inside = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
            hw, hh, radius = tl.load(row + HW), tl.load(row + HH), tl.load(row + RADIUS)
            c, s = tl.load(row + ICOS), tl.load(row + ISIN)
            dx, dy = px - tl.load(row + CX), py - tl.load(row + CY)
            u, v = c * dx + s * dy, c * dy - s * dx
            u += tl.load(row + SHEAR) * v
            qx, qy = tl.abs(u) - hw + radius, tl.abs(v) - hh + radius
            ox, oy = tl.maximum(qx, 0.0), tl.maximum(qy, 0.0)
            dist = tl.sqrt(ox * ox + oy * oy) + tl.minimum(tl.maximum(qx, qy), 0.0) - radius
            stroke = tl.load(row + STROKE)
            cover = _clamp(0.5 - dist / tl.maximum(tl.load(row + SOFT), 0.1)) * tl.load(row + ALPHA)
            cover *= tl.where(stroke > 0, _clamp(0.5 + dist + stroke), 1.0)
            inside &= cover > 0
            tw, th = tl.load(box + 5), tl.load(box + 6)
            twf, thf = tw.to(tl.float32), th.to(tl.float32)
            fx = tl.maximum((u * (tl.load(row + FLIP) / tl.maximum(hw, 0.1) * 0.5) + 0.5) * twf - 0.5, 0.0)
            fy = tl.maximum((v * (0.5 / tl.maximum(hh, 0.1)) + 0.5) * thf - 0.5, 0.0)
            fx, fy = tl.minimum(fx, twf - 1.001), tl.minimum(fy, thf - 1.001)
            ix, iy = fx.to(tl.int32), fy.to(tl.int32)
            fx, fy = fx - ix.to(tl.float32), fy - iy.to(tl.float32)
            at = texels + tl.load(box + 4).to(tl.int64) + iy * tw + ix
            p, q = tl.load(at, inside, 0), tl.load(at + 1, inside, 0)
            r, z = tl.load(at + tw, inside, 0), tl.load(at + tw + 1, inside, 0)
            cover *= 1.0 / 255
            a = _channel(p, q, r, z, 24, fx, fy) * cover
            t0, t1 = row + T0, row + T1
            red = red * (1 - a) + tl.load(t0) * a + _channel(p, q, r, z, 0, fx, fy) * cover * (tl.load(t1) - tl.load(t0))
            green = green * (1 - a) + tl.load(t0 + 1) * a + _channel(p, q, r, z, 8, fx, fy) * cover * (tl.load(t1 + 1) - tl.load(t0 + 1))
            blue = blue * (1 - a) + tl.load(t0 + 2) * a + _channel(p, q, r, z, 16, fx, fy) * cover * (tl.load(t1 + 2) - tl.load(t0 + 2))

    red, green, blue = _clamp(red), _clamp(green), _clamp(blue)
    grey = red * 0.299 + green * 0.587 + blue * 0.114
    saturation = tl.load(head + SATURATION)
    red, green, blue = grey + (red - grey) * saturation, grey + (green - grey) * saturation, grey + (blue - grey) * saturation
    hue = tl.load(head + HUE)
    hc = tl.cos(hue)
    third, root = (1 - hc) / 3, tl.sin(hue) * 0.5773502691896258
    m0, m1, m2 = hc + third, third - root, third + root
    red, green, blue = m0 * red + m1 * green + m2 * blue, m2 * red + m0 * green + m1 * blue, m1 * red + m2 * green + m0 * blue
    contrast = tl.load(head + CONTRAST)
    offset = 0.5 - 0.5 * contrast + tl.load(head + BRIGHTNESS)
    plane = h * w
    to = out + picture * 3 * plane + y * w + x
    tl.store(to, _clamp(red * contrast + offset))
    tl.store(to + plane, _clamp(green * contrast + offset))
    tl.store(to + 2 * plane, _clamp(blue * contrast + offset))


@triton.jit(do_not_specialize=["items"])
def _blur_rows(display, image, out, items, w, h):
    """Blurs along x the pictures that are to be blurred; leaves the others' part of `out` as it is."""
    picture = tl.program_id(1).to(tl.int64)
    sigma = tl.load(display + picture * items * FIELDS + BLUR)
    if sigma > 0.05:
        tile = tl.program_id(0)
        across = w // T
        x = (tile % across) * T + tl.arange(0, T)[None, :]
        y = (tile // across) * T + tl.arange(0, T)[:, None]
        plane = h * w
        start = image + picture * 3 * plane + y * w
        red, green, blue = tl.zeros([T, T], tl.float32), tl.zeros([T, T], tl.float32), tl.zeros([T, T], tl.float32)
        total = 0.0
        for k in range(2 * REACH + 1):
            step = (k - REACH) / sigma
            weight = tl.exp(-0.5 * step * step)
            total += weight
            at = start + tl.minimum(tl.maximum(x + (k - REACH), 0), w - 1)
            red += weight * tl.load(at)
            green += weight * tl.load(at + plane)
            blue += weight * tl.load(at + 2 * plane)
        to = out + picture * 3 * plane + y * w + x
        tl.store(to, red / total)
        tl.store(to + plane, green / total)
        tl.store(to + 2 * plane, blue / total)


@triton.jit
def _quantize(x, basis, turned, scale):
    """Four blocks of 8 x 8 to their cosines, rounded to multiples of `scale`, and back."""
    cosines = tl.dot(tl.dot(basis, x, input_precision="ieee"), turned, input_precision="ieee")
    cosines = tl.floor(cosines / scale + 0.5) * scale
    return tl.dot(tl.dot(turned, cosines, input_precision="ieee"), basis, input_precision="ieee")


@triton.jit(do_not_specialize=["items"])
def _finish(display, rows, image, seeds, basis, quality, items, w, h):
    """Blurs along y (from `rows`), quantizes, adds noise; image [B, 3, h, w] in place: 0 … 1 becomes -1 … 1."""
    picture = tl.program_id(1).to(tl.int64)
    head = display + picture * items * FIELDS
    tile = tl.program_id(0)
    across = w // T
    i, j = tl.arange(0, T)[:, None], tl.arange(0, T)[None, :]
    x, y = (tile % across) * T + j, (tile // across) * T + i
    plane = h * w
    to = image + picture * 3 * plane + y * w + x
    red, green, blue = tl.zeros([T, T], tl.float32), tl.zeros([T, T], tl.float32), tl.zeros([T, T], tl.float32)
    sigma = tl.load(head + BLUR)
    if sigma > 0.05:
        start = rows + picture * 3 * plane + x
        total = 0.0
        for k in range(2 * REACH + 1):
            step = (k - REACH) / sigma
            weight = tl.exp(-0.5 * step * step)
            total += weight
            at = start + tl.minimum(tl.maximum(y + (k - REACH), 0), h - 1) * w
            red += weight * tl.load(at)
            green += weight * tl.load(at + plane)
            blue += weight * tl.load(at + 2 * plane)
        red, green, blue = red / total, green / total, blue / total
    else:
        red, green, blue = tl.load(to), tl.load(to + plane), tl.load(to + 2 * plane)
    jpeg = tl.load(head + JPEG)
    if jpeg > 0:
        forth, back = tl.load(basis + i * T + j), tl.load(basis + j * T + i)
        scale = tl.load(quality + i * T + j) * jpeg
        red, green, blue = _quantize(red, forth, back, scale), _quantize(green, forth, back, scale), _quantize(blue, forth, back, scale)
    noise = tl.load(head + NOISE)
    if noise > 0:
        a, b, c, _ = tl.randn4x(tl.load(seeds + picture), y * w + x)
        red, green, blue = red + a * noise, green + b * noise, blue + c * noise
    tl.store(to, _clamp(red) * 2 - 1)
    tl.store(to + plane, _clamp(green) * 2 - 1)
    tl.store(to + 2 * plane, _clamp(blue) * 2 - 1)


class Fused:
    """texels int32 [n], table int64 [sprites, LEVELS, 3], textures float [TEXTURES * TILE * TILE], dct and quality float [8, 8], all on one device."""

    def __init__(self, texels, table, textures, dct, quality) -> None:
        if len(texels) >= 2**31 or d.MAX_ITEMS > ROOM.value:
            raise ValueError("The atlas or a display list is larger than the kernels' integers hold.")
        self.texels, self.table, self.textures = texels, table, textures
        self.basis = torch.block_diag(dct, dct).contiguous()
        self.quality = quality.repeat(2, 2).contiguous()

    def __call__(self, display: torch.Tensor, counts: torch.Tensor, h: int, w: int, generator: torch.Generator | None = None) -> torch.Tensor:
        """display float [B, items, FIELDS], counts [B], sides that 16 divides -> float [B, 3, h, w] in [-1, 1]. Waits for nothing."""
        b, items = display.shape[:2]
        if items > ROOM.value or h % T.value or w % T.value:
            raise ValueError(f"{items} rows on {w} x {h} pixels: at most {ROOM.value} rows, sides that {T.value} divides.")
        device = display.device
        display, counts = display.contiguous(), counts.contiguous()
        with torch.cuda.device(device) if device.type == "cuda" else contextlib.nullcontext():
            blotches = torch.randn(b, 3, GRID.value, GRID.value, device=device, generator=generator)
            seeds = torch.randint(2**31 - 1, (b,), device=device, generator=generator)
            boxes = torch.empty(b, ROOM.value, BOX.value, dtype=torch.int32, device=device)
            image = torch.empty(b, 3, h, w, device=device)
            rows = torch.empty_like(image)
            tiles = (h // T.value * (w // T.value), b)
            _prepare[(b,)](display, counts, self.table, boxes, items, w, h)
            _compose[tiles](display, counts, boxes, self.texels, self.textures, blotches, image, items, w, h, num_warps=2)
            _blur_rows[tiles](display, image, rows, items, w, h, num_warps=2)
            _finish[tiles](display, rows, image, seeds, self.basis, self.quality, items, w, h, num_warps=2)
        return image
