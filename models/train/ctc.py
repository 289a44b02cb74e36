"""Connectionist temporal classification (Graves et al. 2006) that never waits for the GPU.

``F.ctc_loss`` copies lengths and offsets between host and device, which stops the stream in its backward pass. Here a Triton kernel
runs the forward variables of every clip, and of every clip reversed, which are its backward variables; a second one adds
up the gradient -P(state at t | labels) with respect to the log-probabilities. ``choose_ctc`` compares it with ``F.ctc_loss`` first.

Blanks and labels are kept apart: blank i stands before label i, and blank L at the end. So a step needs its neighbour only for labels.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F

try:
    import triton
    import triton.language as tl
except ImportError:  # no GPU here
    triton = None

NONE = -1e30  # log of a probability of zero


def ctc_plain(logp, first, rows, labels, cut, weight, host: dict):
    """The same by ``F.ctc_loss``; lengths come from ``host``, where ``row_counts`` and ``phone_counts`` are lists."""
    counts = torch.tensor(host["row_counts"])
    first, at = first[: len(counts)], torch.arange(int(counts.max()), device=logp.device)
    padded = logp[(first[:, None] + at).clamp(max=len(logp) - 1).long()].transpose(0, 1)
    loss = F.ctc_loss(padded, labels[: sum(host["phone_counts"])].long(), counts, torch.tensor(host["phone_counts"]), reduction="none", zero_infinity=True)
    return (loss * weight).sum()


if triton:

    @triton.jit
    def _add(a, b):
        """log(exp(a) + exp(b))"""
        top = tl.maximum(a, b)
        return top + tl.log(tl.exp(a - top) + tl.exp(b - top))

    @triton.jit
    def _states(logp, first, rows, labels, cut, states, loss, total, classes: tl.constexpr, SIZE: tl.constexpr):
        """Forward variables of clip program_id(0), of the reversed one where program_id(1) is 1 -> states [2, blank or label, total, SIZE]."""
        clip, back = tl.program_id(0), tl.program_id(1)
        start, steps, a = tl.load(first + clip), tl.load(rows + clip), tl.load(cut + clip)
        n = tl.load(cut + clip + 1) - a
        i = tl.arange(0, SIZE)
        real = i < n
        label = tl.load(labels + a + tl.where(back == 1, n - 1 - i, i), mask=real, other=0)
        before = tl.load(labels + a + tl.where(back == 1, n - i, i - 1), mask=real & (i > 0), other=-1)
        follows = real & (i > 0) & (label != before)  # a label may follow another one without a blank between
        row = start + tl.where(back == 1, steps - 1, 0)
        step = tl.where(back == 1, -1, 1)
        blanks = states + back * 2 * total * SIZE
        names = blanks + total * SIZE
        blank = tl.where(i == 0, tl.load(logp + row * classes), -1e30)
        name = tl.where(real & (i == 0), tl.load(logp + row * classes + label, mask=real, other=-1e30), -1e30)
        tl.store(blanks + row * SIZE + i, blank)
        tl.store(names + row * SIZE + i, name)
        for _ in range(1, steps):
            tl.debug_barrier()  # the neighbour's value was written by another thread
            neighbour = tl.load(names + row * SIZE + i - 1, mask=i > 0, other=-1e30)
            row += step
            lb = tl.load(logp + row * classes)
            ln = tl.load(logp + row * classes + label, mask=real, other=-1e30)
            stay = _add(name, blank)
            name = tl.where(real, tl.maximum(_add(stay, tl.where(follows, neighbour, -1e30)) + ln, -1e30), -1e30)
            blank = tl.where(i <= n, tl.maximum(_add(blank, neighbour) + lb, -1e30), -1e30)
            tl.store(blanks + row * SIZE + i, blank)
            tl.store(names + row * SIZE + i, name)
        last_blank = tl.max(tl.where(i == n, blank, -1e30), 0)
        last_name = tl.max(tl.where(i == n - 1, name, -1e30), 0)
        if back == 0:
            tl.store(loss + clip, -_add(last_blank, last_name))

    @triton.jit
    def _gradient(logp, first, rows, labels, cut, states, loss, weight, grad, total, classes: tl.constexpr, SIZE: tl.constexpr):
        """Row program_id(1) of clip program_id(0): adds -weight * P(state) to the zeroed grad [total, classes]."""
        clip, t = tl.program_id(0), tl.program_id(1)
        if t < tl.load(rows + clip):
            nll = tl.load(loss + clip)
            if nll < 1e29:  # else the labels do not fit into the rows
                a = tl.load(cut + clip)
                n = tl.load(cut + clip + 1) - a
                row = tl.load(first + clip) + t
                w = tl.load(weight + clip)
                i = tl.arange(0, SIZE)
                real = i < n
                label = tl.load(labels + a + i, mask=real, other=0)
                here = states + row * SIZE
                plane = total * SIZE
                blank = tl.load(here + i) + tl.load(here + 2 * plane + n - i, mask=i <= n, other=-1e30)
                name = tl.load(here + plane + i) + tl.load(here + 3 * plane + n - 1 - i, mask=real, other=-1e30)
                lb = tl.load(logp + row * classes)
                ln = tl.load(logp + row * classes + label, mask=real, other=0.0)
                p = tl.where(i <= n, tl.exp(blank - lb + nll), 0.0)
                tl.atomic_add(grad + row * classes, -w * tl.sum(p, 0))
                tl.atomic_add(grad + row * classes + label, -w * tl.exp(name - ln + nll), mask=real)


class Ctc(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logp, first, rows, labels, cut, weight, longest: int, most: int):
        clips, (total, classes) = len(rows), logp.shape
        size = max(64, triton.next_power_of_2(most + 1))
        states = logp.new_empty(4 * total * size)
        loss, grad = logp.new_empty(clips), torch.zeros_like(logp)
        _states[(clips, 2)](logp, first, rows, labels, cut, states, loss, total, classes, size, num_warps=min(4, max(1, size // 64)), num_stages=1)
        _gradient[(clips, longest)](logp, first, rows, labels, cut, states, loss, weight, grad, total, classes, size, num_warps=1, num_stages=1)
        ctx.save_for_backward(grad)
        return (torch.where(loss < 1e29, loss, torch.zeros_like(loss)) * weight).sum()

    @staticmethod
    def backward(ctx, grad):
        return (ctx.saved_tensors[0] * grad, *[None] * 7)


def ctc_triton(logp, first, rows, labels, cut, weight, host: dict):
    """Weighted sum of the clips' losses, a number; clips whose labels do not fit count as 0 (as zero_infinity).

    logp [N, classes] float32 log-probabilities, class 0 the blank; clip k has rows first[k] … first[k] + rows[k] - 1 of it and the labels
    cut[k] … cut[k + 1] - 1, all int32; weight [clips] float32. host: ``row_counts`` and ``phone_counts`` once more, as lists.
    """
    return Ctc.apply(logp, first, rows, labels, cut, weight, max(host["row_counts"]), max(host["phone_counts"]))


def example(device, seed: int = 0, classes: int = 97, lengths=((60, 12), (310, 100), (7, 3), (9, 0), (3, 5), (1, 1), (128, 63))) -> tuple:
    """Arguments for the functions above: random scores, labels with repetitions; the fifth clip's labels do not fit."""
    g = torch.Generator().manual_seed(seed)
    rows, counts = zip(*lengths)
    scores = torch.randn(sum(rows) + 40, classes, generator=g).to(device)
    labels = torch.randint(1, 6, (sum(counts),), generator=g, dtype=torch.int32).to(device)
    cut = lambda n: torch.tensor([0, *n]).cumsum(0).int().to(device)  # noqa: E731
    weight = torch.rand(len(rows), generator=g).to(device)
    return scores, cut(rows)[:-1], torch.tensor(rows, dtype=torch.int32).to(device), labels, cut(counts), weight, {"row_counts": list(rows), "phone_counts": list(counts)}


def difference(f, device, **more) -> float:
    """Largest relative error of f's loss and gradient (with respect to the scores) against ``ctc_plain`` in float64."""
    def run(g, dtype):
        scores, *rest = example(device, **more)
        scores = scores.to(dtype).requires_grad_()
        rest[4] = rest[4].to(dtype)
        loss = g(scores.log_softmax(-1), *rest)
        loss.backward()
        return loss.detach().double(), scores.grad.double()

    (a, ga), (b, gb) = run(ctc_plain, torch.float64), run(f, torch.float32)
    worst = max(float((a - b).abs() / a.abs()), float((ga - gb).norm() / ga.norm()))
    return worst if worst == worst else float("inf")


def choose_ctc(device, log=print):
    """``ctc_triton`` where it runs and agrees with ``F.ctc_loss``, else ``ctc_plain``."""
    if torch.device(device).type != "cuda" or triton is None:
        return ctc_plain
    try:
        worst = difference(ctc_triton, device)
        if worst < 3e-3:
            log(f"ctc: own kernel, relative error {worst:.1e}")
            return ctc_triton
        log(f"ctc: the own kernel is off by {worst:.1e}, F.ctc_loss is used")
    except Exception as error:  # noqa: BLE001  (any failure means: the library's)
        log(f"ctc: the own kernel does not run here, F.ctc_loss is used: {type(error).__name__}: {str(error)[:200]}")
    return ctc_plain
