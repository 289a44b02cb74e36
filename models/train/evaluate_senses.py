"""Questions about pictures and clips for ``evaluate.py`` and for the probes of ``train.py``: made here, encoded on the device, scored.

Pictures are those of ``data.pictures.make_eval.items``, rendered by the training's renderer; clips those of ``data.speech.testset``.
Making them needs no GPU, so ``start`` does it in processes of their own, which must be forked before CUDA is used.
"""
from __future__ import annotations

import multiprocessing
import os
import pickle
import time
from dataclasses import dataclass, field

import numpy as np
import torch

from autoglm_phone import AUDIO, AUDIO_END, IMAGE, IMAGE_END, TRANSCRIBE, AutoGLMPhone
from senses import normalize_wave
from tokenizer import Tokenizer, prompt_ids, split_answer

ART = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data/pictures/art")


@dataclass
class Item:
    """metric: "exact", "cer" (text in a picture), "expect" (as the sets of text), "word" or "character" (error rate of a transcript)."""

    task: str
    lang: str
    question: str
    metric: str
    values: list[str]
    expect: dict = field(default_factory=dict)
    display: np.ndarray | None = None  # a picture's display list
    size: tuple[int, int] = (0, 0)  # its rows and columns of cells
    audio: np.ndarray | None = None  # int16 at 16 kHz

    @property
    def transcript(self) -> bool:
        return self.metric in ("word", "character")


def make(job: tuple[str, str, int]) -> list[Item]:
    """("known" or "unseen", a set of make_eval, n) or ("speech", a set of testset, n) -> its items; none where the art or the voices are missing."""
    kind, name, n = job
    try:
        if kind != "speech":
            from data.pictures import Scenes
            from data.pictures.make_eval import items

            if not os.path.exists(os.path.join(ART, "art.bin" if kind == "known" else "test.bin")):
                return []
            return [Item(task, asked.lang, asked.question, asked.metric, list(dict.fromkeys([asked.answer, *asked.accept])), display=scene.display,
                         size=(scene.h // 32, scene.w // 32)) for task, scene, asked in items(Scenes.load(), kind, n, names=(name,))]
        from data.speech.scoring import measure
        from data.speech.testset import sets

        out = []
        for record, audio in sets(n, [name])[name]:
            if record["task"] == "speech.transcribe":
                engine = record["voice"].partition(":")[0]
                task = f"{name}.{engine}" if name in ("speech-known", "speech-held") else name  # a figure for each synthesiser: they differ most
                out.append(Item(task, record["lang"], "", measure(record["lang"], record["kind"]), [record["text"]], audio=audio))
            else:
                out.append(Item(name, record["lang"], "", "expect", [record["answer"]], record["expect"], audio=audio))
        return out
    except Exception as error:  # noqa: BLE001  (a missing voice or font must not end an evaluation)
        print(f"{kind} {name}: {type(error).__name__}: {str(error)[:200]}", flush=True)
        return []


def jobs(n: int, only: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """The longest first."""
    from data.pictures.make_eval import TASKS
    from data.speech.testset import SETS

    return ([("speech", name, n) for name in SETS] if "speech" in only else []) + (
        [(split, name, n) for split in ("known", "unseen") for name in TASKS] if "pictures" in only else [])


def start(n: int, only: tuple[str, ...], processes: int):
    """Begins to make n items of every set -> a function that waits for them and returns the list."""
    work = jobs(n, only)
    if not work:
        return list
    pool = multiprocessing.get_context("fork").Pool(min(processes, len(work)))
    result = pool.map_async(make, work, chunksize=1)
    pool.close()
    return lambda: [item for some in result.get() for item in some]


def prepare(path: str, pictures: int, clips: int) -> None:
    """Writes so many items of every set to a file; for a process beside the training."""
    os.nice(5)
    torch.set_num_threads(1)
    items = [item for job in jobs(clips, ("speech",)) + jobs(pictures, ("pictures",)) for item in make(job)]
    with open(path + ".part", "wb") as f:
        pickle.dump(items, f)
    os.replace(path + ".part", path)


# ----------------------------------------------------------------------------------------------------------------- encoding
@torch.no_grad()
def encode(model: AutoGLMPhone, renderer, items: list[Item], device, chunk: int = 64) -> list[torch.Tensor]:
    """Rows of the encoder [cells or features, C] of every item's picture or clip, in the model's type."""
    out: list = [None] * len(items)
    dtype = next(model.parameters()).dtype
    for size in {item.size for item in items if item.display is not None}:
        mine = [i for i, item in enumerate(items) if item.display is not None and item.size == size]
        for at in range(0, len(mine), chunk):
            some = mine[at : at + chunk]
            most = max(len(items[i].display) for i in some)
            lists = torch.stack([torch.nn.functional.pad(torch.from_numpy(items[i].display).float(), (0, 0, 0, most - len(items[i].display))) for i in some])
            counts = torch.tensor([len(items[i].display) for i in some], dtype=torch.int32)
            pixels = renderer.render(lists.to(device), counts.to(device), *size).to(dtype)
            features = model.vision(pixels)
            rows = model.fuse(features, torch.full((len(some),), features.shape[1], device=device))
            for i, one in zip(some, rows):
                out[i] = one
    for i, item in enumerate(items):
        if item.audio is not None:
            wave = normalize_wave(torch.from_numpy(item.audio).to(device).float() / 32768)[None].to(dtype)
            length = torch.tensor([wave.shape[1] // model.config.speech.cell], device=device)
            out[i] = model.fuse(model.speech(wave, length), length)[0]
    return out


def prompt(tokenizer: Tokenizer, item: Item, rows: int, thinking: bool) -> list[int]:
    """Ids of models/README.md section 2; the feature rows begin at index 2."""
    media = [IMAGE] * (rows + 1) + [IMAGE_END] if item.display is not None else [AUDIO] * (rows + 1) + [AUDIO_END]
    return [3, *media, TRANSCRIBE] if item.transcript else prompt_ids(tokenizer, [("user", item.question, media)], thinking)


# ------------------------------------------------------------------------------------------------------------------ scoring
def judge(item: Item, answer: str) -> tuple[float, int, int]:
    """-> right (0 or 1), errors, length: of characters or words where an error rate counts, else 0, 0."""
    from data.pictures.score import cer, right
    from data.score import normalise, score
    from data.speech.scoring import characters, distance, words

    if item.transcript:
        split = words if item.metric == "word" else characters
        want, got = split(item.values[0]), split(answer)
        return float(want == got), distance(want, got), len(want)
    if item.metric == "expect":
        return float(score(item.expect, answer)), 0, 0
    length = len(normalise(item.values[0])) if item.metric == "cer" else 0
    return float(right(answer, item.values[0], item.values[1:])), round(cer(answer, item.values[0]) * length), length


class Results:
    """Scores by (task, thinking) and model."""

    def __init__(self):
        self.rows: dict = {}

    def add(self, item: Item, thinking, model: str, scored: tuple) -> None:
        self.rows.setdefault((item.task, thinking, item.metric if item.transcript else "answer"), {}).setdefault(model, []).append(scored)

    def tasks(self) -> list[dict]:
        """As ``evaluate.py`` writes them; a transcript's figure is an error rate."""
        out = []
        for (task, thinking, metric), models in sorted(self.rows.items(), key=lambda x: (x[0][0], str(x[0][1]), x[0][2])):
            rate = metric in ("word", "character")
            figure = lambda v: round(sum(x[1] for x in v) / max(1, sum(x[2] for x in v)) if rate else sum(x[0] for x in v) / len(v), 4)  # noqa: B023,E731
            entry = {"name": task, "metric": f"{metric} error rate" if rate else "accuracy", "n": max(len(v) for v in models.values()),
                     **{k: figure(v) for k, v in models.items()}}
            if rate:
                entry["exact"] = {k: round(sum(x[0] for x in v) / len(v), 4) for k, v in models.items()}
            elif any(x[2] for v in models.values() for x in v):  # text that was read
                entry["cer"] = {k: round(sum(x[1] for x in v) / max(1, sum(x[2] for x in v)), 4) for k, v in models.items()}
            out.append(entry | ({} if thinking is None else {"thinking": thinking}))
        return out

    def table(self, models: list[str]) -> str:
        """A line a task: answers right without and with thinking, or transcripts right and their error rate; for every model."""
        lines = [f"{'':28}{'n':>5}" + "".join(f"{m + ' answer':>16}{m + ' think':>16}" for m in models)]
        groups: dict = {}
        for (task, thinking, metric), by in self.rows.items():
            groups.setdefault((task, metric), {})[thinking] = by
        for (task, metric), by in sorted(groups.items()):
            cells = []
            for m in models:
                for thinking in (False, True):
                    v = (by.get(None) or by.get(thinking) or {}).get(m)
                    total = sum(x[2] for x in v) if v else 0
                    if None in by and thinking:
                        cells.append(f"{sum(x[1] for x in v) / max(1, total):8.1%} err." if v else "")
                    else:
                        cells.append(f"{sum(x[0] for x in v) / len(v):.1%}" if v else "")
            n = max(len(v) for some in by.values() for v in some.values())
            lines.append(f"{task + (' (' + metric + ')' if metric in ('word', 'character') else ''):28}{n:5}" + "".join(f"{c:>16}" for c in cells))
        return "\n".join(lines)


def ask(model: AutoGLMPhone, name: str, tokenizer: Tokenizer, renderer, items: list[Item], device, results: Results, answers, thinking=(False, True),
        max_tokens: int = 320, budget: int = 1_500_000, each=None) -> None:
    """All items through one model; answers: ``evaluate.answers``. each(item, thinking, reasoning, answer, right) for every answer."""
    rows = encode(model, renderer, items, device)
    for think in (*thinking, None):  # None: transcripts, which know no thinking
        mine = [i for i, item in enumerate(items) if item.transcript == (think is None)]
        if not mine:
            continue
        t = time.time()
        got = answers(model, [prompt(tokenizer, items[i], len(rows[i]), bool(think)) for i in mine], device, max_tokens if think else 160, budget, 0.01,
                      media=[[(2, rows[i])] for i in mine])
        for i, ids in zip(mine, got):
            reasoning, answer = split_answer(tokenizer, ids)
            scored = judge(items[i], answer.strip())
            results.add(items[i], think, name, scored)
            if each:
                each(items[i], think, reasoning, answer, scored[0])
        what = "transcripts" if think is None else f"thinking {'on' if think else 'off'}"
        print(f"{name}, {what}: {len(mine)} answers about pictures and clips, {time.time() - t:.1f} s", flush=True)
