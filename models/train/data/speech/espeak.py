"""eSpeak NG in this process, through ctypes: speech and phonemes of English and Mandarin.

``AUTOGLM_VOICES`` names the folder that prepare_voices.sh makes; without it the libraries of the system are used.
"""

from __future__ import annotations

import ctypes as C
import os
import random
import re
from pathlib import Path

import numpy as np

from .resample import resample

SYNCHRONOUS, UTF8, END_PAUSE, DONT_EXIT = 2, 1, 0x1000, 0x8000
RATE_, VOLUME, PITCH, RANGE = 1, 2, 3, 4
SYSTEM_DATA = ("/usr/lib/x86_64-linux-gnu/espeak-ng-data", "/usr/share/espeak-ng-data")


def voices_folder() -> Path | None:
    """The carried voices: AUTOGLM_VOICES, or ``carried`` beside this file when prepare_voices.sh has filled it."""
    named = os.environ.get("AUTOGLM_VOICES")
    folder = Path(named).resolve() if named else Path(__file__).parent / "carried"
    return folder if (folder / "lib").is_dir() else None


def load(name: str, needs: tuple[str, ...] = ()) -> C.CDLL:
    """A library of the carried folder, or the system's. What it needs is loaded first, so no LD_LIBRARY_PATH is wanted."""
    folder = voices_folder()
    if folder is None:
        return C.CDLL(name)
    for other in needs:
        C.CDLL(str(folder / "lib" / other), mode=C.RTLD_GLOBAL)
    return C.CDLL(str(folder / "lib" / name), mode=C.RTLD_GLOBAL)


def data_source() -> Path:
    folder = voices_folder()
    places = [folder / "espeak-ng-data"] if folder else []
    for place in (*places, *map(Path, SYSTEM_DATA)):
        if (place / "phontab").exists():
            return place
    raise FileNotFoundError("espeak-ng's data is missing: install espeak-ng-data, or run prepare_voices.sh and set AUTOGLM_VOICES")


def prepare_data(folder: Path, extra: dict[str, str]) -> Path:
    """A data folder of links to the real one, with ``extra`` voice variants (name -> definition) beside the known ones."""
    source = data_source().resolve()
    target = folder / "espeak-ng-data"
    variants = target / "voices" / "!v"
    variants.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.name not in ("voices", "lang") and not (target / entry.name).exists():
            (target / entry.name).symlink_to(entry)
    for entry in (*source.glob("lang/gmw/en*"), *source.glob("lang/sit/cmn*")):  # no more: the library lists 349 voices and variants
        link = target / entry.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(entry)
    for entry in (source / "voices" / "!v").iterdir():
        if not (variants / entry.name).exists():
            (variants / entry.name).symlink_to(entry)
    for name, text in extra.items():
        (variants / name).write_text(text, encoding="utf-8")
    return folder


def random_variant(rng: random.Random) -> str:
    """A speaker that exists nowhere: formants, pitch, breath and roughness in the range of the variants that come with espeak-ng."""
    female = rng.random() < 0.5
    size = rng.gauss(1.17, 0.05) if female else rng.gauss(0.99, 0.055)  # of the vocal tract
    size = min(1.35, max(0.84, size))
    base = rng.uniform(120, 210) if female else rng.uniform(55, 120)
    lines = ["language variant", "name x", f"gender {'female' if female else 'male'}", f"pitch {base:.0f} {base * rng.uniform(1.3, 2.0):.0f}"]
    tilt = rng.uniform(-18, 18)
    for i in range(9):
        frequency = 100 * size * rng.gauss(1, 0.025) if i else 100 * rng.uniform(0.95, 1.08)
        height = rng.gauss(95, 14) + tilt * (i - 3) / 4
        width = rng.gauss(115, 22)
        lines.append(f"formant {i} {frequency:.0f} {max(30, min(180, height)):.0f} {max(60, min(200, width)):.0f}")
    lines.append(f"flutter {rng.choice([0, 1, 2, 2, 3, 4, 6])}")
    lines.append(f"roughness {rng.choice([0, 0, 1, 2, 3, 4])}")
    lines.append(f"voicing {rng.uniform(45, 140):.0f}")
    lines.append(f"consonants {rng.uniform(60, 130):.0f} {rng.uniform(60, 130):.0f}")
    if rng.random() < 0.3:
        lines.append("breath " + " ".join(str(rng.randint(0, 4)) for _ in range(8)))
    if rng.random() < 0.3:
        lines.append(f"echo {rng.randint(20, 130)} {rng.randint(3, 14)}")
    if rng.random() < 0.3:
        lines.append(f"stressAdd {rng.randint(-20, 20)} {rng.randint(-20, 20)} 0 0 0 0 {rng.randint(0, 30)} {rng.randint(0, 30)}")
    lines.append("stressAmp " + " ".join(str(rng.randint(15, 24)) for _ in range(8)))
    if rng.random() < 0.12:
        lines.append(f"klatt {rng.randint(1, 5)}")
    return "\n".join(lines) + "\n"


class Espeak:
    """One for a process. Not thread-safe, as the library is not."""

    def __init__(self, data: Path | None = None) -> None:
        self.lib = load("libespeak-ng.so.1", ("libpcaudio.so.0", "libsonic.so.0"))
        self.parts: list[np.ndarray] = []
        callback = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.c_void_p)

        def take(wave, count, _events):
            if wave and count:
                self.parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
            return 0

        self._take = callback(take)  # kept, or ctypes frees it
        path = str(data or data_source().parent).encode()
        self.rate = self.lib.espeak_Initialize(SYNCHRONOUS, 0, path, DONT_EXIT)
        if self.rate <= 0:
            raise RuntimeError(f"espeak-ng did not start with the data in {path.decode()}")
        self.lib.espeak_SetSynthCallback(self._take)
        self.lib.espeak_TextToPhonemes.restype = C.c_char_p
        self.lib.espeak_TextToPhonemes.argtypes = [C.POINTER(C.c_char_p), C.c_int, C.c_int]
        self.lib.espeak_Synth.argtypes = [C.c_char_p, C.c_size_t, C.c_uint, C.c_int, C.c_uint, C.c_uint, C.c_void_p, C.c_void_p]
        self.voice = ""

    def use(self, voice: str) -> None:
        """"en-us+f3": a language and a variant."""
        if voice != self.voice:
            if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
                raise ValueError(f"espeak-ng has no voice {voice}")
            self.voice = voice

    def speak(self, text: str, voice: str, rate: int = 160, pitch: int = 50, spread: int = 50, volume: int = 100) -> np.ndarray:
        """-> float32 [T] at 16 kHz in [-1, 1]. rate in words a minute, pitch and spread (of the pitch) 0 to 100."""
        self.use(voice)
        for parameter, value in ((RATE_, rate), (PITCH, pitch), (RANGE, spread), (VOLUME, volume)):
            self.lib.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        self.parts = []
        if self.lib.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, UTF8, None, None) != 0:
            raise RuntimeError(f"espeak-ng refused {text!r}")
        if not self.parts:
            return np.zeros(0, np.float32)
        return resample(np.concatenate(self.parts).astype(np.float32) / 32768, self.rate)

    def phonemes(self, text: str, voice: str) -> list[str]:
        """espeak's own mnemonics, one a phoneme; stress marks and language switches as they come. Clauses are separated by ""."""
        self.use(voice)
        pointer = C.c_char_p(text.encode())
        out: list[str] = []
        while pointer.value:
            part = self.lib.espeak_TextToPhonemes(C.byref(pointer), UTF8, ord("_") << 8)
            if part is None:
                break
            out += [p for p in re.split(r"[_\s]+", part.decode()) if p] + [""]
        return out
