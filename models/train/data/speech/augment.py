"""Changes to clips of a batch as other speakers, rooms, microphones and lines make them. PyTorch, on the GPU or the CPU.

    augment(audio, lengths, generator, strength=1.0, speeds=None) -> (audio, lengths)
    choose_play(device)(audio, cut, speeds, lengths, t), then colour(wave, lengths, generator)     the same from clips laid end to end

``generator`` may be the CPU's or the device's; what a seed gives depends on the device, since noise is drawn there.
"""

from __future__ import annotations

import functools
import math
import random

import torch
import torch.nn.functional as F

try:
    import triton
    import triton.language as tl
except ImportError:  # no GPU here
    triton = None

RATE = 16000
SPEEDS = [0.9, 0.94, 0.97, 1.0, 1.03, 1.06, 1.1]
# What is drawn for a clip: from … to; levels in dB, frequencies in Hz, times in seconds.
NUMBERS = {
    "tilt": (-4, 4), "bump": (-8, 8), "bump at": (-2.5, 2.5), "bump width": (0.3, 1.0), "low": (2800, 7500), "high": (60, 250), "decay": (0.05, 0.5), "gap": (0.001, 0.012),
    "echo": (0.1, 0.9), "noise": (6, 38), "slope": (0, 1.1), "order": (0, 1), "second voice": (0.2, 1.0), "third voice": (0, 1.0), "babble": (12, 30), "mains": (0, 1),
    "hum": (10, 35), "clip": (0.15, 0.6), "gain": (0.02, 1.0), "offset": (-0.02, 0.02),
}
CHANCES = {"tilt": 0.7, "bump": 0.5, "low": 0.25, "high": 0.2, "phone": 0.08, "echo": 0.45, "noise": 0.6, "babble": 0.12, "hum": 0.08, "clip": 0.08, "8 bits": 0.15, "offset": 0.2, "clean": 0.3, "voice": 0.75, "mask": 0.35}


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
    where = place[None].double() * speeds[:, None].double()  # float32 would leave the last samples of a clip a 64th off
    base = where.floor()
    part = (where - base).float()
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


# ----------------------------------------------------------------------------------------------------- clips laid end to end
def play_plain(audio: torch.Tensor, cut: torch.Tensor, speeds: torch.Tensor, lengths: torch.Tensor, t: int) -> torch.Tensor:
    """audio int16 [sum], clip k at cut[k] … cut[k + 1] - 1, each at its speed -> float [B, t] in [-1, 1], zero behind lengths [B]."""
    sizes = (cut[1:] - cut[:-1]).long()
    at = torch.arange(max(t, int(sizes.max())), device=audio.device)
    wave = audio[(cut[:-1, None].long() + at).clamp(max=len(audio) - 1)].float() / 32768 * (at < sizes[:, None])
    return change_speed(wave, sizes, speeds)[0][:, :t] * (at[:t] < lengths[:, None])


if triton:

    @triton.jit
    def _play(audio, cut, speeds, lengths, out, t, BLOCK: tl.constexpr):
        clip = tl.program_id(0)
        place = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
        start = tl.load(cut + clip)
        n = tl.load(cut + clip + 1) - start
        speed = tl.load(speeds + clip)
        inside = (place < t) & (place < tl.load(lengths + clip))
        same = tl.load(audio + start + place, mask=inside & (place < n), other=0).to(tl.float32)
        where = place.to(tl.float64) * speed.to(tl.float64)
        base = where.to(tl.int32)
        part = (where - base.to(tl.float64)).to(tl.float32)
        rate = tl.minimum(1 / speed, 1.0) * 0.98
        total = tl.zeros([BLOCK], tl.float32)
        for k in range(-7, 9):
            d = part - k
            window = 0.5 + 0.5 * tl.cos(3.141592653589793 * tl.minimum(tl.maximum(d / 8.5, -1.0), 1.0))
            x = 3.141592653589793 * d * rate
            sinc = tl.where(x == 0, 1.0, tl.sin(x) / tl.where(x == 0, 1.0, x))
            i = base + k
            total += tl.load(audio + start + i, mask=inside & (i >= 0) & (i < n), other=0).to(tl.float32) * (sinc * rate * window)
        tl.store(out + clip * t + place, tl.where(speed == 1.0, same, total) / 32768, mask=place < t)


def play_triton(audio, cut, speeds, lengths, t: int) -> torch.Tensor:
    """As ``play_plain``, in one kernel; cut and lengths int32."""
    out = torch.empty(len(speeds), t, device=audio.device)
    _play[(len(speeds), triton.cdiv(t, 1024))](audio, cut, speeds, lengths, out, t, 1024)
    return out


def choose_play(device, log=print):
    """``play_triton`` where it runs and agrees with ``play_plain``."""
    if torch.device(device).type != "cuda" or triton is None:
        return play_plain
    try:
        args = example(device)
        want, got = play_plain(*args), play_triton(*args)
        worst = float((want - got).abs().max() / want.abs().max())
        if worst < 1e-3:
            log(f"change of speed: own kernel, largest error {worst:.1e}")
            return play_triton
        log(f"change of speed: the own kernel is off by {worst:.1e}, not used")
    except Exception as error:  # noqa: BLE001  (any failure means: the plain one)
        log(f"change of speed: the own kernel does not run here: {type(error).__name__}: {str(error)[:200]}")
    return play_plain


def example(device, seed: int = 0) -> tuple:
    """Arguments of ``play_plain``: noise at every speed, and an empty clip."""
    g = torch.Generator().manual_seed(seed)
    speeds = torch.tensor([*SPEEDS, 1.0])
    sizes = torch.randint(3000, 9000, (len(speeds),), generator=g)
    sizes[-1] = 0
    audio = torch.randint(-32768, 32767, (int(sizes.sum()),), generator=g, dtype=torch.int16)
    lengths = (sizes / speeds).int()
    cut = F.pad(sizes.cumsum(0), (1, 0)).int()
    return audio.to(device), cut.to(device), speeds.to(device), lengths.to(device), 10240


# -------------------------------------------------------------------------------------------------------------- other speakers
WINDOW, HOP, ORDER = 512, 128, 26  # samples of a frame and between two; cosines of the logarithmic spectrum that make its envelope
KNOTS = (0.0, 500.0, 1400.0, 2600.0, 4200.0, 8000.0)  # Hz; formants in between move apart, or together


@functools.lru_cache(maxsize=4)
def _frames(device) -> dict[str, torch.Tensor]:
    """Constants of ``revoice``: the transform of a windowed frame and back as matrices (a library's would be planned anew for every size of a
    batch), the envelope's coefficients of a logarithmic spectrum [F, ORDER], its angles, and the lines between the knots."""
    bins = WINDOW // 2
    n, k, q = torch.arange(WINDOW).double(), torch.arange(bins + 1).double(), torch.arange(1, ORDER + 1).double()
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * n / WINDOW)
    ends = torch.where((k == 0) | (k == bins), 0.5, 1.0)
    wave = 2 * math.pi / WINDOW * n[:, None] * k
    there = torch.cat([wave.cos(), -wave.sin()], 1) * window[:, None]
    back = torch.cat([wave.cos() * ends, -wave.sin() * ends], 1).T * (2 / WINDOW) * window / 1.5  # the sum of the squared windows
    f = k * (RATE / WINDOW)
    knots = torch.tensor(KNOTS, dtype=torch.float64)
    place = (torch.bucketize(f, knots, right=True) - 1).clamp(0, len(KNOTS) - 2)
    part = (f - knots[place]) / (knots[place + 1] - knots[place])
    lines = torch.zeros(len(KNOTS), bins + 1, dtype=torch.float64)
    lines[place, torch.arange(bins + 1)] = 1 - part
    lines[place + 1, torch.arange(bins + 1)] = part
    angle = math.pi / (RATE / 2) * q[:, None]
    some = {"there": there, "back": back, "analyse": torch.cos(math.pi * k[:, None] * q / bins) * ends[:, None] * (2 / bins), "f": f, "lines": lines, "angle": angle, "plain": torch.cos(angle * f),
            "accent": torch.cos(angle * f) / (1 + q / 4)[:, None]}
    return {name: t.float().to(device) for name, t in some.items()}


def revoice(x: torch.Tensor, generator: torch.Generator, likely: torch.Tensor, masked: torch.Tensor) -> torch.Tensor:
    """Clips [B, T], speech at 1, as other vocal tracts would say them at the same pitch and speed, where ``likely`` [B, 1] is 1: formants
    are moved, each part of the spectrum by its own factor, made sharper or duller, and mixed a little, so that sounds change differently. Where ``masked`` [B, 1] is 1 two bands of
    frequencies and some short stretches are nearly taken out, so that no single cue is relied on.

    Sources: vocal tract length perturbation: Jaitly and Hinton 2013; masks: Park et al. 2019 (arXiv 1904.08779).
    """
    b, t = x.shape
    device, c = x.device, _frames(x.device)
    uniform = lambda *shape: torch.rand(*shape, generator=generator, device=generator.device).to(device)  # noqa: E731
    normal = lambda *shape: torch.randn(*shape, generator=generator, device=generator.device).to(device)  # noqa: E731
    count = -(-t // HOP) + WINDOW // HOP - 1
    spectrum = F.pad(x, (WINDOW - HOP, count * HOP - t)).unfold(1, WINDOW, HOP) @ c["there"]  # [B, N, 2 F]
    real, imaginary = spectrum.chunk(2, -1)
    power = real * real + imaginary * imaginary
    envelope = (power + 0.0025).log_() @ (c["analyse"] / 2)  # [B, N, ORDER]

    # frequencies whose envelope is heard at f: f / ratio(f), the ratio's logarithm by straight lines between the knots
    log_ratio = (0.1 * normal(b, 1) + 0.09 * normal(b, len(KNOTS))).clamp(-0.27, 0.27)
    where = c["f"] * torch.exp(-(log_ratio @ c["lines"]))
    sharp = torch.exp(0.3 * normal(b, 1, 1)).clamp(0.5, 1.7)
    change = torch.cos(c["angle"] * where.clamp(max=RATE / 2)[:, None]) * sharp - c["plain"]  # [B, ORDER, F]
    change = change + (0.1 * normal(b, ORDER, ORDER)) @ c["accent"]  # each sound is changed in a way of its own, by a speaker in the same way always
    gain = (envelope @ (change * likely[:, :, None])).clamp(-2.5, 2.5)
    gain = gain + 0.5 * ((power.sum(2, keepdim=True) + 1.0) / ((power * (2 * gain).exp_()).sum(2, keepdim=True) + 1.0)).log_()  # every frame stays as loud as it was

    width, first = uniform(b, 2, 1) * 700 + 100, uniform(b, 2, 1) * 6500
    gain = gain - 3.0 * (((c["f"] >= first) & (c["f"] < first + width)).float().amax(1) * masked)[:, None]
    frames = torch.arange(gain.shape[1], device=device)
    length, begin = uniform(b, 2, 1) * 4 + 2, uniform(b, 2, 1) * gain.shape[1]
    gain = (gain - 3.0 * (((frames >= begin) & (frames < begin + length)).float().amax(1) * masked)[..., None]).exp_()

    y = torch.cat([real * gain, imaginary * gain], -1) @ c["back"]
    out = torch.zeros(b, (count + WINDOW // HOP - 1) * HOP, device=device)
    for k in range(WINDOW // HOP):  # overlapping frames added
        out[:, k * HOP : (k + count) * HOP] += y[:, :, k * HOP : (k + 1) * HOP].flatten(1)
    return torch.where(likely + masked > 0, out[:, WINDOW - HOP : WINDOW - HOP + t], x)


# ------------------------------------------------------------------------------------------------------ rooms, noise, lines
@functools.lru_cache(maxsize=8)
def _table(strength: float, device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Lowest values and widths [n, 1] of NUMBERS, probabilities [m, 1] of CHANCES."""
    numbers = {**NUMBERS, "decay": (0.05, 0.45 * strength + 0.05)}
    low, high = (torch.tensor([pair[k] for pair in numbers.values()], dtype=torch.float32, device=device)[:, None] for k in (0, 1))
    return low, high - low, torch.tensor(list(CHANCES.values()), device=device)[:, None] * min(1.0, strength)


def colour(x: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator, strength: float = 1.0) -> torch.Tensor:
    """Rooms, noise and lines on clips float [B, T], zero behind lengths [B] -> [B, T] normalised. Nothing here waits for the device
    when the generator is the device's own; B and T are best taken from few values, since the transform keeps a plan for each."""
    if strength <= 0:
        return normalise(x, lengths)
    b, t = x.shape
    device = x.device
    low, wide, likely = _table(strength, device)
    dice = torch.rand(len(low) + len(likely), b, generator=generator, device=generator.device).to(device)
    v = dict(zip(NUMBERS, (dice[: len(low)] * wide + low)[..., None]))  # each [B, 1]
    does = dict(zip(CHANCES, (dice[len(low) :] < likely).float()[..., None]))
    for name in ("tilt", "bump", "low", "high", "phone", "echo", "noise", "babble", "hum", "clip", "voice", "mask"):  # else no clip in thirty would be as it was recorded
        does[name] = does[name] * (1 - does["clean"])
    normal = lambda *shape: torch.randn(*shape, generator=generator, device=generator.device).to(device)  # noqa: E731
    mask = torch.arange(t, device=device)[None] < lengths[:, None]
    count = lengths[:, None].clamp(min=1).float()
    x = x / torch.sqrt((x * x).sum(1, keepdim=True) / count + 1e-9)  # speech at 1 from here on
    x = revoice(x, generator, does["voice"], does["mask"]) * mask
    x = x / torch.sqrt((x * x).sum(1, keepdim=True) / count + 1e-9)

    # the voice's colour, a low-pass, or a telephone: one response a clip; then the room
    size = _size(t + RATE // 2)
    f = torch.linspace(0, RATE / 2, size // 2 + 1, device=device)[None]
    octaves = torch.log2(f.clamp(min=50) / 1000)
    bump = torch.exp(-0.5 * ((octaves - v["bump at"]) / v["bump width"]) ** 2)
    response = 10 ** (((v["tilt"] * does["tilt"]) * octaves + (v["bump"] * does["bump"]) * bump).clamp(-24, 24) / 20)
    low = torch.where(does["phone"] > 0, 3400.0, torch.where(does["low"] > 0, v["low"], 9000.0))
    high = torch.where(does["phone"] > 0, 300.0, v["high"] * does["high"])
    response = response * torch.sigmoid((low - f) / 120) * torch.sigmoid((f - high) / 25 + 6 * (high == 0))
    echo = RATE // 2
    seconds = torch.arange(echo, device=device)[None] / RATE
    impulse = normal(b, echo) * 10 ** (-3 * seconds / v["decay"]) * (seconds > v["gap"])  # decay: until 60 dB less
    impulse = impulse / (impulse.norm(dim=1, keepdim=True) + 1e-9) * (v["echo"] * does["echo"] * strength)
    impulse[:, 0] = 1.0
    x = _filter(x, response * torch.fft.rfft(impulse, size), size) * mask
    x = x / torch.sqrt((x * x).sum(1, keepdim=True) / count + 1e-9)

    # noise: white to brown, hum, and the other clips of the batch talking together
    n = _size(t)
    g = torch.linspace(0, RATE / 2, n // 2 + 1, device=device)[None]
    noise = _filter(normal(b, t), (g.clamp(min=40) / 1000) ** -v["slope"], n)
    amount = 10 ** (-(v["noise"] + 14 * (1 - strength)) / 20) * does["noise"]
    x = x + noise * (amount / (noise.std(dim=1, keepdim=True) + 1e-9))
    if b > 2:
        order = v["order"][:, 0].argsort()
        babble = (x[order] + x[order.roll(1)] * v["second voice"] + x[order.roll(2)] * v["third voice"]).roll(RATE // 3, 1)
        x = x + babble * (10 ** (-v["babble"] / 20) * does["babble"] * (order != torch.arange(b, device=device))[:, None])
    clock = torch.arange(t, device=device)[None] * (2 * math.pi / RATE) * torch.where(v["mains"] < 0.5, 50.0, 60.0)
    hum = torch.sin(clock) + 0.5 * torch.sin(2 * clock + 1) + 0.3 * torch.sin(3 * clock + 2)
    x = x + hum * (10 ** (-v["hum"] / 20) * does["hum"])

    # the recorder: clipping, steps of 8 bits or 16, an offset
    peak = x.abs().amax(1, keepdim=True).clamp(min=1e-6)
    limit = torch.where(does["clip"] > 0, v["clip"], 1.0) * peak
    steps = torch.where(does["8 bits"] > 0, 127.0, 32767.0)
    gain = v["gain"].clamp(min=0.15) * steps / peak  # of full scale: only the rounding sees it, the normalisation takes it away
    x = torch.round(torch.minimum(torch.maximum(x, -limit), limit) * gain) / steps + v["offset"] * does["offset"]
    return normalise(x, lengths)


def augment(audio: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator, strength: float = 1.0, speeds: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """audio float [B, T] in [-1, 1], zero behind each clip; lengths int [B]; strength 0 to 1; speeds float [B], else drawn here.

    -> (audio [B, T] normalised as the model expects it, lengths [B]): the speed changes the lengths, so use those returned.
    Strength scales how many clips are changed and how much; 0 changes the speed by ``speeds`` alone.
    """
    if speeds is None and strength > 0:
        dice = torch.rand(2, len(audio), generator=generator, device=generator.device).to(audio.device)
        drawn = torch.tensor(SPEEDS, device=audio.device)[(dice[0] * len(SPEEDS)).long().clamp(max=len(SPEEDS) - 1)]
        speeds = torch.where(dice[1] < 0.6 * min(1.0, strength), drawn, torch.ones_like(drawn))
    x, lengths = (audio.float(), lengths) if speeds is None else change_speed(audio.float(), lengths, speeds)
    return colour(x, lengths, generator, strength), lengths
