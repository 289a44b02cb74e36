"""python -m unittest test_sparse (in models/train)"""
from __future__ import annotations

import math
import unittest

import torch

from autoglm_phone import CONFIGS, AutoGLMPhone
from sparse import SparseAutoGLMPhone, SparseConfig, keep_best, route_memory, sparse_attend, summaries

SMALL = SparseConfig(k=8, window=4, block=4, query_block=8, share=16, min_length=16)


def naive(q, k, v, c: SparseConfig, exact: bool = False):
    """The same definition, one query of one head after the other, from the words at the top of sparse.py."""
    heads, n, size = q.shape
    out = torch.zeros_like(q)
    whole = n // c.block
    keys = max(c.k, n // c.share)
    count = min(whole, math.ceil(keys / c.block) + c.query_block // c.block + 2 * math.ceil(c.window / c.block) + 1)
    for h in range(heads):
        for i in range(n):
            first = i // c.query_block * c.query_block
            group = range(first, min(n, first + c.query_block))
            mean = sum(q[h, g] for g in group) / len(group)
            must, scored = [], []
            for b in range(whole):
                rows = range(b * c.block, (b + 1) * c.block)
                # Reaches the window of some place of the block of queries, which may lie past the end.
                near = any(abs(r - p) <= c.window for r in rows for p in range(first, first + c.query_block))
                score = float(mean @ (sum(k[h, r] for r in rows) / c.block))
                (must if near or b == 0 else scored).append((score, b))
            best = sorted(scored, reverse=True)[: count - len(must)]
            seen = [b * c.block + r for _, b in must + best for r in range(c.block)] + list(range(whole * c.block, n))
            scores = torch.stack([q[h, i] @ k[h, j] for j in seen]) / math.sqrt(size)
            if exact and keys < len(seen):
                least = scores.sort(descending=True).values[keys - 1]
                for at, j in enumerate(seen):
                    if scores[at] < least and abs(i - j) > c.window:
                        scores[at] = -math.inf
            out[h, i] = scores.softmax(-1) @ v[h, torch.tensor(seen)]
    return out


def random_rows(n: int, seed: int, heads: int = 2, size: int = 8):
    g = torch.Generator().manual_seed(seed)
    return [torch.randn(heads, n, size, generator=g) for _ in range(3)]


def model_pair(c: SparseConfig):
    dense = AutoGLMPhone(CONFIGS["tiny"]).reset(3).eval()
    for p in dense.parameters():
        p.data *= 4 if p.dim() > 1 else 1  # attention that is far from even
    sparse = SparseAutoGLMPhone(CONFIGS["tiny"], c).eval()
    sparse.load_state_dict(dense.state_dict())
    return dense, sparse


class Attention(unittest.TestCase):
    def test_equals_the_naive_definition(self):
        for n in (4, 17, 40, 64, 93, 201):
            for exact in (False, True):
                q, k, v = random_rows(n, n)
                torch.testing.assert_close(sparse_attend(q, k, v, SMALL, exact), naive(q, k, v, SMALL, exact), rtol=1e-4, atol=1e-5)

    def test_equals_dense_when_all_keys_fit(self):
        wide = SparseConfig(k=64, window=4, block=4, query_block=8)
        q, k, v = random_rows(67, 1)
        expected = (q @ k.transpose(1, 2) / math.sqrt(8)).softmax(-1) @ v
        torch.testing.assert_close(sparse_attend(q, k, v, wide), expected, rtol=1e-4, atol=1e-5)

    def test_differs_from_dense_when_they_do_not(self):
        q, k, v = random_rows(201, 2)
        expected = (q @ k.transpose(1, 2) / math.sqrt(8)).softmax(-1) @ v
        self.assertGreater(float((sparse_attend(q, k, v, SMALL) - expected).abs().max()), 0.1)

    def test_finds_a_distant_key(self):
        """A block whose keys agree with a block of queries is seen, wherever it is."""
        q, k, v = random_rows(256, 3)
        q, k = q * 0.1, k * 0.1
        q[:, 40:48], k[:, 180:184] = 3.0, 3.0
        v[:, 180:184] = 7.0
        self.assertGreater(float(sparse_attend(q, k, v, SMALL)[:, 40:48].mean()), 6.9)

    def test_k_follows_the_length(self):
        c = SparseConfig()
        self.assertEqual([c.chosen(n, 0) * c.block for n in (512, 1024, 2048, 4096, 8192)], [64, 64, 128, 256, 512])
        self.assertEqual(c.chosen(100, c.forced), 6)

    def test_keep_best_keeps_the_window(self):
        scores = torch.tensor([[5.0, 1.0, 4.0, 0.0]])
        near = torch.tensor([[False, False, False, True]])
        self.assertEqual(keep_best(scores, near, 2).isinf().tolist(), [[False, True, False, False]])

    def test_memory_routing_sees_both_ends(self):
        q, k, _ = random_rows(200, 4)
        for head in route_memory(q[:, :1], summaries(k, 4), 200, SMALL).tolist():
            self.assertEqual(len(set(head)), 5)  # max(8, 200 / 16) keys are 3 blocks, and two more
            self.assertTrue({0, 49} <= set(head))


class Model(unittest.TestCase):
    def ids(self, rows: int):
        g = torch.Generator().manual_seed(rows)
        return torch.randint(32, 512, (1, rows), generator=g), torch.randint(32, 512, (1, 5), generator=g)

    @torch.no_grad()
    def test_short_and_fully_seen_prompts_are_dense(self):
        for c, rows in ((SparseConfig(), 60), (SparseConfig(k=64, min_length=16), 60)):
            dense, sparse = model_pair(c)
            x, y = self.ids(rows)
            torch.testing.assert_close(sparse(x, y), dense(x, y), rtol=1e-4, atol=1e-4)

    @torch.no_grad()
    def test_a_batch_is_its_prompts(self):
        _, sparse = model_pair(SMALL)
        (a, y), (b, _) = self.ids(90), self.ids(61)
        both = torch.zeros(2, 90, dtype=torch.long)
        both[0], both[1, :61] = a[0], b[0]
        together = sparse(both, y.expand(2, -1))
        torch.testing.assert_close(together[0], sparse(a, y)[0], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(together[1], sparse(b, y)[0], rtol=1e-4, atol=1e-4)

    @torch.no_grad()
    def test_generates_as_it_scores(self):
        _, sparse = model_pair(SMALL)
        x, _ = self.ids(120)
        answer = sparse.generate(x, 6)[0]
        ids = torch.tensor([[sparse.config.decoder_start_token_id, *answer[:-1]]])
        self.assertEqual(sparse(x, ids)[0].argmax(-1).tolist(), answer)


if __name__ == "__main__":
    unittest.main()
