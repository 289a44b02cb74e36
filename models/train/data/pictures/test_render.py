"""python -m unittest data.pictures.test_render      (in models/train; needs PyTorch, Triton and the packed art; without a GPU, Triton's interpreter)"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

from data.pictures import Scenes, render_atlas
from data.pictures import display as d

ART = Path(__file__).parent / "art"
MISSING = next((name for name in ("torch", "triton", "PIL") if not importlib.util.find_spec(name)), "" if (ART / "art.bin").exists() else "the packed art")


class Atlas(unittest.TestCase):
    def test_levels_are_means_and_the_smallest_are_shared(self):
        rng = np.random.default_rng(1)
        wide, small = rng.integers(0, 256, (2, 9, 16, 4), np.uint8), rng.integers(0, 256, (1, 5, 5), np.uint8)
        numbers, table, texels = render_atlas.pack({(9, 16, 4): [(4, wide[0]), (7, wide[1])], (5, 5): [(2, small[0])]})
        self.assertEqual(numbers.tolist(), [4, 7, 2])
        self.assertEqual(table[1, :, 1:].tolist(), [[16, 9], [8, 5], [8, 5], [8, 5]])
        at, w, h = table[1, 1]
        half = texels[at : at + w * h].view(np.uint8).reshape(h, w, 4)
        self.assertTrue((abs(half[1, 2].astype(float) - wide[1, 2:4, 4:6].astype(float).mean((0, 1))) <= 0.5).all())
        self.assertTrue((abs(half[4, 2].astype(float) - wide[1, 8, 4:6].astype(float).mean(0)) <= 0.5).all())
        at = table[2, 3, 0]
        self.assertTrue((texels[at : at + 25].view(np.uint8).reshape(5, 5, 4) == small[0][..., None]).all())

    def test_what_is_kept_comes_back_and_replaces_the_older(self):
        table, texels = np.arange(24, dtype=np.int64).reshape(2, render_atlas.LEVELS, 3), np.arange(50, dtype=np.int32)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("atlas-train-a.npy", "atlas-test-b.npy", "atlas-train-c.npy"):
                render_atlas._keep(Path(folder), name, name.split("-")[1], texels, table)
            self.assertEqual(sorted(os.listdir(folder)), ["atlas-test-b.npy", "atlas-train-c.npy"])
            got = render_atlas._split(np.load(Path(folder) / "atlas-train-c.npy"))
        self.assertTrue((got[0] == texels).all() and (got[1] == table).all())
        render_atlas._keep(Path("/dev/null/no"), "atlas-train-d.npy", "train", texels, table)  # a disk that takes nothing is no error


@unittest.skipIf(MISSING, f"needs {MISSING}")
class Fused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cpu":
            os.environ["TRITON_INTERPRET"] = "1"  # read where a kernel is defined
        from data.pictures import render_check, render_triton
        from data.pictures.render import Renderer

        cls.torch, cls.check = torch, render_check
        cls.renderer = r = Renderer(device, fused=False)
        cls.fused = staticmethod(render_triton.Fused(r.texels, r.table, r.textures, r.dct, r.quality))
        cls.scenes = Scenes.load()

    def pictures(self):
        """Two of 96 x 64 pixels: a thing turned, flipped, tinted; text; outlines, rounded, sheared, soft; what is not to be drawn."""
        s, out = self.scenes, []
        things = [next(iter(s.sprites[i].values()))[0] for i in (3, 90)]
        for k in range(2):
            c = d.Canvas(96, 64)
            c.head[d.TEXTURE], c.head[d.U], c.head[d.V], c.head[d.COS], c.head[d.SIN] = 12 + k, -3.5, 250.2, 0.8, 0.6
            c.head[d.C0 : d.C0 + 6] = [0.9, 0.8, 0.3, 0.2, 0.5, 0.7]
            c.head[d.GRADIENT], c.head[d.ANGLE], c.head[d.BLOTCH] = 0.4, 2.0, 0.1
            c.head[d.SATURATION], c.head[d.CONTRAST], c.head[d.BRIGHTNESS], c.head[d.HUE] = 1.3, 0.9, 0.03, 0.5 * k
            c.head[d.BLUR] = 0.9 * k
            c.item(things[k][0], 30, 30, 21, 19, turn=0.4, flip=-1.0, t0=(0.1, 0.0, 0.0), t1=(0.9, 1.0, 1.1))
            c.item(1 + k, 60, 40, 40, 25, alpha=0.6, t0=(0.1, 0.2, 0.9), t1=(0.1, 0.2, 0.9), shear=0.3)
            c.rect(50, 5, 90, 30, (0.9, 0.1, 0.1), radius=6.0, stroke=2.0, turn=-0.2)
            c.rect(-20, 50, 20, 90, (0.0, 0.4, 0.1), soft=5.0)
            c.text(s.fonts[0], "Tiny, 7!", 8, 58, 13, (0.0, 0.0, 0.0), turn=-0.1)
            rows = c.display()
            hidden = rows[1:2].copy()
            hidden[0, [d.CX, d.CY, d.HW, d.HH]] = 48, 32, 50, 50
            beyond = hidden.copy()
            hidden[0, d.LAYER] = 0
            out.append((np.concatenate([rows, hidden, beyond]), len(rows) + 1))
        display, _ = d.batch([rows for rows, _ in out])
        return self.torch.from_numpy(display), self.torch.tensor([n for _, n in out])

    def test_the_same_as_the_reference(self):
        display, counts = self.pictures()
        mean, far = self.check.differences(self.renderer, self.fused, display, counts, 2, 3)
        self.assertLess(mean, 1e-4)
        self.assertEqual(far, 0)

    def test_blocks_and_noise(self):
        torch = self.torch
        display, counts = self.pictures()
        display[:, 0, d.JPEG] = torch.tensor([0.05, 0.0])
        mean, far = self.check.differences(self.renderer, self.fused, display, counts, 2, 3)
        self.assertLess(mean, 1e-3)
        self.assertLess(far, 0.001)
        # Noise alone: on a grey of 0.5 no value is clipped.
        plain = torch.zeros(2, 1, d.FIELDS)
        plain[:, 0, d.C0 : d.C0 + 6] = 0.5
        plain[:, 0, [d.SCALE, d.COS, d.CONTRAST, d.SATURATION]] = 1.0
        plain[0, 0, d.NOISE] = 0.05
        device = self.renderer.device
        draw = lambda seed: self.fused(plain.to(device), torch.tensor([1, 1], device=device), 64, 64, torch.Generator(device).manual_seed(seed)).cpu()  # noqa: E731
        x, again, other = draw(1), draw(1), draw(2)
        self.assertTrue(torch.equal(x, again))
        self.assertFalse(torch.equal(x[0], other[0]))
        self.assertLess(float(x[1].abs().max()), 1e-5)
        self.assertAlmostEqual(float(x[0].std()), 0.1, delta=0.004)
        self.assertAlmostEqual(float(x[0].mean()), 0, delta=0.005)
        self.assertLess(float(torch.corrcoef(x[0].flatten(1)).fill_diagonal_(0).abs().max()), 0.06)

    def test_what_draws_otherwise_is_refused(self):
        wrong = lambda *_: lambda *a: self.renderer.reference(*a) + 0.01  # noqa: E731
        moved = lambda *_: lambda display, *a: self.renderer.reference(display + 2 * (self.torch.arange(d.FIELDS, device=display.device) == d.CX) * (self.torch.arange(display.shape[1], device=display.device) > 0)[:, None], *a)  # noqa: E731
        right = lambda *_: self.renderer.reference  # noqa: E731
        with mock.patch.object(self.check, "CANVASES", ((4, 4, 2),)):
            for drawer in (wrong, moved):
                with mock.patch("data.pictures.render_triton.Fused", drawer), self.assertRaisesRegex(ValueError, "128 x 128 pixels it differs by"):
                    self.check.checked(self.renderer)
            with mock.patch("data.pictures.render_triton.Fused", right):
                self.check.checked(self.renderer)

    def test_sizes_that_do_not_fit_are_refused(self):
        display, counts = self.pictures()
        with self.assertRaises(ValueError):
            self.fused(display, counts, 60, 96)


if __name__ == "__main__":
    unittest.main()
