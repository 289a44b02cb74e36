"""Flite in this process, through ctypes: five English voices, their pitch and speed changed.

Sources: flite's public headers (flite.h, cst_voice.h, cst_wave.h) of version 2.2.
"""

from __future__ import annotations

import ctypes as C

import numpy as np

from .espeak import load
from .resample import resample


class _Wave(C.Structure):
    _fields_ = [("type", C.c_char_p), ("rate", C.c_int), ("count", C.c_int), ("channels", C.c_int), ("samples", C.POINTER(C.c_short))]


class _Voice(C.Structure):
    _fields_ = [("name", C.c_char_p), ("features", C.c_void_p)]  # the first of its fields


NEEDS = ("libasound.so.2", "libflite.so.1", "libflite_usenglish.so.1", "libflite_cmulex.so.1")
PITCH = {"kal": 95.0, "kal16": 95.0, "awb": 115.0, "rms": 105.0, "slt": 170.0}  # mean fundamental frequency in Hz


class Flite:
    def __init__(self) -> None:
        self.lib = load("libflite.so.1", NEEDS[:1])
        self.lib.flite_init()
        self.lib.flite_text_to_wave.restype = C.POINTER(_Wave)
        self.lib.flite_text_to_wave.argtypes = [C.c_char_p, C.POINTER(_Voice)]
        self.lib.delete_wave.argtypes = [C.POINTER(_Wave)]
        self.lib.flite_feat_set_float.argtypes = [C.c_void_p, C.c_char_p, C.c_float]
        self.voices: dict[str, C.POINTER(_Voice)] = {}

    def voice(self, name: str):
        if name not in self.voices:
            register = getattr(load(f"libflite_cmu_us_{name}.so.1", NEEDS), f"register_cmu_us_{name}")
            register.restype, register.argtypes = C.POINTER(_Voice), [C.c_char_p]
            self.voices[name] = register(None)
        return self.voices[name]

    def speak(self, text: str, name: str, stretch: float = 1.0, pitch: float = 1.0) -> np.ndarray:
        """-> float32 [T] at 16 kHz in [-1, 1]. stretch of the durations; pitch relative to the voice's own."""
        voice = self.voice(name)
        features = voice.contents.features
        self.lib.flite_feat_set_float(features, b"duration_stretch", stretch)
        self.lib.flite_feat_set_float(features, b"int_f0_target_mean", PITCH[name] * pitch)
        wave = self.lib.flite_text_to_wave(text.encode("ascii", "ignore"), voice)
        if not wave:
            raise RuntimeError(f"flite refused {text!r}")
        one = wave.contents
        samples = np.ctypeslib.as_array(one.samples, (one.count,)).astype(np.float32) / 32768 if one.count else np.zeros(0, np.float32)
        rate = one.rate
        self.lib.delete_wave(wave)
        return resample(samples, rate)
