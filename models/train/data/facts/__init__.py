"""The packaged fact tables, written by extract_facts.mjs."""

import json
from pathlib import Path


def load(name: str) -> list:
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))


def load_lines(name: str) -> list[str]:
    return (Path(__file__).parent / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
