"""Eyes and ears of the family ``autoglm-phone``: ViT-Lite, Wav2Vec-Bridge, the Cross-Modal Adapter and the fusion layers.

Both encoders end in rows of one width, ``feature_size``, so that one adapter and one stack of fusion layers serve both: a picture
gives one row a cell of 32 x 32 pixels, speech one row per 640 samples (25 a second). The result of a picture or a clip depends on
nothing else in the conversation, so the engine keeps it by the content's hash. The rows then stand in the text encoder's sequence
as if they were embeddings.

All transformer layers are the ``Layer`` of the text part; only their positions differ: two-dimensional rotary in ViT-Lite (the first
half of a head's angles turn with the row, the others with the column), one-dimensional elsewhere.

Shape letters: N rows, C hidden, F feature size, H x W pixels, B clips, T samples.

Sources: ViT: Dosovitskiy et al. 2021 (arXiv 2010.11929); a convolutional stem before it: Xiao et al. 2021 (arXiv 2106.14881);
wav2vec 2.0: Baevski et al. 2020 (arXiv 2006.11477); a learnable filter bank on the waveform: Zeghidour et al. 2021 (arXiv 2101.08596).
"""
from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class VisionConfig:
    """ViT-Lite. ``max_cells`` bounds a picture: rows times columns of cells of ``patch_size * merge_size`` pixels."""

    hidden_size: int = 320
    intermediate_size: int = 1280
    num_attention_heads: int = 5
    layers: int = 8
    stem_channels: list = field(default_factory=lambda: [48, 96, 192])
    patch_size: int = 16
    merge_size: int = 2
    max_cells: int = 64
    rope_theta: float = 100.0

    @property
    def cell(self) -> int:
        return self.patch_size * self.merge_size

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Rows and columns of cells for a picture of this many pixels; its sides' ratio is kept as well as whole cells can."""
        scale = math.sqrt(self.max_cells / (width * height))
        rows, columns = max(1, round_half_up(height * scale)), max(1, round_half_up(width * scale))
        while rows * columns > self.max_cells:
            if rows >= columns:
                rows -= 1
            else:
                columns -= 1
        return rows, columns


@dataclass
class SpeechConfig:
    """Wav2Vec-Bridge. A row of the transformer is ``filter_stride * 2`` samples, a feature ``stack`` rows."""

    sample_rate: int = 16000
    hidden_size: int = 320
    intermediate_size: int = 1280
    num_attention_heads: int = 5
    layers: int = 6
    filters: int = 128
    filter_length: int = 400
    filter_stride: int = 160
    channels: int = 256
    stack: int = 2
    rope_theta: float = 10000.0

    @property
    def row(self) -> int:
        """Samples a row."""
        return self.filter_stride * 2

    @property
    def cell(self) -> int:
        """Samples a feature."""
        return self.row * self.stack


def round_half_up(x: float) -> int:
    """JavaScript's Math.round for positive numbers, so that the engine computes the same sizes."""
    return math.floor(x + 0.5)


# --------------------------------------------------------------------------------------------------------------- ViT-Lite
class ChannelNorm(nn.Module):
    """RMSNorm over the channels of [B, C, H, W]."""

    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(1, keepdim=True) + self.eps)
        return (y * self.weight.float()[:, None, None]).to(x.dtype)


class PatchEmbedding(nn.Module):
    """[B, 3, H, W] in [-1, 1] -> rows [B * H/16 * W/16, C], a picture's patches row by row.

    ``stem``: convolutions 3 x 3 of stride 2, each followed by a ChannelNorm and GELU; ``proj``: what is left of the patch, as one
    convolution whose kernel is its stride. Without stem channels it is ViT's plain patch embedding.
    """

    def __init__(self, c: VisionConfig, eps: float):
        super().__init__()
        widths = [3, *c.stem_channels]
        self.stem = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:]))
        self.stem_norms = nn.ModuleList(ChannelNorm(b, eps) for b in widths[1:])
        rest = c.patch_size >> len(c.stem_channels)
        self.proj = nn.Conv2d(widths[-1], c.hidden_size, rest, rest)

    def forward(self, pixels):
        x = pixels
        for conv, norm in zip(self.stem, self.stem_norms):
            x = F.gelu(norm(conv(x)))
        return self.proj(x).flatten(2).transpose(1, 2).flatten(0, 1)


def grid_angles(rows: int, columns: int, head_size: int, theta: float, device=None):
    """cos and sin [rows * columns, D / 2] float32 of a grid, row by row: the first D / 4 angles turn with the row, the others with the column."""
    quarter = head_size // 4
    frequencies = theta ** (-torch.arange(quarter, device=device, dtype=torch.float32) / quarter)
    y = torch.arange(rows, device=device).float()[:, None, None] * frequencies
    x = torch.arange(columns, device=device).float()[None, :, None] * frequencies
    angles = torch.cat([y.expand(rows, columns, quarter), x.expand(rows, columns, quarter)], -1).flatten(0, 1)
    return angles.cos(), angles.sin()


def merge_cells(x: torch.Tensor, rows: int, columns: int, merge: int) -> torch.Tensor:
    """Patches [B * rows * columns, C] -> cells [B * rows/m * columns/m, m * m * C]: a cell's patches row by row, side by side."""
    c = x.shape[-1]
    x = x.view(-1, rows // merge, merge, columns // merge, merge, c).transpose(2, 3)
    return x.reshape(-1, merge * merge * c)


# --------------------------------------------------------------------------------------------------------- Wav2Vec-Bridge
class WaveEmbedding(nn.Module):
    """Waveform [B, T], normalised, T a multiple of 640 -> rows [B, T / 320, C].

    ``filters``: pairs of cosine and sine filters (initially a windowed mel bank, then learned); the logarithm of a pair's power is a
    channel of a spectrogram of 100 frames a second. ``conv1`` halves the frames, ``conv2`` widens the context.
    """

    FLOOR = 1e-4

    def __init__(self, c: SpeechConfig, eps: float):
        super().__init__()
        self.c = c
        self.filters = nn.Conv1d(1, 2 * c.filters, c.filter_length, c.filter_stride, bias=False)
        self.conv1 = nn.Conv1d(c.filters, c.channels, 3, 2, 1)
        self.conv2 = nn.Conv1d(c.channels, c.hidden_size, 3, 1, 1)

    def forward(self, wave):
        side = self.c.filter_length - self.c.filter_stride
        x = self.filters(F.pad(wave, (side // 2, side - side // 2))[:, None])
        a, b = x.float().chunk(2, 1)
        x = ((a * a + b * b + self.FLOOR).log() / 4).to(wave.dtype)
        return self.conv2(F.gelu(self.conv1(x))).transpose(1, 2)


def filter_bank(c: SpeechConfig) -> torch.Tensor:
    """Initial filters [2 * filters, 1, length]: cosines, then sines, at mel-spaced frequencies from 60 Hz, under Hann windows as long as
    their band needs; scaled so that noise of variance 1 gives power about 1."""
    mel = lambda f: 2595 * math.log10(1 + f / 700)  # noqa: E731
    low, high = mel(60), mel(c.sample_rate / 2 - 200)
    edges = [700 * (10 ** ((low + (high - low) * i / (c.filters + 1)) / 2595) - 1) for i in range(c.filters + 2)]
    t = torch.arange(c.filter_length).float() - (c.filter_length - 1) / 2
    rows = []
    for lower, centre, upper in zip(edges, edges[1:], edges[2:]):
        length = min(c.filter_length, max(c.filter_length * 0.4, 2.5 * c.sample_rate / (upper - lower)))
        window = torch.where(t.abs() < length / 2, 0.5 + 0.5 * torch.cos(2 * math.pi * t / length), torch.zeros(()))
        window = window / window.pow(2).sum().sqrt()
        angle = 2 * math.pi * centre / c.sample_rate * t
        rows.append((window * angle.cos(), window * angle.sin()))
    return torch.stack([r[0] for r in rows] + [r[1] for r in rows])[:, None]


def normalize_wave(wave: torch.Tensor) -> torch.Tensor:
    """One clip [T] -> zero mean, unit variance, zeros appended to a multiple of 640 samples (of the default configuration)."""
    wave = (wave - wave.mean()) / (wave.var(unbiased=False) + 1e-7).sqrt()
    return F.pad(wave, (0, -len(wave) % SpeechConfig().cell))
