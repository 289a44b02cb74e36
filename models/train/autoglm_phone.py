"""The model family ``autoglm-phone`` in PyTorch: the text part is told here, eyes and ears in ``senses.py``.

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
from typing import Optional

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from senses import PatchEmbedding, SpeechConfig, VisionConfig, WaveEmbedding, filter_bank, grid_angles, merge_cells, normalize_wave  # noqa: E402

PAD, END, SYSTEM, USER, ASSISTANT, THINK_ON, THINK_OFF, THINK_OPEN, THINK_CLOSE = range(9)
IMAGE, IMAGE_END, AUDIO, AUDIO_END, TRANSCRIBE = 9, 10, 11, 12, 23
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
    feature_size: int = 512
    adapter_intermediate_size: int = 2048
    fusion_layers: int = 1
    vision: Optional[VisionConfig] = None
    speech: Optional[SpeechConfig] = None
    sparse_attention: Optional[dict] = None  # for the builder's graphs: keys of sparse.SparseConfig; this module attends densely
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
        known = {k: v for k, v in data.items() if k in Config.__dataclass_fields__}
        for name, kind in (("vision", VisionConfig), ("speech", SpeechConfig)):
            if known.get(name):
                known[name] = kind(**known[name])
        return Config(**known)


CONFIGS = {
    "nano": Config(vision=VisionConfig(), speech=SpeechConfig(), sparse_attention={}),
    "tiny": Config(vocab_size=512, hidden_size=64, intermediate_size=128, num_attention_heads=4, encoder_layers=2,
                   decoder_layers=2, max_position_embeddings=256),
    "tiny-senses": Config(vocab_size=512, hidden_size=64, intermediate_size=128, num_attention_heads=4, encoder_layers=2, decoder_layers=2,
                          max_position_embeddings=512, feature_size=64, adapter_intermediate_size=128, fusion_layers=2,
                          vision=VisionConfig(hidden_size=64, intermediate_size=128, num_attention_heads=2, layers=2, stem_channels=[16, 32, 32]),
                          speech=SpeechConfig(hidden_size=64, intermediate_size=128, num_attention_heads=2, layers=2, filters=32, channels=32)),
    "9b": Config(vocab_size=151552, hidden_size=3072, intermediate_size=12288, num_attention_heads=24, encoder_layers=24,
                 decoder_layers=24, max_position_embeddings=32768, feature_size=3072, adapter_intermediate_size=12288, fusion_layers=3,
                 vision=VisionConfig(hidden_size=1792, intermediate_size=7168, num_attention_heads=28, layers=36, stem_channels=[],
                                     max_cells=2560, rope_theta=10000.0),
                 speech=SpeechConfig(hidden_size=1280, intermediate_size=5120, num_attention_heads=20, layers=40, filters=256, channels=1024)),
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
    """``c`` of the layers' classes is whatever names hidden_size, intermediate_size and num_attention_heads: a Config or a sense's."""

    def __init__(self, c):
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
    def __init__(self, size: int, inner: int, out: int):
        super().__init__()
        self.fc1 = nn.Linear(size, inner, bias=False)
        self.fc2 = nn.Linear(inner, out, bias=False)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Layer(nn.Module):
    """The layer of both stacks. The caller says which keys and values its queries see, and which of them are visible."""

    def __init__(self, c, eps: float):
        super().__init__()
        self.input_layernorm = RMSNorm(c.hidden_size, eps)
        self.self_attn = Attention(c)
        self.post_attention_layernorm = RMSNorm(c.hidden_size, eps)
        self.mlp = Mlp(c.hidden_size, c.intermediate_size, c.hidden_size)

    def forward(self, x, cos, sin, mask):
        """Attention among x [B, T, C] itself."""
        h = self.input_layernorm(x)
        return self.finish(x, h, cos, sin, *self.self_attn.keys_values(h, cos, sin), mask)

    def finish(self, x, h, cos, sin, k, v, mask):
        x = x + self.self_attn(h, cos, sin, k, v, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class Stack(nn.Module):
    def __init__(self, c, layers: int, eps: float):
        super().__init__()
        self.layers = nn.ModuleList(Layer(c, eps) for _ in range(layers))
        self.norm = RMSNorm(c.hidden_size, eps)


class Vision(Stack):
    """ViT-Lite: pictures of one size [B, 3, H, W] in [-1, 1] -> features [B, cells, F]."""

    def __init__(self, c: VisionConfig, feature_size: int, eps: float):
        super().__init__(c, c.layers, eps)
        self.config = c
        self.patch_embed = PatchEmbedding(c, eps)
        self.merge = nn.Linear(c.merge_size**2 * c.hidden_size, feature_size, bias=False)

    def forward(self, pixels):
        c, b = self.config, pixels.shape[0]
        rows, columns = pixels.shape[2] // c.patch_size, pixels.shape[3] // c.patch_size
        x = self.patch_embed(pixels).view(b, rows * columns, -1)
        cos, sin = (t[None, None] for t in grid_angles(rows, columns, c.hidden_size // c.num_attention_heads, c.rope_theta, x.device))
        mask = x.new_ones(1, 1, 1, x.shape[1], dtype=torch.bool)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.merge(merge_cells(self.norm(x).flatten(0, 1), rows, columns, c.merge_size)).view(b, -1, self.merge.out_features)


class Speech(Stack):
    """Wav2Vec-Bridge: clips [B, T] (senses.normalize_wave), true lengths in features [B] -> features [B, T / 640, F]."""

    def __init__(self, c: SpeechConfig, feature_size: int, eps: float):
        super().__init__(c, c.layers, eps)
        self.config = c
        self.wave_embed = WaveEmbedding(c, eps)
        self.merge = nn.Linear(c.stack * c.hidden_size, feature_size, bias=False)

    def rows(self, wave, lengths):
        """The transformer's normalised rows [B, T / 320, C]."""
        c = self.config
        x = self.wave_embed(wave)
        positions = torch.arange(x.shape[1], device=x.device)
        cos, sin = (t[None, None] for t in rope_angles(positions, c.hidden_size // c.num_attention_heads, c.rope_theta))
        mask = (positions < lengths[:, None] * c.stack)[:, None, None]
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.norm(x)

    def forward(self, wave, lengths):
        x = self.rows(wave, lengths)
        return self.merge(x.reshape(x.shape[0], x.shape[1] // self.config.stack, -1))


class Adapter(nn.Module):
    """The Cross-Modal Adapter: one set of weights for the features of pictures and of speech. [.., F] -> [.., C]"""

    def __init__(self, c: Config):
        super().__init__()
        self.norm = RMSNorm(c.feature_size, c.rms_norm_eps)
        self.mlp = Mlp(c.feature_size, c.adapter_intermediate_size, c.hidden_size)

    def forward(self, x):
        return self.mlp(self.norm(x))


class AutoGLMPhone(nn.Module):
    """Encoder, decoder and their one embedding. Rows are padded on the right with ``pad_token_id``."""

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        eps = config.rms_norm_eps
        self.encoder = Stack(config, config.encoder_layers, eps)
        self.decoder = Stack(config, config.decoder_layers, eps)
        if config.vision:
            self.vision = Vision(config.vision, config.feature_size, eps)
        if config.speech:
            self.speech = Speech(config.speech, config.feature_size, eps)
        if config.vision or config.speech:
            self.adapter = Adapter(config)
            self.fusion = Stack(config, config.fusion_layers, eps)

    def reset(self, seed: int) -> "AutoGLMPhone":
        """Initial weights: normal 0.02, the two matrices that write to the residual stream smaller by sqrt(2 * layers); convolutions
        by their fan-in; the features' last norm so small that they are as large as embeddings."""
        c, g = self.config, torch.Generator().manual_seed(seed)
        depth = {"encoder": c.encoder_layers, "decoder": c.decoder_layers, "fusion": c.fusion_layers,
                 "vision": c.vision.layers if c.vision else 1, "speech": c.speech.layers if c.speech else 1, "adapter": 0.5}
        with torch.no_grad():
            for name, p in self.named_parameters():
                if name.endswith(".bias"):
                    p.zero_()
                elif name == "fusion.norm.weight":
                    p.fill_(0.1)
                elif p.dim() == 1:
                    p.fill_(1.0)
                elif name == "speech.wave_embed.filters.weight":
                    p.copy_(filter_bank(c.speech))
                elif p.dim() > 2:
                    p.copy_(torch.randn(p.shape, generator=g) * math.sqrt(2 / p[0].numel()))
                else:
                    std = 0.02
                    if name.endswith(("o_proj.weight", "fc2.weight")):
                        std /= math.sqrt(2 * depth[name.split(".")[0]])
                    p.copy_(torch.randn(p.shape, generator=g) * std)
        return self

    # --------------------------------------------------------------------------------------------------------- features
    def fuse(self, features: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Adapter and fusion layers: features [B, N, F], of which lengths [B] count -> rows of the encoder [B, N, C].

        Rows of a picture or a clip see each other and nothing else.
        """
        x = self.adapter(features)
        positions = torch.arange(x.shape[1], device=x.device)
        cos, sin = self.angles(positions[None])
        mask = (positions < lengths[:, None])[:, None, None]
        for layer in self.fusion.layers:
            x = layer(x, cos, sin, mask)
        return self.fusion.norm(x)

    def look(self, pixels: torch.Tensor) -> torch.Tensor:
        """One picture [3, H, W] in [-1, 1] -> rows of the encoder [cells, C]."""
        x = self.vision(pixels[None])
        return self.fuse(x, torch.tensor([x.shape[1]], device=x.device))[0]

    def listen(self, wave: torch.Tensor) -> torch.Tensor:
        """One clip [T] of any level -> rows of the encoder [ceil(T / 640), C]."""
        wave = normalize_wave(wave)[None]
        lengths = torch.tensor([wave.shape[1] // self.config.speech.cell], device=wave.device)
        return self.fuse(self.speech(wave, lengths), lengths)[0]

    def angles(self, positions):
        """cos and sin for [B, T] positions, shaped [B, 1, T, D / 2] for all heads."""
        cos, sin = rope_angles(positions, self.config.head_size, self.config.rope_theta)
        return cos[:, None], sin[:, None]

    def embed(self, input_ids: torch.Tensor, media: Optional[list] = None) -> torch.Tensor:
        """Embeddings [B, S, C]; ``media`` holds for each of the B prompts a list of (first position, rows [n, C]) of its pictures and clips."""
        x = self.embed_tokens(input_ids)
        if media and any(media):
            x = x.clone()
            for row, parts in enumerate(media):
                for start, rows in parts:
                    x[row, start : start + len(rows)] = rows.to(x.dtype)
        return x

    def encode(self, input_ids: torch.Tensor, media: Optional[list] = None) -> tuple[torch.Tensor, torch.Tensor]:
        """input_ids [B, S], media as in ``embed`` -> memory [B, S, C] (normalised) and visible [B, S] bool."""
        visible = input_ids != self.config.pad_token_id
        mask = visible[:, None, None, :].expand(-1, 1, input_ids.shape[1], -1)
        cos, sin = self.angles(torch.arange(input_ids.shape[1], device=input_ids.device)[None].expand_as(input_ids))
        x = self.embed(input_ids, media)
        for layer in self.encoder.layers:
            x = layer(x, cos, sin, mask)
        return self.encoder.norm(x), visible

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(self.decoder.norm(x), self.embed_tokens.weight)

    def forward(self, input_ids: torch.Tensor, decoder_ids: torch.Tensor, media: Optional[list] = None) -> torch.Tensor:
        """Teacher forcing: input_ids [B, S], decoder_ids [B, T] -> logits [B, T, vocab]."""
        cache = self.start(input_ids, decoder_ids.shape[1], media)
        return self.logits(self.step(decoder_ids, cache))

    # ----------------------------------------------------------------------------------------------------- generation
    def start(self, input_ids: torch.Tensor, room: int, media: Optional[list] = None) -> "Cache":
        """Encodes, and writes every decoder layer's keys and values of the memory into a cache with ``room`` rows more."""
        memory, visible = self.encode(input_ids, media)
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
    def generate(self, input_ids: torch.Tensor, max_tokens: int, compact_every: int = 16, give_up: float = 0.0,
                 media: Optional[list] = None) -> list[list[int]]:
        """Greedy answers, without ``decoder_start_token_id`` and with ``eos_token_id`` where it was reached.

        Finished rows are dropped from the batch every ``compact_every`` steps, so a few long answers cost little. When at most
        the share ``give_up`` of the rows is unfinished after 200 steps, those are left unfinished.
        """
        c = self.config
        b = input_ids.shape[0]
        cache = self.start(input_ids, max_tokens + 1, media)
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
    """Parameters by module, counted on PyTorch's meta device (nothing is allocated, so 9b works too).

    The article counts the tied embedding with the encoder and with the decoder; the last line counts it once, as it is stored.
    """
    device = torch.device("meta")
    with torch.no_grad():
        modules = [(part, sum(p.numel() for p in kind(*args).to(device).parameters())) for part, kind, args in _parts(config)]
    embedding = config.vocab_size * config.hidden_size
    counted = [(name, n + (embedding if name in ("text encoder", "text decoder") else 0)) for name, n in modules]
    total, stored = sum(n for _, n in counted), sum(n for _, n in modules) + embedding
    rows = [f"{name:42}{n:>16,}  {n / total:6.1%}" for name, n in counted]
    rows += [f"{'total':42}{total:>16,}", f"{'stored (the tied embedding once)':42}{stored:>16,}",
             f"int4, block 32: {stored * 4.5 / 8 / 1e6:,.1f} MB"]
    return "\n".join(rows)


def _parts(c: Config):
    """(name, module class, arguments); a stack of n equal layers is built on the meta device."""
    def meta(kind, *args):
        def build(*_):
            with torch.device("meta"):
                return kind(*args)
        return build

    eps = c.rms_norm_eps
    yield "text encoder", meta(Stack, c, c.encoder_layers, eps), ()
    yield "text decoder", meta(Stack, c, c.decoder_layers, eps), ()
    if c.vision:
        yield "vision encoder (ViT-Lite)", meta(Vision, c.vision, c.feature_size, eps), ()
    if c.speech:
        yield "speech encoder (Wav2Vec-Bridge)", meta(Speech, c.speech, c.feature_size, eps), ()
    if c.vision or c.speech:
        yield "fusion (Cross-Modal Adapter and layers)", meta(lambda: nn.ModuleList([Adapter(c), Stack(c, c.fusion_layers, eps)])), ()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] != "parameters":
        sys.exit(__doc__)
    print(parameters(CONFIGS[sys.argv[2] if len(sys.argv) > 2 else "nano"]))
