"""Changes to clips of a batch as rooms, microphones and lines make them. PyTorch, on the GPU or the CPU.

    augment(audio, lengths, generator, strength=1.0, speeds=None) -> (audio, lengths)

``generator`` may be the CPU's or the device's; what a seed gives depends on the device, since noise is drawn there.
"""

from __future__ import annotations

import math
import random

import torch
import torch.nn.functional as F

RATE = 16000
DRAWS = 64  # random numbers for a clip
SPEEDS = [0.9, 0.94, 0.97, 1.0, 1.03, 1.06, 1.1]


def normalise(audio: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """(x - mean) / sqrt(var + 1e-7) over each clip's valid samples [B, T]; zero behind them."""
    mask = torch.arange(audio.shape[1], device=audio.device)[None] < lengths[:, None]
    count = lengths.clamp(min=1)[:, None].to(audio.dtype)
    x = audio * mask
    mean = x.sum(1, keepdim=True) / count
    x = (x - mean) * mask
    return x / torch.sqrt((x * x).sum(1, keepdim=True) / count + 1e-7)


def _filter(x: torch.Tensor, response: torch.Tensor, size: int) -> torch.Tensor:
    """x [B, T] times a response [B, size // 2 + 1] in the frequency domain."""
    return torch.fft.irfft(torch.fft.rfft(x, size) * response, size)[:, : x.shape[1]]


def _size(n: int) -> int:
    """A length that the transform likes."""
    while True:
        m = n
        for p in (2, 3, 5):
            while m % p == 0:
                m //= p
        if m == 1 and n % 2 == 0:
            return n
        n += 1


def draw_speed(rng: random.Random, samples: int) -> tuple[float, int]:
    """-> how fast to play a clip of so many samples, and its length then; never longer than 10 s."""
    speed = rng.choice(SPEEDS) if rng.random() < 0.6 else 1.0
    if samples / speed > 10 * RATE:
        speed = 1.0
    return speed, int(samples / speed)


def change_speed(audio: torch.Tensor, lengths: torch.Tensor, speeds: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Plays each clip [B, T] at its own speed (pitch goes along), with a windowed sinc of 16 taps.

    -> (audio [B, T], lengths: floor(length / speed)); a clip that would be longer than T keeps its speed.
    """
    b, t = audio.shape
    place = torch.arange(t, device=audio.device)
    speeds = torch.where((lengths / speeds).floor() <= t, speeds, torch.ones_like(speeds))
    where = place[None].to(torch.float32) * speeds[:, None]
    base = where.floor()
    part = where - base
    padded = F.pad(audio, (8, 10))
    index = base.long().clamp(max=t)
    cut = torch.clamp(1 / speeds, max=1.0)[:, None] * 0.98
    out = torch.zeros_like(audio)
    for k in range(-7, 9):
        d = part - k
        window = 0.5 + 0.5 * torch.cos(math.pi * (d / 8.5).clamp(-1, 1))
        out += padded.gather(1, index + (k + 8)) * (torch.sinc(d * cut) * cut * window)
    lengths = torch.where(speeds == 1, lengths, (lengths / speeds).floor().to(lengths.dtype)).clamp(1, t)
    return torch.where((speeds == 1)[:, None], audio, out) * (place < lengths[:, None]), lengths


def augment(audio: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator, strength: float = 1.0, speeds: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """audio float [B, T] in [-1, 1], zero behind each clip; lengths int [B]; strength 0 to 1; speeds float [B], else drawn here.

    -> (audio [B, T] normalised as the model expects it, lengths [B]): the speed changes the lengths, so use those returned.
    Strength scales how many clips are changed and how much; 0 changes the speed by ``speeds`` alone.
    """
    if strength <= 0:
        audio, lengths = (audio.float(), lengths) if speeds is None else change_speed(audio.float(), lengths, speeds)
        return normalise(audio, lengths), lengths
    b, t = audio.shape
    device = audio.device
    drawn = iter(torch.rand(DRAWS, b, generator=generator, device=generator.device).to(device))  # one copy to the device
    noises = torch.Generator(device=device).manual_seed(int(torch.randint(2**31, (1,), generator=generator, device=generator.device)))
    uniform = lambda low=0.0, high=1.0: next(drawn) * (high - low) + low  # noqa: E731
    chance = lambda p: next(drawn) < p * min(1.0, strength)  # noqa: E731
    x = audio.float()

    drawn_speeds = torch.tensor(SPEEDS, device=device)[(uniform() * len(SPEEDS)).long().clamp(max=len(SPEEDS) - 1)]
    x, lengths = change_speed(x, lengths, torch.where(chance(0.6), drawn_speeds, torch.ones_like(drawn_speeds)) if speeds is None else speeds)
    mask = torch.arange(t, device=device)[None] < lengths[:, None]
    count = lengths[:, None].float()
    level = torch.sqrt((x * x).sum(1, keepdim=True) / count + 1e-9)
    x = x / level  # speech at 1 from here on

    # the voice's colour, a low-pass, or a telephone: one response a clip; then the room
    size = _size(t + RATE // 2)
    bins = size // 2 + 1
    f = torch.linspace(0, RATE / 2, bins, device=device)[None]
    octaves = torch.log2(f.clamp(min=50) / 1000)
    tilt = (uniform(-4, 4) * chance(0.7))[:, None] * octaves
    bump = (uniform(-8, 8) * chance(0.5))[:, None] * torch.exp(-0.5 * ((octaves - uniform(-2.5, 2.5)[:, None]) / uniform(0.3, 1.0)[:, None]) ** 2)
    response = 10 ** ((tilt + bump).clamp(-24, 24) / 20)
    low = torch.where(chance(0.25), uniform(2800, 7500), torch.full((b,), 9000.0, device=device))[:, None]
    high = torch.where(chance(0.2), uniform(60, 250), torch.zeros(b, device=device))[:, None]
    phone = chance(0.08)[:, None]
    low = torch.where(phone, 3400.0, low)
    high = torch.where(phone, 300.0, high)
    response = response * torch.sigmoid((low - f) / 120) * torch.sigmoid((f - high) / 25 + 6 * (high == 0))
    echo = RATE // 2
    seconds = torch.arange(echo, device=device)[None] / RATE
    decay = uniform(0.05, 0.45 * strength + 0.05)[:, None]  # until 60 dB less
    impulse = torch.randn(b, echo, generator=noises, device=device) * 10 ** (-3 * seconds / decay) * (seconds > uniform(0.001, 0.012)[:, None])
    impulse = impulse / (impulse.norm(dim=1, keepdim=True) + 1e-9) * (uniform(0.1, 0.9) * chance(0.45) * strength)[:, None]
    impulse[:, 0] = 1.0
    x = _filter(x, response * torch.fft.rfft(impulse, size), size) * mask
    x = x / torch.sqrt((x * x).sum(1, keepdim=True) / count + 1e-9)

    # noise: white to brown, hum, and the other clips of the batch talking together
    db = uniform(6, 38)
    amount = 10 ** (-(db + 14 * (1 - strength)) / 20)
    noise = torch.randn(b, t, generator=noises, device=device)
    n = _size(t)
    g = torch.linspace(0, RATE / 2, n // 2 + 1, device=device)[None]
    slope = uniform(0, 1.1)[:, None]
    noise = _filter(noise, (g.clamp(min=40) / 1000) ** -slope, n)
    noise = noise / (noise.std(dim=1, keepdim=True) + 1e-9)
    x = x + noise * (amount * chance(0.6))[:, None]
    if b > 2:
        order = uniform().argsort()
        babble = (x[order] + x[order.roll(1)] * uniform(0.2, 1.0)[:, None] + x[order.roll(2)] * uniform(0, 1.0)[:, None]).roll(RATE // 3, 1)
        x = x + babble * (10 ** (-uniform(12, 30) / 20) * chance(0.12) * (order != torch.arange(b, device=device)))[:, None]
    clock = torch.arange(t, device=device)[None] / RATE
    mains = torch.where(uniform() < 0.5, 50.0, 60.0)[:, None]
    hum = torch.sin(2 * math.pi * mains * clock) + 0.5 * torch.sin(4 * math.pi * mains * clock + 1) + 0.3 * torch.sin(6 * math.pi * mains * clock + 2)
    x = x + hum * (10 ** (-uniform(10, 35) / 20) * chance(0.08))[:, None]

    # the recorder: clipping, steps of 8 bits or 16, an offset
    peak = x.abs().amax(1, keepdim=True).clamp(min=1e-6)
    limit = torch.where(chance(0.08), uniform(0.15, 0.6), torch.ones(b, device=device))[:, None] * peak
    x = torch.minimum(torch.maximum(x, -limit), limit)
    steps = torch.where(chance(0.04), 127.0, 32767.0)[:, None]
    gain = uniform(0.02, 1.0)[:, None]  # of full scale: only the rounding sees it, the normalisation takes it away
    x = torch.round(x / peak * gain.clamp(min=0.15) * steps) / steps
    x = x + (uniform(-0.02, 0.02) * chance(0.2))[:, None]
    return normalise(x, lengths), lengths
