"""Batches through shared memory: a worker writes a batch's arrays into a slot, the trainer copies the slot to the GPU and gives it back.

Only the slot's number, the arrays' places and a few numbers travel through a pipe, so the trainer neither unpickles nor allocates.
A slot has one owner at a time: it is sent after it was written, and given back after it was copied, so nobody reads half a batch.
"""
from __future__ import annotations

import mmap

import numpy as np
import torch

ALIGN = 256  # bytes; every array of a slot starts at a multiple


class TooLarge(Exception):
    """A batch that does not fit into a slot."""


class Slots:
    """``count`` slots of ``size`` bytes in anonymous memory that forked processes share. Made before the workers are forked.

    Workers: ``take`` and ``put``. Trainer: ``get`` and ``give``, from one thread.
    """

    def __init__(self, context, count: int, size: int):
        self.count, self.size = count, -(-size // ALIGN) * ALIGN
        self.memory = mmap.mmap(-1, (self.count + 1) * self.size)  # the last one is nobody's: ``pin`` tries a copy with it while workers write
        self.array = np.frombuffer(self.memory, np.uint8).reshape(self.count + 1, self.size)
        self.tensor = torch.from_numpy(self.array)
        self.free_in, self.free_out = context.Pipe(duplex=False)
        self.ready_in, self.ready_out = context.Pipe(duplex=False)
        self.taking, self.putting = context.Lock(), context.Lock()
        self.registered = False
        for slot in range(count):
            self.free_out.send(slot)

    # ------------------------------------------------------------------------------------------------------------ workers
    def take(self) -> int:
        """Waits for a free slot."""
        with self.taking:
            return self.free_in.recv()

    def put(self, slot: int, arrays: dict) -> None:
        """Writes the arrays and announces the slot; what is not an array travels as it is. TooLarge leaves the slot with the caller."""
        places, others, at = {}, {}, 0
        for name, value in arrays.items():
            if not isinstance(value, np.ndarray):
                others[name] = value
                continue
            end = at + value.nbytes
            if end > self.size:
                raise TooLarge(f"{name} ends at byte {end:,} of {self.size:,}")
            self.array[slot, at:end].view(value.dtype)[:] = value.reshape(-1)
            places[name] = (at, value.dtype.str, value.shape)
            at = -(-end // ALIGN) * ALIGN
        with self.putting:
            self.ready_out.send((slot, at, places, others))

    # ------------------------------------------------------------------------------------------------------------ trainer
    def get(self, seconds: float = 0.0) -> Batch | None:
        """The next batch, or None after ``seconds``."""
        return Batch(self, *self.ready_in.recv()) if self.ready_in.poll(seconds) else None

    def give(self, slot: int) -> None:
        self.free_out.send(slot)

    def pin(self, device, log=print, register: bool = True) -> None:
        """Registers the memory with CUDA, so that copies from it do not wait; checked by a copy. Else copies go through pinned buffers of our own."""
        code = "not asked for"
        try:
            if register:
                code = torch.cuda.cudart().cudaHostRegister(self.tensor.data_ptr(), self.tensor.numel(), 0)
                self.registered = int(code) == 0 and self.tensor[-1].is_pinned()
            torch.zeros(1, device=device)  # takes an error away that would else be blamed on the next kernel
        except Exception as error:  # noqa: BLE001  (whatever is missing here: copying twice is the other way)
            code = f"{type(error).__name__}: {str(error)[:100]}"
        if self.registered:
            want = torch.randint(256, (4096,), dtype=torch.uint8)
            self.tensor[-1, :4096] = want
            self.registered = bool(torch.equal(self.tensor[-1, :4096].to(device, non_blocking=True).cpu(), want))
        total = f"{self.count} slots, {self.tensor.numel() / 2**30:.1f} GiB"
        log(f"batches: {total}, registered with CUDA" if self.registered else f"batches: {total}, not registered with CUDA ({code}): copied twice")
        if not self.registered:
            self.buffers = [(torch.empty(self.size, dtype=torch.uint8).pin_memory(), torch.cuda.Event()) for _ in range(3)]


class Batch:
    """A slot with a batch in it: ``bytes`` used, ``places`` of the arrays (first byte, dtype, shape), and the ``others``."""

    def __init__(self, slots: Slots, slot: int, used: int, places: dict, others: dict):
        self.slots, self.slot, self.used, self.places, self.others = slots, slot, used, places, others
        self.event = None

    def to(self, device) -> dict:
        """All arrays as views of one copy on the device, and the others. The copy is queued on the current stream; ``copied`` says when it is over."""
        source = self.slots.tensor[self.slot, : self.used]
        if torch.device(device).type != "cuda":
            raw = source.clone()
        elif self.slots.registered:
            raw = source.to(device, non_blocking=True)
            self.event = torch.cuda.Event()
            self.event.record()
        else:
            buffer, event = self.slots.buffers[0]
            self.slots.buffers.append(self.slots.buffers.pop(0))
            event.synchronize()
            buffer[: self.used].copy_(source)
            raw = buffer[: self.used].to(device, non_blocking=True)
            event.record()
        return {name: view(raw, *place) for name, place in self.places.items()} | self.others

    def copied(self) -> bool:
        return self.event is None or self.event.query()


DTYPES = {np.dtype(kind).str: getattr(torch, kind) for kind in ("uint8", "int16", "int32", "int64", "float32", "bool")}


def view(raw: torch.Tensor, at: int, dtype: str, shape: tuple) -> torch.Tensor:
    """The array at byte ``at`` of raw [bytes] uint8."""
    n = int(np.dtype(dtype).itemsize * np.prod(shape, dtype=np.int64))
    part = raw[at : at + n]
    return (part.view(DTYPES[dtype]) if n else part.to(DTYPES[dtype])).view(shape)


def tensors(arrays: dict, device) -> dict:
    """The same from numpy arrays in this process, for tests and probes."""
    return {k: torch.from_numpy(v).to(device) if isinstance(v, np.ndarray) else v for k, v in arrays.items()}
