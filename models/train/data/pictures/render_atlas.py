"""Sprites as the renderer needs them: decoded, premultiplied, with smaller levels, in one array. NumPy; PIL to decode.

Decoding takes seconds, so that processes share it and the result is kept beside the art, named after the contents of the files.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from .shapes import masks

HERE = Path(__file__).parent
LEVELS = 4
TEXTURES = 40
TILE = 256
GAP = 256  # clear texels before and after: a sampler reads one row and one texel beyond a sprite one texel wide or high
FILES = ("art.bin", "glyphs.bin", "test.bin", "test_glyphs.bin")


def atlas(folder: str | Path | None = None, test: bool = False, cache: Path | None = HERE / ".cache") -> tuple[np.ndarray, np.ndarray]:
    """-> texels int32 [n] (RGBA bytes, premultiplied), table int64 [sprites, LEVELS, 3]: offset, width, height.

    `folder` holds the packed art; `test` takes the held-out styles and fonts too (a sprite that is not loaded is 2 x 2 clear texels).
    `cache`: where the result is kept, None for nowhere.
    """
    folder = Path(folder) if folder else HERE / "art"
    name, kind = "", "test" if test else "train"
    if cache:
        digest = hashlib.blake2b(digest_size=8)
        for path in (Path(__file__), HERE / "shapes.py", HERE / "art.json", HERE / "glyphs.json", *(folder / f for f in FILES[: 4 if test else 2])):
            digest.update(path.read_bytes() if path.exists() else b"-")
        name = f"atlas-{kind}-{digest.hexdigest()}.npy"
        if (cache / name).exists():
            return _split(np.load(cache / name, mmap_mode="c"))
    texels, table = _shared(folder, test, max(1, min(8, (os.cpu_count() or 1) // 2)))
    if cache:
        _keep(cache, name, kind, texels, table)
    return texels, table


def _split(whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    end = 1 + int(whole[0]) * LEVELS * 3
    return whole[end:], whole[1:end].astype(np.int64).reshape(-1, LEVELS, 3)


def _keep(cache: Path, name: str, kind: str, texels: np.ndarray, table: np.ndarray) -> None:
    """Two ranks may write at once, and the disk may be full or read-only: the next start decodes again then."""
    part = cache / f"{name}.{os.getpid()}"
    try:
        cache.mkdir(exist_ok=True)
        with part.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "<i4", "fortran_order": False, "shape": (1 + table.size + len(texels),)})
            for block in (np.int32([len(table)]), table.astype(np.int32), texels):
                file.write(memoryview(block).cast("B"))
        part.replace(cache / name)
        for old in cache.glob(f"atlas-{kind}-*.npy"):
            if old.name != name:
                old.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()


def _shared(folder: Path, test: bool, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Processes of their own interpreter: forking is not safe once CUDA runs, and spawning would import the training program again."""
    command = [sys.executable, "-m", f"{__package__}.{Path(__file__).stem}", str(folder.resolve()), str(int(test))]
    root = HERE.parents[len(__package__.split(".")) - 1]
    others = [subprocess.Popen([*command, str(k), str(parts)], stdout=subprocess.PIPE, cwd=root) for k in range(1, parts)]
    with ThreadPoolExecutor(parts) as pool:
        answers = [pool.submit(process.communicate) for process in others]
        done = [_decode(folder, test, 0, parts)]
        for process, answer in zip(others, answers):
            data = answer.result()[0]
            if process.wait():
                raise RuntimeError(f"A process that decodes the art ended with status {process.returncode}. Its message is above.")
            sprites, rows = np.frombuffer(data, np.int64, 2)
            numbers, places = (np.frombuffer(data, np.int64, n, at) for n, at in ((rows, 16), (rows * LEVELS * 3, 16 + rows * 8)))
            done.append((sprites, numbers, places.reshape(-1, LEVELS, 3), np.frombuffer(data, np.int32, -1, 16 + rows * 8 * (1 + LEVELS * 3))))
    table = np.tile(np.int64([0, 2, 2]), (int(done[0][0]), LEVELS, 1))
    at = GAP
    for _, numbers, places, texels in done:
        table[numbers] = places + np.int64([at, 0, 0])
        at += len(texels)
    clear = np.zeros(GAP, np.int32)
    return np.concatenate([clear, *(texels for *_, texels in done), clear]), table


def _decode(folder: Path, test: bool, part: int, parts: int) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Every sprite whose number (a glyph: whose font) leaves `part` -> sprites in all, numbers [n], table [n, LEVELS, 3], texels."""
    from PIL import Image

    files = {f: (folder / f).read_bytes() if (folder / f).exists() else b"" for f in FILES[: 4 if test else 2]}
    index = json.loads((HERE / "art.json").read_text(encoding="utf8"))
    shapes = masks()
    alike: dict[tuple, list[tuple[int, np.ndarray]]] = {}
    add = lambda i, a: alike.setdefault(a.shape, []).append((i, a))  # noqa: E731
    for i, mask in enumerate(shapes):
        if i % parts == part:
            add(i, mask)
    sprite = len(shapes)
    for i, (_, style, at, size, *_) in enumerate(index["sprites"], sprite):
        data = files.get("test.bin" if index["styles"][style]["test"] else "art.bin")
        if data and i % parts == part:
            rgba = np.asarray(Image.open(io.BytesIO(data[at : at + size]), formats=("WEBP", "PNG")).convert("RGBA"))
            alpha = rgba[..., 3:]
            add(i, np.concatenate([(rgba[..., :3].astype(np.uint16) * alpha + 127) // 255, alpha], -1, dtype=np.uint8, casting="unsafe"))
    sprite += len(index["sprites"])
    for i, font in enumerate(json.loads((HERE / "glyphs.json").read_text(encoding="utf8"))):
        data = files.get("test_glyphs.bin" if font["test"] else "glyphs.bin")
        if data and i % parts == part:
            raw, at = np.frombuffer(zlib.decompress(data[font["at"] : font["at"] + font["bytes"]]), np.uint8), 0
            for k, (w, h, *_) in enumerate(font["table"], sprite):
                add(k, raw[at : at + w * h].reshape(h, w))
                at += w * h
        sprite += len(font["table"])
    return sprite, *pack(alike)


def pack(alike: dict[tuple, list[tuple[int, np.ndarray]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sprites (number, uint8 [h, w] coverage or [h, w, 4]) by shape -> numbers [n], table [n, LEVELS, 3], texels int32."""
    numbers, tables, texels, end = [], [], [], 0
    for some in alike.values():
        pyramid = levels(np.stack([a for _, a in some]))
        table = np.empty((len(some), LEVELS, 3), np.int64)
        for k, level in enumerate(pyramid):
            if k and level is pyramid[k - 1]:
                table[:, k] = table[:, k - 1]
                continue
            h, w = level.shape[1:3]
            table[:, k] = np.stack([end + np.arange(len(some)) * (w * h), np.full(len(some), w), np.full(len(some), h)], -1)
            texels.append(np.ascontiguousarray(level).view(np.int32).ravel() if level.ndim == 4 else (level.astype(np.uint32) * 0x01010101).view(np.int32).ravel())
            end += len(some) * w * h
        numbers.append(np.int64([i for i, _ in some]))
        tables.append(table)
    return np.concatenate(numbers), np.concatenate(tables), np.concatenate(texels)


def _half(a: np.ndarray) -> np.ndarray:
    """[n, h, w, …] averaged 2 x 2; an odd edge counts twice."""
    h, w = a.shape[1:3]
    if h % 2:
        a = np.concatenate([a, a[:, -1:]], 1)
    if w % 2:
        a = np.concatenate([a, a[:, :, -1:]], 2)
    a = a.astype(np.uint16)
    return ((a[:, ::2, ::2] + a[:, 1::2, ::2] + a[:, ::2, 1::2] + a[:, 1::2, 1::2] + 2) // 4).astype(np.uint8)


def levels(sprites: np.ndarray) -> list[np.ndarray]:
    """Sprites of one shape and their halves, LEVELS in all; small ones stay as they are."""
    out = [sprites]
    while len(out) < LEVELS:
        out.append(_half(out[-1]) if min(out[-1].shape[1:3]) >= 8 else out[-1])
    return out


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


if __name__ == "__main__":
    total, some, places, data = _decode(Path(sys.argv[1]), sys.argv[2] == "1", int(sys.argv[3]), int(sys.argv[4]))
    for block in (np.int64([total, len(some)]), some, places, data):
        sys.stdout.buffer.write(memoryview(block).cast("B"))
