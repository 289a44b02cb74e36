"""The parts of a step whose shapes never change as CUDA graphs: encoder and decoder with their gradients, and the optimizer.

Pictures and clips stay outside: their sizes differ from batch to batch. Capturing needs attention without host copies (FlashAttention).
"""
from __future__ import annotations

import torch


class TextGraph:
    """Replays ``network.text`` and its gradients on buffers of its own. ``__call__`` adds the gradients of the weights where ``backward`` would."""

    def __init__(self, network, packed: torch.Tensor, rows: torch.Tensor, captured: bool = True):
        """packed: a batch's buffer on the device (int32 [shape.size]); rows [N, C]: its pictures and clips. captured=False computes the same
        without a graph, for tests."""
        self.network, self.packed, self.rows = network, packed.clone(), rows.detach().clone().requires_grad_()
        self.batch = network.shape.unpack(self.packed)
        self.leaves, self.graph = list(network.w.leaf.values()), None
        if captured:
            self.capture()

    def capture(self) -> None:
        torch.cuda.empty_cache()  # the graph's memory is its own
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.run()
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.loss, self.sums, self.grad = self.run()
        self.graph = graph

    def run(self):
        loss, sums = self.network.text(self.batch, self.rows)
        grad, *grads = torch.autograd.grad(loss, [self.rows, *self.leaves], allow_unused=True)
        for leaf, g in zip(self.leaves, grads):
            if g is not None:
                leaf.grad.add_(g)
        return loss.detach(), sums, grad

    def __call__(self, packed: torch.Tensor, rows: torch.Tensor):
        """-> sums by mode [2, MODES] and the gradient of rows; both are overwritten by the next call."""
        self.packed.copy_(packed)
        with torch.no_grad():
            self.rows.copy_(rows)
        if self.graph:
            self.graph.replay()
        else:
            self.loss, self.sums, self.grad = self.run()
        return self.sums, self.grad


def capture_text(network, packed: torch.Tensor, rows: torch.Tensor, log=print) -> TextGraph | None:
    """The graph, where it can be captured and its gradients are those of the ordinary way; else None. Clears all gradients."""
    w = network.w
    try:
        graph = TextGraph(network, packed, rows)
        w.clear()
        loss, _ = network.text(network.shape.unpack(packed), rows.detach().requires_grad_())
        loss.backward()
        want = w.grad.float(), w.flat_grad.clone(), loss.detach().float()
        w.clear()
        graph(packed, rows)
        worst = max(float((a - b).norm() / a.norm()) for a, b in zip(want, (w.grad.float(), w.flat_grad, graph.loss.float())))
        w.clear()
        if worst < 0.02:
            log(f"graphs: encoder and decoder are one CUDA graph, relative difference of the gradients {worst:.1e}")
            return graph
        log(f"graphs: the graph of encoder and decoder is off by {worst:.1e}, not used")
    except Exception as error:  # noqa: BLE001  (any failure means: kernel by kernel)
        log(f"graphs: encoder and decoder cannot be captured: {type(error).__name__}: {str(error)[:300]}")
    torch.cuda.synchronize()
    w.clear()
    return None


def capture(f, log=print, name: str = ""):
    """f() without arguments, on tensors that stay where they are -> the same as one graph; f itself where that fails. Runs f four times."""
    try:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                f()
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            f()
        graph.replay()
        torch.cuda.synchronize()
        log(f"graphs: {name} is one CUDA graph")
        return graph.replay
    except Exception as error:  # noqa: BLE001  (any failure means: kernel by kernel)
        log(f"graphs: {name} cannot be captured: {type(error).__name__}: {str(error)[:300]}")
        torch.cuda.synchronize()
        return f
