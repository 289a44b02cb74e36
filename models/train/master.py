"""All parameters as one flat float32 master, and the leaf copies the network computes with.

Each step the copies are written from the master, rounded to the computing type or through fake INT4. Gradients with respect to the
copies are applied to the master, which is the straight-through estimator (Bengio et al. 2013, arXiv 1308.3432).
"""
from __future__ import annotations

import math

import torch

from autoglm_phone import AutoGLMPhone, Config

BLOCK = 32  # quantization block of nano


class Weights:
    """Order of the master: the layers' matrices stacked by shape, the embedding, then everything else ("flat": norms,
    convolutions, biases and the auxiliary heads, which only training has).

    ``leaf`` maps a parameter's name to what the network computes with; a layer's query, key and value matrices also come as one,
    ``….self_attn.qkv`` [3 C, C]. ``grad`` and ``flat_grad`` hold the leaves' gradients in the order of the master.
    """

    EMBED = "embed_tokens.weight"

    def __init__(self, config: Config, device, dtype, heads: dict | None = None):
        self.config = config
        with torch.device("meta"):
            shapes = {name: tuple(p.shape) for name, p in AutoGLMPhone(config).named_parameters()}
        self.heads = heads or {}
        stacks: dict = {}
        for name, shape in shapes.items():
            if len(shape) == 2 and name != self.EMBED:
                stacks.setdefault(shape, []).append(name)
        flat = {name: shape for name, shape in shapes.items() if len(shape) != 2} | self.heads
        self.stacks = {shape: tuple(names) for shape, names in stacks.items()}
        order = [(name, shape) for shape, names in stacks.items() for name in names] + [(self.EMBED, shapes[self.EMBED])]
        self.places, at = {}, 0
        for name, shape in [*order, *flat.items()]:
            if name in flat and at % 64:  # every tensor of the flat part starts at a multiple of 256 bytes
                at += 64 - at % 64
            if name == next(iter(flat)):
                self.matrices = at
            self.places[name] = (at, shape)
            at += math.prod(shape)
        self.master = torch.zeros(at, device=device)
        self.copy = torch.zeros(self.matrices, device=device, dtype=dtype)
        self.grad = torch.zeros_like(self.copy)
        self.flat_grad = torch.zeros(at - self.matrices, device=device)
        self.fake = fake_int4
        self.leaf = {}
        for name, (a, shape) in self.places.items():
            if name in flat:
                self._leaf(name, self.master, self.flat_grad, a, a - self.matrices, shape)
            elif name.endswith("q_proj.weight"):
                k, v = (name.replace("q_proj", f"{p}_proj") for p in "kv")
                n = math.prod(shape)
                assert self.places[k][0] == a + n and self.places[v][0] == a + 2 * n, name
                self._leaf(name.replace("q_proj.weight", "qkv"), self.copy, self.grad, a, a, (3 * shape[0], shape[1]))
            elif not name.endswith(("k_proj.weight", "v_proj.weight")):
                self._leaf(name, self.copy, self.grad, a, a, shape)

    def _leaf(self, name, data, grads, a: int, b: int, shape) -> None:
        n = math.prod(shape)
        t = data[a : a + n].view(shape).detach().requires_grad_()
        t.grad = grads[b : b + n].view(shape)
        self.leaf[name] = t

    def view(self, name) -> torch.Tensor:
        """A parameter in the master by name, or a stack of matrices [n, rows, columns] by their shape."""
        a, shape = self.places[self.stacks[name][0]] if name in self.stacks else self.places[name]
        if name in self.stacks:
            shape = (len(self.stacks[name]), *shape)
        return self.master[a : a + math.prod(shape)].view(shape)

    def stack_grad(self, shape) -> torch.Tensor:
        a = self.places[self.stacks[shape][0]][0]
        n = len(self.stacks[shape])
        return self.grad[a : a + n * math.prod(shape)].view(n, *shape)

    @torch.no_grad()
    def refresh(self, quantized: bool) -> None:
        """Writes the leaf copies from the master, through fake INT4 when quantized."""
        w = self.master[: self.matrices].view(-1, BLOCK)
        self.copy.view(-1, BLOCK).copy_(self.fake(w) if quantized else w)

    def clear(self) -> None:
        """Gradients to zero, and every leaf's gradient back to its place in the flat ones."""
        self.grad.zero_()
        self.flat_grad.zero_()

    @torch.no_grad()
    def load(self, tensors: dict) -> None:
        for name in self.places:
            if name not in self.heads:
                self.view(name).copy_(tensors[name])

    def state(self) -> dict:
        """Name -> tensor of everything but the auxiliary heads, as ``AutoGLMPhone.load_state_dict`` takes it."""
        return {name: self.view(name).detach().clone() for name in self.places if name not in self.heads}


def fake_int4(w: torch.Tensor) -> torch.Tensor:
    """w [blocks, 32] float32 -> (q - 8) * scale, models/README.md section 3."""
    top, bottom = w.amax(-1, keepdim=True), w.amin(-1, keepdim=True)
    scale = (torch.where(top > -bottom, top, bottom) / -8).half().float()
    q = (w / torch.where(scale == 0, torch.ones_like(scale), scale)).round().clamp(-8, 7)
    return q * scale
