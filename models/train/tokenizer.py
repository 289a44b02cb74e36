"""Byte-level BPE: training, a fast Python encoder, and Hugging Face's ``tokenizer.json``.

    python tokenizer.py train --out tokenizer.json [--texts 600000]     train on data.corpus()
    python tokenizer.py cases --tokenizer tokenizer.json > cases.jsonl  texts with their ids, for verify_tokenizer.mjs
    node verify_tokenizer.mjs tokenizer.json cases.jsonl                the npm package must give the same ids

Text is first cut into pieces by one regular expression that means the same to Python's ``re``, to JavaScript with the u flag and
to Oniguruma (only literal characters and ranges in classes; no \\s, \\p, ^ or $, whose meanings differ): a run of Latin letters with
the space before it, one digit, one Chinese character, a run of white space, a run of anything else with the space before it. BPE
merges never cross a piece, so every digit is a token of its own, and so is every frequent Chinese character: Chinese is left
unmerged on purpose, so that a phrasing never seen is still made of the units that were trained. Lengths are capped, which bounds
the work on "aaaa…" pasted by the megabyte.

Ids: 0 to 31 special tokens (models/README.md section 2), 32 + b the byte b, 288 + r the merge of rank r.
"""
from __future__ import annotations

import argparse
import heapq
import json
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = os.path.join(HERE, "tokenizer.json")
NAMED = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|think|>", "<|nothink|>", "<think>", "</think>",
         "<|image|>", "<|image_end|>", "<|audio|>", "<|audio_end|>"]
SPECIAL = NAMED + [f"<|reserved_{i}|>" for i in range(len(NAMED), 32)]
FIRST_BYTE = len(SPECIAL)
FIRST_MERGE = FIRST_BYTE + 256

LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"  # without the signs × and ÷
CHINESE = "㐀-䶿一-鿿"
DIGIT = "0-9０-９"
SPACE = " \t\r\n"
PATTERN = (f" ?[{LATIN}]{{1,32}}|[{DIGIT}]|[{CHINESE}]|[{SPACE}]{{1,16}}(?![^{SPACE}])"
           f"| ?[^{SPACE}{DIGIT}{LATIN}{CHINESE}]{{1,16}}|[{SPACE}]")


def byte_alphabet() -> list[str]:
    """GPT-2's printable character for every byte: byte -> character."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {b: chr(b) for b in printable}, 0
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + extra)
            extra += 1
    return [table[b] for b in range(256)]


class Tokenizer:
    """encode and decode; special tokens are never parsed from text. About a microsecond a piece once its cache is warm."""

    def __init__(self, merges: list[tuple[int, int]]):
        self.pairs = {pair: FIRST_MERGE + r for r, pair in enumerate(merges)}
        self.bytes = [s.encode() for s in SPECIAL] + [bytes([b]) for b in range(256)]
        for a, b in merges:
            self.bytes.append(self.bytes[a] + self.bytes[b])
        self.split = re.compile(PATTERN).findall
        self.cache: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.bytes)

    @staticmethod
    def load(path: str = DEFAULT) -> "Tokenizer":
        with open(path, encoding="utf8") as f:
            model = json.load(f)["model"]
        vocab = model["vocab"]
        return Tokenizer([tuple(vocab[s] for s in m.split(" ")) for m in model["merges"]])

    def piece(self, piece: str) -> list[int]:
        ids = [FIRST_BYTE + b for b in piece.encode("utf8", "replace")]
        pairs = self.pairs
        while len(ids) > 1:
            best = min((pairs.get(p, 1 << 30) for p in zip(ids, ids[1:])))
            if best == 1 << 30:
                break
            out, i = [], 0
            while i < len(ids):
                if i + 1 < len(ids) and pairs.get((ids[i], ids[i + 1])) == best:
                    out.append(best)
                    i += 2
                else:
                    out.append(ids[i])
                    i += 1
            ids = out
        if len(self.cache) < 400_000:
            self.cache[piece] = ids
        return ids

    def encode(self, text: str) -> list[int]:
        out: list[int] = []
        get = self.cache.get
        for piece in self.split(text):
            out += get(piece) or self.piece(piece)
        return out

    def encode_loosely(self, text: str, rng: random.Random, share: float) -> list[int]:
        """As encode, but that share of the Latin words is cut in two first, so that training also meets the short tokens of which
        words it never saw are made (the idea of BPE-dropout, Provilkov et al. 2020, arXiv 1910.13267, at the price of a cut)."""
        out: list[int] = []
        get = self.cache.get
        for piece in self.split(text):
            if len(piece) > 3 and rng.random() < share and piece[-1].isalpha():
                cut = 1 + int(rng.random() * (len(piece) - 1))
                out += get(piece[:cut]) or self.piece(piece[:cut])
                piece = piece[cut:]
            out += get(piece) or self.piece(piece)
        return out

    def decode(self, ids) -> str:
        return b"".join(self.bytes[i] for i in ids).decode("utf8", "replace")


def prompt_ids(tokenizer: Tokenizer, messages, thinking: bool, user=None) -> list[int]:
    """Encoder input of models/README.md section 2 for [(role, text), …] whose last role is user.

    A user's message may have a third part: the ids of the pictures and clips before its text.
    user: how to encode the user's texts, when it is not tokenizer.encode.
    """
    ids: list[int] = []
    for role, text, *media in messages:
        if role == "system":
            ids.append(2)
            ids += tokenizer.encode(text)
        elif role == "user":
            ids.append(3)
            ids += media[0] if media else []
            ids += (user or tokenizer.encode)(text)
        else:
            ids.append(4)
            ids += tokenizer.encode(text)
            ids.append(1)
    ids.append(5 if thinking else 6)
    return ids


def split_answer(tokenizer: Tokenizer, ids: list[int]) -> tuple[str, str]:
    """Generated ids (without <|assistant|>) -> reasoning, answer."""
    ids = [i for i in ids if i not in (0, 1)]
    if 8 in ids:
        end = ids.index(8)
        return tokenizer.decode(i for i in ids[:end] if i >= FIRST_BYTE), tokenizer.decode(i for i in ids[end:] if i >= FIRST_BYTE)
    if 7 in ids:
        return tokenizer.decode(i for i in ids if i >= FIRST_BYTE), ""
    return "", tokenizer.decode(i for i in ids if i >= FIRST_BYTE)


# --------------------------------------------------------------------------------------------------------------- training
LONGEST = 7  # bytes of a token of Latin letters: longer words are made of parts, whose spelling is met in many words


def train(counts: Counter, vocab_size: int) -> list[tuple[int, int]]:
    """Merges by falling pair count (Sennrich et al. 2016), incremental: only words that hold the merged pair are recounted.

    counts: piece -> occurrences. Ties go to the smaller pair of ids, so the result is the same on every machine.
    """
    words = [([FIRST_BYTE + b for b in piece.encode()], n) for piece, n in sorted(counts.items()) if len(piece.encode()) > 1]
    pair_count: dict = defaultdict(int)
    where: dict = defaultdict(set)
    for i, (ids, n) in enumerate(words):
        for pair in zip(ids, ids[1:]):
            pair_count[pair] += n
            where[pair].add(i)
    heap = [(-n, pair) for pair, n in pair_count.items()]
    heapq.heapify(heap)
    merges: list[tuple[int, int]] = []
    spelled = [b""] * FIRST_BYTE + [bytes([b]) for b in range(256)]
    while len(merges) < vocab_size - FIRST_MERGE:
        if not heap:
            raise SystemExit(f"the corpus has only {len(merges)} pairs to merge")
        n, pair = heapq.heappop(heap)
        if pair_count[pair] != -n:
            if pair_count[pair] > 0:
                heapq.heappush(heap, (-pair_count[pair], pair))
            continue
        if n == 0:
            continue
        joined = spelled[pair[0]] + spelled[pair[1]]
        if len(joined) > LONGEST and joined.strip().isalpha():
            continue
        spelled.append(joined)
        new = FIRST_MERGE + len(merges)
        merges.append(pair)
        changed = set()
        for i in where.pop(pair):
            ids, count = words[i]
            for p in zip(ids, ids[1:]):
                pair_count[p] -= count
                changed.add(p)
            out, j = [], 0
            while j < len(ids):
                if j + 1 < len(ids) and (ids[j], ids[j + 1]) == pair:
                    out.append(new)
                    j += 2
                else:
                    out.append(ids[j])
                    j += 1
            words[i] = (out, count)
            for p in zip(out, out[1:]):
                pair_count[p] += count
                where[p].add(i)
                changed.add(p)
        for p in changed:
            if pair_count[p] > 0 and p != pair:
                heapq.heappush(heap, (-pair_count[p], p))
    return merges


def to_json(merges: list[tuple[int, int]]) -> dict:
    alphabet = byte_alphabet()
    tok = Tokenizer(merges)
    names = SPECIAL + ["".join(alphabet[b] for b in tok.bytes[i]) for i in range(FIRST_BYTE, len(tok))]
    assert len(set(names)) == len(names), "two merges spell the same token"
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                          "special": True} for i, s in enumerate(SPECIAL)],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}, byte_level]},
        "post_processor": None,
        "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {s: i for i, s in enumerate(names)},
                  "merges": [f"{names[a]} {names[b]}" for a, b in merges]},
    }


def count_pieces(texts) -> tuple[Counter, int]:
    counts: Counter = Counter()
    split = re.compile(PATTERN).findall
    size = 0
    for text in texts:
        counts.update(split(text))
        size += len(text)
    return counts, size


def damp(counts: Counter) -> Counter:
    """Square root of each count: templates repeated a million times must not crowd out words that are met ten times."""
    return Counter({piece: max(1, round(10 * n**0.5)) for piece, n in counts.items()})


def cases(rng: random.Random, texts: list[str], n: int):
    """n texts that try the corners: data, mixtures, runs of white space, full width, emoji, other scripts, control characters."""
    odd = ["你好，世界！", "１２３＋４５６＝？", "😀👨‍👩‍👧‍👦🇨🇳", "  ", "\n\n", "\t", " \r\n ", "café naïve Ærø ×÷", "Привет мир", "こんにちは", "한국어",
           "<|end|>", "<think>", "…——“”‘’", "3.14159", "don't", "\u00a0", "\u3000", "\ufeff", "\u0085", "\x1c\x00", "a" * 70, "!" * 50,
           " " * 40, "㐀䶿鿿", "½²", "e\u0301", "x=1;y=2", "\u2028", "🏳️‍🌈", "-12.5%", "https://a.b/c?d=e&f=1_2"]
    yield from ["", *odd]
    for _ in range(n - len(odd) - 1):
        k = rng.random()
        if k < 0.3:
            yield rng.choice(texts)
        elif k < 0.6:
            yield "".join(rng.choice(odd + texts[:200]) for _ in range(rng.randint(1, 6)))
        elif k < 0.8:
            yield "".join(chr(rng.choice([rng.randint(32, 126), rng.randint(32, 126), rng.randint(0x4E00, 0x9FFF), 32, 10, 9,
                                          rng.randint(0x80, 0x24F), rng.randint(0xFF00, 0xFFEF), rng.randint(0x1F300, 0x1FAFF)]))
                          for _ in range(rng.randint(1, 40)))
        else:
            t = rng.choice(texts)
            i = rng.randint(0, len(t))
            yield t[:i] + rng.choice([" ", "  ", "\n", "   ", "\t ", "\n\n\n"]) + t[i:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=["train", "cases", "stats"])
    parser.add_argument("--out", default=DEFAULT)
    parser.add_argument("--tokenizer", default=DEFAULT)
    parser.add_argument("--texts", type=int, default=600_000)
    parser.add_argument("--vocab", type=int, default=12288)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    sys.path.insert(0, HERE)
    from data import corpus

    rng = random.Random(args.seed)
    if args.command == "train":
        t0 = time.time()
        counts, size = count_pieces(corpus(rng, args.texts))
        print(f"{size:,} characters, {len(counts):,} distinct pieces, {time.time() - t0:.0f} s", flush=True)
        merges = train(damp(counts), args.vocab)
        os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
        with open(args.out, "w", encoding="utf8") as f:
            json.dump(to_json(merges), f, ensure_ascii=False, indent=2)  # as the formatter of the repository likes it
            f.write("\n")
        tok = Tokenizer(merges)
        print(f"{args.out}: {len(tok)} tokens, {time.time() - t0:.0f} s; the last: {[tok.decode([i]) for i in range(len(tok) - 12, len(tok))]}")
        return
    tok = Tokenizer.load(args.tokenizer)
    texts = [t for _, t in zip(range(4000), corpus(rng, 4000)) if t]
    if args.command == "cases":
        for text in cases(rng, texts, 3000):
            ids = tok.encode(text)
            assert tok.decode(ids) == text, text
            print(json.dumps({"text": text, "ids": ids}))
        return
    for text in texts:
        tok.encode(text)
    t0 = time.time()
    n = sum(len(tok.encode(text)) for text in texts)
    print(f"{n / (time.time() - t0):,.0f} tokens/s warm, {sum(map(len, texts)) / n:.2f} characters a token")


if __name__ == "__main__":
    main()
