"""Writes the held-out picture sets: models/eval/sets/image-{known,unseen}.jsonl and the pictures they ask about. Deterministic.

    python models/train/data/pictures/make_eval.py [known] [unseen]  needs PyTorch, PIL and the packed art, test.bin too
    … make_eval.py --count 400 --sets text --out FOLDER unseen       others, of another seed; then: npm run eval -- --sets FOLDER

"known" has new pictures in the styles and fonts of training, "unseen" those held out. On the training host the same lines are drawn
without files, and more of them: ``items(scenes, split, n)``, rendered by ``Renderer(device, test=True)``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))
    __package__ = "data.pictures"

from data.pictures import Asked, Scene, Scenes  # noqa: E402

OUT = Path(__file__).parent.parent.parent.parent / "eval" / "sets"
SEED = 20261123
SPLITS = {"known": "known", "unseen": "test", "acceptance": "acceptance"}
CANVASES = [(8, 8)] * 6 + [(6, 10), (10, 6), (5, 12), (12, 5)]
# Name of the set: the kinds of scenes it asks about, in turn, and its task. "list" names several things, "name" one.
TASKS = {
    "name": (("single",), "image.name"), "list": (("things", "count"), "image.name"), "exists": (("things", "shapes"), "image.exists"), "count": (("count", "count", "shapes"), "image.count"),
    "where": (("things", "single", "things", "shapes"), "image.where"), "colour": (("shapes",), "image.colour"), "shape": (("shapes",), "image.shape"), "larger": (("things", "things", "shapes"), "image.larger"),
    "describe": (("things", "shapes"), "image.describe"), "text": (("text",), "image.text"), "chart": (("chart",), "image.chart"), "screen": (("screen",), "image.screen"), "decline": (("single", "abstract", "chart", "text"), "image.decline"),
}
# Committed pictures of known styles are made of drawings under open licences alone.
OPEN = {"google-3", "google-4", "twitter-3", "noto", "noto-v1", "openmoji", "twemoji", "fluent-emoji-flat", "fluent-emoji", "emojione", "emojione-v1", "fxemoji", "streamline", "high-contrast", "monotone"}
SHARED = {"where": "exists", "larger": "describe", "colour": "shape"}  # sets whose questions are asked about the same pictures


def items(scenes: Scenes, split: str, n: int, seed: int = SEED, names: tuple[str, ...] = tuple(TASKS)) -> Iterator[tuple[str, Scene, Asked]]:
    """n questions of every set, one a picture: ("image.unseen.count", scene, question). English and Chinese in turn. Any seed is new pictures."""
    for name in names:
        kinds, task = TASKS[name]
        rng = random.Random(f"{seed}/{split}/{name}")
        made = 0
        while made < n:
            rows, cols = CANVASES[rng.randrange(len(CANVASES))]
            scene = scenes.draw(rng, rows, cols, SPLITS[split], kinds[made % len(kinds)])
            try:
                asked = scene.ask(rng, task, "en" if made % 2 == 0 else "zh")
            except ValueError:
                continue
            yield f"image.{split}.{name}", scene, asked
            made += 1


def line(name: str, number: int, asked: Asked, file: str, style: str) -> dict:
    values = list(dict.fromkeys([asked.answer, *asked.accept]))
    return {"id": f"{name}-{number:03d}", "task": name, "lang": asked.lang, "messages": [{"role": "user", "content": asked.question}], "images": [file], "expect": {"kind": "exact", "values": values}, "style": style, "metric": asked.metric, "fresh": asked.fresh}


def main() -> None:
    import numpy as np
    import torch
    from PIL import Image

    from data.pictures.render import Renderer

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("splits", nargs="*", help="known, unseen; both unless told")
    parser.add_argument("--count", type=int, help="pictures of each set, by another seed; without it the committed ones")
    parser.add_argument("--sets", help="these alone, with commas between them: " + ",".join(TASKS))
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    if args.out == OUT and (args.count or args.sets):
        parser.error("--count and --sets need --out: the committed sets stay whole")
    seed = SEED + 1 if args.count else SEED
    scenes, renderer = Scenes.load(), Renderer("cpu", test=True)
    scenes.only("known", OPEN)
    folder = args.out / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for split in args.splits or ("known", "unseen"):
        for old in folder.glob(f"{split}-*.webp"):
            old.unlink()
        lines = []
        for name in args.sets.split(",") if args.sets else TASKS:
            if name in SHARED.values():
                continue
            partner = SHARED.get(name)
            n = args.count or (60 if name == "name" else 40 if name in ("count", "text", "where") else 30)
            rng = random.Random(f"{seed}/partner/{split}/{name}")
            for k, (task, scene, asked) in enumerate(items(scenes, split, n, seed, (name,))):
                file = f"images/{split}-{name}-{k:02d}.webp"
                torch.manual_seed(seed + k)
                picture = renderer.render(torch.from_numpy(scene.display)[None], torch.tensor([len(scene.display)]), scene.h // 32, scene.w // 32)[0]
                pixels = ((picture.permute(1, 2, 0).numpy() + 1) * 127.5 + 0.5).clip(0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(args.out / file, quality=85, method=6)
                lines.append(line(task, k, asked, file, scene.style))
                if partner:
                    try:
                        other = scene.ask(rng, TASKS[partner][1], asked.lang)
                    except ValueError:
                        continue
                    lines.append(line(f"image.{split}.{partner}", k, other, file, scene.style))
        text = "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in sorted(lines, key=lambda x: (list(TASKS).index(x["task"].split(".")[2]), x["id"])))
        (args.out / f"image-{split}.jsonl").write_text(text, encoding="utf8")
        print(f"image-{split}: {len(lines)} lines")
    files = list(folder.iterdir())
    print(f"{len(files)} pictures, {sum(f.stat().st_size for f in files) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
