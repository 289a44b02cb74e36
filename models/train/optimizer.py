"""Muon for the matrices of the layers, Adam for everything else, on the flat master of ``master.Weights``.

Sources: Muon: Jordan et al. 2024 (kellerjordan.github.io/posts/muon), its scale so that Adam's learning rates fit: Liu et al. 2025
(arXiv 2502.16982).
"""
from __future__ import annotations

import math

import torch

from master import Weights


def orthogonalize(g: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Newton-Schulz: the nearest semi-orthogonal matrix, roughly, to each g [n, rows, columns]."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.to(torch.bfloat16 if g.is_cuda else torch.float32)
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.float().flatten(1).norm(dim=1)[:, None, None] + 1e-7).to(x.dtype)
    for _ in range(steps):
        s = torch.bmm(x, x.transpose(1, 2))
        s = torch.baddbmm(s, s, s, beta=b, alpha=c)
        x = torch.baddbmm(x, s, x, beta=a)
    return x.transpose(1, 2) if tall else x


class Optimizer:
    """Muon for the layers' matrices (stacked by shape), Adam for the embedding, norms, convolutions and heads; on the flat master."""

    MOMENTUM, BETA1, BETA2, EPS = 0.95, 0.9, 0.98, 1e-9
    SLOW = {"speech.wave_embed.filters.weight": 0.03}  # starts as a good filter bank: steps as large as elsewhere would blur it

    def __init__(self, weights: Weights, args, world: int = 1):
        self.w, self.args, self.world = weights, args, world
        self.embed = weights.places[Weights.EMBED][0]
        n = len(weights.master) - self.embed  # Adam's part: the embedding and the flat rest
        self.momentum = torch.zeros(self.embed, device=weights.master.device)
        self.first, self.second = torch.zeros(n, device=weights.master.device), torch.zeros(n, device=weights.master.device)
        self.rates = torch.ones(n, device=weights.master.device)
        senses = lambda name: name.startswith(("speech.", "vision.", "aux."))  # noqa: E731
        rates = {name: args.senses_rate for name in weights.places if senses(name)}
        for name, rate in self.SLOW.items():
            rates[name] = rate * rates.get(name, 1.0)
        for name, rate in rates.items():
            if name in weights.places and weights.places[name][0] >= self.embed:
                a, shape = weights.places[name]
                self.rates[a - self.embed : a - self.embed + math.prod(shape)] = rate
        self.stack_rates = {shape: args.senses_rate if all(map(senses, names)) else 1.0 for shape, names in weights.stacks.items()}
        self.count = 0
        self.numbers = torch.zeros(4, device=weights.master.device)  # of this step: Muon's rate, Adam's rate, Adam's two corrections
        self.update = self._update

    def stack(self, flat: torch.Tensor, shape) -> torch.Tensor:
        a, n = self.w.places[self.w.stacks[shape][0]][0], len(self.w.stacks[shape])
        return flat[a : a + n * shape[0] * shape[1]].view(n, *shape)

    @torch.no_grad()
    def step(self, factor: float) -> torch.Tensor:
        """One update with learning rates scaled by factor; returns the gradient's norm (on the device, overwritten by the next step)."""
        self.count += 1
        if self.world > 1:
            for g in (self.w.grad, self.w.flat_grad):
                torch.distributed.all_reduce(g)
        for place, value in zip(self.numbers, (self.args.lr_muon * factor, self.args.lr * factor, 1 - self.BETA1**self.count, 1 - self.BETA2**self.count)):
            place.fill_(value)
        self.update()
        return self.size

    @torch.no_grad()
    def _update(self) -> None:
        """Everything of a step that is the same every time, so that it can be captured as a graph."""
        w = self.w
        lr_muon, lr, c1, c2 = self.numbers
        grads = (w.grad, w.flat_grad)
        if self.world > 1:
            torch._foreach_div_(grads, self.world)
        self.size = torch.stack([w.grad.float().norm() if not w.grad.is_cuda else torch.linalg.vector_norm(w.grad, dtype=torch.float32), w.flat_grad.norm()]).norm()
        clip = (1.0 / (self.size + 1e-6)).clamp(max=1.0)
        self.momentum.lerp_(w.grad[: self.embed].float() * clip, 1 - self.MOMENTUM)
        for shape in w.stacks:
            g = w.stack_grad(shape).float() * clip
            u = orthogonalize(g.lerp_(self.stack(self.momentum, shape), self.MOMENTUM))
            scale = 0.2 * math.sqrt(max(shape))  # the update's root mean square is 0.2, as Adam's
            rate = lr_muon * self.stack_rates[shape]
            w.view(shape).mul_(1 - rate * self.args.weight_decay).addcmul_(u.to(w.master.dtype), rate, value=-scale)
        g = torch.cat([w.grad[self.embed :].float(), w.flat_grad]) * clip
        self.first.lerp_(g, 1 - self.BETA1)
        self.second.mul_(self.BETA2).addcmul_(g, g, value=1 - self.BETA2)
        w.master[self.embed :].addcdiv_(self.first * (self.rates * (lr / c1)), (self.second / c2).sqrt_().add_(self.EPS), value=-1)
        w.clear()

    def capture(self, log=print) -> None:
        """From here on a step is one CUDA graph, where it can be captured and computes what it did before."""
        from graphs import capture

        mine = self.w.master, self.momentum, self.first, self.second
        before = [t.clone() for t in mine]
        noise = torch.randn(self.w.grad.shape, device=self.w.grad.device).to(self.w.grad.dtype) * 1e-3

        def again() -> None:
            for t, old in zip(mine, before):
                t.copy_(old)
            self.w.grad.copy_(noise)
            self.w.flat_grad.fill_(1e-3)
            self.numbers.copy_(torch.tensor([1e-3, 1e-3, 0.1, 0.02]))

        again()
        self._update()
        want = self.w.master.clone()
        again()
        update = capture(self._update, log, "the optimizer")
        again()
        update()
        worst = float((self.w.master - want).norm() / (want - before[0]).norm())
        if worst < 0.02:
            self.update = update
        else:
            log(f"graphs: the optimizer's graph is off by {worst:.1e}, not used")
        again()
        self.w.clear()

    def state(self) -> dict:
        return {"momentum": self.momentum, "first": self.first, "second": self.second, "count": self.count}

    def load(self, state: dict) -> None:
        for kind in ("momentum", "first", "second"):
            getattr(self, kind).copy_(state[kind])
        self.count = state["count"]
