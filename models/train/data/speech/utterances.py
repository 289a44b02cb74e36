"""What is said: questions of every skill, sentences, phrases, words, numbers and commands, in both languages.

``draw(rng, split)`` gives an Utterance. Sentences and words of the test are held out by a stable hash; questions of the skills by the
splits of their own generators. Questions come without typing errors here: nobody says one.
"""

from __future__ import annotations

import random
import re
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

from .. import TRAIN_WEIGHTS, grammar
from ..core import FOLLOWUPS, GENERATORS, Sample, choose, held_out
from ..everyday import EVERYDAY
from ..facts import load, load_lines
from ..language import PAIRS
from . import chinese_sentences, english_sentences, mandarin
from .number_words import say_number, spell_digits
from .spoken import say

# How often a skill is said. Counting letters and sorting words rest on spelling, which speech does not carry well: less often.
SKILL_WEIGHTS = {**TRAIN_WEIGHTS, "count": 2, "sort": 2, "decline": 12, "facts.countries": 14, "facts.elements": 8, "translate.en-zh": 7, "translate.zh-en": 7, "definitions": 6, "about": 16, "smalltalk": 8}
_SKILLS = list(SKILL_WEIGHTS)
_SKILL_CUMULATIVE = list(accumulate(SKILL_WEIGHTS.values()))
# In training what is to be reckoned comes more often, as it is what spoken questions were answered worse than typed ones in.
TRAIN_SKILL_WEIGHTS = {**SKILL_WEIGHTS, "dates.later": 9, "dates.between": 9, "dates.weekday": 6, "units": 10, "percent": 9, "decline": 18}
_TRAIN_SKILL_CUMULATIVE = list(accumulate(TRAIN_SKILL_WEIGHTS[name] for name in _SKILLS))
SKILL_SHARE = 0.5
TRAIN_SKILL_SHARE, TRAIN_ENGLISH = 0.5, 0.62  # in training; of the questions, those in English
HOLD = 14  # one general sentence in so many is for the test


@dataclass(slots=True)
class Utterance:
    lang: str
    text: str  # as typed: the transcript
    spoken: str  # as said, numbers in words
    sample: Sample | None = None
    kind: str = ""


def _dress(rng: random.Random, text: str, lang: str, noise: float = 1.0) -> str:
    """grammar.dress for speech: openings, closings and particles, no typing errors and no stray words."""
    roll = rng.random()
    en = lang == "en"
    if roll < 0.22:
        opener = grammar._opened(rng, grammar.OPEN_EN if en else grammar.OPEN_ZH)
        return opener + (grammar.lower_first(text) if en else text)
    if roll < 0.34:
        mark = text[-1] if text[-1] in "?.？。！!" else ""
        return text[: len(text) - len(mark)] + grammar._opened(rng, grammar.CLOSE_EN if en else grammar.CLOSE_ZH) + mark
    if roll < 0.4 and not en:
        mark = text[-1] if text[-1] in "？。！?" else ""
        return text[: len(text) - len(mark)] + choose(rng, grammar.PARTICLES) + mark
    return text


@contextmanager
def as_said():
    kept, grammar.dress = grammar.dress, _dress
    try:
        yield
    finally:
        grammar.dress = kept


def skill(rng: random.Random, split: str, task: str | None = None, lang: str | None = None) -> Utterance | None:
    """A question of a skill, or None where it cannot be said."""
    task = task or rng.choices(_SKILLS, cum_weights=_SKILL_CUMULATIVE if split == "test" else _TRAIN_SKILL_CUMULATIVE)[0]
    lang = lang or ("en" if rng.random() < 0.5 else "zh")
    with as_said():
        turns = FOLLOWUPS[task](rng, split, lang) if task in FOLLOWUPS else [GENERATORS[task](rng, split, lang)]
    question, reasoning, answer = turns[-1]
    if not re.search(r"\w", question):
        return None
    done = say(question, lang, rng, fractions=task == "arithmetic.compare", units=task == "units", letters=task == "count")
    if done is None:
        return None
    text, spoken = done
    if not pronounceable(text, lang) or too_long(text, lang):
        return None
    # A follow-up can be written down but not answered: a spoken turn is trained without the turns before it.
    sample = Sample(task, lang, [("user", text)], reasoning, answer) if len(turns) == 1 else None
    return Utterance(lang, text, spoken, sample, "skill")


_HAN = re.compile(r"[\u4e00-\u9fff]")


def pronounceable(text: str, lang: str) -> bool:
    if not mandarin.known(text):
        return False
    words = re.findall(r"[A-Za-z]+", text)
    return all(re.search(r"[aeiouyAEIOUY]", w) or len(w) < 3 or w.isupper() or w in ("Ctrl", "Cmd") for w in words) and all(len(w) < 17 for w in words)


def too_long(text: str, lang: str) -> bool:
    """Whether it takes more than some nine seconds to say."""
    han = len(_HAN.findall(text))
    digits = sum(c.isdigit() for c in text)
    return (len(text) - han) * 0.075 + han * 0.27 + digits * (0.2 if lang == "zh" else 0.3) > 8.2


# ------------------------------------------------------------------------------------------------------------- general
_DATA: dict[str, list] = {}
_COUNTED = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million)\b", re.I)
_NUMERAL = re.compile(r"[二三四五六七八九十百千万亿两零]")


def _keep(items: list, key=str) -> dict[str, list]:
    return {"train": [i for i in items if not held_out(key(i), HOLD)], "test": [i for i in items if held_out(key(i), HOLD)]}


def _data(name: str, split: str) -> list:
    if not _DATA:
        lexicon = [(line + "\t\t\t").split("\t")[:3] for line in load_lines("lexicon")]
        fine = lambda t: re.fullmatch(r"[A-Za-z ,.'!?-]+", t) and not _COUNTED.search(t) and 2 < len(t.split()) < 15  # noqa: E731
        _DATA["example"] = _keep([e for _, _, es in lexicon for e in es.split("|") if e and fine(e)])
        _DATA["gloss"] = {s: _keep([g for _, g, _ in some if fine(g) and len(g.split()) < 11])[s] for s, some in (("train", lexicon), ("test", lexicon[:9000]))}
        words = [w for ws, *_ in lexicon for w in ws.split(",")]
        words = [w for w in dict.fromkeys(words) if re.fullmatch(r"[a-z]+( [a-z]+)?", w) and not _COUNTED.search(w) and 1 < len(w) < 16]
        _DATA["word"] = {"train": words, "test": words[:4000]}  # the lists are new in the test, their words are not
        _DATA["everyday.en"] = _keep([en for en, _ in EVERYDAY] + [f"{en}" for en, _ in PAIRS if " " in en])
        _DATA["everyday.zh"] = _keep([zh for _, zh in EVERYDAY])
        countries = load("countries")
        _DATA["name.en"] = {s: [n for c in countries for n in (c["en"], c["capital"], *c["languages"])] + [e["en"] for e in load("elements")] for s in ("train", "test")}
        _DATA["name.zh"] = {s: [n for c in countries for n in (c["zh"], c["capital_zh"], *c["languages_zh"])] + [e["zh"] for e in load("elements")] for s in ("train", "test")}
        zh = [line.split("\t")[0] for line in load_lines("cedict")]
        zh = [w for w in zh if len(w) > 1 and not _NUMERAL.search(w) and mandarin.known(w)] + [w for _, w in PAIRS if len(w) > 1]
        _DATA["word.zh"] = {"train": zh[:14000], "test": zh[:4000]}
    return _DATA[name][split]


def _common(rng: random.Random, items: list, split: str, power: float = 1.6):
    """The first of a table are the commonest and come more often; less so in training, where rare words teach to spell what is heard."""
    power = 1.25 if split == "train" else power
    return items[int(rng.random() ** power * len(items))]


FRAMES_EN = [
    "{w}", "the {w}", "I like the {w}", "this is a {w}", "where is the {w}?", "show me the {w}", "I need a new {w}", "what do you think about {w}?", "she talked about the {w}", "there is a {w} in the picture", "please look up {w}",
    "do you have a {w}?", "we were looking for the {w} and the {x}", "the {w} is near the {x}", "he said something about {w}", "{w} and {x}", "my favorite word is {w}", "can I see the {w}?", "it is not a {w}, it is a {x}", "search for {w}",
    "open the file about {w}", "write {w}", "remember the {w}", "they want {w} or {x}", "the word is {w}", "the difference between {w} and {x}", "a story about a {w} and a {x}", "yesterday we saw the {w}", "I am not sure about the {w}",
    "is this a {w} or a {x}?", "the old {w} was better than the new {x}", "tell me more about the {w}", "call me when the {w} is ready", "I forgot the {w} at home", "you can find the {w} behind the {x}",
]
COMMANDS = {
    "en": ["[open|close|show|hide] [the |][settings|sidebar|model list|models page|window|conversation list|command palette]", "[start|open|create|begin] a new [chat|conversation]", "[stop|pause|cancel|continue] [the answer|writing|now|please|it|the download]",
           "[delete|rename|archive|export|search] [this|the last|my|the] [chat|conversation|message|history]", "[turn|switch] [on|off] [thinking|dark mode|light mode|the microphone|speech|the server]", "[read|say] [it|the answer|that|the last message] [aloud|again|once more|to me]",
           "[copy|repeat|shorten|translate|summarize|explain] [the answer|that|this|the last message|the text]", "[make|set] the [text|font|window|volume] [bigger|smaller|larger|louder]", "[scroll|go] [up|down|back|to the top|to the end]", "[send|attach] [the message|a picture|this file|a screenshot]",
           "[use|load|download|choose] [the|a] [small|large|other|built-in|vision|new] model", "[thank you|thanks|okay|yes|no|yes please|no thanks|never mind|that's all|wait|one moment|go on|try again|undo that|what time is it|help me]"],
    "zh": ["[打开|关闭|显示|隐藏][设置|侧边栏|模型列表|模型页面|窗口|对话列表|命令面板]", "[新建|开始|打开|创建]一个新[对话|聊天|会话]", "[停止|暂停|取消|继续][回答|生成|下载|写|朗读]", "[删除|重命名|归档|导出|搜索][这个|上一个|我的|全部][对话|聊天|消息|记录]",
           "[打开|关掉|开启|关闭][思考|深色模式|浅色模式|麦克风|语音|服务器]", "[把|请把][答案|刚才的话|上一条消息|这段文字][念一遍|读出来|再说一遍|复制一下|翻译成英文|缩短一点]", "[字体|窗口|声音|音量]再[大|小]一点", "[往上|往下|返回|回到开头|回到最后][翻|看|滚动]", "[发送|上传|添加]一[张图片|个文件|张截图|条消息]",
           "[使用|加载|下载|选择][小|大|内置|新|视觉]模型", "[谢谢你|谢谢|好的|是的|不是|不用了|没关系|等一下|继续|再试一次|撤销|现在几点了|帮帮我|就这样]"],
}
_COMMAND_WAYS: dict[str, grammar.Grammar] = {}
MIXTURE = {  # kind: weight
    "example": 15, "gloss": 6, "everyday.en": 6, "words.en": 10, "frame.en": 8, "name.en": 4, "digits.en": 4, "number.en": 4, "letters": 2, "command.en": 5,
    "sentence.zh": 12, "everyday.zh": 5, "words.zh": 9, "name.zh": 3, "digits.zh": 2, "number.zh": 2, "command.zh": 3,
}
_KINDS = list(MIXTURE)
_KIND_CUMULATIVE = list(accumulate(MIXTURE.values()))
# Of training; MIXTURE is the test's. With 5,635 examples, 165 everyday sentences and a few hundred ways to ask the decoder knew what was said
# by heart: unseen sentences had four to ten times as many wrong words as those, with the same phonemes heard.
TRAIN_MIXTURE = {
    "splice.en": 40, "grammar.en": 20, "gloss": 11, "example": 10, "words.en": 9, "frame.en": 6, "name.en": 4, "everyday.en": 2, "command.en": 3, "digits.en": 3, "number.en": 3, "letters": 1.5,
    "sentence.zh": 13, "words.zh": 8, "everyday.zh": 3, "name.zh": 2, "command.zh": 2, "digits.zh": 1.5, "number.zh": 1.5,
}
_TRAIN_KINDS = list(TRAIN_MIXTURE)
_TRAIN_CUMULATIVE = list(accumulate(TRAIN_MIXTURE.values()))


def _number(rng: random.Random) -> str:
    digits = rng.choice([1, 2, 2, 3, 3, 3, 4, 4, 5, 6])
    text = str(rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits))
    if rng.random() < 0.2:
        text += f".{rng.randrange(1, 100)}".rstrip("0")
    return ("-" if rng.random() < 0.05 else "") + text


def general(rng: random.Random, split: str, kind: str | None = None) -> Utterance | None:
    if kind is None:
        kind = rng.choices(_KINDS, cum_weights=_KIND_CUMULATIVE)[0] if split == "test" else rng.choices(_TRAIN_KINDS, cum_weights=_TRAIN_CUMULATIVE)[0]
    name, _, lang = kind.partition(".")
    lang = lang or "en"
    if name in ("digits", "number"):
        # The test has numbers that training may meet; its clips are of other voices and seeds.
        if name == "digits":
            text = "".join(rng.choice("0123456789") for _ in range(rng.choice([1, 2, 3, 4, 4, 5, 6, 7])))
            if len(text) > 1 and rng.random() < 0.3 and lang == "en":
                text = text.lstrip("0") or "0"
            return Utterance(lang, text, spell_digits(text, rng, lang), None, kind)
        text = _number(rng)
        return Utterance(lang, text, say_number(text, rng, lang), None, kind)
    if name == "letters":
        letters = [rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(1, 5))]
        return Utterance("en", " ".join(letters), ", ".join("ay" if c == "A" else c for c in letters), None, kind)
    if name in ("example", "gloss"):
        text = _common(rng, _data(name, split), split, 1.5)
    elif name == "everyday":
        text = choose(rng, _data(kind, split))
    elif name == "name":
        text = choose(rng, _data(kind, split)) if rng.random() < 0.6 else (", " if lang == "en" else "，").join(choose(rng, _data(kind, split)) for _ in range(rng.randint(2, 3)))
    elif name == "words":
        table = _data("word" if lang == "en" else "word.zh", split)
        chosen = [_common(rng, table, split) for _ in range(rng.randint(1, 5))]
        text = (", " if lang == "en" else "，").join(chosen)
    elif name == "frame":
        table = _data("word", split)
        text = choose(rng, FRAMES_EN).replace("{w}", _common(rng, table, split)).replace("{x}", _common(rng, table, split))
        text = re.sub(r"\ba (?=[aeio])", "an ", text)
    elif name == "grammar":
        text = english_sentences.sentence(rng, lambda: _common(rng, _data("word", split), split))
    elif name == "splice":
        text = english_sentences.spliced(rng, lambda: _source(rng), lambda: _common(rng, _data("word", "train"), "train"))
    elif name == "sentence":
        text = chinese_sentences.sentence(rng, lambda: _common(rng, _data("word.zh", split), split))
    else:
        if lang not in _COMMAND_WAYS:
            _COMMAND_WAYS[lang] = grammar.Grammar("\n".join(COMMANDS[lang]), False)
        text = _COMMAND_WAYS[lang].pick(rng)
        if rng.random() < 0.25:
            text = ("Please " + text if rng.random() < 0.5 else text + ", please") if lang == "en" else "请" + text
    if name in ("words", "frame", "sentence", "command", "grammar", "splice") and held_out(text, HOLD) != (split == "test"):
        return None
    done = say(text, lang, rng)
    if done is None or too_long(done[0], lang) or not pronounceable(done[0], lang):
        return None
    return Utterance(lang, done[0], done[1], None, kind)


_ASKED: list[str] = []


def _source(rng: random.Random) -> str:
    """A sentence of training to take a piece from; questions are of the last two hundred kept, one in five a new one."""
    roll = rng.random()
    if roll < 0.62:
        return choose(rng, _data("gloss" if roll < 0.34 else "example", "train"))
    if roll < 0.74:
        return english_sentences.sentence(rng, lambda: choose(rng, _data("word", "train")))
    while len(_ASKED) < 200 or rng.random() < 0.2:
        one = skill(rng, "train", lang="en")
        if one is not None and not re.search(r"[\d+×÷%]", one.text) and _HAN.search(one.text) is None and " " in one.text:
            if len(_ASKED) >= 200:
                _ASKED[rng.randrange(200)] = one.text
                break
            _ASKED.append(one.text)
    return choose(rng, _ASKED)


def draw(rng: random.Random, split: str = "train", lang: str | None = None) -> Utterance:
    while True:
        if split == "test":
            one = skill(rng, split, lang=lang) if rng.random() < SKILL_SHARE else general(rng, split)
        else:
            ask = rng.random() < TRAIN_SKILL_SHARE
            one = skill(rng, split, lang=lang or ("en" if rng.random() < TRAIN_ENGLISH else "zh")) if ask else general(rng, split)
        if one is not None and (lang is None or one.lang == lang):
            return one
