"""The labels of the CTC loss: a small set of phones for English and Mandarin, from eSpeak NG's phoneme mnemonics.

Accents keep their own vowels; stress, flapping and other allophones are folded. A Mandarin final is followed by its tone.
"""

from __future__ import annotations

import re
from functools import lru_cache

CONSONANTS = "p b t d k g f v T D s z S Z h m n N l r w j tS dZ".split()
VOWELS = "i: I E a A: 0 O: V U u: @ 3 3: eI aI OI oU aU A@ O@ i@ e@ U@".split()
INITIALS = "zh:p ph zh:t th zh:k kh ts tsh ts. ts.h tS; tS;h s. S; X z.".split()
FINALS = "zh:a zh:A Au ai ei ou o o- ong i i. i[ iA iE iou io u u@ ua uai uei uo y yE y& y@ zh:@ @r".split()
TONES = "tone1 tone2 tone3 tone4 tone5".split()
PHONES = ["", *CONSONANTS, *VOWELS, *INITIALS, *FINALS, *TONES]  # 0 is the blank
IDS = {name: i for i, name in enumerate(PHONES)}
TONE = {"55": "tone1", "35": "tone2", "214": "tone3", "51": "tone4", "11": "tone5"}
FOLDED = {
    "@5": "@", "a#": "@", "aI3": "aI @", "aI@": "aI @", "i@3": "i@", "O2": "O:", "aa": "a", "@L": "@ l", "VR": "V r", "IR": "I r", "dw": "d w", "?": "t", "i": "i:", "u": "u:", "o@": "O@",
    "e": "E", "O": "O:", "o:": "O:", "A": "A:", "a:": "A:", "x": "k", "C": "h", "W": "w", "R": "r", "ju:": "j u:", "ju": "j u:", "E@": "e@", "oU@": "oU @", "aU@": "aU @", "oI": "OI", "I@": "i@", "@U": "oU", "U@3": "U@", "E2": "E", "E#": "E", "l^": "l", "Q": "0", "V@": "V", "ts": "t s", "e:": "eI",
}
_ZH = re.compile(r"(.+?)(55|35|214|51|11)$")
_ZH_SAME = {"p": "zh:p", "t": "zh:t", "k": "zh:k", "a": "zh:a", "A": "zh:A", "@": "zh:@"}
_ZH_FINAL = {"yi": "y", "yu": "y"}
UNKNOWN: set[str] = set()


@lru_cache(4096)
def _one(name: str, chinese: bool) -> tuple[int, ...]:
    name = name.lstrip("',%=:!|;_^")
    if not name:
        return ()
    if chinese:
        m = _ZH.match(name)
        base = _ZH_FINAL.get(m.group(1), m.group(1)) if m else name
        base = _ZH_SAME.get(base, base)
        if base in IDS:
            return (IDS[base], IDS[TONE[m.group(2)]]) if m else (IDS[base],)
    for form in (name, name.rstrip("#-[^23~"), name.rstrip("0123456789#-[^~")):
        if form in IDS:
            return (IDS[form],)
        if form in FOLDED:
            return tuple(IDS[part] for part in FOLDED[form].split(" "))
    UNKNOWN.add(name)
    return ()


def phone_ids(mnemonics: list[str], chinese: bool) -> list[int]:
    """eSpeak's mnemonics -> ids in PHONES. ``chinese`` is the voice's language; "(en)" and "(cmn)" switch inside."""
    out: list[int] = []
    for name in mnemonics:
        if name[:1] == "(":
            chinese = name.startswith("(cmn")
        else:
            out += _one(name, chinese)
    return out


def frames_needed(ids: list[int]) -> int:
    """The fewest frames a CTC alignment takes: one a label and a blank between equal neighbours."""
    return len(ids) + sum(a == b for a, b in zip(ids, ids[1:]))
