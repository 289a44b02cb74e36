"""Writes the trained weights for the ONNX builder, in parts small enough to be carried off a GPU host.

    python export.py RUN/checkpoint.pt --out DIR       (train.py does it at its end, into RUN/model)
    python export.py join DIR                          joins model.safetensors.00 …, or model.int4.npz.00 …, into model.safetensors

Every export writes both: ``model.safetensors`` (float16, 124 MB of nano) and ``model.int4.npz`` (38 MB), which fits through one call.
The small one has the INT4 codes and float16 scales of the matrices and everything else in float32; what ``join`` makes of it are
float16 values with the same codes and scales, so an INT4 package built from it is the same. Builds in float16 or INT8 want the large one.

Matrices are stored as float16, norm weights as float32. Float16 rounding must not change the INT4 codes that were trained: each
block is quantized before and after rounding, and an element whose code would change is set to the middle of its code's bin.
The report counts what differed. ``evaluate.py`` reads this folder, so what is measured is what is shipped.
"""
from __future__ import annotations

import argparse
import glob
import hashlib
import json
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from autoglm_phone import Config, dequantize, load_safetensors, quantize, save_safetensors  # noqa: E402

PART = 15 * 1024 * 1024


def to_half(w: torch.Tensor) -> tuple[torch.Tensor, int, int]:
    """w [rows, columns] float32 -> float16 with the same INT4 codes and scales; elements nudged; elements still different."""
    q, scale = quantize(w)
    half = w.half()
    q2, s2 = quantize(half.float())
    wrong = ((q2 != q) | (s2 != scale)).reshape(w.shape)
    nudged = int(wrong.sum())
    if nudged:
        half = torch.where(wrong, dequantize(q, scale, w.shape[1]).half(), half)
        q2, s2 = quantize(half.float())
    return half, nudged, int(((q2 != q) | (s2 != scale)).sum())


@torch.no_grad()
def export(tensors: dict, config: Config, tokenizer: str, out: str, about: dict) -> None:
    os.makedirs(out, exist_ok=True)
    saved, nudged, different, total = {}, 0, 0, 0
    for name, t in tensors.items():
        t = t.detach().float().cpu().contiguous()
        if t.dim() == 2:
            saved[name], a, b = to_half(t)
            nudged, different, total = nudged + a, different + b, total + t.numel()
        else:
            saved[name] = t
    path = os.path.join(out, "model.safetensors")
    save_safetensors(path, saved)
    parts = split(path)
    packed = os.path.join(out, "model.int4.npz")
    pack_int4(packed, saved)
    small = split(packed)
    config.save(os.path.join(out, "config.json"))
    if os.path.abspath(tokenizer) != os.path.abspath(os.path.join(out, "tokenizer.json")):
        with open(tokenizer, encoding="utf8") as f, open(os.path.join(out, "tokenizer.json"), "w", encoding="utf8") as to:
            json.dump(json.load(f), to, ensure_ascii=False, separators=(",", ":"))
            to.write("\n")
    with open(os.path.join(out, "training.json"), "w") as f:
        json.dump({**about, "weights": total, "nudged": nudged, "int4_codes_changed_by_float16": different,
                   "sha256": {os.path.basename(p): digest(p) for p in (path, packed)}}, f, indent=2)
        f.write("\n")
    print(f"{path}: {os.path.getsize(path) / 1e6:.1f} MB in {parts} parts, {os.path.getsize(packed) / 1e6:.1f} MB as INT4 in {small}; of {total:,} weights float16 would have changed the INT4 code of "
          f"{nudged:,} (nudged); {different:,} still differ", flush=True)


def digest(path: str) -> str:
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def split(path: str) -> int:
    """Cuts a file into FILE.00, FILE.01, … of at most PART bytes; returns how many."""
    for old in glob.glob(path + ".[0-9][0-9]"):
        os.remove(old)
    with open(path, "rb") as f:
        for i in range(100):
            data = f.read(PART)
            if not data:
                return i
            with open(f"{path}.{i:02d}", "wb") as part:
                part.write(data)
    raise ValueError(f"{path} has more than 100 parts")


def glue(path: str) -> bool:
    """FILE.00, FILE.01, … -> FILE, compared with training.json where that is; False where there are none."""
    parts = sorted(glob.glob(path + ".[0-9][0-9]"))
    if parts:
        with open(path + ".part", "wb") as f:
            for part in parts:
                with open(part, "rb") as p:
                    f.write(p.read())
        about = os.path.join(os.path.dirname(path), "training.json")
        if os.path.exists(about):
            with open(about) as f:
                want = json.load(f).get("sha256", {}).get(os.path.basename(path))
            if want and want != digest(path + ".part"):
                sys.exit(f"{path}: its {len(parts)} parts are not what training.json says: one is missing, or they are of two exports. Bring all of them again")
        os.replace(path + ".part", path)
    return bool(parts)


def pack_int4(path: str, tensors: dict) -> None:
    """Matrices as ``NAME:codes`` uint8 [rows, blocks, 16] (two codes a byte, the first one low) and ``NAME:scales`` float16 [rows, blocks, 1],
    ``NAME:columns``; everything else as NAME in float32. An uncompressed .npz."""
    arrays = {}
    for name, t in tensors.items():
        if t.dim() == 2:
            q, scale = quantize(t.float())
            q = q.to(torch.uint8).numpy()
            arrays |= {f"{name}:codes": q[..., 0::2] | q[..., 1::2] << 4, f"{name}:scales": scale.numpy(), f"{name}:columns": np.int64(t.shape[1])}
        else:
            arrays[name] = t.float().numpy()
    with open(path + ".part", "wb") as f:
        np.savez(f, **arrays)
    os.replace(path + ".part", path)


def unpack_int4(path: str) -> tuple[dict, int]:
    """-> tensors as ``export`` saves them, the matrices float16; how many codes or scales would be others after quantizing them again (none are)."""
    tensors, different = {}, 0
    with np.load(path) as arrays:
        for key in arrays.files:
            name, _, kind = key.partition(":")
            if not kind:
                tensors[name] = torch.from_numpy(arrays[key])
            elif kind == "codes":
                codes, scale = arrays[key], torch.from_numpy(arrays[f"{name}:scales"])
                q = torch.from_numpy(np.stack([codes & 15, codes >> 4], -1).reshape(*codes.shape[:2], -1).astype(np.float32))
                tensors[name] = dequantize(q, scale, int(arrays[f"{name}:columns"])).half()
                q2, s2 = quantize(tensors[name].float())
                different += int(((q2 != q) | (s2 != scale)).sum())
    return tensors, different


def read_weights(path: str) -> dict:
    """Tensors in float32 of what ``export`` wrote, in either form."""
    tensors = unpack_int4(path)[0] if path.endswith(".npz") else load_safetensors(path)
    return {name: t.float() for name, t in tensors.items()}


def join(folder: str) -> None:
    path, packed = os.path.join(folder, "model.safetensors"), os.path.join(folder, "model.int4.npz")
    if not glue(path):
        if not glue(packed) and not os.path.exists(packed):
            sys.exit(f"{folder} has parts of neither model.safetensors nor model.int4.npz: bring them there first")
        tensors, different = unpack_int4(packed)
        save_safetensors(path, tensors)
        print(f"{path} is made of INT4 codes; {different:,} of them would change in float16")
    print(f"{path}: {os.path.getsize(path):,} bytes, {len(load_safetensors(path))} tensors")


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "join":
        return join(sys.argv[2])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=False)  # our own file
    from master import Weights

    config = saved["config"]
    weights = Weights(config, "cpu", torch.float32, saved["heads"])
    weights.master.copy_(saved["master"])
    export(weights.state(), config, saved["args"]["tokenizer"], args.out,
           {"steps": saved["step"], "minutes": saved["elapsed"] / 60, "seed": saved["args"]["seed"], "unfinished": True})


if __name__ == "__main__":
    main()
