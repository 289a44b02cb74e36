"""Packs the Free Spoken Digit Dataset into digits.bin (13 MB).   python prepare_digits.py REPOSITORY [OUT]

REPOSITORY: a clone, or a bare git directory, of github.com/Jakobovski/free-spoken-digit-dataset. Licence of the data: CC BY-SA 4.0.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import wave
from pathlib import Path

import numpy as np

if __package__ in (None, ""):
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from data.speech import digits  # noqa: E402


def main() -> None:
    repository = sys.argv[1]
    git = [f"--git-dir={repository}"] if (Path(repository) / "HEAD").exists() else ["-C", repository]
    archive = subprocess.run(["git", *git, "archive", "HEAD", "recordings"], check=True, capture_output=True).stdout
    found = []
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if not member.name.endswith(".wav"):
                continue
            digit, speaker, take = Path(member.name).stem.split("_")
            with wave.open(io.BytesIO(tar.extractfile(member).read())) as file:
                if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (digits.SOURCE_RATE, 1, 2):
                    raise SystemExit(f"{member.name} is not 8 kHz 16-bit mono")
                found.append((speaker, int(digit), int(take), np.frombuffer(file.readframes(file.getnframes()), np.int16)))
    found.sort(key=lambda r: r[:3])
    raw = digits.pack(found)
    back = digits.unpack(raw)
    if any(not np.array_equal(a[3], b[3]) for a, b in zip(found, back)):
        raise SystemExit("the packed recordings differ from the originals")
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else digits.path()
    out.write_bytes(raw)
    print(f"{len(found)} recordings, {sum(len(r[3]) for r in found) / digits.SOURCE_RATE:.0f} s, {len(raw) / 1e6:.1f} MB in {out}")


if __name__ == "__main__":
    main()
