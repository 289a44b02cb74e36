"""What somebody would say for a text, and the same text as it is written back: one form for every way of typing it.

The transcript keeps digits and signs where numbers were said ("What is 384 + 729?"), writes units and dates in one way, drops
quotes and brackets, begins with a capital and ends with a question mark or a full stop. What cannot be said gives None.
"""

from __future__ import annotations

import random
import re
import unicodedata

from ..dates import MONTHS
from ..facts import load
from .number_words import ONES, ORDINALS, TENS, chinese, english_year, say_number

SIGNS_EN = {"+": ["plus"], "-": ["minus"], "×": ["times"], "÷": ["divided by"]}
SIGNS_ZH = {"+": ["加", "加", "加上"], "-": ["减", "减", "减去"], "×": ["乘", "乘以"], "÷": ["除以"]}
_SIGN = {"+": "+", "-": "-", "−": "-", "–": "-", "×": "×", "x": "×", "X": "×", "*": "×", "÷": "÷", "/": "÷", "plus": "+", "minus": "-", "times": "×", "divided by": "÷",
         "加": "+", "加上": "+", "减": "-", "减去": "-", "乘": "×", "乘以": "×", "除以": "÷"}
UNITS_EN = {"km": "kilometers", "m": "meters", "dm": "decimeters", "cm": "centimeters", "mm": "millimeters", "in": "inches", "ft": "feet", "yd": "yards", "mi": "miles", "t": "tonnes", "kg": "kilograms", "g": "grams",
            "mg": "milligrams", "lb": "pounds", "oz": "ounces", "L": "liters", "mL": "milliliters", "h": "hours", "min": "minutes", "s": "seconds", "ha": "hectares", "m²": "square meters", "km²": "square kilometers",
            "GB": "gigabytes", "MB": "megabytes"}
UNITS_ZH = {"km": "千米", "m": "米", "dm": "分米", "cm": "厘米", "mm": "毫米", "in": "英寸", "ft": "英尺", "yd": "码", "mi": "英里", "t": "吨", "kg": "千克", "g": "克", "mg": "毫克", "lb": "磅", "oz": "盎司", "L": "升", "mL": "毫升",
            "h": "小时", "min": "分钟", "s": "秒", "ha": "公顷", "m²": "平方米", "km²": "平方千米", "GB": "GB", "MB": "MB"}
_UNIT = "|".join(sorted(map(re.escape, UNITS_EN), key=len, reverse=True))
LETTERS = {"GPU": "G P U", "CPU": "C P U", "API": "A P I", "AI": "A I", "GB": "G B", "MB": "M B", "URL": "U R L", "PDF": "P D F", "LLM": "L L M", "RAM": "ram", "UI": "U I", "GPT": "G P T", "AutoGLM": "auto G L M",
           "GLM": "G L M", "ChatGPT": "chat G P T", "ChatGLM": "chat G L M", "DeepSeek": "deep seek", "NVIDIA": "envidia", "CUDA": "cooda", "OpenAI": "open A I", "Ctrl": "control", "Cmd": "command", "Esc": "escape", "Qwen": "kwen",
           "OK": "okay", "ok": "okay", "TV": "T V", "USA": "U S A", "UK": "U K", "ID": "I D", "CD": "C D", "DVD": "D V D"}
SLANG = {"pls": "please", "plz": "please", "whats": "what's", "ur": "your", "thx": "thanks", "im": "I'm", "dont": "don't", "cant": "can't", "lets": "let's", "i": "I", "i'm": "I'm", "wheres": "where's", "hows": "how's", "doesnt": "doesn't"}
_ELEMENTS = load("elements")
SYMBOLS = {e["symbol"] for e in _ELEMENTS} - {"I", "In", "As", "At", "He", "No", "Be", "Am", "Pa", "La", "Ho"}
NAMES = {}
for _c in load("countries"):
    for _name in (_c["en"], _c["capital"], *_c["languages"], _c["continent"], *_c["alias_en"]):
        NAMES[_name.lower()] = _name
for _word in ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday English Chinese Mandarin AutoGLM Nano Celsius Fahrenheit").split() + MONTHS:
    NAMES[_word.lower()] = _word
for _word in ("may", "march", "turkey", "polish", "chad", "jordan", "china", "male"):
    NAMES.pop(_word, None)
_NAMES = re.compile(r"\b(" + "|".join(sorted((re.escape(n) for n in NAMES), key=len, reverse=True)) + r")\b", re.I)
_NUMBER_WORDS = {**{w: i for i, w in enumerate(ONES) if i > 1}, **{w: 10 * i for i, w in enumerate(TENS) if i > 1}}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MONTH = "|".join([*MONTHS, *(m[:3] for m in MONTHS)])
_NUM = r"\d+(?:\.\d+)?"
_WORD_OP_EN = r"plus|minus|times|divided by"
_WORD_OP_ZH = r"加上|加|减去|减|乘以|乘|除以"
_TOKEN = re.compile(
    rf"(?P<iso>(?<!\d)(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})(?!\d))"
    rf"|(?P<zhdate>(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})[日号])"
    rf"|(?P<mdy>\b({_MONTH})\.? (\d{{1,2}}),? (\d{{4}})\b)"
    rf"|(?P<dmy>\b(\d{{1,2}}) ({_MONTH}) (\d{{4}})\b)"
    rf"|(?P<op>(?<=\d)\s*(?:[+\-−–×xX*÷/]|(?<=\s)(?:{_WORD_OP_EN})(?=\s)|{_WORD_OP_ZH})\s*(?=\d))"
    rf"|(?P<fraction>(?<!\d)\d{{1,3}}∕\d{{1,3}}(?!\d))"
    rf"|(?P<percent>{_NUM}\s*(?:%|percent\b))|(?P<zhpercent>百分之{_NUM})"
    rf"|(?P<degrees>-?{_NUM}\s*(?:°\s*[CF]|degrees (?:Celsius|Fahrenheit)| Celsius| Fahrenheit))"
    rf"|(?P<unit>(?P<amount>{_NUM})\s?(?:{_UNIT})(?![A-Za-z²\d'.]))"
    rf"|(?P<number>(?:(?<![\d\w)])-)?{_NUM})"
)
_EN_OK = re.compile(r"[A-Za-z0-9 '.,?!+×÷%\-]*")


class Unsayable(Exception):
    pass


def _unit(words: str, amount: str) -> str:
    from ..units import SINGULAR

    return SINGULAR.get(words, words) if amount == "1" else words


def _date(year: int, month: int, day: int, lang: str, rng: random.Random, day_first: bool = False) -> tuple[str, str]:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise Unsayable
    if lang == "zh":
        said = "".join("零一二三四五六七八九"[int(d)] for d in str(year))
        return f"{year}年{month}月{day}日", f"{said}年{chinese(month)}月{chinese(day)}{'日' if rng.random() < 0.8 else '号'}"
    name, said = MONTHS[month - 1], english_year(year, rng)
    if day_first:
        return f"{day} {name} {year}", f"the {ORDINALS[day]} of {name} {said}"
    return f"{name} {day}, {year}", f"{name} {'the ' if rng.random() < 0.2 else ''}{ORDINALS[day]} {said}"


def _token(m: re.Match, lang: str, rng: random.Random, before: str, after: str) -> tuple[str, str]:
    """(written, said) of one match."""
    kind, text = m.lastgroup, m.group()
    if m.group("iso") or m.group("zhdate"):
        return _date(*map(int, re.findall(r"\d+", text)), lang, rng)
    if m.group("mdy") or m.group("dmy"):
        name = re.search(r"[A-Za-z]+", text).group()[:3].capitalize()
        month = next(i for i, full in enumerate(MONTHS, 1) if full.startswith(name))
        day, year = map(int, re.findall(r"\d+", text))
        return _date(year, month, day, lang, rng, bool(m.group("dmy")))
    if m.group("op"):
        sign = _SIGN[text.strip()]
        said = rng.choice((SIGNS_ZH if lang == "zh" else SIGNS_EN)[sign])
        return f" {sign} ", said if lang == "zh" else f" {said} "
    if m.group("fraction"):
        a, b = text.split("∕")
        if lang == "zh":
            return f"{a}/{b}", f"{chinese(int(b))}分之{chinese(int(a))}"
        return f"{a}/{b}", f"{say_number(a, rng, lang)} over {say_number(b, rng, lang)}"
    if m.group("percent") or m.group("zhpercent"):
        number = re.search(_NUM, text).group()
        said = say_number(number, rng, lang)
        return f"{number}%", f"百分之{said}" if lang == "zh" else f"{said} percent"
    if m.group("degrees"):
        number = re.match(rf"-?{_NUM}", text).group()
        fahrenheit = "F" in text[len(number):]
        scale = ("华氏度" if fahrenheit else "摄氏度") if lang == "zh" else (" degrees Fahrenheit" if fahrenheit else " degrees Celsius")
        return number + scale, say_number(number, rng, lang) + scale
    if m.group("unit"):
        number = m.group("amount")
        name = (UNITS_ZH if lang == "zh" else UNITS_EN)[text[len(number):].strip()]
        if lang == "zh":
            return number + name, ("两" if number == "2" else say_number(number, rng, lang)) + LETTERS.get(name, name)
        name = _unit(name, number)
        return f"{number} {name}", f"{say_number(number, rng, lang)} {name}"
    number = m.group("number")
    if number is None:
        raise AssertionError(kind)
    if lang == "zh":
        if number == "2" and re.match(r"\s?(个|只|天|米|千|公|平|小时|分钟|周|年|件|本|条|张|辆|人|名|位|箱|袋|盒|组|排|支|升|斤|吨|块|元|倍|次|套|包|瓶)", after) and not before.endswith(("第", "+ ", "- ", "× ", "÷ ")):
            return number, "两"
        return number, say_number(number, rng, lang)
    return number, f" {say_number(number, rng, lang)} "


_QUESTION_EN = re.compile(r"^(please |so |and |now |ok |okay |well |hi |hey |hello |nano |then |just |um |sorry )*,? ?(what|who|where|when|why|which|how|is|are|was|were|do|does|did|can|could|would|will|may|should|whose|whom|have|has)\b", re.I)
_QUESTION_ZH = re.compile(r"吗|呢|什么|多少|几|哪|谁|怎么|怎样|如何|是否|是不是|啥|为何|能不能|可不可以|有没有|对不对")


def _clean(text: str, lang: str) -> str:
    text = text.replace("m²", "m\ue002").replace("℃", "°C").replace("℉", "°F")
    text = unicodedata.normalize("NFKC", text).replace("\ue002", "²").replace("’", "'").replace("‘", "'").strip()
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"\s*=\s*[?]?\s*$", "?", text)
    text = re.sub(r"\s*=\s*", "等于" if lang == "zh" else " equals ", text) if "=" in text else text
    text = text.replace("²", "²")
    text = re.sub(r"[\"“”「」《》`*_~]|(?<![\w])'|'(?![\w])", lambda m: m.group() if m.group() == "*" else "", text)
    return re.sub(r"\s+", " ", text)


def say(text: str, lang: str, rng: random.Random, fractions: bool = False, units: bool = False, letters: bool = False) -> tuple[str, str] | None:
    """-> (transcript, spoken form), or None. fractions: "3/4" is a fraction, not a division; units: "km" is one without a number too;
    letters: a letter that stands alone is meant as a letter."""
    try:
        return _say(text, lang, rng, fractions, units, letters)
    except (Unsayable, ValueError, KeyError):
        return None


def _say(text: str, lang: str, rng: random.Random, fractions: bool, units: bool, letters: bool) -> tuple[str, str]:
    asked = text.rstrip().rstrip("。.!！ ").endswith(("?", "？"))
    text = _clean(text, lang)
    if re.search(r"\(\d|\d\)|https?:|\d{7,}", text):
        raise Unsayable
    text = re.sub(r"[()\[\]{}（）]", " ", text)
    if fractions:
        text = re.sub(r"(?<!\d)(\d{1,3})/(\d{1,3})(?!\d)", "\\1∕\\2", text)
    if lang == "en":
        text = re.sub(r"(?<=\w) ?> ?(?=\w)", " greater than ", text).replace(" < ", " less than ")
        text = re.sub(r"\b(what|who|how|where) r\b", r"\1 are", re.sub(r"\br u\b", "are u", text)) if not letters else text
        text = re.sub(r"(?<=\w )u\b", "you", text) if not letters else text
        text = re.sub(r"[A-Za-z']+", lambda m: SLANG.get(m.group(), m.group()), text)
        text = re.sub(r"\b([b-hj-tv-z])s\b", r"\1's", text)
        text = re.sub(r"\b[a-z]+\b", lambda m: str(_NUMBER_WORDS[m.group()]) if m.group() in _NUMBER_WORDS else m.group(), text) if units or re.search(r"\d", text) else text
    else:
        text = re.sub(r"(?<=[\d)]) ?> ?(?=[\d(])", "大于", text)
    if units:
        table = UNITS_ZH if lang == "zh" else UNITS_EN
        bare = rf"(?:(?<=to )|(?<=into )|(?<=in )|(?<=many )|(?<=much ))({_UNIT})(?![A-Za-z²])" if lang == "en" else rf"(?<![A-Za-z\d.])(?<!\d )({_UNIT})(?![A-Za-z²])"
        text = re.sub(bare, lambda m: table[m.group(1)], text)
        text = re.sub(r"°\s*C", "摄氏度" if lang == "zh" else " degrees Celsius", re.sub(r"(?<=\d)\s*°\s*([CF])", "\ue003\\1", text))
        text = re.sub(r"°\s*F", "华氏度" if lang == "zh" else " degrees Fahrenheit", text).replace("\ue003", "°")
        if lang == "en" and re.search(r"(?<![\d\w] )\b(km|dm|cm|mm|ft|yd|kg|mg|lb|oz|mL|ha|GB|MB)\b(?<!\d)", re.sub(rf"{_NUM}\s?({_UNIT})", "", text)):
            raise Unsayable
    # marks inside
    text = re.sub(r"(?<![\d+]) ?(?:\.\.\.|…|[:;!！：；—–]| - | -$|^- )+ ?(?![\d]*:)", "，" if lang == "zh" else ", ", text)
    written, said, at = "", "", 0
    for m in _TOKEN.finditer(text):
        plain = text[at : m.start()]
        a, b = _token(m, lang, rng, written + plain, text[m.end():])
        written += plain + a
        said += plain + b
        at = m.end()
    written += text[at:]
    said += text[at:]
    return _finish(written, lang, asked), _speak(said, lang, rng)


def _finish(written: str, lang: str, asked: bool) -> str:
    bare_expression = not re.search(r"[A-Za-z\u4e00-\u9fff]", written.replace(" x ", ""))
    if lang == "zh":
        written = re.sub(r"\s*[,，]\s*", "，", written)
        written = re.sub(r"[?？。.!！]+(?=.)(?!\d)", "，", written) if re.search(r"[?？。!！].", written) else written
        written = re.sub(r"(?<=[\u4e00-\u9fff，]) +(?=[\u4e00-\u9fff，\d])|(?<=[\d%]) +(?=[\u4e00-\u9fff，])", "", written)
        written = re.sub(r"(?<=[\u4e00-\u9fff]) +(?=[A-Za-z])|(?<=[A-Za-z]) +(?=[\u4e00-\u9fff])", "", written)
        written = re.sub(r"，+", "，", re.sub(r" +", " ", written)).strip("，。.？?！! 、、")
        if not written:
            raise Unsayable
        if not bare_expression:
            written += "？" if asked or _QUESTION_ZH.search(written) else "。" if len(_HAN.findall(written)) > 3 else ""
    else:
        written = re.sub(r" *[,]+[, ]*", ", ", re.sub(r"\s+", " ", written))
        written = re.sub(r"[?!]+ *(?=\S)", ". ", written)
        written = re.sub(r"^-(?!\d)", "", re.sub(r"\s+([.?!])", r"\1", written).strip(" ,.?!'")).strip(" -,")if not re.match(r" *-\d", written) else written.strip(" ,.?!'")
        if not written:
            raise Unsayable
        written = _NAMES.sub(lambda m: NAMES[m.group().lower()], written)
        written = re.sub(r"(?<=[.?] )[a-z]", lambda m: m.group().upper(), written[0].upper() + written[1:])
        if not bare_expression:
            question = asked or _QUESTION_EN.search(written) and len(written.split()) > 1
            written += "?" if question else "." if len(written.split()) > 2 else ""
    if "/" in re.sub(r"\d/\d", "", written) or re.search(r"[^\w\s'.,?!+×÷%\-/，。？！、]", written):
        raise Unsayable
    return written


def _speak(said: str, lang: str, rng: random.Random) -> str:
    said = re.sub(r"\b(Ctrl|Cmd) ?\+ ?([A-Za-z,])", lambda m: f" {LETTERS[m.group(1)]} {'comma' if m.group(2) == ',' else m.group(2).upper()} ", said)
    said = re.sub(r"[A-Za-z]+", lambda m: LETTERS.get(m.group(), " ".join(m.group()) if m.group() in SYMBOLS and len(m.group()) == 2 else m.group()), said)
    said = re.sub(r"(letters?|字母) ?a\b", r"\1 ay", said)
    said = re.sub(r"\ba's\b", "ay's", said).replace("∕", " ")
    if re.search(r"\d|[+×÷%°=/<>*&#@^\\|$€²]", said):
        raise Unsayable
    return re.sub(r"\s+", " ", said).strip(" ,，-'")
