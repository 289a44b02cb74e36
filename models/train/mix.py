"""Mixes two runs' weights: of every tensor a share of the second and the rest of the first. Runs that one began from the other's weights
lie close enough for it.

    python mix.py FIRST SECOND OUT speech=1 adapter=1 fusion=1 decoder=0.5 vision=0.6 0.25

FIRST and SECOND are folders with model.safetensors (``export.py join`` makes it), config.json and tokenizer.json. ``name=share`` is for the
tensors whose names begin so, the bare number for all others. OUT gets float16; rounding to INT4 is the builder's (``--awq``).

Source: model soups, Wortsman et al. 2022 (arXiv 2203.05482), with a share for each part.
"""
from __future__ import annotations

import os
import shutil
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from autoglm_phone import load_safetensors, save_safetensors  # noqa: E402


def mix(first: dict, second: dict, shares: dict[str, float], other: float) -> dict:
    """Tensors by name, in the first one's types. ValueError where the two have not the same names and shapes, or a share is for no tensor."""
    if {k: t.shape for k, t in first.items()} != {k: t.shape for k, t in second.items()}:
        raise ValueError("the two have not the same tensors")
    for prefix in shares:
        if not any(name.startswith(prefix) for name in first):
            raise ValueError(f"no tensor's name begins with {prefix}")
    mixed = {}
    for name, t in first.items():
        share = next((s for prefix, s in shares.items() if name.startswith(prefix)), other)
        mixed[name] = torch.lerp(t.float(), second[name].float(), share).to(t.dtype)
    return mixed


def main() -> None:
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    first, second, out, *given = sys.argv[1:]
    shares = {name: float(share) for name, _, share in (one.partition("=") for one in given[:-1])}
    mixed = mix(*(load_safetensors(os.path.join(folder, "model.safetensors")) for folder in (first, second)), shares, float(given[-1]))
    os.makedirs(out, exist_ok=True)
    save_safetensors(os.path.join(out, "model.safetensors"), mixed)
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(os.path.join(second, name), out)


if __name__ == "__main__":
    main()
