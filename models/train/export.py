"""Writes the trained weights for the ONNX builder, in parts small enough to be carried off a GPU host.

    python export.py RUN/checkpoint.pt --out DIR       (train.py does it at its end, into RUN/model)
    python export.py join DIR                          joins model.safetensors.00 … into model.safetensors

Matrices are stored as float16, norm weights as float32. Float16 rounding must not change the INT4 codes that were trained: each
block is quantized before and after rounding, and an element whose code would change is set to the middle of its code's bin.
The report counts what differed. ``evaluate.py`` reads this folder, so what is measured is what is shipped.
"""
from __future__ import annotations

import argparse
import glob
import json
import os
import sys

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
    for old in glob.glob(path + ".[0-9][0-9]"):
        os.remove(old)
    with open(path, "rb") as f:
        for i in range(100):
            data = f.read(PART)
            if not data:
                break
            with open(f"{path}.{i:02d}", "wb") as part:
                part.write(data)
    config.save(os.path.join(out, "config.json"))
    if os.path.abspath(tokenizer) != os.path.abspath(os.path.join(out, "tokenizer.json")):
        with open(tokenizer, encoding="utf8") as f, open(os.path.join(out, "tokenizer.json"), "w", encoding="utf8") as to:
            json.dump(json.load(f), to, ensure_ascii=False, separators=(",", ":"))
            to.write("\n")
    with open(os.path.join(out, "training.json"), "w") as f:
        json.dump({**about, "weights": total, "nudged": nudged, "int4_codes_changed_by_float16": different}, f, indent=2)
        f.write("\n")
    print(f"{path}: {os.path.getsize(path) / 1e6:.1f} MB in {i} parts; of {total:,} weights float16 would have changed the INT4 code of "
          f"{nudged:,} (nudged); {different:,} still differ", flush=True)


def join(folder: str) -> None:
    path = os.path.join(folder, "model.safetensors")
    with open(path + ".part", "wb") as f:
        for part in sorted(glob.glob(path + ".[0-9][0-9]")):
            with open(part, "rb") as p:
                f.write(p.read())
    os.replace(path + ".part", path)
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
