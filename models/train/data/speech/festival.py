"""Festival behind a pipe: three English voices. Slower than the others (README.md has the figures)."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from .espeak import voices_folder
from .resample import resample

VOICES = {"kal": "voice_kal_diphone", "ked": "voice_ked_diphone", "slt_hts": "voice_cmu_us_slt_arctic_hts"}
PATIENCE = 8.0  # seconds for a sentence; an error inside festival answers nothing


class Festival:
    """One process of festival, started at the first sentence and again should it die. Raises FileNotFoundError where it is not carried."""

    def __init__(self) -> None:
        self.folder = voices_folder()
        if self.folder is None or not (self.folder / "bin" / "festival").exists():
            raise FileNotFoundError("festival is not among the voices: run prepare_voices.sh and set AUTOGLM_VOICES")
        self.process: subprocess.Popen | None = None
        self.scratch = Path(tempfile.mkdtemp(prefix="festival"))
        self.said = 0

    def _start(self) -> subprocess.Popen:
        environment = {**os.environ, "LD_LIBRARY_PATH": str(self.folder / "lib")}
        return subprocess.Popen([str(self.folder / "bin" / "festival"), "--datadir", str(self.folder / "festival"), "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True, bufsize=1)

    def speak(self, text: str, name: str, stretch: float = 1.0, pitch: float = 1.0) -> np.ndarray:
        """-> float32 [T] at 16 kHz in [-1, 1]; empty where festival fails. pitch: of a diphone voice, times its own."""
        if self.process is None or self.process.poll() is not None:
            self.process = self._start()
        path = self.scratch / "said.wav"
        path.unlink(missing_ok=True)
        plain = text.encode("ascii", "ignore").decode().replace("\\", " ").replace('"', " ")
        # The voice is set anew before every sentence, and with it its own melody: 105 Hz, 14 Hz about it.
        melody = f"(set! int_lr_params '((target_f0_mean {105 * pitch:.0f}) (target_f0_std {14 * pitch:.0f}) (model_f0_mean 170) (model_f0_std 34))) " if pitch != 1 else ""
        try:
            self.process.stdin.write(f"({VOICES[name]}) (Parameter.set 'Duration_Stretch {stretch:.2f}) {melody}(utt.save.wave (utt.synth (Utterance Text \"{plain}\")) \"{path}\" 'riff) (format t \"done\\n\") (fflush nil)\n")
            self.process.stdin.flush()
            while select.select([self.process.stdout], [], [], PATIENCE)[0]:
                if not (line := self.process.stdout.readline()) or "done" in line:
                    break
            else:
                self.close()
                return np.zeros(0, np.float32)
        except OSError:
            self.close()
            return np.zeros(0, np.float32)
        if not path.exists():
            self.close()
            return np.zeros(0, np.float32)
        self.said += 1
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
            rate = file.getframerate()
        if self.said % 400 == 0:  # it keeps what it has said
            self.close()
        return resample(samples, rate)

    def close(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
