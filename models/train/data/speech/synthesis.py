"""An utterance in a voice: audio and the labels of the CTC loss."""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path

import numpy as np

from . import voices
from .espeak import Espeak, prepare_data, random_variant, voices_folder
from .festival import Festival
from .flite import Flite
from .mandarin import pinyin
from .phones import frames_needed, phone_ids
from .resample import RATE, resample
from .utterances import Utterance
from .voices import CHINESE, Voice

LONGEST, SHORTEST = 9.3, 0.12  # seconds of speech
CTC_RATE = 50  # frames a second; speeds up to 1.1 come on top


def prepare(folder: Path, seed: str = "") -> Path:
    """espeak-ng's data with made-up speakers, in ``folder``: the same ones for the same seed."""
    rng = random.Random(f"speakers {seed}")
    return prepare_data(folder, {name: random_variant(rng) for name in voices.random_names()})


def trim(audio: np.ndarray, floor: float = 0.004) -> np.ndarray:
    """Without the silence at both ends; 20 ms of it stay."""
    block = 160
    count = len(audio) // block
    if count == 0:
        return audio[:0]
    peaks = np.abs(audio[: count * block]).reshape(count, block).max(1)
    loud = np.flatnonzero(peaks > floor * max(peaks.max(), 1e-6) * 4)
    if len(loud) == 0 or peaks.max() < 1e-3:
        return audio[:0]
    return audio[max(0, loud[0] - 2) * block : (loud[-1] + 3) * block]


def warped(audio: np.ndarray, by: float) -> np.ndarray:
    """Played so many times as fast, which raises formants and pitch alike: a larger or smaller speaker, said slower before."""
    return audio if by == 1 else resample(audio, round(RATE * by))


def runs(text: str) -> list[tuple[str, bool]]:
    """Pieces of one language each: (text, whether Chinese)."""
    pieces: list[tuple[str, bool]] = []
    for part in re.findall(r"[\u4e00-\u9fff][\u4e00-\u9fff，。？！、,?! ]*|[^\u4e00-\u9fff]+", text):
        if re.search(r"[A-Za-z\u4e00-\u9fff]", part):
            pieces.append((part, bool(re.match(r"[\u4e00-\u9fff]", part))))
    return pieces


class Synthesiser:
    """All synthesisers of one process."""

    def __init__(self, data: Path, festival: bool = True) -> None:
        self.espeak = Espeak(data)
        self.flite: Flite | None = None
        folder = voices_folder()
        self.has_flite = True
        self.has_festival = festival and folder is not None and (folder / "bin" / "festival").exists()
        self.festival: Festival | None = None
        self.said: dict[str, float] = {}

    def render(self, one: Utterance, voice: Voice, rng: random.Random) -> tuple[np.ndarray, list[int]] | None:
        """-> int16 [T] at 16 kHz and phone ids; None where it is empty, too long, or too fast for its labels."""
        pieces = runs(one.spoken)
        if not pieces or (voice.engine != "espeak" and any(zh for _, zh in pieces)):
            return None
        parts, ids = [], []
        if voice.engine == "espeak":
            language = voice.language if voice.language != CHINESE else "en-us"
            gap = np.zeros(int(RATE * rng.uniform(0.02, 0.09)), np.float32)
            for text, zh in pieces:
                name = f"{CHINESE if zh else language}+{voice.name}"
                text = pinyin(text) if zh else text
                ids += phone_ids(self.espeak.phonemes(text, name), zh)
                audio = trim(self.espeak.speak(text, name, voice.rate, voice.pitch, voice.spread))
                parts += [audio, gap] if len(pieces) > 1 else [audio]
        else:
            spoken = unicodedata.normalize("NFKD", one.spoken).encode("ascii", "ignore").decode()  # São Tomé as Sao Tome
            ids = phone_ids(self.espeak.phonemes(one.spoken, "en-us"), False)
            if voice.engine == "flite":
                self.flite = self.flite or Flite()
                audio = self.flite.speak(spoken, voice.name, voice.stretch * voice.warp, voice.tone)
            else:
                self.festival = self.festival or Festival()
                audio = self.festival.speak(spoken, voice.name, voice.stretch * voice.warp, voice.pitch_scale)
            parts.append(trim(warped(audio, voice.warp)))
        audio = np.concatenate(parts)
        seconds = len(audio) / RATE
        if not SHORTEST <= seconds <= LONGEST or not ids or frames_needed(ids) > seconds * CTC_RATE * 0.86:
            return None
        level = np.sqrt(np.mean(audio**2))
        if not np.isfinite(level) or level < 1e-4:
            return None
        audio = audio * min(0.1 / level, 0.95 / np.abs(audio).max())
        return np.round(audio * 32767).astype(np.int16), ids

    def draw(self, rng: random.Random, make, split: str = "train", engine: str | None = None, lang: str | None = None):
        """Utterances of ``make(rng)`` until one can be said: (utterance, voice, audio, ids). split as in voices.draw."""
        while True:
            one = make(rng)
            voice = voices.draw(rng, "zh" if any(zh for _, zh in runs(one.spoken)) and one.lang == "zh" else "en", split, engine, self.has_festival)
            if voice.engine != "espeak" and any(zh for _, zh in runs(one.spoken)):
                voice = voices.draw(rng, "en", split, "espeak")
            done = self.render(one, voice, rng)
            if done is not None:
                return one, voice, *done
