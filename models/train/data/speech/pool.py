"""A ring of synthesised clips in files mapped into memory: synthesiser processes write, any number of forked workers read.

Every slot has a version: odd while it is written, and one higher afterwards. A reader copies and looks at the version again, so
it never returns half a clip (the order of the stores is that of x86-64).
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import pickle
import random
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..core import Sample
from .resample import RATE

LIMIT = 10 * RATE  # samples of a slot
RECORD = 4096  # bytes of a slot's description
PATIENCE = 30.0  # seconds without a clip after which a synthesiser is ended and another one started; the slowest sentence takes 8


@dataclass(slots=True)
class Clip:
    audio: np.ndarray  # int16 [T] at 16 kHz, silence in front and behind
    text: str  # the transcript
    spoken: str
    phones: list[int] = field(default_factory=list)  # labels for CTC, ids in PHONES
    lang: str = "en"
    voice: str = ""
    sample: Sample | None = None
    kind: str = ""

    def asks(self, rng: random.Random) -> list[tuple[str, str]]:
        """What the clip can be asked: ("transcribe", ""), and for a question of a skill ("answer", "think") or ("answer", "nothink")."""
        out = [("transcribe", "")]
        if self.sample is not None:
            out.append(("answer", "think" if rng.random() < 0.65 else "nothink"))
        return out


def with_silence(audio: np.ndarray, rng: random.Random) -> np.ndarray:
    """Up to 0.5 s in front and 0.6 s behind, mostly less, within the 10 s."""
    before = int(min(0.5, rng.expovariate(8.0)) * RATE)
    after = int(min(0.6, rng.expovariate(6.0)) * RATE)
    free = LIMIT - len(audio)
    if before + after > free:
        before, after = free // 3, free // 3
    return np.concatenate([np.zeros(before, np.int16), audio, np.zeros(after, np.int16)])


class Pool:
    """``Pool.create(folder, slots)`` in the parent, ``start`` before or after the workers are forked, ``draw`` anywhere."""

    def __init__(self, folder: Path, slots: int, split: str) -> None:
        self.folder, self.slots, self.split = folder, slots, split
        self.audio = np.memmap(folder / "audio.i16", np.int16, "r+", shape=(slots, LIMIT))
        self.records = np.memmap(folder / "records.u8", np.uint8, "r+", shape=(slots, RECORD))
        self.heads = np.memmap(folder / "heads.i64", np.int64, "r+", shape=(slots, 4))  # version, samples, bytes of the record, 0
        self.state = np.memmap(folder / "state.f64", np.float64, "r+", shape=(64, 4))  # a synthesiser: clips made, seconds made, heartbeat, lives
        self.processes: list = []
        self.digits = None

    @classmethod
    def create(cls, folder: str | os.PathLike, slots: int, split: str = "train") -> Pool:
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, size in (("audio.i16", slots * LIMIT * 2), ("records.u8", slots * RECORD), ("heads.i64", slots * 32), ("state.f64", 64 * 32)):
            with open(folder / name, "wb") as file:
                file.truncate(size)  # sparse: what was never written takes no space
        return cls(folder, slots, split)

    @classmethod
    def open(cls, folder: str | os.PathLike, split: str = "train") -> Pool:
        folder = Path(folder)
        return cls(folder, (folder / "heads.i64").stat().st_size // 32, split)

    # ------------------------------------------------------------------------------------------------------------ write
    def put(self, slot: int, audio: np.ndarray, record: tuple) -> bool:
        raw = pickle.dumps(record, protocol=5)
        if len(raw) > RECORD or not 0 < len(audio) <= LIMIT:
            return False
        head = self.heads[slot]
        version = int(head[0]) | 1
        head[0] = version
        self.audio[slot, : len(audio)] = audio
        self.records[slot, : len(raw)] = np.frombuffer(raw, np.uint8)
        head[1], head[2] = len(audio), len(raw)
        head[0] = version + 1
        return True

    def start(self, processes: int, seed: int | str) -> None:
        """Synthesisers that fill the slots and then keep replacing them. Each owns the slots i, i + processes, ... and is started again when it
        dies or hangs: the libraries of the voices crash once in some ten thousand sentences, which raises nothing here."""
        context = multiprocessing.get_context("fork")
        self.processes = [context.Process(target=_keep, args=(str(self.folder), self.split, i, processes, f"{seed}"), daemon=True) for i in range(processes)]
        for p in self.processes:
            p.start()

    def stop(self) -> None:
        for p in self.processes:
            p.terminate()
        for p in self.processes:
            p.join(5)

    # ------------------------------------------------------------------------------------------------------------- read
    def ready(self) -> int:
        """How many slots hold a clip."""
        return int((self.heads[:, 0] >= 2).sum())

    def made(self) -> tuple[int, float, int, int]:
        """Clips and seconds synthesised so far, how many synthesisers wrote within the last minute, and how often one had to be started again."""
        again = np.maximum(self.state[:, 3] - 1, 0).sum()
        return int(self.state[:, 0].sum()), float(self.state[:, 1].sum()), int((self.state[:, 2] > time.time() - 60).sum()), int(again)

    def wait(self, least: int, timeout: float = 300) -> None:
        """Until ``least`` slots hold a clip. RuntimeError when the time is over: the synthesisers do not work here."""
        end = time.time() + timeout
        while self.ready() < least:
            if time.time() > end or (self.processes and not any(p.is_alive() for p in self.processes)):
                raise RuntimeError(f"only {self.ready()} of {least} clips were synthesised; see synthesis*.log in {self.folder}")
            time.sleep(0.2)

    def read(self, slot: int) -> tuple[np.ndarray, tuple] | None:
        """A copy of a slot, or None where it is empty or being written."""
        head = self.heads[slot]
        version = int(head[0])
        if version < 2 or version & 1:
            return None
        count, size = int(head[1]), int(head[2])
        if not (0 < count <= LIMIT and 0 < size <= RECORD):
            return None
        audio = self.audio[slot, :count].copy()
        raw = self.records[slot, :size].tobytes()
        if int(head[0]) != version:
            return None
        return audio, pickle.loads(raw)

    def draw(self, rng: random.Random) -> Clip:
        """A clip from a random slot. Raises RuntimeError where the pool is empty."""
        for attempt in range(100_000):
            found = self.read(int(rng.random() * self.slots))
            if found is not None:
                audio, (text, spoken, phones, lang, voice, sample, kind) = found
                one = None if sample is None else Sample(sample[0], sample[1], [tuple(m) for m in sample[2]], sample[3], sample[4])
                return Clip(with_silence(audio, rng), text, spoken, phones, lang, voice, one, kind)
            if attempt == 50_000 and self.ready() == 0:
                break
        raise RuntimeError("the pool of clips is empty: call start, then wait")


def record_of(one, voice: str, phones: list[int]) -> tuple:
    sample = one.sample
    packed = None if sample is None else (sample.task, sample.lang, sample.messages, sample.reasoning, sample.answer)
    return one.text, one.spoken, phones, one.lang, voice, packed, one.kind


def _keep(folder: str, split: str, index: int, count: int, seed: str) -> None:
    """One synthesiser after the other, each with a seed of its own, for as long as the process lives that started this one."""
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    state = Pool.open(folder, split).state[index]
    parent = os.getppid()
    child = 0
    try:
        while os.getppid() == parent:
            if not child:
                state[3] += 1
                state[2] = time.time()
                child = os.fork()  # multiprocessing lets no daemon have children
                if child == 0:
                    _work(folder, split, index, count, f"{seed}/{int(state[3])}")
            elif time.time() - state[2] > PATIENCE:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.2)
            if os.waitpid(child, os.WNOHANG)[0]:
                child = 0
    finally:
        if child:
            os.kill(child, signal.SIGKILL)


def _work(folder: str, split: str, index: int, count: int, seed: str) -> None:
    """A synthesiser, for good. What goes wrong is written to synthesis<index>.log, where it was when a library crashed too; it goes on with the
    next clip."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    log = open(os.path.join(folder, f"synthesis{index}.log"), "a", buffering=1)
    os.dup2(log.fileno(), 2)
    sys.stderr = log
    faulthandler.enable(log)
    from . import digits, synthesis, utterances

    pool = Pool.open(folder, split)
    rng = random.Random(f"{seed}/{split}/{index}")
    synthesiser = synthesis.Synthesiser(synthesis.prepare(Path(folder) / f"espeak{index}", f"{seed}/{index}"))
    recordings = digits.load(split)
    state = pool.state[index]
    failed = 0
    parent = os.getppid()
    while True:
        for slot in range(index, pool.slots, count):
            try:
                if recordings is not None and rng.random() < digits.SHARE:
                    one, voice, audio, phones = digits.draw(rng, recordings, synthesiser)
                else:
                    one, voice, audio, phones = synthesiser.draw(rng, lambda r: utterances.draw(r, split), "train" if split == "train" else "held")
                if pool.put(slot, audio, record_of(one, str(voice), phones)):
                    state[0] += 1
                    state[1] += len(audio) / RATE
                    state[2] = time.time()
            except Exception:  # noqa: BLE001  (one clip must never end the process)
                failed += 1
                if failed < 50:
                    traceback.print_exc(file=log)
            if os.getppid() != parent:
                os._exit(0)
