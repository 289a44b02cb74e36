"""python -m unittest data.pictures.test_pictures      (in models/train; needs NumPy; the renderer's tests need PyTorch, PIL and the packed art)"""

from __future__ import annotations

import random
import re
import unittest
from pathlib import Path

import numpy as np

from data.pictures import FIELDS, MAX_ITEMS, Scenes
from data.pictures import display as d
from data.pictures.ask import CANNOT, TASKS, WEIGHTS, same
from data.pictures.phrases import PHRASES
from data.pictures.scene import PLACES
from data.pictures.scenes import KIND_WEIGHTS, SPLIT_STYLES
from data.pictures.score import cer, right

SCENES = Scenes.load()
CANVASES = [(8, 8), (6, 10), (10, 6), (5, 12), (12, 5)]
ART = Path(__file__).parent / "art"


def some(n: int, split: str = "train", kind: str | None = None, seed: int = 1):
    rng = random.Random(f"{seed}/{split}/{kind}")
    for _ in range(n):
        yield SCENES.draw(rng, *CANVASES[rng.randrange(5)], split, kind), rng


class Splits(unittest.TestCase):
    def styles_of(self, scene) -> set[str]:
        first = {sprite: style for by_style in SCENES.sprites for style, ones in by_style.items() for sprite, _, _ in ones}
        return {SCENES.styles[first[int(s)]]["name"] for s in scene.display[1:, d.SPRITE] if int(s) in first}

    def test_training_never_shows_a_held_out_style(self):
        held = set(SPLIT_STYLES.values())
        for split in ("train", "known"):
            for kind in ("single", "things", "count", "screen"):
                for scene, _ in some(60, split, kind):
                    self.assertFalse(self.styles_of(scene) & held)

    def test_the_test_shows_nothing_else(self):
        for split, style in SPLIT_STYLES.items():
            for kind in ("single", "count", "screen"):
                for scene, _ in some(25, split, kind):
                    self.assertLessEqual(self.styles_of(scene), {style})

    def test_fonts(self):
        owner = {g[0]: f for f in SCENES.fonts for g in f.glyphs.values()}
        for split in ("train", "known", "test"):
            for kind in ("text", "chart", "screen"):
                for scene, _ in some(30, split, kind):
                    used = {owner[int(s)].test for s in scene.display[1:, d.SPRITE] if int(s) in owner}
                    self.assertLessEqual(used, {split == "test"})

    def test_phrasings_of_the_test_are_not_trained(self):
        for key, by_lang in PHRASES.items():
            for lang, pattern in by_lang.items():
                seen = {q for line in pattern.train for q in line}
                self.assertFalse(seen & {q for line in pattern.test for q in line}, (key, lang))
                self.assertIsNot(pattern.test, pattern.train, (key, lang))


class Answers(unittest.TestCase):
    def test_counts_follow_from_the_display_list(self):
        for kind in ("count", "things", "shapes"):
            for scene, rng in some(150, "train", kind):
                tags = [int(t) for t in scene.display[1:, d.TAG] if t]
                self.assertEqual(len(tags), len(scene.objects))
                for _ in range(6):
                    try:
                        q = scene.ask(rng, "image.count", "en")
                    except ValueError:
                        continue
                    n = int(re.search(r"→ (\d+)$", q.reasoning).group(1))
                    said = re.search(r"There (?:is|are) (\d+|no) (.+)\.", q.answer)
                    self.assertEqual(n, 0 if said.group(1) == "no" else int(said.group(1)))
                    if said.group(2) in ("thing", "things"):
                        self.assertEqual(n, len(tags))
                        continue
                    if kind != "shapes":
                        found = [t for t in tags if said.group(2) in (SCENES.things[t - 1].en, SCENES.things[t - 1].plural)]
                        self.assertEqual(n, len(found))

    def test_places_follow_from_the_display_list(self):
        for scene, rng in some(300, "train", "things"):
            try:
                q = scene.ask(rng, "image.where", "en")
            except ValueError:
                continue
            found = re.fullmatch(r"(?:At|On|In) the (.+)\.", q.answer)
            if not found:
                continue
            name = q.reasoning.split(":")[0]
            row = next(r for r in scene.display[1:] if r[d.TAG] > 0 and SCENES.things[int(r[d.TAG]) - 1].en == name)
            x, y = int(row[d.CX] * 3 / scene.w), int(row[d.CY] * 3 / scene.h)
            self.assertEqual(PLACES[y * 3 + x][0], found.group(1))

    def test_larger(self):
        for scene, rng in some(300, "train", "things"):
            try:
                q = scene.ask(rng, "image.larger", "en")
            except ValueError:
                continue
            sizes = {}
            for r in scene.display[1:]:
                if r[d.TAG] > 0:
                    sizes[SCENES.things[int(r[d.TAG]) - 1].en] = max(abs(r[d.ICOS]) * r[d.HW] + abs(r[d.ISIN]) * r[d.HH], abs(r[d.ISIN]) * r[d.HW] + abs(r[d.ICOS]) * r[d.HH])
            answer = q.answer[4:-1]
            named = re.findall(r"([^:;→]+): \d+%", q.reasoning)
            others = [sizes[n.strip()] for n in named if n.strip() != answer]
            asks_larger = re.search("larg|bigg|more room|most room", q.question)
            self.assertTrue(all(sizes[answer] > o for o in others) or (not asks_larger and all(sizes[answer] < o for o in others)), q)

    def test_every_task_in_both_languages(self):
        seen = set()
        for scene, rng in some(1500):
            for _ in range(2):
                q = scene.ask(rng)
                seen.add((q.task, q.lang))
                self.assertTrue(q.answer and q.question)
                self.assertNotIn("{", q.question + q.answer + q.reasoning)
                self.assertTrue(right(q.answer, q.answer, q.accept))
        self.assertEqual(seen, {(t, lang) for t in TASKS for lang in ("en", "zh")})

    def test_existence(self):
        for scene, rng in some(200, "train", "things"):
            q = scene.ask(rng, "image.exists", "en")
            name = q.reasoning.rsplit(":", 1)[0]
            there = any(SCENES.things[o.id].en == name for o in scene.objects)
            self.assertEqual(q.answer.startswith("Yes"), there)

    def test_declines(self):
        for scene, rng in some(50, "test", "single"):
            q = scene.ask(rng, "image.decline")
            self.assertEqual(q.answer, CANNOT[q.lang])

    def test_a_task_that_does_not_fit_is_refused(self):
        scene, rng = next(some(1, "train", "text"))
        with self.assertRaises(ValueError):
            scene.ask(rng, "image.chart")


class Lists(unittest.TestCase):
    def test_form(self):
        for scene, _ in some(400):
            self.assertEqual(scene.display.dtype, np.float32)
            self.assertEqual(scene.display.shape[1], FIELDS)
            self.assertLessEqual(len(scene.display), MAX_ITEMS)
            self.assertTrue(np.isfinite(scene.display).all())
            sprites = scene.display[1:, d.SPRITE]
            self.assertTrue((sprites >= 0).all() and (sprites < SCENES.sprite_count).all())
            self.assertTrue(all(0 <= k < len(SCENES.things) for k in scene.labels))

    def test_deterministic(self):
        def run():
            rng = random.Random(5)
            out = []
            for _ in range(60):
                scene = SCENES.draw(rng, 8, 8, "train")
                q = scene.ask(rng)
                out.append((scene.display.tobytes(), q.question, q.answer))
            return out

        self.assertEqual(run(), run())

    def test_layers_do_not_overlap(self):
        for scene, _ in some(40, "train", "things"):
            rows = scene.display[1:]
            for layer in set(rows[:, d.LAYER]):
                some_rows = rows[rows[:, d.LAYER] == layer]
                for i, a in enumerate(some_rows):
                    for b in some_rows[i + 1 :]:
                        reach = lambda r: (abs(r[d.ICOS]) * r[d.HW] + abs(r[d.ISIN]) * r[d.HH], abs(r[d.ISIN]) * r[d.HW] + abs(r[d.ICOS]) * r[d.HH])  # noqa: E731
                        (ax, ay), (bx, by) = reach(a), reach(b)
                        self.assertTrue(abs(a[d.CX] - b[d.CX]) >= ax + bx or abs(a[d.CY] - b[d.CY]) >= ay + by)

    def test_leaning_letters_stand_on_their_line(self):
        font = next(f for f in SCENES.fonts if f.lang == "en" and f.has("Hg"))
        straight, leaning = d.Canvas(256, 256), d.Canvas(256, 256)
        for canvas, shear in ((straight, 0.0), (leaning, 0.3)):
            canvas.text(font, "Hg", 20, 100, 40, (0, 0, 0), shear=shear)
        for a, b in zip(straight.rows, leaning.rows):
            self.assertAlmostEqual(b[d.CX] - a[d.CX], -0.3 * (a[d.CY] - 100), places=4)  # what is above goes to the right
            self.assertEqual((b[d.CY], b[d.SHEAR]), (a[d.CY], 0.3))

    def test_things(self):
        self.assertGreaterEqual(len(SCENES.things), 450)
        self.assertEqual(len({t.en for t in SCENES.things}), len(SCENES.things))
        self.assertEqual(len({t.zh for t in SCENES.things}), len(SCENES.things))
        self.assertTrue(all(len(pool) >= 5 for pool in SCENES.pools["train"]))
        self.assertEqual(set(WEIGHTS), set(KIND_WEIGHTS) - {"count"})
        self.assertFalse(same(*[type("O", (), {"kind": "thing", "id": i, "colour": 0}) for i in (1, 2)]))


class Scoring(unittest.TestCase):
    def test_right(self):
        self.assertTrue(right("a dog", "A dog.", []))
        self.assertTrue(right("A puppy.", "A dog.", ["A puppy."]))
        self.assertFalse(right("A hot dog.", "A dog.", []))

    def test_cer(self):
        self.assertEqual(cer("abc", "abc"), 0)
        self.assertAlmostEqual(cer("abd", "abc"), 1 / 3)
        self.assertAlmostEqual(cer("", "abc"), 1)


@unittest.skipUnless((ART / "art.bin").exists(), "needs the packed art")
class Rendering(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import torch
            from PIL import Image  # noqa: F401
        except ImportError as error:
            raise unittest.SkipTest(str(error)) from error
        from data.pictures.render import Renderer

        cls.torch, cls.renderer = torch, Renderer("cpu")

    def batch(self, scenes):
        return tuple(self.torch.from_numpy(a) for a in d.batch([s.display for s in scenes]))

    def test_alone_or_together_the_same(self):
        rng = random.Random(3)
        scenes = [SCENES.draw(rng, 6, 10, "train") for _ in range(6)]
        for s in scenes:
            s.display[0, [d.NOISE, d.BLOTCH]] = 0
        display, counts = self.batch(scenes)
        together = self.renderer.render(display, counts, 6, 10)
        self.assertEqual(tuple(together.shape), (6, 3, 192, 320))
        self.assertLessEqual(float(together.abs().max()), 1)
        for i in range(6):
            alone = self.renderer.render(display[i : i + 1, : counts[i]], counts[i : i + 1], 6, 10)
            self.assertLess(float((alone[0] - together[i]).abs().max()), 1e-4)

    def test_a_box_is_where_it_should_be(self):
        canvas = d.Canvas(256, 256)
        canvas.head[d.C0 : d.C0 + 6] = [0.0] * 6
        canvas.rect(64, 32, 128, 96, (1.0, 0.0, 0.0))
        x = self.renderer.render(self.torch.from_numpy(canvas.display())[None], self.torch.tensor([2]), 8, 8)[0]
        self.assertAlmostEqual(float(x[0, 64, 96]), 1, places=4)
        self.assertAlmostEqual(float(x[1, 64, 96]), -1, places=4)
        self.assertAlmostEqual(float(x[0, 64, 140]), -1, places=4)
        self.assertAlmostEqual(float(x[0, 20, 96]), -1, places=4)


if __name__ == "__main__":
    unittest.main()
