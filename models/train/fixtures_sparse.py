"""Reference outputs of the tiny model with sparse attention, for the parity tests of the ONNX builder.

    python fixtures_sparse.py [--tiny ../builder/fixtures/tiny]

Reads the folder that fixtures.py wrote and adds ``sparse.json``::

    {"sparse_attention": {...}, "cases": [{"input_ids", "decoder_ids", "logits": [T][vocab], "key_1": [H][S][D], "dense": bool}]}

key_1 holds the memory's cache rows in the second decoder layer, logits those after each of decoder_ids; ``dense`` says that sparse and
dense logits are the same, because every key is seen. No choice of a block is a near tie: float16 graphs must agree too.
"""
from __future__ import annotations

import argparse
import json
import os

import torch

import sparse
from autoglm_phone import ASSISTANT, load_model
from fixtures import rounded

SPARSE = sparse.SparseConfig(k=8, window=4, block=4, query_block=8, share=8, min_length=16)
MARGIN = 0.01  # between the last block chosen and the next, in attention scores
LENGTHS = (11, 19, 64, 77)  # below min_length; all keys seen; whole blocks; a rest, and k adapted to the length


class Margin:
    """Watches every choice of blocks."""

    def __init__(self):
        self.least, self.choose = float("inf"), sparse.best_blocks
        sparse.best_blocks = self

    def __call__(self, scores, count):
        if count < scores.shape[-1]:
            top = scores.topk(count + 1, -1).values
            self.least = min(self.least, float((top[..., -2] - top[..., -1]).min()))
        return self.choose(scores, count)


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiny", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../builder/fixtures/tiny"))
    folder = parser.parse_args().tiny
    torch.set_num_threads(1)
    dense = load_model(folder)
    model = sparse.SparseAutoGLMPhone(dense.config, SPARSE).eval()
    model.load_state_dict(dense.state_dict())
    g = torch.Generator().manual_seed(21)
    cases = []
    margin = Margin()
    for rows in LENGTHS:
        while True:
            margin.least = float("inf")
            ids = torch.randint(32, dense.config.vocab_size, (rows + 4,), generator=g)
            x, y = ids[None, :rows], torch.cat([torch.tensor([ASSISTANT]), ids[rows + 1 :]])[None]
            logits, plain = model(x, y), dense(x, y)
            if margin.least > MARGIN * dense.config.head_size**0.5:
                break
        key = model.start(x, 0).layers[1][0][0]
        difference = float((logits - plain).abs().max())
        cases.append({"input_ids": x[0].tolist(), "decoder_ids": y[0].tolist(), "logits": rounded(logits[0]),
                      "key_1": [rounded(h) for h in key], "dense": difference < 1e-3})
        print(rows, "largest difference to dense logits", difference, "margin", margin.least)
    with open(os.path.join(folder, "sparse.json"), "w") as f:
        f.write(json.dumps({"sparse_attention": SPARSE.__dict__}, separators=(",", ":"))[:-1] + ', "cases": [\n')
        f.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")


if __name__ == "__main__":
    main()
