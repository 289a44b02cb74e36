"""Sample-rate conversion of a whole clip by the discrete Fourier transform: exact below the new Nyquist frequency, no aliases."""

from __future__ import annotations

from math import gcd

import numpy as np

RATE = 16000


def _smooth(n: int) -> int:
    """The smallest number >= n whose prime factors are 2, 3 and 5, for which the transform is fast."""
    while True:
        m = n
        for p in (2, 3, 5):
            while m % p == 0:
                m //= p
        if m == 1:
            return n
        n += 1


def resample(x: np.ndarray, rate: int, target: int = RATE) -> np.ndarray:
    """float32 [T] at ``rate`` Hz -> float32 [round(T * target / rate)] at ``target`` Hz.

    The clip is padded with silence to a length that both rates divide, so nothing wraps around; the last 4 % below the
    new Nyquist frequency fall off as a half cosine, which keeps the ringing short.
    """
    if rate == target:
        return np.asarray(x, np.float32)
    g = gcd(rate, target)
    up, down = target // g, rate // g
    blocks = _smooth(-(-(len(x) + rate // 20) // down))
    size = blocks * down
    spectrum = np.fft.rfft(x, size)
    out = blocks * up
    kept = min(len(spectrum), out // 2 + 1)
    result = np.zeros(out // 2 + 1, complex)
    result[:kept] = spectrum[:kept]
    edge = kept // 25
    result[kept - edge : kept] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, edge))
    return (np.fft.irfft(result, out) * (up / down))[: round(len(x) * target / rate)].astype(np.float32)
