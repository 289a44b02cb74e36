"""The processes of a run, one for each GPU (torchrun), and what they must agree on.

Gradients are averaged by the optimizer. All else goes over gloo, so that nothing of it waits for a GPU.
"""
from __future__ import annotations

import os

import torch
import torch.distributed as dist


class Ranks:
    """Read from torchrun's environment; a process alone is the first of one, and everything here does nothing."""

    def __init__(self) -> None:
        self.rank, self.world, self.local = (int(os.environ.get(k, d)) for k, d in (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0)))
        self.first = self.rank == 0
        self.group = None

    def join(self, device: torch.device | None) -> None:
        """Meets the others. device: this process's GPU; None on a CPU. Workers are forked before."""
        if self.world > 1:
            dist.init_process_group("nccl" if device else "gloo", device_id=device)
            self.group = dist.new_group(backend="gloo")

    def say(self, *text) -> None:
        """What concerns all of them, once."""
        if self.first:
            print(*text, flush=True)

    def report(self, *text) -> None:
        """What may differ from one to the other: which of the fast ways were found to be right."""
        print(*(() if self.world == 1 else (f"rank {self.rank}:",)), *text, flush=True)

    def decide(self, *numbers: float) -> list[float]:
        """The first one's numbers. Clocks differ, and ranks that did not do the same at the same step would wait for each other for ever."""
        given = torch.tensor(numbers, dtype=torch.float64)
        if self.group:
            dist.broadcast(given, 0, group=self.group)
        return given.tolist()

    def share(self, tensors) -> None:
        """Overwrites all ranks' tensors with the first one's, so that differences of rounding do not add up."""
        if self.world > 1:
            for t in tensors:
                dist.broadcast(t, 0)

    def leave(self, code: int = 0) -> None:
        """Ends the process when all have come here: with one that left earlier goes its part of the others' last sum of gradients."""
        if self.group:
            dist.all_reduce(torch.zeros(1), group=self.group)
        os._exit(code)
