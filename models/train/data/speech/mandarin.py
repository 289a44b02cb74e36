"""Chinese text to pinyin with tone sandhi, which eSpeak NG reads better than the characters."""

from __future__ import annotations

import re
from pathlib import Path

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NUMERALS = "零一二三四五六七八九十百千万亿点"
_READING: dict[str, str] = {}
_LONGEST = 6


def _table() -> dict[str, str]:
    if not _READING:
        for line in (Path(__file__).parent / "pinyin.tsv").read_text(encoding="utf-8").splitlines():
            word, reading = line.split("\t")
            _READING[word] = reading
    return _READING


def known(text: str) -> bool:
    """Whether every Chinese character has a reading."""
    table = _table()
    return all(c in table for run in _HAN.findall(text) for c in run)


def syllables(run: str) -> list[str]:
    """Pinyin with tone digits of Chinese characters, the longest words of the table first, before tone sandhi."""
    table = _table()
    out: list[str] = []
    at = 0
    while at < len(run):
        for size in range(min(_LONGEST, len(run) - at), 0, -1):
            reading = table.get(run[at : at + size])
            if reading:
                out += reading.split(" ")
                at += size
                break
        else:
            raise ValueError(f"no reading for {run[at]}")
    return out


def sandhi(run: str, said: list[str]) -> list[str]:
    """Third tone before third tone becomes second; 一 and 不 change before what follows (but 一 never inside a number)."""
    out = list(said)
    for i, char in enumerate(run):
        after = out[i + 1][-1] if i + 1 < len(out) else ""
        if char == "不" and after == "4" and out[i] == "bu4":
            out[i] = "bu2"
        elif char == "一" and out[i] == "yi1" and after:
            before = run[i - 1] if i else ""
            counted = run[i + 1] in _NUMERALS and run[i + 1] not in "千百万" or before in _NUMERALS + "第" and before or run[i + 1] in "月年日号班楼"
            if not counted:
                out[i] = "yi2" if after == "4" or run[i + 1] == "个" else "yi4" if after in "123" else "yi1"
    for i in range(len(out) - 1):
        if out[i][-1] == "3" and out[i + 1][-1] == "3":
            out[i] = out[i][:-1] + "2"
    return out


def pinyin(text: str) -> str:
    """Every run of Chinese characters becomes pinyin; everything else stays."""
    return _HAN.sub(lambda m: " " + " ".join(sandhi(m.group(), syllables(m.group()))) + " ", text)
