"""Facts about countries and chemical elements from the packaged tables."""

from __future__ import annotations

import random
from collections import Counter

from .core import Turn, below, choose, loosen, task
from .facts import load
from .phrases import Phrases

COUNTRIES: list[dict] = load("countries")
ELEMENTS: list[dict] = load("elements")
CAPITAL_COUNT = Counter(c[key] for c in COUNTRIES for key in ("capital", "capital_zh"))
COUNTRY_ASK = {
    "capital": Phrases(
        en=["What is the capital of {x}?", "capital of {x}", "Which city is the capital of {x}?", "What's the capital of {x}?", "{x}'s capital city is called what?", "Name the capital of {x}.",
            "Tell me the capital of {x}.", "{x} capital?", "What is {x}'s capital?", "Do you know the capital of {x}?", "Which city is {x} governed from as its capital?", "What is the capital city of {x}?"],
        zh=["{x}的首都是哪里？", "{x}的首都是什么？", "{x}首都", "{x}的首都在哪里？", "{x}的首都叫什么名字？", "哪座城市是{x}的首都？", "请问{x}的首都是哪里？", "告诉我{x}的首都。", "{x}的首都是哪个城市？", "你知道{x}的首都吗？", "说出{x}的首都。",
            "{x}首都是哪"],
    ),
    "continent": Phrases(
        en=["Which continent is {x} in?", "On which continent is {x}?", "What continent is {x} on?", "Where in the world is {x}?", "{x} lies on which continent?", "{x} is in which continent?"],
        zh=["{x}在哪个洲？", "{x}位于哪个大洲？", "{x}属于哪个洲？", "{x}在什么洲？", "{x}地处哪个大洲？", "请问{x}在哪个大洲？"],
    ),
    "currency": Phrases(
        en=["What is the currency of {x}?", "Which currency is used in {x}?", "What currency does {x} use?", "currency of {x}", "What money do people pay with in {x}?", "What is {x}'s currency?"],
        zh=["{x}的货币是什么？", "{x}使用什么货币？", "{x}用什么钱？", "{x}的货币叫什么？", "在{x}花什么货币？", "请问{x}用哪种货币？"],
    ),
    "languages": Phrases(
        en=["What language is spoken in {x}?", "Which languages are spoken in {x}?", "What are the official languages of {x}?", "What is the language of {x}?", "Which language do people speak in {x}?", "languages of {x}"],
        zh=["{x}说什么语言？", "{x}的官方语言是什么？", "{x}讲什么语言？", "{x}使用哪种语言？", "{x}人说什么话？", "请问{x}的语言是什么？"],
    ),
    "country": Phrases(
        en=["{x} is the capital of which country?", "Which country has the capital {x}?", "What country is {x} the capital of?", "Of which country is {x} the capital?", "{x} is which country's capital?", "Which country's capital is {x}?"],
        zh=["{x}是哪个国家的首都？", "{x}是哪国的首都？", "哪个国家的首都是{x}？", "首都是{x}的国家是哪个？", "请问{x}是哪国首都？", "以{x}为首都的是哪个国家？"],
    ),
}
CONTINENT_ZH = {"Africa": "非洲", "Asia": "亚洲", "Europe": "欧洲", "Oceania": "大洋洲", "South America": "南美洲", "North America": "北美洲"}
# How often each kind of question is drawn.
KINDS = ["capital"] * 5 + ["country"] * 3 + ["continent"] * 2 + ["currency"] * 3 + ["languages"] * 2
ARTICLE = {"Netherlands", "Philippines", "United States", "United Kingdom", "United Arab Emirates", "Bahamas", "Maldives", "Gambia", "Seychelles", "Solomon Islands", "Marshall Islands",
           "Comoros", "Central African Republic", "Dominican Republic", "Republic of the Congo", "DR Congo"}
NAMED = {lang: [(c, [x for x in c[f"alias_{lang}"] if x != "Korea"]) for c in COUNTRIES] for lang in ("en", "zh")}


def joined(names: list[str], lang: str) -> str:
    if lang == "zh":
        return "、".join(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def in_text(name: str) -> str:
    return f"the {name}" if name in ARTICLE else name


# By kind and language: reasoning and answer. {shown} has its article, {start} is that at the beginning of a sentence.
COUNTRY_FACTS = {
    "capital": {"en": ("Country: {name}. Capital: {value}", "The capital of {shown} is {value}."), "zh": ("国家：{name}，首都：{value}", "{name}的首都是{value}。")},
    "capitals": {"en": ("Country: {name}. Capital: {value}", "The capitals of {shown} are {value}.")},
    "country": {"en": ("Capital: {value}. Country: {name}", "{value} is the capital of {shown}."), "zh": ("首都：{value}，国家：{name}", "{value}是{name}的首都。")},
    "continent": {"en": ("Country: {name}. Continent: {value}", "{start} is in {value}."), "zh": ("国家：{name}，大洲：{value}", "{name}位于{value}。")},
    "currency": {"en": ("Country: {name}. Currency: {value}", "The currency of {shown} is the {value}."), "zh": ("国家：{name}，货币：{value}", "{name}的货币是{value}。")},
    "languages": {"en": ("Country: {name}. Languages: {value}", "In {shown}, people speak {value}."), "zh": ("国家：{name}，语言：{value}", "{name}的语言是{value}。")},
}


def country_value(c: dict, kind: str, lang: str) -> str:
    """What the table says; empty where it says nothing, or nothing that a question could be answered with."""
    if kind == "continent":
        return c["continent"] if lang == "en" else CONTINENT_ZH[c["continent"]]
    value = c[("capital" if kind == "country" else kind) + ("" if lang == "en" else "_zh")]
    if kind == "languages":
        return joined(value, lang) if value else ""
    if kind == "country" and (" and " in value or "、" in value or CAPITAL_COUNT[value] > 1):  # 金斯敦 is two capitals
        return ""
    return value


def country_fact(c: dict, kind: str, lang: str) -> tuple[str, str] | None:
    """Reasoning and answer, or None where the table has no such field."""
    value = country_value(c, kind, lang)
    if not value:
        return None
    name = c[lang]
    shown = in_text(name) if lang == "en" else name
    if kind == "capital" and lang == "en" and " and " in value:
        kind = "capitals"
    reasoning, answer = (text.format(name=name, shown=shown, start=shown[0].upper() + shown[1:], value=value) for text in COUNTRY_FACTS[kind][lang])
    return reasoning, answer


def country_question(rng: random.Random, split: str, lang: str, c: dict, kind: str) -> str:
    if kind == "country":
        x = c["capital"] if lang == "en" else c["capital_zh"]
    else:
        aliases = c[f"alias_{lang}"]
        x = choose(rng, aliases) if aliases and rng.random() < 0.35 and split != "test" else (in_text(c["en"]) if lang == "en" else c["zh"])
    question = COUNTRY_ASK[kind].pick(rng, split, lang).replace("{x}", x)
    question = question[0].upper() + question[1:] if question.startswith("the ") else question
    if lang == "en" and rng.random() < 0.06:
        question = question.lower()
    return loosen(rng, question)


def draw_country(rng: random.Random, lang: str) -> tuple[dict, str, tuple[str, str]]:
    while True:
        c, kind = choose(rng, COUNTRIES), choose(rng, KINDS)
        fact = country_fact(c, kind, lang)
        if fact:
            return c, kind, fact


@task("facts.countries", 7)
def countries(rng: random.Random, split: str, lang: str) -> Turn:
    c, kind, fact = draw_country(rng, lang)
    return country_question(rng, split, lang, c, kind), *fact


ELEMENT_ASK = {
    "symbol": Phrases(
        en=["What is the chemical symbol of {x}?", "What is the symbol for {x}?", "chemical symbol for {x}", "What's the symbol of {x}?", "How is the element {x} abbreviated?", "Which symbol does the element {x} have?", "{x} symbol?", "Give me the chemical symbol for {x}."],
        zh=["{x}的化学符号是什么？", "{x}的元素符号是什么？", "{x}元素的符号", "元素{x}用什么符号表示？", "{x}这种元素怎么用符号写？", "请问{x}的元素符号是什么？", "{x}的符号是什么？", "写出{x}的元素符号。"],
    ),
    "name": Phrases(
        en=["Which element has the symbol {x}?", "What element is {x}?", "What does the chemical symbol {x} stand for?", "Which chemical element is {x}?", "{x} is the symbol of which element?", "The symbol {x} belongs to which element?"],
        zh=["{x}是什么元素？", "元素符号{x}代表什么元素？", "化学符号{x}是哪种元素？", "{x}代表哪个元素？", "符号为{x}的是什么元素？", "符号{x}表示什么元素？"],
    ),
    "number": Phrases(
        en=["What is the atomic number of {x}?", "atomic number of {x}", "Which atomic number does {x} have?", "What's {x}'s atomic number?", "What number is {x} in the periodic table?", "How many protons does {x} have?"],
        zh=["{x}的原子序数是多少？", "{x}的原子序数", "{x}是第几号元素？", "元素{x}的原子序数是几？", "{x}在元素周期表中排第几？", "{x}有多少个质子？"],
    ),
    "at": Phrases(
        en=["Which element has atomic number {x}?", "What is element {x}?", "What is element number {x}?", "Element with atomic number {x}?", "Which element is number {x} in the periodic table?", "Which element has {x} protons?"],
        zh=["原子序数为{x}的元素是什么？", "{x}号元素是什么？", "第{x}号元素是什么？", "原子序数{x}是哪个元素？", "元素周期表中排第{x}的是什么元素？", "哪种元素有{x}个质子？"],
    ),
    "weight": Phrases(
        en=["What is the atomic weight of {x}?", "What is the atomic mass of {x}?", "atomic mass of {x}", "What's the atomic weight of {x}?", "How heavy is an atom of {x} in atomic mass units?", "Tell me the atomic mass of {x}."],
        zh=["{x}的相对原子质量是多少？", "{x}的原子量是多少？", "{x}的原子质量", "元素{x}的相对原子质量是多少？", "一个{x}原子的相对质量是多少？", "请问{x}的原子量是多少？"],
    ),
}
ELEMENT_KINDS = ["symbol"] * 3 + ["name"] * 2 + ["number"] * 3 + ["at"] * 2 + ["weight"] * 2


# By kind and language: reasoning and answer. {small} is the name within a sentence.
ELEMENT_FACTS = {
    "symbol": {"en": ("Element: {name}. Symbol: {symbol}", "The symbol of {small} is {symbol}."), "zh": ("元素：{name}，符号：{symbol}", "{name}的元素符号是 {symbol}。")},
    "name": {"en": ("Symbol: {symbol}. Element: {name}", "{symbol} is the symbol of {small}."), "zh": ("符号：{symbol}，元素：{name}", "{symbol} 是{name}的元素符号。")},
    "number": {"en": ("Element: {name}. Number: {number}", "The atomic number of {small} is {number}."), "zh": ("元素：{name}，序数：{number}", "{name}的原子序数是 {number}。")},
    "at": {"en": ("Number: {number}. Element: {name}", "Element {number} is {small}."), "zh": ("序数：{number}，元素：{name}", "{number}号元素是{name}。")},
    "weight": {"en": ("Element: {name}. Weight: {weight}", "The atomic weight of {small} is about {weight}."), "zh": ("元素：{name}，原子量：{weight}", "{name}的相对原子质量约为 {weight}。")},
}


def element_fact(e: dict, kind: str, lang: str) -> tuple[str, str]:
    reasoning, answer = (text.format(name=e[lang], small=e[lang].lower(), **e) for text in ELEMENT_FACTS[kind][lang])
    return reasoning, answer


def element_question(rng: random.Random, split: str, lang: str, e: dict, kind: str) -> str:
    if kind == "name":
        x = e["symbol"]
    elif kind == "at":
        x = str(e["number"])
    else:
        x = e["zh"] if lang == "zh" else e["en"].lower() if rng.random() < 0.7 else e["en"]
    question = ELEMENT_ASK[kind].pick(rng, split, lang).replace("{x}", x)
    return loosen(rng, question)


@task("facts.elements", 5)
def elements(rng: random.Random, split: str, lang: str) -> Turn:
    e, kind = choose(rng, ELEMENTS), choose(rng, ELEMENT_KINDS)
    return element_question(rng, split, lang, e, kind), *element_fact(e, kind, lang)


def known_names() -> set[str]:
    """Every name the tables know, lower case: made-up names must not be among them."""
    names = set()
    for c in COUNTRIES:
        names |= {x.lower() for x in (c["en"], c["zh"], c["capital"], c["capital_zh"], *c["alias_en"], *c["alias_zh"])}
    for e in ELEMENTS:
        names |= {e["en"].lower(), e["zh"], e["symbol"].lower()}
    return names


def random_element(rng: random.Random) -> dict:
    return ELEMENTS[below(rng, len(ELEMENTS))]
