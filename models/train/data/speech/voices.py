"""Who speaks: the voices of each synthesiser, and which of them training never hears."""

from __future__ import annotations

import random
from dataclasses import dataclass

LANGUAGES = {"en-us": 5.0, "en": 2.0, "en-gb-x-rp": 1.5, "en-gb-scotland": 1.0, "en-029": 0.5, "en-us-nyc": 0.7, "en-gb-x-gbclan": 0.4, "en-gb-x-gbcwmd": 0.4}
CHINESE = "cmn-latn-pinyin"
HELD_VARIANTS = ["f5", "m7", "Annie", "Hugo", "belinda", "klatt4"]
VARIANTS = (
    "f1 f2 f3 f4 m1 m2 m3 m4 m5 m6 m8 Alex Alicia Andrea Andy Denis Diogo Gene Gene2 Henrique Jacky Lee Marco Mario Michael Mike Nguyen Storm Tweaky adam anika announcer antonio aunty benjamin boris caleb david ed edward "
    "edward2 grandma grandpa gustave iven iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 klatt5 klatt6 linda marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 steph3 travis victor zac whisper whisperf"
).split()
RANDOM_VARIANTS = 210  # speakers made up for each process (espeak.random_variant); the library lists at most 349 voices and variants
FLITE, HELD_FLITE = {"kal": 0.8, "kal16": 1.0, "awb": 1.4, "slt": 1.4}, ["rms"]
FESTIVAL, HELD_FESTIVAL = {"slt_hts": 1.2, "kal": 2.0}, ["ked"]
TRAIN_FLITE, TRAIN_FESTIVAL = {"kal": 1.0, "kal16": 1.2, "awb": 1.0, "slt": 1.0}, {"slt_hts": 1.0, "kal": 3.0}  # what takes long to say comes less often
# Shares of the clips in English; Chinese is espeak's alone. With 0.025 of Festival its words were misread two and a half times as often as the others'.
FLITE_SHARE, FESTIVAL_SHARE = 0.24, 0.18
WARP_SHARE, WARPS = 0.7, (0.82, 1.22)  # of the few voices of flite and festival: how many clips get another vocal tract, and which


def random_names() -> list[str]:
    return [f"r{i:03d}" for i in range(RANDOM_VARIANTS)]


@dataclass(slots=True)
class Voice:
    engine: str  # espeak | flite | festival
    name: str  # of the speaker
    language: str = "en-us"  # accent of espeak
    rate: int = 160
    pitch: int = 50
    spread: int = 50
    stretch: float = 1.0
    tone: float = 1.0
    pitch_scale: float = 1.0  # of festival's diphones
    warp: float = 1.0  # of the vocal tract: all frequencies so many times as high, at the same speed

    def __str__(self) -> str:
        return f"{self.engine}:{self.language}+{self.name}" if self.engine == "espeak" else f"{self.engine}:{self.name}"


def draw(rng: random.Random, lang: str, split: str = "train", engine: str | None = None, festival: bool = True) -> Voice:
    """split: "train"; "known": voices of training that come with the synthesisers; "held": those that training never hears."""
    if lang == "zh":
        engine = "espeak"
    if engine is None:
        roll = rng.random()
        share = 0.34 if split == "held" else FLITE_SHARE
        small = 0.33 if split == "held" else FESTIVAL_SHARE
        engine = "flite" if roll < share else "festival" if roll < share + small and festival else "espeak"
    train = split == "train"
    stretch = round(rng.uniform(0.82, 1.22), 2)
    warp = round(rng.uniform(*WARPS), 2) if train and engine != "espeak" and rng.random() < WARP_SHARE else 1.0
    if engine == "flite":
        table = TRAIN_FLITE if train else FLITE
        name = rng.choice(HELD_FLITE) if split == "held" else rng.choices(list(table), list(table.values()))[0]
        tone = rng.uniform(0.7, 1.5) if train and rng.random() < 0.5 else rng.uniform(0.85, 1.2)
        return Voice("flite", name, stretch=stretch, tone=round(tone, 2), warp=warp)
    if engine == "festival":
        table = TRAIN_FESTIVAL if train else FESTIVAL
        name = rng.choice(HELD_FESTIVAL) if split == "held" else rng.choices(list(table), list(table.values()))[0]
        pitch = round(rng.uniform(0.7, 1.7), 2) if train and name == "kal" and rng.random() < 0.6 else 1.0
        return Voice("festival", name, stretch=stretch, pitch_scale=pitch, warp=warp)
    if split == "held":
        name = rng.choice(HELD_VARIANTS)
    elif split == "known" or rng.random() < 0.45:
        name = rng.choice(VARIANTS)
        if name.startswith("whisper") and rng.random() < 0.6:
            name = rng.choice(VARIANTS[:-2])
    else:
        name = rng.choice(random_names())
    language = CHINESE if lang == "zh" else rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
    rate = rng.randint(120, 215) if lang == "en" else rng.randint(115, 195)
    return Voice("espeak", name, language, rate, min(90, max(10, round(rng.gauss(50, 16)))), min(95, max(15, round(rng.gauss(50, 16)))))
