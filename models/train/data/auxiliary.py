"""Auxiliary tasks of the run: what words mean, from WordNet and CC-CEDICT. No user can ask for them.

A prompt of these has a reserved special token in the place of <|user|> (``KINDS``), and ``MASK`` where something was taken out, so
nothing of it can be typed. They are met in the first part of the run only (train.py says how many), and share the embedding and
the layers with the skills, which gives words that a phrasing in the templates never had a meaning before the model is asked.

A held-out word is never spelled here: counting and sorting are tested on words that training never spelled.
"""

from __future__ import annotations

import random

from .core import choose, held_out
from .facts import load_lines

MASK = "\ue000"  # becomes token 14
KINDS = {"fill": 13, "gloss": 15, "word": 16, "zh-en": 17, "en-zh": 18, "repair": 19, "near": 20, "spell": 21, "use": 22}

Item = tuple[str, str, str]  # kind, prompt, answer
_DATA: dict[str, list] = {}


def _data(name: str) -> list:
    if not _DATA:
        lexicon = [(line + "\t\t\t").split("\t")[:4] for line in load_lines("lexicon")]
        _DATA["synsets"] = [(words.split(","), gloss, [e for e in examples.split("|") if e], kind) for words, gloss, examples, kind in lexicon]
        _DATA["examples"] = [(words, e, gloss) for words, gloss, examples, _ in _DATA["synsets"] for e in examples]
        _DATA["near"] = [s for s in _DATA["synsets"] if len(s[0]) > 1 or s[3]]
        _DATA["cedict"] = [tuple(line.split("\t")) for line in load_lines("cedict")]
        _DATA["spell"] = [w for words, *_ in _DATA["synsets"] for w in words if w.isalpha() and w.isascii() and 3 < len(w) < 15 and not held_out(w)]
    return _DATA[name]


def _common(rng: random.Random, name: str):
    """An entry; the first of a table are the commonest and come more often."""
    items = _data(name)
    return items[int(rng.random() ** 1.5 * len(items))]


def _mask(rng: random.Random, text: str) -> tuple[str, str]:
    """One to three spans of a sentence taken out; the answer is the whole sentence, so that the decoder also learns to write."""
    words = text.split(" ")
    spans = 1 + int(rng.random() * min(3, len(words) / 4))
    for _ in range(spans):
        at = int(rng.random() * len(words))
        if words[at] == MASK:
            continue
        end = at + 1 + int(rng.random() * 2.3)
        words[at:end] = [MASK]
    return " ".join(words), text


def auxiliary(rng: random.Random) -> Item:
    roll = rng.random()
    if roll < 0.30:
        if rng.random() < 0.45:
            _, text, _ = choose(rng, _data("examples"))
        else:
            words, text, _, _ = _common(rng, "synsets")
            text = f"{words[0]}: {text}"
        return ("fill", *_mask(rng, text))
    if roll < 0.42:
        words, gloss, _, _ = _common(rng, "synsets")
        return "word", gloss, words[0]
    if roll < 0.54:
        words, gloss, _, _ = _common(rng, "synsets")
        return "gloss", choose(rng, words), gloss
    if roll < 0.60:
        words, example, gloss = choose(rng, _data("examples"))
        return "use", f"{words[0]}: {example}", gloss
    if roll < 0.66:
        words, _, _, kind = _common(rng, "near")
        rest = words[1:] + ([kind] if kind else [])
        return "near", words[0], ", ".join(rest)
    if roll < 0.80:
        zh, en = _common(rng, "cedict")
        return "zh-en", zh, en.replace(";", "; ")
    if roll < 0.90:
        zh, en = _common(rng, "cedict")
        if len(zh) > 1 and rng.random() < 0.5:
            at = int(rng.random() * len(zh))
            return "en-zh", f"{en.replace(';', '; ')} {zh[:at]}{MASK}{zh[at + 1 :]}", zh
        return "en-zh", en.replace(";", "; "), zh
    if roll < 0.95:
        text = choose(rng, _data("examples"))[1]
        words = text.split(" ")
        for _ in range(1 + len(words) // 6):  # neighbours changed places, or a word lost a letter
            at = int(rng.random() * (len(words) - 1)) if len(words) > 1 else 0
            if rng.random() < 0.5 and len(words) > 1:
                words[at], words[at + 1] = words[at + 1], words[at]
            elif len(words[at]) > 3:
                cut = 1 + int(rng.random() * (len(words[at]) - 1))
                words[at] = words[at][:cut] + words[at][cut + 1 :]
        return "repair", " ".join(words), text
    word = choose(rng, _data("spell"))
    return "spell", word, " ".join(word)
