"""Pictures and speech in a batch: drawn and laid out by the workers (``draw``), made into tensors on the device (``Media``).

Rows of the feature table: ``cell_room`` rows for pictures, one after the other, then those of the clips. Rows that belong to nothing
are cut into short pieces of their own, so that attention is defined for them.
"""
from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import torch

from data.speech.augment import SPEEDS, choose_play, colour, draw_speed, play_plain
from autoglm_phone import ASSISTANT, AUDIO, AUDIO_END, END, IMAGE, IMAGE_END, THINK_CLOSE, THINK_OPEN, TRANSCRIBE, Config
from packed import FEATURE
from senses import grid_angles
from tokenizer import Tokenizer, prompt_ids

CANVASES = [((8, 8), 0.6), ((6, 10), 0.14), ((10, 6), 0.13), ((12, 5), 0.13)]  # rows and columns of cells, share of the batches
FILLER = 128  # most rows of a piece that belongs to nothing
FORGET, FORGOTTEN = 0.4, 0.2  # share of the transcripts in which the decoder is told wrong words before, and of their tokens
ANSWERED = 0.7  # share of the spoken questions that are answered, with thinking and without
CLIPS, CELLS = 8, 16  # the batch of clips is padded to multiples of these: libraries plan a transform or a convolution once a size


@dataclass
class Plan:
    """How much of a batch is media."""

    pictures: int = 128
    questions: int = 2
    seconds: float = 200.0
    clips: int = 72

    def rooms(self, c: Config) -> tuple[int, int, int]:
        """Rows for patches, for cells, and for features of speech."""
        cells = self.pictures * c.vision.max_cells
        return cells * c.vision.merge_size**2, cells, int(self.seconds * c.speech.sample_rate / c.speech.cell) // 64 * 64

    def bytes(self, c: Config, things: int, fields: int) -> int:
        """No batch's arrays take more; fields: numbers of a display list."""
        patches, cells, features = self.rooms(c)
        clips = -(-self.clips // CLIPS) * CLIPS
        rows = features * c.speech.stack
        audio = int(features * c.speech.cell * max(SPEEDS)) * 2
        padded = min(clips * (-(-10 * c.speech.sample_rate // c.speech.cell // CELLS) + 1) * CELLS, 4 * features + clips * CELLS) * c.speech.stack
        return self.pictures * (fields * 4 + things) + audio + 8 * (2 * cells + 2 * features + patches + 4 * rows + 2 * padded + 16 * clips) + 65536


def pieces(lengths: list[int], room: int) -> np.ndarray:
    """Cumulative lengths [n + 1], int32; what is left of the room is cut into pieces of at most FILLER rows."""
    left = room - sum(lengths)
    return np.concatenate([[0], np.cumsum([*lengths, *([FILLER] * (left // FILLER)), *([left % FILLER] if left % FILLER else [])])]).astype(np.int32)


def positions(cut: np.ndarray) -> np.ndarray:
    return (np.arange(cut[-1]) - np.repeat(cut[:-1], np.diff(cut))).astype(np.int32)


def encode_media(tokenizer: Tokenizer, one, media: list[int], thinking: bool, rng: random.Random, mode: int, heard: str = "", earlier=None):
    """A sample about a picture or a clip, as train.encode_sample: -> encoder ids, decoder ids, labels, weights, mode.

    heard: what a spoken question says; the reasoning begins with it, and without thinking it is all of it: digits that were written down are
    reckoned with more surely than those that were only heard. earlier: a question and its answer about the same picture, asked before.
    """
    loosely = (lambda text: tokenizer.encode_loosely(text, rng, 0.15)) if rng.random() < 0.15 else None
    question = "" if heard else one.messages[-1][1]
    if earlier:
        messages = [("user", earlier[0], media), ("assistant", earlier[1]), ("user", question)]
    else:
        messages = [("user", question, media)]
    enc = prompt_ids(tokenizer, messages, thinking, loosely)
    answer = tokenizer.encode(one.answer) + [END]
    brief = min(1.0, 8 / len(answer))
    steps = [f"{'Heard: ' if one.lang == 'en' else '听到：'}{heard}"] if heard else []
    if thinking:
        steps.append(one.reasoning)
    reasoning = [THINK_OPEN, *tokenizer.encode("\n".join(steps)), THINK_CLOSE] if steps else []
    target, weights = reasoning + answer, [1.5] * len(reasoning) + [1.5 + (1.5 if thinking else 3.5) * brief] * len(answer)
    return enc, [ASSISTANT] + target[:-1], target, weights, mode


def transcript_mode(lang: str, voice: str) -> int:
    """Mode of a transcript, for the log alone: by who speaks (packed.MODES)."""
    return 9 if lang == "zh" else {"espeak": 5, "flite": 7, "festival": 8}.get(voice.partition(":")[0], 10)


def forgotten(ids: list[int], others: list[int], rng: random.Random) -> list[int]:
    """Decoder ids of a transcript, some replaced by tokens of other transcripts: the next word is then to be heard, as the words before do
    not tell it. Without it sentences are learned by heart, and what is said otherwise is written as they are.

    Source: as word dropout, Bowman et al. 2016 (arXiv 1511.06349), with other words instead of an unknown one.
    """
    return [rng.choice(others) if i and rng.random() < FORGOTTEN else t for i, t in enumerate(ids)]


class Drawer:
    """A worker's hand for media. ``draw`` returns encoded samples and the arrays of ``Media``."""

    def __init__(self, config: Config, tokenizer: Tokenizer, plan: Plan, scenes, pool, split: str = "train"):
        self.c, self.tokenizer, self.plan, self.scenes, self.pool, self.split = config, tokenizer, plan, scenes, pool, split
        self.rooms = plan.rooms(config)

    def draw(self, rng: random.Random) -> tuple[list, dict]:
        samples: list = []
        arrays = {**self.pictures(rng, samples), **self.clips(rng, samples)}
        patch_room, cell_room, speech_room = self.rooms
        cells = [arrays["rows"] * arrays["columns"]] * self.plan.pictures
        cut = pieces(cells, cell_room)
        arrays["cut_features"] = np.concatenate([cut, pieces(arrays["features"], speech_room)[1:] + cell_room]).astype(np.int32)
        arrays["pos_features"] = positions(arrays["cut_features"])
        arrays["cut_patches"] = pieces([n * self.c.vision.merge_size**2 for n in cells], patch_room)
        rng.shuffle(samples)
        return samples, arrays

    def pictures(self, rng: random.Random, samples: list) -> dict:
        rows, columns = rng.choices([c for c, _ in CANVASES], [w for _, w in CANVASES])[0]
        n = rows * columns
        scenes = [self.scenes.draw(rng, rows, columns, self.split) for _ in range(self.plan.pictures)]
        for i, scene in enumerate(scenes):
            media = [IMAGE, *range(FEATURE + i * n, FEATURE + (i + 1) * n), IMAGE_END]
            earlier = None
            for _ in range(self.plan.questions):
                one = scene.ask(rng)
                use = earlier if earlier and rng.random() < 0.2 else None
                samples.append(encode_media(self.tokenizer, one, media, rng.random() < 0.5, rng, 4, earlier=use))
                earlier = (one.messages[-1][1], one.answer)
        most = max(len(s.display) for s in scenes)
        display = np.zeros((len(scenes), most, scenes[0].display.shape[1]), np.float32)
        things = np.zeros((len(scenes), len(self.scenes.things)), bool)
        for i, s in enumerate(scenes):
            display[i, : len(s.display)] = s.display
            things[i, s.labels] = True
        return {"rows": rows, "columns": columns, "display": display, "counts": np.array([len(s.display) for s in scenes], np.int32), "things": things}

    def clips(self, rng: random.Random, samples: list) -> dict:
        c, (_, cell_room, room) = self.c.speech, self.rooms
        clips, speeds, features, at, others = [], [], [], 0, [END]
        # Clips of about the same length, so that little of the batch is padding: neighbours in a larger draw, sorted by length.
        drawn = sorted((self.pool.draw(rng) for _ in range(max(3, int(1.3 * self.plan.seconds)))), key=lambda clip: len(clip.audio))
        left = np.cumsum([len(clip.audio) for clip in drawn][::-1])[::-1]  # samples from each on
        last = int((left >= min(left[0], room * c.cell)).sum())  # the last one after which the room can still be filled
        first = rng.randrange(max(1, last))
        drawn = drawn[first : first + self.plan.clips]
        rng.shuffle(drawn)
        for clip in drawn:
            speed, length = draw_speed(rng, len(clip.audio))
            n = -(-length // c.cell)
            if at + n > room:
                break
            first = FEATURE + cell_room + at
            media = [AUDIO, *range(first, first + n), AUDIO_END]
            text = self.tokenizer.encode(clip.text) + [END]
            told, mode = [ASSISTANT] + text[:-1], transcript_mode(clip.lang, clip.voice)
            if rng.random() < FORGET:
                told, mode = forgotten(told, others, rng), 11
            others += text[:-1]
            samples.append(([3, *media, TRANSCRIBE], told, text, [5.0] * len(text), mode))
            if clip.sample:
                for thinking in (True, False):
                    if rng.random() < ANSWERED:
                        samples.append(encode_media(self.tokenizer, clip.sample, media, thinking, rng, 6, heard=clip.text))
            clips.append(clip)
            speeds.append(speed)
            features.append(n)
            at += n
        if not clips:  # the room is smaller than the first clip
            return self.clips(rng, samples)
        longest = -(-max(features) // CELLS) * CELLS * c.cell  # after the change of speed
        rows_of = longest // c.row
        rows = [n * c.stack for n in features]
        cut = pieces(rows, room * c.stack)
        padded = -(-len(clips) // CLIPS) * CLIPS
        wave_rows = np.zeros(room * c.stack, np.int64)
        wave_places = np.full(padded * rows_of, room * c.stack, np.int64)
        for i, n in enumerate(rows):
            wave_rows[cut[i] : cut[i] + n] = i * rows_of + np.arange(n)
            wave_places[i * rows_of : i * rows_of + n] = cut[i] + np.arange(n)
        ends = lambda sizes: np.cumsum([0, *sizes, *[0] * (padded - len(clips))]).astype(np.int32)  # noqa: E731
        counts = [len(x.phones) for x in clips]
        sizes = [int(len(x.audio) / speed) for x, speed in zip(clips, speeds)] + [0] * (padded - len(clips))
        return {"features": features, "longest": longest, "speeds": np.array(speeds + [1.0] * (padded - len(clips)), np.float32),
                "audio": np.concatenate([x.audio for x in clips]), "audio_cut": ends([len(x.audio) for x in clips]), "audio_lengths": np.array(sizes, np.int32),
                "wave_rows": wave_rows, "wave_places": wave_places, "cut_wave": cut, "pos_wave": positions(cut),
                "phones": np.concatenate([np.asarray(x.phones, np.int32) for x in clips]), "phone_cut": ends(counts)[: len(clips) + 1],
                "ctc_rows": np.array(rows, np.int32), "ctc_weight": np.array([1 / max(1, n) / len(clips) for n in counts], np.float32),
                "ctc": {"row_counts": rows, "phone_counts": counts}}


def heads(config: Config, things: int, phones: int) -> dict:
    """Shapes of the auxiliary heads, by name."""
    return {"aux.things.weight": (things, config.feature_size), "aux.things.bias": (things,),
            "aux.phones.weight": (phones, config.speech.hidden_size), "aux.phones.bias": (phones,)}


def reset_heads(weights, seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    for name, shape in weights.heads.items():
        value = torch.randn(shape, generator=g) * 0.02 if len(shape) == 2 else torch.full(shape, -9.0 if "things" in name else 0.0)
        weights.view(name).copy_(value)


def save_heads(weights, path: str) -> None:
    """Writes the auxiliary heads beside exported weights, which leave them out: a run that goes on from those then need not learn them anew."""
    np.savez(path, **{name: weights.view(name).detach().float().cpu().numpy() for name in weights.heads})


def load_heads(weights, path: str) -> list[str]:
    """Reads heads that ``save_heads`` wrote, those of a size that is still right -> names of the losses ("things", "phones") that have theirs."""
    known = []
    with np.load(path) as arrays:
        for loss in ("things", "phones"):
            names = [name for name in weights.heads if name.startswith(f"aux.{loss}.")]
            if all(name in arrays.files and arrays[name].shape == tuple(weights.heads[name]) for name in names):
                known.append(loss)
                for name in names:
                    weights.view(name).copy_(torch.from_numpy(arrays[name]))
    return known


class Media:
    """Arrays of a ``Drawer`` -> what ``packed.Network.features`` takes: pictures rendered, clips made noisy, on the device."""

    def __init__(self, config: Config, plan: Plan, device, renderer, seed: int = 0, strength: float = 1.0, log=print, plain: bool = False):
        self.c, self.device, self.renderer, self.strength = config, device, renderer, strength
        self.generator = torch.Generator(device).manual_seed(seed)
        self.rooms = plan.rooms(config)
        self.angles: dict = {}
        self.play = play_plain if plain else choose_play(device, log)

    def grid(self, rows: int, columns: int, pictures: int):
        """Angles of all patches of a batch [patch_room, D / 2]."""
        c = self.c.vision
        key = rows, columns, pictures
        if key not in self.angles:
            one = grid_angles(rows * c.merge_size, columns * c.merge_size, c.hidden_size // c.num_attention_heads, c.rope_theta, self.device)
            room = self.rooms[0]
            self.angles[key] = tuple(torch.nn.functional.pad(t.repeat(pictures, 1), (0, 0, 0, room - pictures * len(t))) for t in one)
        return self.angles[key]

    @torch.no_grad()
    def __call__(self, a: dict, auxiliary: bool = True) -> dict:
        """a: the arrays as tensors on the device, what was no array as it was. Nothing here waits for the device."""
        c = self.c
        m = {"pixels": self.renderer.render(a["display"], a["counts"], a["rows"], a["columns"]),
             "angles_patches": self.grid(a["rows"], a["columns"], len(a["counts"])), "patch_room": self.rooms[0], "cell_room": self.rooms[1],
             "longest_wave": max(FILLER, max(a["features"]) * c.speech.stack), "longest_features": max(FILLER, c.vision.max_cells, max(a["features"])),
             **{k: a[k] for k in ("cut_patches", "cut_features", "pos_features", "wave_rows", "wave_places", "cut_wave", "pos_wave")}}
        wave = self.play(a["audio"], a["audio_cut"], a["speeds"], a["audio_lengths"], a["longest"])
        m["wave"] = colour(wave, a["audio_lengths"], self.generator, self.strength)
        ends = np.cumsum([0, *a["features"]])
        m["clip_rows"] = ends[:-1].tolist()
        m["clip_lengths"] = [n * c.speech.cell for n in a["features"]]
        if auxiliary:
            m["things"] = a["things"].float()
            m |= {k: a[k] for k in ("phones", "phone_cut", "ctc_rows", "ctc_weight", "ctc")}
        return m
