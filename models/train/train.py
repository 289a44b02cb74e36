"""Trains nano from nothing on one CUDA GPU: data generated on the fly, INT4 rounding in the loop for the last part.

    python train.py --out DIR --minutes 22              start (start it again with --resume after an interruption)
    python train.py --out DIR --minutes 0.6 --config tiny --small        a smoke run on a CPU

Worker processes draw samples (``data.sample``), tokenize and pack them; the trainer never waits for them: when the queue is empty
it takes a batch it has seen before (the log shows the share). The learning rate follows the clock, so the run ends on time with
the rate at zero: warm-up, constant, then linear to 0 from ``--decay``. From ``--qat`` on, every matrix goes through fake INT4
(block 32) each step. Matrices of the layers are trained by Muon, the embedding and the norms by Adam.

Sources: Muon: Jordan et al. 2024 (kellerjordan.github.io/posts/muon), its scale so that Adam's learning rates fit: Liu et al. 2025
(arXiv 2502.16982); decay by the clock: WSD, Hu et al. 2024 (arXiv 2404.06395).
"""
from __future__ import annotations

import argparse
import gc
import json
import math
import multiprocessing
import os
import queue
import random
import sys
import threading
import time
from collections import deque

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from autoglm_phone import ASSISTANT, CONFIGS, END, THINK_CLOSE, THINK_OPEN, AutoGLMPhone, Config  # noqa: E402
from packed import RESERVE, Network, Shape, Weights, attend_padded, choose_attention, compare, pack  # noqa: E402
from tokenizer import DEFAULT, Tokenizer, prompt_ids  # noqa: E402

MASK_ID, NOTHINK = 14, 6


# ------------------------------------------------------------------------------------------------------------------- data
def encode_sample(tokenizer: Tokenizer, sample, thinking: bool, rng: random.Random):
    """-> encoder ids, decoder ids, labels, loss weights, mode. Short answers weigh more: there are few of their tokens."""
    loosely = (lambda text: tokenizer.encode_loosely(text, rng, 0.15)) if rng.random() < 0.3 else None
    enc = prompt_ids(tokenizer, sample.messages, thinking, loosely)
    answer = tokenizer.encode(sample.answer) + [END]
    brief = min(1.0, 8 / len(answer))
    if thinking:
        reasoning = [THINK_OPEN, *tokenizer.encode(sample.reasoning), THINK_CLOSE]
        target = reasoning + answer
        weights = [1.0] * len(reasoning) + [1 + brief] * len(answer)
    else:
        target = answer
        weights = [1 + 4 * brief] * len(answer)
    return enc, [ASSISTANT] + target[:-1], target, weights, 1 if thinking else 2


def encode_auxiliary(tokenizer: Tokenizer, item, rng: random.Random):
    """An item of data/auxiliary.py: a reserved token instead of <|user|>, MASK_ID where something was taken out; mode 3."""
    from data.auxiliary import KINDS, MASK

    kind, prompt, answer = item
    encode = (lambda text: tokenizer.encode_loosely(text, rng, 0.15)) if rng.random() < 0.3 else tokenizer.encode
    enc = [KINDS[kind]]
    for i, part in enumerate(prompt.split(MASK)):
        enc += [MASK_ID, *encode(part)] if i else encode(part)
    enc.append(NOTHINK)
    target = [*tokenizer.encode(answer), END]
    return enc, [ASSISTANT] + target[:-1], target, [1.0] * len(target), 3


def auxiliary_share(part: float, most: float) -> float:
    """Share of the samples: constant to half of the time, then fading to nothing at 80 %."""
    return most * min(1.0, max(0.0, (0.8 - part) / 0.3))


def samples(rng: random.Random, tokenizer: Tokenizer, p_think: float, max_enc: int, max_dec: int, dropped: list, share=lambda: 0.0):
    """Endless encoded samples; ``share()`` of them auxiliary."""
    from data import sample
    from data.auxiliary import auxiliary

    while True:
        if rng.random() < share():
            yield encode_auxiliary(tokenizer, auxiliary(rng), rng)
            continue
        one = encode_sample(tokenizer, sample(rng, "train"), rng.random() < p_think, rng)
        if len(one[0]) > max_enc or len(one[1]) > max_dec:
            dropped[0] += 1
            continue
        yield one


def work(index: int, seed: str, tokenizer_path: str, shape: Shape, p_think: float, out, progress, auxiliary: float) -> None:
    """A worker: endless batches into a queue. ``progress`` is the part of the run's time that has passed."""
    os.nice(5)
    torch.set_num_threads(1)
    tokenizer = Tokenizer.load(tokenizer_path)
    stream = samples(random.Random(f"{seed}/{index}"), tokenizer, p_think, shape.max_enc, shape.max_dec, [0],
                     lambda: auxiliary_share(progress.value, auxiliary))
    gc.disable()
    while True:
        out.put(pack(shape, stream))


def measure_shape(tokens: int, tokenizer: Tokenizer, p_think: float, max_enc: int, max_dec: int, seed: int, auxiliary: float) -> Shape:
    """Sizes of a batch of ``tokens`` decoder rows, from 3,000 samples: encoder rows and samples with 4 % to spare."""
    def draw(share: float):
        stream = samples(random.Random(f"shape {seed}"), tokenizer, p_think, max_enc, max_dec, dropped, lambda: share)
        some = [next(stream) for _ in range(3000)]
        return (np.array([len(s[k]) for s in some]) for k in (0, 1))

    dropped = [0]
    up = lambda n: int(-(-n // 128) * 128)  # noqa: E731
    e, d = draw(0.0)
    first_e, first_d = draw(auxiliary)
    ratio = max(e.mean() / d.mean(), first_e.mean() / first_d.mean())  # the mixture changes during the run; the wider one sets the rows
    shape = Shape(up(tokens * ratio * 1.03 + RESERVE), tokens, up(tokens / min(d.mean(), first_d.mean()) * 1.08 + RESERVE), max_enc, max_dec)
    print(f"data: a sample has {e.mean():.0f} encoder tokens (99 %: {np.percentile(e, 99):.0f}, most {e.max()}) and {d.mean():.0f} decoder "
          f"tokens (99 %: {np.percentile(d, 99):.0f}, most {d.max()}); with auxiliary tasks {first_e.mean():.0f} and {first_d.mean():.0f}; "
          f"{dropped[0]} of 6000 too long", flush=True)
    print(f"batch: {shape.enc} encoder rows, {shape.dec} decoder rows, about {int(tokens / d.mean())} samples", flush=True)
    return shape


class Feeder:
    """Moves batches from the workers to pinned memory. ``next`` waits only while fewer than ``least`` were ever seen."""

    def __init__(self, workers: int, args, seed: str, shape: Shape, pin: bool):
        context = multiprocessing.get_context("fork")
        self.queue = context.Queue(args.queue)
        self.progress = context.Value("d", 0.0, lock=False)
        self.processes = [context.Process(target=work, daemon=True,
                                          args=(i, seed, args.tokenizer, shape, args.think, self.queue, self.progress, args.auxiliary))
                          for i in range(workers)]
        for p in self.processes:
            p.start()
        self.ready: queue.Queue = queue.Queue(16)
        self.old: deque = deque(maxlen=300)
        self.random = random.Random(seed)
        self.pin, self.waited, self.reused, self.given, self.least = pin, 0.0, 0, 0, 60
        self.thread = threading.Thread(target=self.move, daemon=True)

    def start(self):  # after the processes are forked and CUDA is up
        self.thread.start()

    def move(self):
        while True:
            try:
                buffer = torch.from_numpy(self.queue.get())
            except (EOFError, OSError):
                return
            self.ready.put(buffer.pin_memory() if self.pin else buffer)

    def next(self) -> torch.Tensor:
        self.given += 1
        try:
            buffer = self.ready.get_nowait()
        except queue.Empty:
            t = time.time()
            try:
                buffer = self.ready.get(timeout=0.004 if len(self.old) >= self.least else 300)
                self.waited += time.time() - t
            except queue.Empty:
                self.waited += time.time() - t
                self.reused += 1
                return self.old[self.random.randrange(len(self.old))]
        self.old.append(buffer)
        return buffer

    def stop(self):
        for p in self.processes:
            p.terminate()


# -------------------------------------------------------------------------------------------------------------- optimizer
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
    """Muon for the layers' matrices (stacked by shape), Adam for the embedding and the norms; on the flat master."""

    MOMENTUM, BETA1, BETA2, EPS = 0.95, 0.9, 0.98, 1e-9

    def __init__(self, weights: Weights, args):
        self.w, self.args = weights, args
        self.momentum = {n: torch.zeros_like(weights.view(n)) for n in ("attn", "fc1", "fc2")}
        self.first = {n: torch.zeros_like(weights.view(n)) for n in ("embed", "norms")}
        self.second = {n: torch.zeros_like(weights.view(n)) for n in ("embed", "norms")}
        self.count = 0

    @torch.no_grad()
    def step(self, factor: float) -> torch.Tensor:
        """One update with learning rates scaled by factor; returns the gradient's norm (on the device)."""
        self.count += 1
        grads = self.w.gradients()
        norms = torch.stack([g.float().norm() if g.dim() < 3 else g.norm().float() for g in grads.values()])
        size = norms.norm()
        clip = (1.0 / (size + 1e-6)).clamp(max=1.0)
        lr = self.args.lr_muon * factor
        for name, m in self.momentum.items():
            g = grads[name].float() * clip
            m.lerp_(g, 1 - self.MOMENTUM)
            u = orthogonalize(g.lerp_(m, self.MOMENTUM))
            p = self.w.view(name)
            scale = 0.2 * math.sqrt(max(p.shape[1:]))  # the update's root mean square is 0.2, as Adam's
            p.mul_(1 - lr * self.args.weight_decay).add_(u.to(p.dtype), alpha=-lr * scale)
        lr = self.args.lr * factor
        c1, c2 = 1 - self.BETA1**self.count, 1 - self.BETA2**self.count
        for name, m in self.first.items():
            g, v = grads[name].float() * clip, self.second[name]
            m.lerp_(g, 1 - self.BETA1)
            v.mul_(self.BETA2).addcmul_(g, g, value=1 - self.BETA2)
            self.w.view(name).addcdiv_(m, (v / c2).sqrt_().add_(self.EPS), value=-lr / c1)
        for p in self.w.leaves():
            p.grad = None
        return size

    def state(self) -> dict:
        return {"momentum": self.momentum, "first": self.first, "second": self.second, "count": self.count}

    def load(self, state: dict) -> None:
        for kind in ("momentum", "first", "second"):
            for n, t in getattr(self, kind).items():
                t.copy_(state[kind][n])
        self.count = state["count"]


# --------------------------------------------------------------------------------------------------------------- training
def factor_at(step: int, part: float, args) -> float:
    """Learning-rate factor: linear warm-up by steps, constant, linear to 0 over the clock's last part."""
    warm = min(1.0, (step + 1) / args.warmup)
    return warm * min(1.0, max(0.0, (1 - part) / (1 - args.decay)))


class Saver:
    """Checkpoints written by a thread, atomically (a new file renamed over the old one)."""

    def __init__(self, path: str):
        self.path, self.thread = path, None

    def save(self, state: dict, wait: bool = False) -> None:
        if self.thread:
            self.thread.join()
        cpu = lambda x: x.detach().to("cpu", copy=True) if isinstance(x, torch.Tensor) else (  # noqa: E731
            {k: cpu(v) for k, v in x.items()} if isinstance(x, dict) else x)
        state = cpu(state)

        def write():
            torch.save(state, self.path + ".part")
            os.replace(self.path + ".part", self.path)

        self.thread = threading.Thread(target=write)
        self.thread.start()
        if wait:
            self.thread.join()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=22, help="from start to end of training, compilation included; export comes after")
    p.add_argument("--config", default="nano", choices=["nano", "tiny"])
    p.add_argument("--tokenizer", default=DEFAULT)
    p.add_argument("--tokens", type=int, default=49152, help="decoder rows of a batch")
    p.add_argument("--workers", type=int, default=14)
    p.add_argument("--queue", type=int, default=150, help="batches that may wait in the queue")
    p.add_argument("--think", type=float, default=0.65, help="share of samples with thinking on")
    p.add_argument("--auxiliary", type=float, default=0.45, help="share of samples of the auxiliary tasks in the first half")
    p.add_argument("--lr", type=float, default=1.2e-3, help="Adam's: embedding and norms")
    p.add_argument("--lr-muon", type=float, default=2e-3)
    p.add_argument("--weight-decay", type=float, default=0.1)
    p.add_argument("--warmup", type=int, default=200, help="steps")
    p.add_argument("--decay", type=float, default=0.5, help="part of the time at which the learning rate begins to fall")
    p.add_argument("--qat", type=float, default=0.6, help="part of the time at which fake INT4 begins")
    p.add_argument("--max-enc", type=int, default=1024)
    p.add_argument("--max-dec", type=int, default=384)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--no-compile", action="store_true")
    p.add_argument("--small", action="store_true", help="smoke run: few tokens, two workers")
    p.add_argument("--probe", default="0.5,0.85", help="parts of the time at which a few test questions are answered")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = p.parse_args()
    start = time.time()
    if args.small:
        args.tokens, args.workers, args.queue, args.max_enc, args.max_dec = 768, 1, 8, 150, 250
        args.warmup = 5
        args.probe = "0.5"
    os.makedirs(args.out, exist_ok=True)
    cuda = args.device.startswith("cuda")
    torch.set_num_threads(1 if args.small else 4)
    path = os.path.join(args.out, "checkpoint.pt")
    saved = torch.load(path, map_location="cpu") if args.resume and os.path.exists(path) else None
    lives = saved["lives"] + 1 if saved else 0
    tokenizer = Tokenizer.load(args.tokenizer)
    config = CONFIGS[args.config]
    config = Config(**{**config.__dict__, "vocab_size": len(tokenizer)})
    shape = measure_shape(args.tokens, tokenizer, args.think, args.max_enc, args.max_dec, args.seed, args.auxiliary)
    feeder = Feeder(args.workers, args, f"{args.seed}/{lives}", shape, cuda)  # forks before CUDA starts
    if cuda:
        torch.backends.cuda.matmul.allow_tf32 = True
        print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}", flush=True)
    feeder.start()
    attend = choose_attention(args.device, lambda s: print(s, flush=True)) if cuda else attend_padded
    dtype = torch.bfloat16 if cuda else torch.float32

    small = Shape(1024, 1280, 200, 256, 384)
    stream = samples(random.Random(0), tokenizer, 0.5, 200, 300, [0])
    mine, want = compare(config, small, pack(small, stream), args.device, dtype, attend)
    print(f"self-test: loss of the packed network {mine:.4f}, of the readable module {want:.4f}", flush=True)
    assert abs(mine - want) < 0.03 * want, "the packed network and the readable module differ"

    weights = Weights(config, args.device, dtype)
    optimizer = Optimizer(weights, args)
    step, elapsed = 0, 0.0
    if saved:
        weights.master.copy_(saved["master"])
        optimizer.load(saved["optimizer"])
        step, elapsed = saved["step"], saved["elapsed"]
        print(f"resumed at step {step}, {elapsed:.0f} s", flush=True)
        del saved
    else:
        weights.load(AutoGLMPhone(config).reset(args.seed).state_dict())

    compiled = cuda and not args.no_compile
    network = Network(weights, shape, attend, compiled)
    to_device = lambda b: shape.unpack(b.to(args.device, non_blocking=True))  # noqa: E731
    if compiled:
        try:
            t = time.time()
            weights.refresh(True)
            network.loss(to_device(feeder.next()))[0].backward()
            torch.cuda.synchronize()
            print(f"compiled in {time.time() - t:.0f} s", flush=True)
        except Exception as error:  # noqa: BLE001  (whatever the compiler did: the plain network computes the same)
            print(f"torch.compile failed, training without it: {type(error).__name__}: {str(error)[:500]}", flush=True)
            network = Network(weights, shape, attend, False)
        for leaf in weights.leaves():
            leaf.grad = None

    saver = Saver(path)
    state = lambda: {"master": weights.master, "optimizer": optimizer.state(), "step": step, "elapsed": elapsed,  # noqa: E731
                     "lives": lives, "args": vars(args), "config": config.__dict__}
    probes = [float(x) for x in args.probe.split(",") if x]
    budget, began = args.minutes * 60, start - elapsed
    probes = [x for x in probes if x > (time.time() - began) / budget]
    totals = torch.zeros(4, device=args.device)
    events: deque = deque()
    logged, saved_at, mark, seen = time.time(), time.time(), (step, feeder.waited), 0
    quantized = False
    norm = torch.zeros(())
    good = None  # a healthy state to go back to, should the loss ever become NaN
    while True:
        elapsed = time.time() - began
        part = elapsed / budget
        feeder.progress.value = part
        if part >= 1:
            break
        if part >= args.qat and not quantized:
            quantized = True
            print(f"step {step}: fake INT4 from here on", flush=True)
        batch = to_device(feeder.next())
        weights.refresh(quantized)
        loss, sums = network.loss(batch)
        loss.backward()
        norm = optimizer.step(factor_at(step, part, args))
        totals += sums
        step += 1
        seen += shape.enc + shape.dec
        if cuda:  # at most two steps in flight, so that the clock is right
            events.append(torch.cuda.Event())
            events[-1].record()
            if len(events) > 2:
                events.popleft().synchronize()
        now = time.time()
        if now - logged >= 10:
            a, na, b, nb = totals.tolist()
            totals.zero_()
            span = now - logged
            print(f"step {step} {elapsed:.0f}s {part:.1%} loss think {a / max(na, 1):.4f} answer {b / max(nb, 1):.4f} norm {float(norm):.2f} "
                  f"lr {factor_at(step, part, args):.2f} {'int4 ' if quantized else ''}| {(step - mark[0]) / span:.1f} steps/s "
                  f"{seen / span / 1e6:.2f} Mtok/s, waiting {(feeder.waited - mark[1]) / span:.1%}, reused {feeder.reused / feeder.given:.1%} "
                  f"| {budget - elapsed:.0f}s left", flush=True)
            if not math.isfinite(a + b + float(norm)):
                if good is None:
                    raise SystemExit("the loss is not finite and there is no earlier state")
                print("the loss is not finite: back to the last good state, learning rates halved", flush=True)
                weights.master.copy_(good["master"])
                optimizer.load(good["optimizer"])
                args.lr, args.lr_muon = args.lr / 2, args.lr_muon / 2
            elif now - saved_at >= 60:
                good = state()
                saver.save(good)
                good = {"master": weights.master.clone(), "optimizer": {k: {n: t.clone() for n, t in v.items()} if isinstance(v, dict) else v
                                                                        for k, v in optimizer.state().items()}}
                saved_at = time.time()
            logged, mark, seen = time.time(), (step, feeder.waited), 0
        if probes and part >= probes[0]:
            probes.pop(0)
            try:
                from evaluate import probe

                t = time.time()
                print(probe(weights.state(), config, tokenizer, args.device, 1 if args.small else 10), f"({time.time() - t:.1f} s)", flush=True)
                weights.refresh(quantized)
            except Exception as error:  # noqa: BLE001  (a look at the progress must not end the run)
                print(f"probe failed: {type(error).__name__}: {error}", flush=True)
            if cuda:
                torch.cuda.empty_cache()
    feeder.stop()
    print(f"trained {step} steps of {shape.dec} decoder tokens ({step * shape.dec / 1e6:.0f} M) in {time.time() - start:.0f} s; "
          f"{feeder.reused} of {feeder.given} batches were used again", flush=True)
    from export import export

    export(weights.state(), config, args.tokenizer, os.path.join(args.out, "model"),
           {"steps": step, "decoder_tokens": step * shape.dec, "minutes": args.minutes, "seed": args.seed, "lives": lives + 1})
    print("exported", flush=True)
    saver.save(state(), wait=True)
    print("done", flush=True)
    os._exit(0)  # the feeding threads hold nothing worth waiting for


if __name__ == "__main__":
    main()
