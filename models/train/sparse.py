"""Dynamic sparse attention of ``autoglm-phone``, in PyTorch: which keys a query sees, and attention to those alone.

The article keeps, for each query, its top-k keys (k = 64, adapted to the length) and a local window of 16. To choose them key by key every
score is needed first, and nothing is saved. So keys are chosen by blocks: a block of ``block`` keys is summarised by their mean (after rotary
positions), ``query_block`` neighbouring queries, summarised likewise, choose the blocks whose summaries agree most with theirs, head by head.
They see every key of

- the chosen blocks, max(k, length / share) keys in all,
- all blocks within ``window`` rows of the queries, and the first block (where attention rests that has no better place),
- the rows after the last whole block.

In the decoder each new token chooses blocks of the memory for itself; it sees the first and the last block of the memory, the rows after it
and all that the decoder has written. With ``exact`` each query keeps, of the keys it sees, only its k best and those of the window: the
article's rule among the keys that routing let through, for comparison. Below ``min_length`` rows everything is dense.

``SparseAutoGLMPhone`` is the whole model; ``models/builder/families/autoglm-phone/sparse/`` builds the same function. Letters as in ``autoglm_phone.py``, and
N whole blocks, G blocks of queries, K chosen blocks.

Sources: block routing by mean keys: Lu et al. 2025 (MoBA, arXiv 2502.13189); pages of the cache for decoding: Tang et al. 2024 (Quest, arXiv
2406.10774); the first rows as a resting place: Xiao et al. 2023 (arXiv 2309.17453).
"""
from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from typing import Optional

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from autoglm_phone import AutoGLMPhone, Cache, Config, attend, rotate  # noqa: E402


@dataclass
class SparseConfig:
    """``sparse_attention`` of config.json. Lengths in rows."""

    k: int = 64
    window: int = 16
    block: int = 16
    query_block: int = 64
    share: int = 16
    min_length: int = 1024

    def chosen(self, rows: int, forced: int) -> int:
        """Blocks that a query sees of ``rows`` keys, of which ``forced`` do not depend on scores."""
        keys = max(self.k, rows // self.share)
        return min(rows // self.block, -(-keys // self.block) + forced)

    @property
    def forced(self) -> int:
        """Of a block of queries: itself, the window on both sides, the first."""
        return self.query_block // self.block + 2 * -(-self.window // self.block) + 1


DECODER_FORCED = 2  # the first and the last


def summaries(k: torch.Tensor, block: int) -> torch.Tensor:
    """Means of whole blocks: k [H, n, D], rotated -> [H, N, D]."""
    heads, rows, size = k.shape
    whole = rows // block
    return k[:, : whole * block].reshape(heads, whole, block, size).mean(2)


def best_blocks(scores: torch.Tensor, count: int) -> torch.Tensor:
    return scores.topk(count, -1).indices


def route(q: torch.Tensor, k: torch.Tensor, c: SparseConfig) -> torch.Tensor:
    """Blocks that every block of queries sees: q and k [H, n, D], rotated -> [H, G, K], in no order."""
    heads, rows, size = q.shape
    means = summaries(k, c.block)
    groups = -(-rows // c.query_block)
    # Zeros in the last group make its mean shorter; its order stays.
    padded = F.pad(q, (0, 0, 0, groups * c.query_block - rows))
    scores = padded.reshape(heads, groups, c.query_block, size).mean(2) @ means.transpose(1, 2)
    starts = torch.arange(means.shape[1], device=q.device) * c.block
    offset = starts[None] - torch.arange(groups, device=q.device)[:, None] * c.query_block
    forced = (offset > -c.window - c.block) & (offset < c.query_block + c.window) | (starts == 0)
    return best_blocks(scores.masked_fill(forced, math.inf), c.chosen(rows, c.forced))


def keys_of(blocks: torch.Tensor, rows: int, block: int) -> torch.Tensor:
    """Numbers of the keys of chosen blocks and of the rows after the last whole one: [..., K] -> [..., K * block + rest]."""
    within = torch.arange(block, device=blocks.device)
    keys = (blocks[..., None] * block + within).flatten(-2)
    rest = torch.arange(rows // block * block, rows, device=blocks.device)
    return torch.cat([keys, rest.expand(*keys.shape[:-1], -1)], -1)


def sparse_attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, c: SparseConfig, exact: bool = False) -> torch.Tensor:
    """Attention of every row to the rows it chooses. q, k (rotated) and v [H, n, D] -> [H, n, D]; memory n * (K * block) instead of n^2."""
    heads, rows, size = q.shape
    keys = keys_of(route(q, k, c), rows, c.block)
    groups = keys.shape[1]
    head = torch.arange(heads, device=q.device)[:, None, None]
    padded = F.pad(q, (0, 0, 0, groups * c.query_block - rows)).view(heads, groups, c.query_block, size)
    scores = padded @ k[head, keys].transpose(-1, -2) / math.sqrt(size)
    if exact:
        row = torch.arange(groups * c.query_block, device=q.device).view(1, groups, c.query_block, 1)
        near = (keys[:, :, None] - row).abs() <= c.window
        scores = keep_best(scores, near, max(c.k, rows // c.share))
    out = scores.softmax(-1) @ v[head, keys]
    return out.flatten(1, 2)[:, :rows]


def keep_best(scores: torch.Tensor, near: torch.Tensor, k: int) -> torch.Tensor:
    """All but the k largest of a row, and but those of its window, become minus infinity."""
    if k >= scores.shape[-1]:
        return scores
    least = scores.topk(k, -1).values[..., -1:]
    return scores.masked_fill((scores < least) & ~near, -math.inf)


def route_memory(q: torch.Tensor, means: torch.Tensor, rows: int, c: SparseConfig) -> torch.Tensor:
    """Blocks of ``rows`` memory rows that one decoder token sees: q [H, 1, D], means [H, N, D] -> [H, K]."""
    scores = (q @ means.transpose(1, 2))[:, 0].clone()
    scores[:, [0, -1]] = math.inf
    return best_blocks(scores, c.chosen(rows, DECODER_FORCED))


class SparseAutoGLMPhone(AutoGLMPhone):
    """The model with sparse attention in the encoder and, for steps of one token, in the decoder's attention to the memory.

    Several tokens at once (an answer that is continued) see all of the memory. Rows of a batch are computed one after the other.
    """

    def __init__(self, config: Config, sparse: SparseConfig, exact: bool = False):
        super().__init__(config)
        self.sparse = sparse
        self.exact = exact

    def is_sparse(self, rows: int) -> bool:
        return rows >= max(self.sparse.min_length, self.sparse.block)

    def encode(self, input_ids: torch.Tensor, media: Optional[list] = None):
        visible = input_ids != self.config.pad_token_id
        memory = input_ids.new_zeros(*input_ids.shape, self.config.hidden_size, dtype=self.embed_tokens.weight.dtype)
        for i, rows in enumerate(visible.sum(1).tolist()):
            one = input_ids[i : i + 1, :rows]
            parts = media[i : i + 1] if media else None
            memory[i, :rows] = self.encode_sparse(one, parts)[0] if self.is_sparse(rows) else super().encode(one, parts)[0][0]
        return memory, visible

    def encode_sparse(self, input_ids: torch.Tensor, media: Optional[list] = None) -> torch.Tensor:
        """input_ids [1, S] -> memory [1, S, C]"""
        cos, sin = self.angles(torch.arange(input_ids.shape[1], device=input_ids.device)[None])
        x = self.embed(input_ids, media)
        for layer in self.encoder.layers:
            a, h = layer.self_attn, layer.input_layernorm(x)
            k, v = a.keys_values(h, cos, sin)
            q = rotate(a.split(a.q_proj(h)), cos, sin)
            attended = sparse_attend(q[0], k[0], v[0], self.sparse, self.exact)
            x = x + a.o_proj(attended.transpose(0, 1).flatten(1)[None])
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        return self.encoder.norm(x)

    def step(self, ids: torch.Tensor, cache: Cache) -> torch.Tensor:
        """As AutoGLMPhone.step. The cache's memory lies in its first rows; ``start`` below notes how many."""
        if ids.shape[1] > 1 or not any(self.is_sparse(rows) for rows in cache.memory):
            return super().step(ids, cache)
        at = cache.rows
        cache.visible[:, at] = True
        cos, sin = self.angles(cache.lengths[:, None])
        x = self.embed_tokens(ids)
        for layer, (keys, values), means in zip(self.decoder.layers, cache.layers, cache.means):
            a, h = layer.self_attn, layer.input_layernorm(x)
            k, v = a.keys_values(h, cos, sin)
            keys[:, :, at], values[:, :, at] = k[:, :, 0], v[:, :, 0]
            q = rotate(a.split(a.q_proj(h)), cos, sin)
            mask = cache.visible[:, None, None, : at + 1].repeat(1, a.heads, 1, 1)
            for i, rows in enumerate(cache.memory):
                if self.is_sparse(rows):
                    seen = keys_of(route_memory(q[i], means[i], rows, self.sparse), rows, self.sparse.block)
                    mask[i, :, 0, :rows] = torch.zeros(a.heads, rows, dtype=torch.bool, device=x.device).scatter_(1, seen, True)
            attended = attend(q, keys[:, :, : at + 1], values[:, :, : at + 1], mask)
            x = x + a.o_proj(attended.transpose(1, 2).flatten(2))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        cache.rows += 1
        cache.lengths = cache.lengths + 1
        return x

    def start(self, input_ids: torch.Tensor, room: int, media: Optional[list] = None) -> "SparseCache":
        cache = super().start(input_ids, room, media)
        memory = cache.lengths.tolist()
        means = [[summaries(keys[i, :, :rows], self.sparse.block) for i, rows in enumerate(memory)] for keys, _ in cache.layers]
        return SparseCache(cache.layers, cache.visible, cache.rows, cache.lengths, memory, means)

    def forward(self, input_ids, decoder_ids, media=None):
        """Teacher forcing, token by token, as answers are written."""
        cache = self.start(input_ids, decoder_ids.shape[1], media)
        rows = [self.step(decoder_ids[:, t : t + 1], cache) for t in range(decoder_ids.shape[1])]
        return self.logits(torch.cat(rows, 1))


@dataclass
class SparseCache(Cache):
    """Also the memory rows of each prompt, and for each layer and prompt its blocks' summaries [H, N, D]."""

    memory: list
    means: list

    def keep(self, index: torch.Tensor) -> None:
        super().keep(index)
        self.memory = [self.memory[i] for i in index.tolist()]
        self.means = [[layer[i] for i in index.tolist()] for layer in self.means]
