"""Trains nano from nothing on one CUDA GPU or several: data generated on the fly, INT4 rounding in the loop for the last part.

    python train.py --out DIR --minutes 22              start (start it again with --resume after an interruption)
    torchrun --nproc-per-node 2 train.py --out DIR --minutes 22          the same on two GPUs
    python train.py --out DIR --minutes 0.6 --config tiny-senses --small     a smoke run on a CPU

Text, pictures and speech are learned together: every batch has all three. Worker processes draw samples (``data.sample``), scenes
(``data.pictures``) and clips (``data.speech``), tokenize and pack them into shared memory (``slots.py``); pictures are rendered and clips
made noisy on the GPU. In the loop nothing waits for the GPU but the pace of two steps in flight and the log. The trainer never waits
for the workers: when none is ready it takes a batch it has seen before (the log shows the share). With several GPUs each has its own
workers and batches, and gradients are averaged. The learning rate follows the clock, so the run ends on time with the rate at zero:
warm-up, constant, then linear to 0 from ``--decay``. From ``--qat`` on, every matrix goes through fake INT4 (block 32) each step.

Source of the decay by the clock: WSD, Hu et al. 2024 (arXiv 2404.06395).
"""
from __future__ import annotations

import argparse
import gc
import itertools
import math
import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
import traceback
from collections import deque

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from autoglm_phone import ASSISTANT, CONFIGS, END, THINK_CLOSE, THINK_OPEN, AutoGLMPhone, Config  # noqa: E402
from ctc import choose_ctc, ctc_plain  # noqa: E402
from master import Weights  # noqa: E402
from media import Drawer, Media, Plan, heads, load_heads, reset_heads, save_heads  # noqa: E402
from optimizer import Optimizer  # noqa: E402
from packed import MODES, RESERVE, Network, Shape, attend_padded, choose_attention, compare, pack  # noqa: E402
from ranks import Ranks  # noqa: E402
from slots import Slots, TooLarge, tensors  # noqa: E402
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


def end_with(parent: int) -> None:
    """Ends this process when its parent is no more: one that waits for a slot would never learn of it, and keep its memory."""
    while os.getppid() == parent:
        time.sleep(2)
    os._exit(1)


def work(index: int, seed: str, tokenizer_path: str, shape: Shape, p_think: float, slots: Slots, progress, auxiliary: float, drawer: Drawer | None) -> None:
    """A worker: endless batches (packed buffer, arrays of the media) into slots. ``progress`` is the part of the run's time that has passed."""
    os.nice(5)
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.load(tokenizer_path)
    rng = random.Random(f"{seed}/{index}")
    stream = samples(rng, tokenizer, p_think, shape.max_enc, shape.max_dec, [0], lambda: auxiliary_share(progress.value, auxiliary))
    gc.disable()
    slot, failures = None, 0
    while True:
        try:
            about, arrays = drawer.draw(rng) if drawer else ([], {})
            batch = {"packed": pack(shape, itertools.chain(about, stream)), **arrays}
            slot = slots.take() if slot is None else slot
            slots.put(slot, batch)
            slot = None
        except TooLarge as error:  # more sound than was foreseen: another batch into the same slot
            print(f"worker {index}: a batch was left out: {error}", flush=True)
        except Exception:  # noqa: BLE001  (one sample in millions must not cost a worker; many are a mistake)
            traceback.print_exc()
            stream = samples(rng, tokenizer, p_think, shape.max_enc, shape.max_dec, [0], lambda: auxiliary_share(progress.value, auxiliary))
            failures += 1
            if failures == 20:
                raise


def measure_shape(tokens: int, tokenizer: Tokenizer, p_think: float, max_enc: int, max_dec: int, seed: int, auxiliary: float, drawer: Drawer | None) -> Shape:
    """Sizes of a batch of ``tokens`` decoder rows, from 3,000 samples of text and 4 batches of media: encoder rows and samples with 4 % to spare."""
    def draw(share: float):
        stream = samples(random.Random(f"shape {seed}"), tokenizer, p_think, max_enc, max_dec, dropped, lambda: share)
        some = [next(stream) for _ in range(3000)]
        return (np.array([len(s[k]) for s in some]) for k in (0, 1))

    dropped = [0]
    up = lambda n: int(-(-n // 128) * 128)  # noqa: E731
    media = [drawer.draw(random.Random(f"shape {seed} {i}"))[0] for i in range(4)] if drawer else [[]]
    media_e, media_d = (max(sum(len(s[k]) for s in one) for one in media) for k in (0, 1))
    media_n = max(len(one) for one in media)
    text = tokens - media_d
    e, d = draw(0.0)
    first_e, first_d = draw(auxiliary)
    ratio = max(e.mean() / d.mean(), first_e.mean() / first_d.mean())  # the mixture changes during the run; the wider one sets the rows
    shape = Shape(up((text * ratio + media_e) * 1.03 + RESERVE), tokens, up((text / min(d.mean(), first_d.mean()) + media_n) * 1.08 + RESERVE), max_enc, max_dec)
    print(f"data: a sample has {e.mean():.0f} encoder tokens (99 %: {np.percentile(e, 99):.0f}, most {e.max()}) and {d.mean():.0f} decoder "
          f"tokens (99 %: {np.percentile(d, 99):.0f}, most {d.max()}); with auxiliary tasks {first_e.mean():.0f} and {first_d.mean():.0f}; "
          f"{dropped[0]} of 6000 too long", flush=True)
    print(f"batch: {shape.enc} encoder rows, {shape.dec} decoder rows, about {int(text / d.mean())} samples of text; {media_n} about pictures and clips "
          f"with {media_e} and {media_d} rows", flush=True)
    return shape


class Feeder:
    """Batches of the workers. ``next`` waits only while fewer than ``keep`` were ever seen; the last ``keep`` stay in their slots, to be used
    again when no other is ready."""

    def __init__(self, workers: int, args, seed: str, shape: Shape, drawer: Drawer | None):
        from data.pictures import FIELDS, MAX_ITEMS

        context = multiprocessing.get_context("fork")
        size = shape.size * 4 + 4096 + (drawer.plan.bytes(drawer.c, len(drawer.scenes.things), FIELDS * MAX_ITEMS) if drawer else 0)
        self.keep = args.keep
        self.slots = Slots(context, args.queue + self.keep + workers + 3, size)
        self.progress = context.Value("d", 0.0, lock=False)
        self.processes = [context.Process(target=work, daemon=True,
                                          args=(i, seed, args.tokenizer, shape, args.think, self.slots, self.progress, args.auxiliary, drawer))
                          for i in range(workers)]
        for p in self.processes:
            p.start()
        self.old: deque = deque()
        self.random = random.Random(seed)
        self.waited, self.reused, self.given = 0.0, 0, 0

    def next(self):
        """-> slots.Batch"""
        self.given += 1
        while len(self.old) > self.keep and self.old[0].copied():
            self.slots.give(self.old.popleft().slot)
        batch = self.slots.get()
        if batch is None:
            t = time.time()
            batch = self.wait(0.004 if len(self.old) >= self.keep else 300)
            self.waited += time.time() - t
            if batch is None:
                if not self.old:
                    raise SystemExit("the workers made no batch in five minutes: the log above may say why")
                self.reused += 1
                return self.old[self.random.randrange(len(self.old))]
        self.old.append(batch)
        return batch

    def wait(self, seconds: float):
        """-> slots.Batch, or None after ``seconds``. SystemExit when no worker is left: the last batches over and over would spoil the weights."""
        end = time.time() + seconds
        while (batch := self.slots.get(min(1.0, max(0.0, end - time.time())))) is None:
            ended = [p.exitcode for p in self.processes if not p.is_alive()]
            if len(ended) == len(self.processes):
                raise SystemExit(f"all workers have ended, with the codes {ended}: the log above may say why; --resume goes on from the checkpoint")
            if time.time() >= end:
                return None
        return batch

    def stop(self):
        for p in self.processes:
            p.terminate()


class Ahead:
    """Makes the next batch on a stream of its own while the GPU works on this one: drawing pictures and changing sounds takes hundreds of
    small kernels."""

    def __init__(self, make):
        self.make, self.stream = make, torch.cuda.Stream()
        self.event, self.batch = torch.cuda.Event(), None

    def prepare(self) -> None:
        with torch.cuda.stream(self.stream):
            self.batch = self.make()
            self.event.record(self.stream)

    def next(self):
        if self.batch is None:
            self.prepare()
        batch, self.batch = self.batch, None
        main, seen = torch.cuda.current_stream(), set()
        main.wait_event(self.event)
        for part in batch:
            for value in (part or {}).values():
                for t in value if isinstance(value, tuple) else (value,):
                    if isinstance(t, torch.Tensor) and t.is_cuda and t.untyped_storage().data_ptr() not in seen:
                        seen.add(t.untyped_storage().data_ptr())
                        t.record_stream(main)  # its memory is not given to the other stream before this one is done with it
        return batch


# --------------------------------------------------------------------------------------------------------------- training
def factor_at(step: int, part: float, args) -> float:
    """Learning-rate factor: linear warm-up by steps, constant, linear to 0 over the clock's last part."""
    warm = min(1.0, (step + 1) / args.warmup)
    return warm * min(1.0, max(0.0, (1 - part) / (1 - args.decay)))


def profile_steps(step, path: str) -> None:
    """Time of a step, of the main thread and of the GPU, and the tables of torch.profiler over three steps."""
    for _ in range(8):
        step()
    torch.cuda.synchronize()
    times = []
    for _ in range(10):
        t = time.time()
        step()
        launched = time.time() - t
        torch.cuda.synchronize()
        times.append((time.time() - t, launched))
    lines = ["a step alone, ms (all, main thread): " + ", ".join(f"{a * 1e3:.0f} {b * 1e3:.0f}" for a, b in times)]
    t = time.time()
    for _ in range(20):
        step()
    torch.cuda.synchronize()
    lines.append(f"20 steps in a row: {(time.time() - t) * 50:.1f} ms a step")
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]) as profile:
        for _ in range(3):
            step()
        torch.cuda.synchronize()
    for key in ("self_cuda_time_total", "self_cpu_time_total", "cpu_time_total"):
        lines.append(profile.key_averages().table(sort_by=key, row_limit=45, max_name_column_width=70))
    with open(path, "w") as f:
        f.write("\n".join(lines))
    print("\n".join(lines[:2]), flush=True)


class Saver:
    """Checkpoints written by a thread, atomically (a new file renamed over the old one)."""

    def __init__(self, path: str):
        self.path, self.thread = path, None

    def save(self, state: dict, wait: bool = False, then=None) -> None:
        """then() is called when the file is there."""
        if self.thread:
            self.thread.join()
        cpu = lambda x: x.detach().to("cpu", copy=True) if isinstance(x, torch.Tensor) else (  # noqa: E731
            {k: cpu(v) for k, v in x.items()} if isinstance(x, dict) else x)
        state = cpu(state)

        def write():
            torch.save(state, self.path + ".part")
            os.replace(self.path + ".part", self.path)
            if then:
                then()

        self.thread = threading.Thread(target=write)
        self.thread.start()
        if wait:
            self.thread.join()


def export_early(checkpoint: str, out: str):
    """A process of its own exports the checkpoint: Python's lock is the trainer's."""
    with open(out + ".log", "w") as log:
        return subprocess.Popen(["nice", "-n", "10", sys.executable, os.path.join(HERE, "export.py"), checkpoint, "--out", out], stdout=log, stderr=log,
                                env={**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "2"})


def options() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=22, help="from start to end of training, compilation included; export comes after")
    p.add_argument("--config", default="nano", choices=["nano", "tiny", "tiny-senses"])
    p.add_argument("--tokenizer", default=DEFAULT)
    p.add_argument("--tokens", type=int, default=45056, help="decoder rows of a batch, on each GPU")
    p.add_argument("--pictures", type=int, default=128, help="of a batch, on each GPU")
    p.add_argument("--questions", type=int, default=2, help="about a picture")
    p.add_argument("--seconds", type=float, default=200, help="of speech in a batch, on each GPU")
    p.add_argument("--workers", type=int, default=10, help="for each GPU")
    p.add_argument("--voices", type=int, default=6, help="processes that synthesise speech, for each GPU")
    p.add_argument("--clips", type=int, default=40000, help="clips of speech kept at a time")
    p.add_argument("--queue", type=int, default=40, help="batches that may wait in shared memory (about 15 MB each)")
    p.add_argument("--keep", type=int, default=40, help="batches kept there to be used again when none waits")
    p.add_argument("--think", type=float, default=0.65, help="share of samples with thinking on")
    p.add_argument("--auxiliary", type=float, default=0.45, help="share of the texts that are auxiliary tasks in the first half")
    p.add_argument("--things", type=float, default=0.05, help="weight of the loss of naming what a picture shows")
    p.add_argument("--phones", type=float, default=0.3, help="weight of the loss of phonemes")
    p.add_argument("--lr", type=float, default=1.2e-3, help="Adam's: embedding, norms, convolutions")
    p.add_argument("--lr-muon", type=float, default=2e-3)
    p.add_argument("--senses-rate", type=float, default=1.0, help="learning rates of eyes and ears over those of everything else")
    p.add_argument("--weight-decay", type=float, default=0.1)
    p.add_argument("--warmup", type=int, default=200, help="steps")
    p.add_argument("--decay", type=float, default=0.5, help="part of the time at which the learning rate begins to fall")
    p.add_argument("--qat", type=float, default=0.6, help="part of the time at which fake INT4 begins")
    p.add_argument("--max-enc", type=int, default=1024)
    p.add_argument("--max-dec", type=int, default=384)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--weights", help="weights of an earlier run to go on from, with a schedule of this run's own: its model.int4.npz or model.safetensors")
    p.add_argument("--heads", help="the auxiliary heads of that run, its heads.npz: those that are in it need not be learned anew")
    p.add_argument("--resume", action="store_true")
    p.add_argument("--checkpoint-every", type=float, default=120, help="seconds")
    p.add_argument("--export-every", type=float, default=0, help="minutes between exports of the checkpoint into OUT/latest (0: none)")
    p.add_argument("--graphs", action="store_true", help="encoder, decoder and optimizer as CUDA graphs, where they can be captured")
    p.add_argument("--no-compile", action="store_true")
    p.add_argument("--plain", action="store_true", help="no kernels of our own and no memory registered with CUDA, should one of them break the run")
    p.add_argument("--profile", action="store_true", help="measure where a step's time goes, write OUT/profile.txt and end")
    p.add_argument("--small", action="store_true", help="smoke run: few tokens, one worker")
    p.add_argument("--probe", default="0.5,0.85", help="parts of the time at which a few test questions are answered")
    p.add_argument("--probe-texts", type=int, default=10, help="of each skill")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = p.parse_args()
    if args.small:
        args.tokens, args.workers, args.queue, args.max_enc, args.max_dec = 2304, 1, 4, 400, 250
        args.keep = min(args.keep, 4)
        args.pictures, args.seconds, args.voices, args.clips, args.warmup, args.probe = 4, 8, 1, 64, 5, "0.5"
    return args


def open_media(args, config: Config, tokenizer: Tokenizer, lives: str, folder: str) -> tuple[Drawer, Plan]:
    """Starts the voices and waits until there is something to draw from."""
    from data.pictures import Scenes
    from data.speech import PHONES, Pool

    plan = Plan(args.pictures, args.questions, args.seconds, int(args.seconds * 0.7))
    pool = Pool.create(folder, args.clips, split="train")
    pool.start(args.voices, lives)
    scenes = Scenes.load()
    start = time.time()
    pool.wait(20 if args.small else 800, 90)
    print(f"media: {len(scenes.things)} things, {len(PHONES)} phonemes, {pool.ready()} clips after {time.time() - start:.1f} s", flush=True)
    return Drawer(config, tokenizer, plan, scenes, pool), plan


def main() -> None:
    args = options()
    start = time.time()
    ranks = Ranks()
    rank, world, main_rank, say = ranks.rank, ranks.world, ranks.first, ranks.say
    os.makedirs(args.out, exist_ok=True)
    cuda = args.device.startswith("cuda")
    os.environ.setdefault("NCCL_NVLS_ENABLE", "0")  # multicast needs rights that containers lack, and gains nothing for two GPUs
    torch.set_num_threads(2 if args.small else 4)
    path = os.path.join(args.out, "checkpoint.pt")
    saved = torch.load(path, map_location="cpu", weights_only=False) if args.resume and os.path.exists(path) else None
    lives = saved["lives"] + 1 if saved else 0
    tokenizer = Tokenizer.load(args.tokenizer)
    config = CONFIGS[args.config]
    config = Config(**{**config.__dict__, "vocab_size": len(tokenizer)})
    seed = f"{args.seed}/{lives}/{rank}"
    drawer, plan = open_media(args, config, tokenizer, seed, os.path.join(args.out, f"clips{rank}")) if config.vision else (None, None)
    shape = measure_shape(args.tokens, tokenizer, args.think, args.max_enc, args.max_dec, args.seed, args.auxiliary, drawer)
    feeder = Feeder(args.workers, args, seed, shape, drawer)  # forks before CUDA starts
    probe_file = os.path.join(args.out, "probe.pkl")
    if main_rank and drawer and args.probe and not os.path.exists(probe_file):
        from evaluate_senses import prepare

        multiprocessing.get_context("fork").Process(target=prepare, args=(probe_file, *((1, 1) if args.small else (8, 40))), daemon=True).start()
    if cuda:
        torch.cuda.set_device(ranks.local)
        args.device = f"cuda:{ranks.local}"
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch._dynamo.config.cache_size_limit = 64
        say(f"{world} x {torch.cuda.get_device_name()}, torch {torch.__version__}")
    ranks.join(torch.device(args.device) if cuda else None)
    if cuda:
        feeder.slots.pin(args.device, ranks.report, not args.plain)
    attend = choose_attention(args.device, ranks.report) if cuda else attend_padded
    ctc = ctc_plain if args.plain else choose_ctc(args.device, ranks.report)
    dtype = torch.bfloat16 if cuda else torch.float32

    media = None
    if drawer:
        from data.pictures.render import Renderer
        from data.speech import PHONES

        held_out = os.path.exists(os.path.join(HERE, "data/pictures/art/test.bin"))  # for the probes; training never draws from it
        media = Media(config, plan, args.device, Renderer(args.device, test=held_out, fused=not args.plain), args.seed + rank, log=ranks.report, plain=args.plain)
        extra = heads(config, len(drawer.scenes.things), len(PHONES))
    else:
        extra = {}
    test_about, test_arrays = drawer.draw(random.Random(0)) if drawer else ([], {})
    if main_rank and not args.resume:
        text = itertools.islice(samples(random.Random(0), tokenizer, 0.5, 200, 200, [0]), 60)
        few = pack(Shape(12288, 8192, 300, args.max_enc, args.max_dec), itertools.chain(test_about[:40], text))
        mine, want = compare(config, Shape(12288, 8192, 300, args.max_enc, args.max_dec), few, args.device, dtype, attend,
                             media(tensors(test_arrays, args.device)) if drawer else None, extra)
        say(f"self-test: loss of the packed network {mine:.4f}, of the readable module {want:.4f}")
        assert abs(mine - want) < 0.03 * want, "the packed network and the readable module differ"

    weights = Weights(config, args.device, dtype, extra)
    optimizer = Optimizer(weights, args, world)
    step, elapsed = 0, 0.0
    unknown = ("things", "phones")  # whose heads begin with nothing
    if saved:
        weights.master.copy_(saved["master"])
        optimizer.load(saved["optimizer"])
        step, elapsed = saved["step"], saved["elapsed"]
        say(f"resumed at step {step}, {elapsed:.0f} s")
        del saved
    else:
        weights.load(AutoGLMPhone(config).reset(args.seed).state_dict())
        reset_heads(weights, args.seed)
        if args.weights:
            from export import read_weights

            weights.load(read_weights(args.weights))
            say(f"starts from {args.weights}")
        if args.heads:
            known = load_heads(weights, args.heads)
            unknown = tuple(name for name in unknown if name not in known)
            say(f"heads from {args.heads}: {', '.join(known)}; learned anew: {', '.join(unknown) or 'none'}")

    compiled = cuda and not args.no_compile
    network, graph = Network(weights, shape, attend, compiled, ctc), None

    def make():
        arrays = feeder.next().to(args.device)
        return {"packed": arrays["packed"]}, media(arrays) if media else None

    ahead = Ahead(make) if cuda else None

    def backward():
        packed, m = ahead.next() if ahead else make()
        packed = packed["packed"]
        if graph:
            rows, losses = network.features(m)
            sums, grad = graph(packed, rows)
            aside = sum(getattr(args, name) * value for name, value in losses.items())
            torch.autograd.backward([rows, aside], [grad, None])
        else:
            loss, sums, losses = network.loss(shape.unpack(packed), m)
            (loss + sum(getattr(args, name) * value for name, value in losses.items())).backward()
        if ahead:
            ahead.prepare()
        return sums, {name: value.detach() for name, value in losses.items()}

    if compiled:
        try:
            t = time.time()
            weights.refresh(True)
            backward()
            torch.cuda.synchronize()
            say(f"compiled in {time.time() - t:.0f} s")
        except Exception as error:  # noqa: BLE001  (whatever the compiler did: the plain network computes the same)
            ranks.report(f"torch.compile failed, training without it: {type(error).__name__}: {str(error)[:500]}")
            network = Network(weights, shape, attend, False, ctc)
        weights.clear()
    if args.graphs and cuda and media and attend is not attend_padded:
        from graphs import capture_text

        weights.refresh(True)
        packed, m = make()
        with torch.no_grad():
            rows = network.features(m)[0]
        graph = capture_text(network, packed["packed"], rows, ranks.report)
        optimizer.capture(ranks.report)
        del packed, m, rows

    if args.profile:
        def one_step():
            weights.refresh(True)
            with torch.profiler.record_function("== forward, backward, next batch"):
                backward()
            with torch.profiler.record_function("== optimizer"):
                optimizer.step(0.1)

        profile_steps(one_step, os.path.join(args.out, f"profile{rank or ''}.txt"))
        ranks.leave()

    saver, exported, exporter = Saver(path), start, None
    gc.collect()
    gc.freeze()  # the collector passes over what came since, not over everything that PyTorch has imported
    state = lambda: {"master": weights.master, "optimizer": optimizer.state(), "step": step, "elapsed": elapsed,  # noqa: E731
                     "lives": lives, "args": vars(args), "config": config, "heads": extra}
    probes = [float(x) for x in args.probe.split(",") if x]
    budget, began = args.minutes * 60, start - elapsed
    probes = [x for x in probes if x > (time.time() - began) / budget]
    totals = torch.zeros(2, MODES, device=args.device)
    aside = {"things": torch.zeros((), device=args.device), "phones": torch.zeros((), device=args.device)}
    events: deque = deque()
    logged, saved_at, mark, seen = time.time(), time.time(), (step, feeder.waited), 0
    quantized = False
    norm = torch.zeros(())
    good = None  # a healthy state to go back to, should the loss ever become NaN
    while True:
        now = time.time()
        elapsed, log, save = ranks.decide(now - began, now - logged >= 10, good is None or now - saved_at >= args.checkpoint_every)
        part = elapsed / budget
        feeder.progress.value = part
        if part >= 1:
            break
        if part >= args.qat and not quantized:
            quantized = True
            say(f"step {step}: fake INT4 from here on")
            before = os.path.join(args.out, "before.pt")
            if main_rank and not os.path.exists(before):  # weights that were not trained with rounding, for AWQ: a process of its own exports them while training goes on
                Saver(before).save({k: v for k, v in state().items() if k != "optimizer"}, then=lambda: export_early(before, os.path.join(args.out, "early")))
        weights.refresh(quantized)
        network.alone = unknown if args.weights and step < args.warmup else ()  # an earlier run's eyes and ears must not follow heads that know nothing yet
        sums, losses = backward()
        norm = optimizer.step(factor_at(step, part, args))
        totals += sums
        for name, value in losses.items():
            aside[name].lerp_(value, 0.05)
        step += 1
        seen += shape.enc + shape.dec
        if cuda:  # at most two steps in flight, so that the clock is right
            events.append(torch.cuda.Event())
            events[-1].record()
            if len(events) > 2:
                events.popleft().synchronize()
        if log:
            now = time.time()
            mean = (totals[0] / totals[1].clamp(min=1)).tolist()
            totals.zero_()
            span = now - logged
            names = ("", "think", "answer", "auxiliary", "picture", "espeak", "spoken", "flite", "festival", "mandarin", "people", "misled")
            say(f"step {step} {elapsed:.0f}s {part:.1%} loss " + " ".join(f"{n} {x:.4f}" for n, x in zip(names, mean) if n and x)
                + " " + " ".join(f"{n} {float(x):.3f}" for n, x in aside.items() if drawer) + f" norm {float(norm):.2f} "
                f"lr {factor_at(step, part, args):.2f} {'int4 ' if quantized else ''}| {(step - mark[0]) / span:.1f} steps/s "
                f"{seen * world / span / 1e6:.2f} Mtok/s, waiting {(feeder.waited - mark[1]) / span:.1%}, reused {feeder.reused / feeder.given:.1%} "
                + ("{} clips, {} restarts ".format(*drawer.pool.made()[::3]) if drawer else "") + (f"{torch.cuda.max_memory_allocated() / 2**30:.0f} GiB " if cuda else "") + f"| {budget - elapsed:.0f}s left")
            if not math.isfinite(float(norm)):  # the same on every rank
                if good is None:
                    raise SystemExit("the loss is not finite and there is no earlier state")
                say("the loss is not finite: back to the last good state, learning rates halved")
                weights.master.copy_(good["master"])
                optimizer.load(good["optimizer"])
                args.lr, args.lr_muon = args.lr / 2, args.lr_muon / 2
            elif save:
                ranks.share((weights.master, *(t for t in optimizer.state().values() if isinstance(t, torch.Tensor))))
                early = args.export_every and now - exported >= args.export_every * 60 and (exporter is None or exporter.poll() is not None)
                if early:
                    exported = now
                if main_rank:
                    def then(early=early):
                        nonlocal exporter
                        if early:
                            exporter = export_early(path, os.path.join(args.out, "latest"))

                    saver.save(state(), then=then)
                good = {"master": weights.master.clone(), "optimizer": {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in optimizer.state().items()}}
                saved_at = now
            logged, mark, seen = time.time(), (step, feeder.waited), 0
        if probes and part >= probes[0]:
            probes.pop(0)
            if main_rank:
                try:
                    from evaluate import probe, probe_media

                    t = time.time()
                    say(probe(weights.state(), config, tokenizer, args.device, 1 if args.small else args.probe_texts), f"({time.time() - t:.1f} s)")
                    if drawer:
                        t = time.time()
                        say(probe_media(weights.state(), config, tokenizer, args.device, media.renderer, probe_file), f"({time.time() - t:.1f} s)")
                except Exception as error:  # noqa: BLE001  (a look at the progress must not end the run)
                    say(f"probe failed: {type(error).__name__}: {error}")
                if cuda:
                    torch.cuda.empty_cache()
    feeder.stop()
    say(f"trained {step} steps of {shape.dec} decoder tokens ({step * shape.dec * world / 1e6:.0f} M) in {time.time() - start:.0f} s; "
        f"{feeder.reused} of {feeder.given} batches were used again")
    if main_rank:
        from export import digest, export

        export(weights.state(), config, args.tokenizer, os.path.join(args.out, "model"),
               {"steps": step, "gpus": world, "decoder_tokens": step * shape.dec * world, "pictures": step * args.pictures * world,
                "hours_of_speech": round(step * args.seconds * world / 3600, 1), "minutes": args.minutes, "seed": args.seed, "lives": lives + 1,
                **({"start": digest(args.weights)} if args.weights else {})})
        save_heads(weights, os.path.join(args.out, "model", "heads.npz"))
        say("exported")
        saver.save(state(), wait=True)
        say("done")
    if drawer:
        drawer.pool.stop()
    ranks.leave()  # whatever still runs here holds nothing worth waiting for


if __name__ == "__main__":
    main()
