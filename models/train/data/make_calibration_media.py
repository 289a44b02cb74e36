"""Adds pictures and speech to the conversations that AWQ calibrates nano on: training data, never the test's. Deterministic.

    AUTOGLM_VOICES=… python models/train/data/make_calibration_media.py     after make_calibration.py; needs PyTorch, PIL, the packed art

Pictures are of drawings under open licences alone, as those of the test sets; what is said and who says it, of the training.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent.parent))
    __package__ = "data"

from data.make_calibration import OUT, SEED  # noqa: E402

FOLDER = OUT.parent / "calibration"
PICTURES = ("single", "things", "count", "shapes", "text", "chart", "screen", "things")
ROUNDS = 6
CANVASES = ((8, 8), (6, 10), (8, 8), (10, 6))
CLIPS = 36
# Of the clips every third is a question to be answered; the others are to be written down.
ENGINES = ("espeak", "flite", "espeak", "festival")
LONGEST = 3.5  # seconds


def pictures() -> list[dict]:
    import numpy as np
    import torch
    from PIL import Image

    from data.pictures import Scenes
    from data.pictures.make_eval import OPEN
    from data.pictures.render import Renderer

    scenes, renderer = Scenes.load(), Renderer("cpu")
    scenes.only("train", OPEN)
    rng = random.Random(f"{SEED}/pictures")
    lines = []
    for number in range(ROUNDS * len(PICTURES)):
        rows, cols = CANVASES[number % len(CANVASES)]
        lang = "en" if number // len(PICTURES) % 2 == 0 else "zh"
        scene = scenes.draw(rng, rows, cols, "train", PICTURES[number % len(PICTURES)])
        asked = scene.ask(rng, None, lang)
        torch.manual_seed(SEED + number)
        display = torch.from_numpy(scene.display)[None]
        picture = renderer.render(display, torch.tensor([len(scene.display)]), scene.h // 32, scene.w // 32)[0]
        pixels = ((picture.permute(1, 2, 0).numpy() + 1) * 127.5 + 0.5).clip(0, 255).astype(np.uint8)
        name = f"picture-{number:02d}.webp"
        Image.fromarray(pixels).save(FOLDER / name, quality=80, method=6)
        thinking = {"reasoning": asked.reasoning} if asked.reasoning and number % 2 == 0 else {}
        messages = [{"role": "user", "content": asked.question}]
        lines.append({"images": [f"{FOLDER.name}/{name}"], "messages": messages, **thinking, "answer": asked.answer})
    return lines


def clips() -> list[dict]:
    import numpy as np

    from data.speech import synthesis, utterances
    from data.speech.pool import with_silence
    from data.speech.resample import RATE
    from data.speech.testset import write_wav

    rng = random.Random(f"{SEED}/speech")
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        synthesiser = synthesis.Synthesiser(synthesis.prepare(Path(folder), "calibration"))
        while len(lines) < CLIPS:
            number = len(lines)
            lang = "en" if number % 2 == 0 else "zh"
            engine = ENGINES[number // 2 % len(ENGINES)] if lang == "en" else "espeak"
            question = number % 3 == 2

            def make(r: random.Random):
                while True:
                    one = utterances.skill(r, "train", None, lang) if question else utterances.draw(r, "train", lang)  # noqa: B023
                    if one is not None and (one.sample is not None or not question):  # noqa: B023
                        return one

            one, _, audio, _ = synthesiser.draw(rng, make, "train", engine)
            audio = with_silence(audio, rng)
            if len(audio) > LONGEST * RATE:
                continue
            name = f"clip-{number:02d}.wav"
            write_wav(FOLDER / name, np.asarray(audio))
            line = {"audio": [f"{FOLDER.name}/{name}"]}
            if question:
                thinking = {"reasoning": one.sample.reasoning} if one.sample.reasoning and number % 2 == 0 else {}
                line |= {"messages": [{"role": "user", "content": ""}], **thinking, "answer": one.sample.answer}
            else:
                line |= {"answer": one.text}
            lines.append(line)
    return lines


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    texts = [x for x in OUT.read_text(encoding="utf-8").splitlines() if not {"images", "audio"} & json.loads(x).keys()]
    media = [json.dumps(x, ensure_ascii=False) for x in (*pictures(), *clips())]
    OUT.write_text("\n".join([*texts, *media]) + "\n", encoding="utf-8")
    size = sum(f.stat().st_size for f in FOLDER.iterdir())
    print(f"{OUT}: {len(texts)} texts, {len(media)} with a picture or a clip, {size / 1e6:.2f} MB of them")


if __name__ == "__main__":
    main()
