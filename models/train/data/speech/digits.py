"""Spoken digits by people: the Free Spoken Digit Dataset (Jakobovski et al., CC BY-SA 4.0), packed by prepare_digits.py.

The packed file (digits.bin beside this file, or AUTOGLM_DIGITS) is never committed. Two of the six speakers are held out.
"""

from __future__ import annotations

import json
import lzma
import os
import random
from pathlib import Path

import numpy as np

from .number_words import ONES
from .phones import phone_ids
from .resample import RATE, resample
from .utterances import Utterance

SHARE = 0.035  # of the clips
SOURCE_RATE = 8000
HELD = ("theo", "yweweler")
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")


def path() -> Path:
    return Path(os.environ.get("AUTOGLM_DIGITS") or Path(__file__).parent / "digits.bin")


def pack(recordings: list[tuple[str, int, int, np.ndarray]]) -> bytes:
    """(speaker, digit, take, int16 at 8 kHz) -> bytes, without loss: differences, low and high bytes apart, LZMA."""
    index = [[speaker, digit, take, len(audio)] for speaker, digit, take, audio in recordings]
    steps = np.concatenate([np.diff(audio.astype(np.int32), prepend=0).astype(np.int16) for *_, audio in recordings]).view(np.uint16)
    zigzag = (steps << 1) ^ (-(steps >> 15)).astype(np.uint16)
    body = lzma.compress((zigzag & 255).astype(np.uint8).tobytes() + (zigzag >> 8).astype(np.uint8).tobytes(), preset=9 | lzma.PRESET_EXTREME)
    head = json.dumps(index, separators=(",", ":")).encode()
    return len(head).to_bytes(4, "little") + head + body


def unpack(raw: bytes) -> list[tuple[str, int, int, np.ndarray]]:
    size = int.from_bytes(raw[:4], "little")
    index = json.loads(raw[4 : 4 + size])
    body = np.frombuffer(lzma.decompress(raw[4 + size :]), np.uint8)
    half = len(body) // 2
    zigzag = body[:half].astype(np.uint16) | (body[half:].astype(np.uint16) << 8)
    steps = ((zigzag >> 1) ^ (-(zigzag & 1).astype(np.int32)).astype(np.uint16)).view(np.int16)
    out, at = [], 0
    for speaker, digit, take, count in index:
        out.append((speaker, digit, take, np.cumsum(steps[at : at + count], dtype=np.int64).astype(np.int16)))
        at += count
    return out


def load(split: str) -> dict[str, dict[int, list[np.ndarray]]] | None:
    """speaker -> digit -> float32 clips at 16 kHz, of the split's speakers; None where the file is not there."""
    if not path().exists():
        return None
    out: dict[str, dict[int, list[np.ndarray]]] = {}
    for speaker, digit, _, audio in unpack(path().read_bytes()):
        if (speaker in HELD) == (split != "train"):
            out.setdefault(speaker, {}).setdefault(digit, []).append(resample(audio.astype(np.float32) / 32768, SOURCE_RATE))
    return out


def draw(rng: random.Random, recordings: dict, synthesiser) -> tuple[Utterance, str, np.ndarray, list[int]]:
    """One to six digits of one person, in natural gaps: (utterance, voice, int16 at 16 kHz, phone ids)."""
    while True:
        speaker = rng.choice(sorted(recordings))
        count = rng.choice([1, 1, 1, 2, 3, 4, 5, 6])
        chosen = [rng.randrange(10) for _ in range(count)]
        base = rng.uniform(0.03, 0.22)
        parts = []
        for i, digit in enumerate(chosen):
            if i:
                parts.append(np.zeros(int(RATE * max(0.01, base * rng.uniform(0.5, 1.6))), np.float32))
            audio = rng.choice(recordings[speaker][digit])
            parts.append(audio * (0.1 / max(1e-3, float(np.sqrt(np.mean(audio**2))))))
        audio = np.concatenate(parts)
        text, spoken = "".join(map(str, chosen)), " ".join(ONES[d] for d in chosen)
        ids = phone_ids(synthesiser.espeak.phonemes(spoken, "en-us"), False)
        if len(audio) / RATE <= 9.3 and len(ids) < 0.86 * 50 * len(audio) / RATE:
            audio *= min(1.0, 0.95 / float(np.abs(audio).max()))
            return Utterance("en", text, spoken, None, "digits.people"), f"person:{speaker}", np.round(audio * 32767).astype(np.int16), ids
