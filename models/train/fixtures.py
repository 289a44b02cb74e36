"""Reference outputs of a tiny random model, for the parity tests of the ONNX builder and the engine.

    python fixtures.py [--out ../builder/fixtures/tiny]

Writes ``config.json``, ``model.safetensors`` (matrices float16, norm weights float32) and ``reference.json``::

    {"cases": [{"input_ids", "decoder_ids",
                "fp32" | "int8_32" | "int4_32" | "int4_64": {
                    "memory": [S][hidden], "logits": [T][vocab], "greedy": [16 ids],
                    "key_0", "value_0": [H][S][D], the memory's cache rows in the first decoder layer (fp32 only)}}]}

Logits are those after each of decoder_ids; greedy continues from <|assistant|> alone and ignores <|end|>. All of it is computed
in float32 with float32-rounded weights (int8_32 and int4_* are the dequantized weights of models/README.md section 3, embedding
included). Logits are spread widely, so that greedy tokens are no near ties.
"""
from __future__ import annotations

import argparse
import copy
import json
import os

import torch

from autoglm_phone import ASSISTANT, CONFIGS, AutoGLMPhone, quantize_model, save_safetensors

MARGIN = 0.02  # least distance between the best and the second logit of a greedy step: float16 graphs must agree too
VARIANTS = {"fp32": None, "int8_32": (32, 8), "int4_32": (32, 4), "int4_64": (64, 4)}


def rounded(t: torch.Tensor):
    return [[float(f"{v:.7g}") for v in row] for row in t.reshape(-1, t.shape[-1]).tolist()]


@torch.no_grad()
def reference(model: AutoGLMPhone, input_ids: list, decoder_ids: list) -> dict | None:
    """One variant of one case, or None when a greedy token is a near tie."""
    x, y = torch.tensor([input_ids]), torch.tensor([decoder_ids])
    cache = model.start(x, 17)
    cache.rows = len(input_ids)
    key, value = (t[0, :, : len(input_ids)].clone() for t in cache.layers[0])
    ids, greedy, margin = torch.tensor([[ASSISTANT]]), [], 1e9
    for _ in range(16):
        logits = model.logits(model.step(ids, cache))[0, -1]
        top = logits.topk(2).values
        margin = min(margin, float(top[0] - top[1]))
        ids = logits.argmax().view(1, 1)
        greedy.append(int(ids))
    if margin < MARGIN:
        return None
    return {"memory": rounded(model.encode(x)[0][0]), "logits": rounded(model(x, y)[0]), "greedy": greedy,
            "key_0": [rounded(h) for h in key], "value_0": [rounded(h) for h in value]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../builder/fixtures/tiny"))
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)
    torch.set_num_threads(1)
    config = CONFIGS["tiny"]
    model = AutoGLMPhone(config).eval()
    g = torch.Generator().manual_seed(20)
    tensors = {}
    for name, p in model.state_dict().items():
        w = 1 + 0.2 * torch.randn(p.shape, generator=g) if p.dim() == 1 else (0.1 if "embed" in name else 0.3) * torch.randn(p.shape, generator=g)
        tensors[name] = w if p.dim() == 1 else w.half()
    model.load_state_dict({k: v.float() for k, v in tensors.items()})
    cases = []
    models = {n: quantize_model(copy.deepcopy(model), *how) if how else model for n, how in VARIANTS.items()}
    for s, t in ((13, 5), (1, 1), (40, 3)):
        while True:
            ids = torch.randint(32, config.vocab_size, (s + t,), generator=g).tolist()
            case = {"input_ids": ids[:s], "decoder_ids": [ASSISTANT] + ids[s + 1 :]}
            case.update({n: reference(m, case["input_ids"], case["decoder_ids"]) for n, m in models.items()})
            if all(case[n] for n in models):
                break
        for name in VARIANTS:
            if name != "fp32":
                del case[name]["key_0"], case[name]["value_0"]
        cases.append(case)
    config.save(os.path.join(out, "config.json"))
    save_safetensors(os.path.join(out, "model.safetensors"), tensors)
    with open(os.path.join(out, "reference.json"), "w") as f:
        f.write('{"cases": [\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")
    print({n: os.path.getsize(os.path.join(out, n)) for n in sorted(os.listdir(out))})
    print([{n: c[n]["greedy"][:8] for n in VARIANTS} for c in cases])


if __name__ == "__main__":
    main()
