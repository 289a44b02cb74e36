"""Reference outputs of a tiny random model with eyes and ears, for the parity tests of the ONNX builder and the engine.

    python fixtures_senses.py [--out ../builder/fixtures/senses]

Writes ``config.json``, ``model.safetensors`` (matrices and convolutions float16, vectors float32), ``images/*.png``, ``clips/*.wav``
(16 kHz, 16 bit) and::

    cases.json              {"pictures": {name: {"width", "height", "rows", "columns"}}, "clips": {name: {"samples", "rows"}},
                             "cases": [{"name", "input_ids", "media": [{"kind", "name", "start"}], "decoder_ids", "greedy": {variant: [32 ids, fewer before a near tie]},
                                        "steady": {variant: how many of them float16 graphs must give too}}]}
    reference.safetensors   float32
        pixels.{picture}            [3, H / 5, W / 5]: every fifth pixel along both sides of what ViT-Lite is given, in [-1, 1]
        wave.{clip}                 every 16th sample of what Wav2Vec-Bridge is given
        rows.{picture or clip}.{v}  [rows, hidden]: what stands in the encoder's sequence, for each variant
        key.{case}, value.{case}    [H, S, D]: the memory's cache rows in the first decoder layer, fp32
        logits.{case}.{v}           [T, vocab] after each of decoder_ids

Variants: fp32, int8_32, int4_32 (models/README.md section 3; convolutions and vectors stay). Greedy continues from <|assistant|> alone
and ignores <|end|>. Pictures ``square`` and ``wide`` already have the size of their canvas; the others test the resampling alone.
"""
from __future__ import annotations

import argparse
import copy
import json
import math
import os
import wave

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from autoglm_phone import (ASSISTANT, AUDIO, AUDIO_END, CONFIGS, END, IMAGE, IMAGE_END, THINK_OFF, THINK_ON, TRANSCRIBE, USER,
                           AutoGLMPhone, quantize_model, save_safetensors)
from senses import filter_bank, normalize_wave

MARGIN = 0.001  # least distance between the best and the second logit of a greedy step
STEADY = 0.02  # and where float16 graphs must agree too
STEPS = 32
TRIES = 12  # of other words in a prompt, for greedy answers without a near tie; then the longest is cut before its first
VARIANTS = {"fp32": None, "int8_32": (32, 8), "int4_32": (32, 4)}
# name: width, height; the first two are whole cells of a canvas
PICTURES = {"square": (256, 256), "wide": (320, 192), "small": (40, 30), "large": (613, 407), "strip": (700, 61), "tower": (57, 500), "dot": (1, 1)}
CLIPS = {"short": 700, "word": 19792, "sentence": 12800}


def picture(width: int, height: int, seed: int) -> np.ndarray:
    """Stepped waves, an edge and three noisy rows, [H, W, 3] bytes: PNG keeps it small, and a wrong filter or channel order shows."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [127.5 + 127.5 * np.sin(x / (7 + 3 * c + seed % 4) + y / (11 + 2 * c) + seed) for c in range(3)]
    rgb = np.clip(np.round(np.stack(planes, -1) / 40) * 40, 0, 255)
    rgb[:, width // 2 :] = 255 - rgb[:, width // 2 :]
    noise = np.random.default_rng(seed)
    rgb[height // 3 : height // 3 + 3] = noise.integers(0, 256, rgb[height // 3 : height // 3 + 3].shape)
    return rgb.astype(np.uint8)


def resampled(rgb: np.ndarray, rows: int, columns: int) -> torch.Tensor:
    """Bytes [H, W, 3] -> [3, 32 rows, 32 columns] in [-1, 1], as training resizes."""
    x = torch.from_numpy(rgb).permute(2, 0, 1)[None].float()
    if x.shape[2:] != (32 * rows, 32 * columns):
        x = F.interpolate(x, (32 * rows, 32 * columns), mode="bicubic", antialias=True, align_corners=False).clamp(0, 255)
    return x[0] / 127.5 - 1


def clip(samples: int, seed: int) -> np.ndarray:
    """Gliding tones with pauses and a little noise, int16."""
    g = np.random.default_rng(seed)
    t = np.arange(samples) / 16000
    tone = sum(a * np.sin(2 * math.pi * (f * t + 300 * k * t * t)) for k, (a, f) in enumerate(((0.4, 220), (0.25, 900), (0.1, 2700))))
    tone = tone * (np.sin(2 * math.pi * 2.3 * t) > -0.6) + 0.01 * g.standard_normal(samples)
    return np.round(np.clip(tone, -1, 1) * 20000 + 200).astype(np.int16)


def random_model() -> tuple[AutoGLMPhone, dict, torch.Generator]:
    config = CONFIGS["tiny-senses"]
    model = AutoGLMPhone(config).eval()
    g = torch.Generator().manual_seed(31)
    tensors = {}
    for name, p in model.state_dict().items():
        noise = torch.randn(p.shape, generator=g)
        if name.endswith(".bias"):
            w = 0.2 * noise
        elif p.dim() == 1:
            w = 1 + 0.2 * noise
        elif name == "speech.wave_embed.filters.weight":
            w = filter_bank(config.speech)
        elif p.dim() > 2:
            w = noise * math.sqrt(2 / p[0].numel())
        else:
            w = (0.1 if "embed_tokens" in name else 0.3 if not name.startswith(("vision", "speech")) else 0.15) * noise
        tensors[name] = w if p.dim() == 1 else w.half()
    model.load_state_dict({k: v.float() for k, v in tensors.items()})
    return model, tensors, g


@torch.no_grad()
def answer(model: AutoGLMPhone, ids: list, media: list, decoder_ids: list):
    """logits [T, vocab], greedy ids up to the first near tie, how many are steady, the first layer's keys and values of the memory."""
    x = torch.tensor([ids])
    cache = model.start(x, STEPS + 1, [media])
    key, value = (t[0, :, : len(ids)].clone() for t in cache.layers[0])
    token, greedy, steady = torch.tensor([[ASSISTANT]]), [], STEPS
    for _ in range(STEPS):
        logits = model.logits(model.step(token, cache))[0, -1]
        top = logits.topk(2).values
        if top[0] - top[1] < MARGIN:
            break
        if top[0] - top[1] < STEADY:
            steady = min(steady, len(greedy))
        token = logits.argmax().view(1, 1)
        greedy.append(int(token))
    return model(x, torch.tensor([decoder_ids]), [media])[0], greedy, min(steady, len(greedy)), key, value


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../builder/fixtures/senses"))
    out = parser.parse_args().out
    for name in ("images", "clips"):
        os.makedirs(os.path.join(out, name), exist_ok=True)
    torch.set_num_threads(1)
    model, tensors, g = random_model()
    config = model.config
    models = {n: quantize_model(copy.deepcopy(model), *how) if how else model for n, how in VARIANTS.items()}
    reference: dict[str, torch.Tensor] = {}
    facts: dict = {"pictures": {}, "clips": {}, "cases": []}
    rows: dict[str, dict[str, torch.Tensor]] = {}

    for seed, (name, (width, height)) in enumerate(PICTURES.items()):
        rgb = picture(width, height, seed)
        Image.fromarray(rgb).save(os.path.join(out, "images", f"{name}.png"), optimize=True)
        r, c = config.vision.size(width, height)
        pixels = resampled(rgb, r, c)
        facts["pictures"][name] = {"width": width, "height": height, "rows": r, "columns": c}
        reference[f"pixels.{name}"] = pixels[:, ::5, ::5]
        if name in ("square", "wide"):
            with torch.no_grad():
                rows[name] = {v: m.look(pixels) for v, m in models.items()}
    for seed, (name, samples) in enumerate(CLIPS.items()):
        data = clip(samples, 50 + seed)
        with wave.open(os.path.join(out, "clips", f"{name}.wav"), "wb") as f:
            f.setnchannels(1), f.setsampwidth(2), f.setframerate(16000)
            f.writeframes(data.tobytes())
        sound = torch.from_numpy(data.astype(np.float32) / 32768)
        reference[f"wave.{name}"] = normalize_wave(sound)[::16]
        with torch.no_grad():
            rows[name] = {v: m.listen(sound) for v, m in models.items()}
        facts["clips"][name] = {"samples": samples, "rows": len(rows[name]["fp32"])}
    for name, variants in rows.items():
        for v, x in variants.items():
            reference[f"rows.{name}.{v}"] = x

    def text(count: int) -> list:
        return torch.randint(32, config.vocab_size, (count,), generator=g).tolist()

    def turn(media: list, words: int) -> list:
        return [("picture" if m in PICTURES else "clip", m) for m in media] + [("text", words)]

    prompts = {
        "text": [USER, *turn([], 14), THINK_OFF],
        "picture": [USER, *turn(["square"], 6), THINK_OFF],
        "everything": [USER, *turn(["wide", "word", "square"], 9), THINK_ON],
        "earlier": [USER, *turn(["wide"], 5), ASSISTANT, ("text", 4), END, USER, ("text", 6), THINK_OFF],
        "spoken": [USER, *turn(["sentence"], 0), THINK_ON],
        "transcribe": [USER, *turn(["word"], 0), TRANSCRIBE],
        "short": [USER, *turn(["short"], 2), TRANSCRIBE],
    }
    for name, parts in prompts.items():
        best = None
        for _ in range(TRIES if any(not isinstance(p, int) and p[0] == "text" and p[1] for p in parts) else 1):
            ids, media = [], []
            for part in parts:
                if isinstance(part, int):
                    ids.append(part)
                elif part[0] == "text":
                    ids += text(part[1])
                else:
                    begin, end = (IMAGE, IMAGE_END) if part[0] == "picture" else (AUDIO, AUDIO_END)
                    n = len(rows[part[1]]["fp32"])
                    media.append({"kind": "image" if part[0] == "picture" else "audio", "name": part[1], "start": len(ids) + 1})
                    ids += [begin] * (n + 1) + [end]
            decoder_ids = [ASSISTANT] + text(2)
            found = {v: answer(m, ids, [(x["start"], rows[x["name"]][v]) for x in media], decoder_ids) for v, m in models.items()}
            length = min(len(x[1]) for x in found.values())
            if best is None or length > best[0]:
                best = length, ids, media, decoder_ids, found
            if length == STEPS:
                break
        _, ids, media, decoder_ids, found = best
        for v, (logits, _, _, key, value) in found.items():
            reference[f"logits.{name}.{v}"] = logits
            if v == "fp32":
                reference[f"key.{name}"], reference[f"value.{name}"] = key, value
        facts["cases"].append({"name": name, "input_ids": ids, "media": media, "decoder_ids": decoder_ids,
                               "greedy": {v: found[v][1] for v in VARIANTS},
                               "steady": {v: found[v][2] for v in VARIANTS}})
        print(name, len(ids), [(len(x[1]), x[2]) for x in found.values()], found["fp32"][1][:8], flush=True)

    config.save(os.path.join(out, "config.json"))
    save_safetensors(os.path.join(out, "model.safetensors"), tensors)
    save_safetensors(os.path.join(out, "reference.safetensors"), {k: v.float() for k, v in reference.items()})
    with open(os.path.join(out, "cases.json"), "w") as f:
        cases = ",\n".join(json.dumps(c, separators=(",", ":")) for c in facts["cases"])
        f.write(f'{{"pictures": {json.dumps(facts["pictures"])},\n"clips": {json.dumps(facts["clips"])},\n"cases": [\n{cases}\n]}}\n')
    print({os.path.join(r, n): os.path.getsize(os.path.join(r, n)) for r, _, names in os.walk(out) for n in names})


if __name__ == "__main__":
    main()
