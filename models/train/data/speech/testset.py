"""The test sets of speech. ``sets(count)`` makes them of any size, the same every time; as a program it writes the small ones that
are committed, with their clips, to models/eval/sets/speech, or larger ones anywhere, of longer clips too.

    AUTOGLM_VOICES=… AUTOGLM_DIGITS=… python models/train/data/speech/testset.py
    … testset.py --count 300 --out FOLDER speech-known speech-held          then: npm run eval -- --sets FOLDER
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

if __package__ in (None, ""):
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    __package__ = "data.speech"

from data.make_eval import expectation  # noqa: E402
from data.speech import digits, synthesis, utterances  # noqa: E402
from data.speech.resample import RATE  # noqa: E402

SEED = 20261122
OUT = Path(__file__).resolve().parents[3] / "eval" / "sets" / "speech"  # not beside the sets of text: who reads those knows no clips
# name: (task, language, voices, engines in turn)
SETS = {
    "speech-known": ("speech.transcribe", "en", "known", ("espeak", "espeak", "flite", "festival")),
    "speech-held": ("speech.transcribe", "en", "held", ("espeak", "flite", "festival")),
    "speech-zh": ("speech.transcribe", "zh", "known", ("espeak",)),
    "speech-zh-held": ("speech.transcribe", "zh", "held", ("espeak",)),
    "speech-people": ("speech.transcribe", "en", "people", ()),
    "speech-answer": ("speech.answer", "", "known", ("espeak", "espeak", "flite")),
}
# Skills whose question decides the answer and can be heard: not the spelling of words.
ANSWERED = [t for t in utterances._SKILLS if t not in ("followup", "count", "sort", "arithmetic.expression", "smalltalk")]


def _answerable(rng: random.Random, lang: str):
    while True:
        one = utterances.skill(rng, "test", rng.choice(ANSWERED), lang)
        if one is not None and one.sample is not None:
            return one


def _sentence(rng: random.Random, lang: str):
    """Nothing that training says too: no names, letters or digits by themselves."""
    while True:
        one = utterances.draw(rng, "test", lang)
        if one.kind.partition(".")[0] not in ("name", "letters", "digits", "number"):
            return one


def items(name: str, count: int, synthesiser: synthesis.Synthesiser, longest: float = 9.3):
    """Yields (record, int16 at 16 kHz). A record has id, task, lang, text, voice, and for speech.answer question, answer and expect."""
    task, lang, who, engines = SETS[name]
    rng = random.Random(f"{SEED}/{name}")
    recordings = digits.load("test") if who == "people" else None
    if who == "people" and recordings is None:
        return
    seen: set[str] = set()
    made = 0
    while made < count:
        if who == "people":
            one, voice, audio, _ = digits.draw(rng, recordings, synthesiser)
        else:
            spoken = lang or ("en" if made % 2 == 0 else "zh")
            make = (lambda r: _answerable(r, spoken)) if task == "speech.answer" else (lambda r: _sentence(r, spoken))  # noqa: B023
            engine = engines[made // 2 % len(engines)] if spoken == "en" else "espeak"
            one, voice, audio, _ = synthesiser.draw(rng, make, who, engine)
            if one.text in seen or len(audio) > longest * RATE:
                continue
            seen.add(one.text)
        record = {"id": f"{name}-{made:03d}", "task": task, "lang": one.lang, "text": one.text, "voice": str(voice), "kind": one.kind}
        if task == "speech.answer":
            record |= {"question": one.text, "answer": one.sample.answer, "about": one.sample.task, "reasoning": one.sample.reasoning, "expect": expectation(one.sample)}
        yield record, np.concatenate([np.zeros(RATE // 10, np.int16), audio, np.zeros(RATE // 5, np.int16)])
        made += 1


def sets(count: int, names: list[str] | None = None) -> dict[str, list[tuple[dict, np.ndarray]]]:
    """All sets, or those named, of ``count`` clips each. speech-people is empty where the recordings were not brought."""
    with tempfile.TemporaryDirectory() as folder:
        synthesiser = synthesis.Synthesiser(synthesis.prepare(Path(folder), "test"))
        return {name: list(items(name, count, synthesiser)) for name in names or SETS}


def write_wav(path: Path, audio: np.ndarray, small: bool) -> None:
    """8 bits a sample keep the committed sets ``small``."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1 if small else 2)
        file.setframerate(RATE)
        file.writeframes((np.clip(np.round(audio / 258) + 128, 0, 255).astype(np.uint8) if small else audio.astype("<i2")).tobytes())


LONGEST = 2.1  # seconds of a committed clip
SIZES = {"speech-known": 26, "speech-held": 26, "speech-zh": 26, "speech-zh-held": 0, "speech-people": 32, "speech-answer": 26}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="of the sets; all of them unless told")
    parser.add_argument("--count", type=int, help="clips of each, up to 9.3 s long; without it the committed sizes, up to 2.1 s")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    if unknown := [name for name in args.names if name not in SETS]:
        parser.error(f"there is no set {unknown[0]}: {', '.join(SETS)}")
    if args.count and args.out == OUT:
        parser.error("--count needs --out: the committed sets have their sizes")
    (args.out / "audio").mkdir(parents=True, exist_ok=True)
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        synthesiser = synthesis.Synthesiser(synthesis.prepare(Path(folder), "test"))
        for name in args.names or SETS:
            count = args.count or SIZES[name]
            if not count:
                continue
            lines = []
            for record, audio in items(name, count, synthesiser, 9.3 if args.count else LONGEST):
                path = args.out / "audio" / f"{record['id']}.wav"
                write_wav(path, audio, not args.count)
                total += path.stat().st_size
                record.pop("reasoning", None)
                lines.append(json.dumps({**record, "audio": [f"audio/{record['id']}.wav"]}, ensure_ascii=False))
            (args.out / f"{name}.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
            print(f"{name}: {len(lines)} clips")
    print(f"{total / 1e6:.1f} MB of clips")


if __name__ == "__main__":
    main()
