"""The model family ``autoglm-phone``, text part, in PyTorch: one file tells the whole story.

An encoder reads the conversation in both directions, a decoder writes the answer. Both are stacks of the same pre-norm layer,
without biases: RMSNorm, multi-head attention with rotary positions, RMSNorm, a feed-forward net of two matrices with GELU (erf).
The embedding is tied: encoder input, decoder input and output projection are one matrix. A decoder layer has no cross-attention
of its own: its self-attention also attends to the encoder's output through the *same* key and value matrices (merged attention),
so the encoder's keys and values are simply the first rows of the decoder's KV cache. ``models/README.md`` fixes the names.

This module is the readable reference: padded batches, any device, PyTorch 1.13 or newer. ``packed.py`` computes the same function
without padding for training, and a test compares the two. Commands::

    python autoglm_phone.py parameters [nano|tiny|9b]     parameters by module

Shape letters: B batch, S encoder tokens, T decoder tokens, M rows of the KV cache, H heads, D head size, C hidden = H * D.

Sources: rotary positions: Su et al. 2021 (arXiv 2104.09864), half-split pairs as in GPT-NeoX; RMSNorm: Zhang & Sennrich 2019
(arXiv 1910.07467); merged attention: Zhang, Titov & Sennrich 2019 (arXiv 1908.11365).
"""
from __future__ import annotations

import json
import math
import os
import struct
import sys
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

PAD, END, SYSTEM, USER, ASSISTANT, THINK_ON, THINK_OFF, THINK_OPEN, THINK_CLOSE = range(9)
SDPA = getattr(F, "scaled_dot_product_attention", None)


@dataclass
class Config:
    """``config.json`` of the family; the defaults are nano."""

    vocab_size: int = 12288
    hidden_size: int = 512
    intermediate_size: int = 2048
    num_attention_heads: int = 8
    encoder_layers: int = 5
    decoder_layers: int = 5
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6
    max_position_embeddings: int = 2048
    pad_token_id: int = PAD
    eos_token_id: int = END
    decoder_start_token_id: int = ASSISTANT
    model_type: str = "autoglm-phone"

    @property
    def head_size(self) -> int:
        return self.hidden_size // self.num_attention_heads

    def save(self, path: str) -> None:
        with open(path, "w") as f:
            json.dump(asdict(self), f, indent=2)
            f.write("\n")

    @staticmethod
    def load(path: str) -> "Config":
        with open(path) as f:
            data = json.load(f)
        if data.get("model_type") != "autoglm-phone":
            raise ValueError(f"{path}: model_type is {data.get('model_type')!r}, not 'autoglm-phone'")
        return Config(**{k: v for k, v in data.items() if k in Config.__dataclass_fields__})


CONFIGS = {
    "nano": Config(),
    "tiny": Config(vocab_size=512, hidden_size=64, intermediate_size=128, num_attention_heads=4, encoder_layers=2,
                   decoder_layers=2, max_position_embeddings=256),
    "9b": Config(vocab_size=151552, hidden_size=3072, intermediate_size=12288, num_attention_heads=24, encoder_layers=24,
                 decoder_layers=24, max_position_embeddings=32768),
}


# ---------------------------------------------------------------------------------------------------------------- modules
class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight over the last axis, computed in float32."""

    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.eps)
        return (y * self.weight.float()).to(x.dtype)


def rope_angles(positions: torch.Tensor, head_size: int, theta: float) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin, [..., D / 2] float32, of position * theta^(-2i / D)."""
    half = head_size // 2
    frequencies = theta ** (-torch.arange(half, device=positions.device, dtype=torch.float32) / half)
    angles = positions.float()[..., None] * frequencies
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Half-split rotary pairs: element i turns with element i + D / 2. x [..., D], cos and sin [..., D / 2]."""
    a, b = x.float().chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """softmax(q k^T / sqrt(D) where mask) v. q [B, H, T, D], k and v [B, H, M, D], mask [B, 1, T, M] bool, true = visible."""
    if SDPA is not None:
        return SDPA(q, k, v, attn_mask=mask)
    scores = (q @ k.transpose(-1, -2)).float() / math.sqrt(q.shape[-1])
    return scores.masked_fill(~mask, -1e30).softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.heads = c.num_attention_heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(c.hidden_size, c.hidden_size, bias=False))

    def split(self, x: torch.Tensor) -> torch.Tensor:
        """[B, T, C] -> [B, H, T, D]"""
        b, t, c = x.shape
        return x.view(b, t, self.heads, c // self.heads).transpose(1, 2)

    def keys_values(self, x, cos, sin):
        """Rotated keys and values [B, H, T, D] of rows x [B, T, C]; the same for memory and for the decoder's own rows."""
        return rotate(self.split(self.k_proj(x)), cos, sin), self.split(self.v_proj(x))

    def forward(self, x, cos, sin, k, v, mask):
        q = rotate(self.split(self.q_proj(x)), cos, sin)
        return self.o_proj(attend(q, k, v, mask).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.fc1 = nn.Linear(c.hidden_size, c.intermediate_size, bias=False)
        self.fc2 = nn.Linear(c.intermediate_size, c.hidden_size, bias=False)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Layer(nn.Module):
    """The layer of both stacks. The caller says which keys and values its queries see, and which of them are visible."""

    def __init__(self, c: Config):
        super().__init__()
        self.input_layernorm = RMSNorm(c.hidden_size, c.rms_norm_eps)
        self.self_attn = Attention(c)
        self.post_attention_layernorm = RMSNorm(c.hidden_size, c.rms_norm_eps)
        self.mlp = Mlp(c)

    def finish(self, x, h, cos, sin, k, v, mask):
        x = x + self.self_attn(h, cos, sin, k, v, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class Stack(nn.Module):
    def __init__(self, c: Config, layers: int):
        super().__init__()
        self.layers = nn.ModuleList(Layer(c) for _ in range(layers))
        self.norm = RMSNorm(c.hidden_size, c.rms_norm_eps)


class AutoGLMPhone(nn.Module):
    """Encoder, decoder and their one embedding. Rows are padded on the right with ``pad_token_id``."""

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.encoder = Stack(config, config.encoder_layers)
        self.decoder = Stack(config, config.decoder_layers)

    def reset(self, seed: int) -> "AutoGLMPhone":
        """Initial weights: normal 0.02, the two matrices that write to the residual stream smaller by sqrt(2 * layers)."""
        g = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, p in self.named_parameters():
                if p.dim() == 1:
                    p.fill_(1.0)
                    continue
                std = 0.02
                if name.endswith(("o_proj.weight", "fc2.weight")):
                    layers = self.config.encoder_layers if name.startswith("encoder") else self.config.decoder_layers
                    std /= math.sqrt(2 * layers)
                p.copy_(torch.randn(p.shape, generator=g) * std)
        return self

    def angles(self, positions):
        """cos and sin for [B, T] positions, shaped [B, 1, T, D / 2] for all heads."""
        cos, sin = rope_angles(positions, self.config.head_size, self.config.rope_theta)
        return cos[:, None], sin[:, None]

    def encode(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """input_ids [B, S] -> memory [B, S, C] (normalised) and visible [B, S] bool."""
        visible = input_ids != self.config.pad_token_id
        mask = visible[:, None, None, :].expand(-1, 1, input_ids.shape[1], -1)
        cos, sin = self.angles(torch.arange(input_ids.shape[1], device=input_ids.device)[None].expand_as(input_ids))
        x = self.embed_tokens(input_ids)
        for layer in self.encoder.layers:
            h = layer.input_layernorm(x)
            k, v = layer.self_attn.keys_values(h, cos, sin)
            x = layer.finish(x, h, cos, sin, k, v, mask)
        return self.encoder.norm(x), visible

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(self.decoder.norm(x), self.embed_tokens.weight)

    def forward(self, input_ids: torch.Tensor, decoder_ids: torch.Tensor) -> torch.Tensor:
        """Teacher forcing: input_ids [B, S], decoder_ids [B, T] -> logits [B, T, vocab]."""
        cache = self.start(input_ids, decoder_ids.shape[1])
        return self.logits(self.step(decoder_ids, cache))

    # ----------------------------------------------------------------------------------------------------- generation
    def start(self, input_ids: torch.Tensor, room: int) -> "Cache":
        """Encodes, and writes every decoder layer's keys and values of the memory into a cache with ``room`` rows more."""
        memory, visible = self.encode(input_ids)
        b, s = input_ids.shape
        cos, sin = self.angles(torch.arange(s, device=input_ids.device)[None].expand(b, s))
        cache = Cache([], torch.zeros(b, s + room, dtype=torch.bool, device=input_ids.device), s, visible.sum(1))
        cache.visible[:, :s] = visible
        for layer in self.decoder.layers:
            pair = []
            for rows in layer.self_attn.keys_values(memory, cos, sin):
                full = rows.new_zeros(b, rows.shape[1], s + room, rows.shape[3])
                full[:, :, :s] = rows
                pair.append(full)
            cache.layers.append(pair)
        return cache

    def step(self, ids: torch.Tensor, cache: "Cache") -> torch.Tensor:
        """Continues the cache by ids [B, T]; returns hidden rows [B, T, C] before the last norm."""
        b, t = ids.shape
        device = ids.device
        start, end = cache.rows, cache.rows + t
        cache.visible[:, start:end] = True
        causal = torch.arange(end, device=device)[None, :] <= torch.arange(start, end, device=device)[:, None]
        mask = (cache.visible[:, None, None, :end] & causal[None, None])
        cos, sin = self.angles(cache.lengths[:, None] + torch.arange(t, device=device)[None])
        x = self.embed_tokens(ids)
        for layer, (keys, values) in zip(self.decoder.layers, cache.layers):
            h = layer.input_layernorm(x)
            k, v = layer.self_attn.keys_values(h, cos, sin)
            if keys.requires_grad or k.requires_grad:
                keys, values = torch.cat([keys[:, :, :start], k], 2), torch.cat([values[:, :, :start], v], 2)
            else:
                keys[:, :, start:end] = k
                values[:, :, start:end] = v
            x = layer.finish(x, h, cos, sin, keys[:, :, :end], values[:, :, :end], mask)
        cache.rows = end
        cache.lengths = cache.lengths + t
        return x

    @torch.no_grad()
    def generate(self, input_ids: torch.Tensor, max_tokens: int, compact_every: int = 16, give_up: float = 0.0) -> list[list[int]]:
        """Greedy answers, without ``decoder_start_token_id`` and with ``eos_token_id`` where it was reached.

        Finished rows are dropped from the batch every ``compact_every`` steps, so a few long answers cost little. When at most
        the share ``give_up`` of the rows is unfinished after 200 steps, those are left unfinished.
        """
        c = self.config
        b = input_ids.shape[0]
        cache = self.start(input_ids, max_tokens + 1)
        ids = torch.full((b, 1), c.decoder_start_token_id, dtype=torch.long, device=input_ids.device)
        out = torch.full((b, max_tokens), c.pad_token_id, dtype=torch.long, device=input_ids.device)
        rows = torch.arange(b, device=input_ids.device)
        done = torch.zeros(b, dtype=torch.bool, device=input_ids.device)
        for i in range(max_tokens):
            nxt = self.logits(self.step(ids, cache)[:, -1:]).argmax(-1)[:, 0]
            nxt = torch.where(done, torch.full_like(nxt, c.pad_token_id), nxt)
            out[rows, i] = nxt
            done = done | (nxt == c.eos_token_id)
            ids = nxt[:, None]
            if (i + 1) % compact_every == 0:
                left = int((~done).sum())
                if left == 0 or (i >= 200 and left <= give_up * b):
                    break
                if left <= 0.75 * len(done):
                    keep = (~done).nonzero()[:, 0]
                    rows, ids, done = rows[keep], ids[keep], done[keep]
                    cache.keep(keep)
        answers = []
        for row in out.tolist():
            if c.eos_token_id in row:
                row = row[: row.index(c.eos_token_id) + 1]
            answers.append(row)
        return answers


@dataclass
class Cache:
    """Keys and values [B, H, M, D] of each decoder layer, memory rows first; visible [B, M]; rows used; true lengths [B]."""

    layers: list
    visible: torch.Tensor
    rows: int
    lengths: torch.Tensor

    def keep(self, index: torch.Tensor) -> None:
        self.layers = [[t[index] for t in pair] for pair in self.layers]
        self.visible, self.lengths = self.visible[index], self.lengths[index]


# ----------------------------------------------------------------------------------------------------------- quantization
def quantize(w: torch.Tensor, block_size: int = 32, bits: int = 4):
    """Symmetric blockwise codes of models/README.md section 3.

    w [rows, columns] float32 -> q [rows, blocks, block_size] float32 whole numbers in [0, 2^bits - 1], and
    scale [rows, blocks, 1] float16. The last block of a row is padded with zeros when block_size does not divide it.
    """
    zero = 1 << (bits - 1)
    rows, columns = w.shape
    if columns % block_size:
        w = F.pad(w, (0, block_size - columns % block_size))
    w = w.float().reshape(rows, -1, block_size)
    m = w.gather(-1, w.abs().argmax(-1, keepdim=True))
    scale = (m / -zero).half()
    s = scale.float()
    q = torch.where(s == 0, torch.full_like(w, zero), (w / torch.where(s == 0, torch.ones_like(s), s)).round() + zero)
    return q.clamp(0, 2 * zero - 1), scale


def dequantize(q: torch.Tensor, scale: torch.Tensor, columns: int, bits: int = 4) -> torch.Tensor:
    """(q - 2^(bits - 1)) * scale as [rows, columns] float32."""
    w = (q - (1 << (bits - 1))) * scale.float()
    return w.reshape(w.shape[0], -1)[:, :columns].contiguous()


def fake_quantize(w: torch.Tensor, block_size: int = 32, bits: int = 4) -> torch.Tensor:
    q, scale = quantize(w, block_size, bits)
    return dequantize(q, scale, w.shape[1], bits)


@torch.no_grad()
def quantize_model(model: AutoGLMPhone, block_size: int = 32, bits: int = 4) -> AutoGLMPhone:
    """Replaces every matrix (the embedding too) by its quantized value, in place. Norm weights stay."""
    for p in model.parameters():
        if p.dim() == 2:
            p.copy_(fake_quantize(p.float(), block_size, bits))
    return model


# ------------------------------------------------------------------------------------------------------------ safetensors
_DTYPES = {"F32": (torch.float32, np.float32), "F16": (torch.float16, np.float16), "BF16": (torch.bfloat16, np.int16)}


def save_safetensors(path: str, tensors: dict) -> None:
    """Writes F32, F16 and BF16 tensors in the safetensors format (8-byte header length, JSON header, data), atomically."""
    header, offset, parts = {}, 0, []
    for name, t in tensors.items():
        t = t.detach().cpu().contiguous()
        kind = next(k for k, (d, _) in _DTYPES.items() if d == t.dtype)
        data = (t.view(torch.int16) if kind == "BF16" else t).numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for data in parts:
            f.write(data)
    os.replace(path + ".part", path)


def load_safetensors(path: str) -> dict:
    """name -> tensor, in the dtype of the file."""
    with open(path, "rb") as f:
        raw = f.read()
    (length,) = struct.unpack_from("<Q", raw)
    tensors = {}
    for name, entry in json.loads(raw[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        dtype, np_dtype = _DTYPES[entry["dtype"]]
        a, b = (8 + length + o for o in entry["data_offsets"])
        t = torch.from_numpy(np.frombuffer(raw[a:b], np_dtype).copy())
        tensors[name] = (t.view(torch.bfloat16) if entry["dtype"] == "BF16" else t).reshape(entry["shape"])
    return tensors


def load_model(folder: str) -> AutoGLMPhone:
    """A folder with config.json and model.safetensors -> model in float32."""
    model = AutoGLMPhone(Config.load(os.path.join(folder, "config.json")))
    tensors = load_safetensors(os.path.join(folder, "model.safetensors"))
    model.load_state_dict({k: v.float() for k, v in tensors.items()})
    return model.eval()


def parameters(config: Config) -> str:
    """Parameters by module, counted from the shapes (nothing is allocated, so 9b works too)."""
    c = config
    attention, mlp = 4 * c.hidden_size**2, 2 * c.hidden_size * c.intermediate_size
    layer = attention + mlp + 2 * c.hidden_size
    rows = [("embed_tokens (tied: encoder, decoder, logits)", c.vocab_size * c.hidden_size)]
    for part, n in (("encoder", c.encoder_layers), ("decoder", c.decoder_layers)):
        rows += [(f"{part}.layers ({n} x {layer:,})", n * layer), (f"{part}.norm", c.hidden_size)]
    total = sum(n for _, n in rows)
    rows += [("total", total)]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:{width}}  {n:>15,}" for name, n in rows]
    return "\n".join(lines + [f"one layer: attention {attention:,} + feed-forward {mlp:,} + norms {2 * c.hidden_size:,}",
                              f"int4, block 32: {(total * 4.5 / 8) / 1e6:,.1f} MB"])


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] != "parameters":
        sys.exit(__doc__)
    print(parameters(CONFIGS[sys.argv[2] if len(sys.argv) > 2 else "nano"]))
