"""How the training split is phrased: a grammar of ways to ask, and the slips, courtesies and chatter around a question.

The test keeps its own phrasings: whatever equals one of them, apart from case and marks, is drawn again (``core.RESERVED``).

A grammar is one way a line. ``[a|b|]`` is a choice and may be nested, ``<name>`` a macro, ``{x}`` a place to fill in later.
"""

from __future__ import annotations

import random
import re

from .core import bare, choose, is_reserved
from .facts import load_lines

MACROS = {
    # English
    "tell": "[tell me|give me|let me know|can you tell me|could you tell me|would you tell me|please tell me|I want to know|I'd like to know|I need to know|do you know|do you happen to know|any idea|I wonder|I was wondering|"
    "I'm wondering|I am curious|remind me|help me find out|could you please say|say|I'm trying to find out|can someone tell me|maybe you know|I forgot|I can't remember|not sure]",
    "give": "[give me|show me|tell me|find|state|write down|name|I need|I want|I would like|I'd like|get me|let me have|provide|can you give me|could you give me|please give me|can I have|look up|find out|may I have]",
    "whatis": "[what is|what's|whats|what exactly is|what would be|what was|what might be|and what is|so what is|now what is|tell me what is|do you know what's]",
    "can": "[can|could|would|will] you [please |kindly |maybe |quickly |just |]",
    "howdo": "[how do I|how can I|how do you|how would I|how to|how should I|how could I|what do I do to|what must I do to|what is the way to|is there a way to|tell me how to|show me how to|I want to|I'd like to|I need to|"
    "I would love to|please help me|can I|could I|is it possible to|explain how to|what's the best way to|I don't know how to|I can't figure out how to|steps to|where do I go to|where can I|help me|how does one|how does a person|any way to]",
    "app": "[the app|this app|AutoGLM|AutoGLM Desktop|this program|this software|the application|this tool|here|the desktop app|it]",
    "wherefind": "[where is|where's|where are|where do I find|where can I find|where would I find|where did you put|I am looking for|I'm looking for|I can't find|show me|how do I find|how do I get to|take me to|go to|open|find|point me to]",
    "does": "[does|can|will|would|could]",
    # Chinese
    "问": "[请问|问一下|想问|想问一下|我想知道|我想问问|想知道|想了解|告诉我|请告诉我|跟我说说|能告诉我|能不能告诉我|可以告诉我|可否告诉我|麻烦告诉我|帮我查|帮我查查|帮我查一下|帮忙看看|你知道|知不知道|谁知道|说一下|说说|说说看|讲讲|"
    "我不记得|我忘了|不清楚|不太清楚|请教一下|好奇|来说说|请说出|回答我|那|那么|所以]",
    "算": "[算|算算|算一下|算一算|计算|计算一下|求|求出|算出|帮我算|帮我算一下|帮我计算|请计算|请算|请帮我算|请帮忙算一下|麻烦算算|麻烦你算一下|帮忙算算|给我算|给我算一下|能算一下|能不能算|能帮我算|可以算|你算算|你来算|口算|快算|我要算|我想算]",
    "多少": "[多少|几|多少呢|多少啊|多少呀|几呢|什么|啥|多少来着]",
    "什么": "[什么|啥|什么呢|什么呀|什么来着|什么啊]",
    "哪": "[哪里|哪儿|哪|哪里呢|哪儿啊|哪里呀|什么地方|何处|哪个地方]",
    "到底": "[|||||到底|究竟|具体|一般|现在|应该|其实|确切|真正|大概|准确来说|实际上]",
    "怎么": "[怎么|怎样|如何|怎么才能|怎样才能|如何才能|该怎么|要怎么|应该怎么|我该如何|我要怎么|我怎么|能不能|可不可以|可以|能否|有办法|有没有办法|教我怎么|教我|告诉我怎么|请问怎么|我想|我要|我想要|帮我|请帮我|不知道怎么|不会|哪里可以|在哪里|在哪|在什么地方]",
    "本应用": "[这个应用|这个软件|AutoGLM|AutoGLM Desktop|这个程序|这款软件|你们的软件|这里|这个app|本软件|应用里|软件里|它]",
}
_TOKEN = re.compile(r"\[|\]|\||<[^<>\s]+>|[^\[\]|<]+|<")


def compile_way(text: str, zh: bool = False):
    """A sequence of strings and choices (tuples of sequences). In Chinese a ``?`` after a choice or a character makes it optional."""
    if zh:
        text = re.sub(r"([\u4e00-\u9fff，：])\?", r"[\1|]", text.replace(">?", ">").replace(" ?[", "[ |][").replace("？?", "[？|]"))
    tokens = _TOKEN.findall(text)
    at = 0

    def sequence(stop: bool) -> list:
        nonlocal at
        out: list = []
        while at < len(tokens):
            token = tokens[at]
            if token == "]" or (token == "|" and stop):
                break
            at += 1
            if token == "[":
                options = [sequence(True)]
                while tokens[at] == "|":
                    at += 1
                    options.append(sequence(True))
                if tokens[at] != "]":
                    raise ValueError(text)
                at += 1
                if zh and at < len(tokens) and tokens[at][0] == "?":
                    tokens[at] = tokens[at][1:]
                    if not tokens[at]:
                        at += 1
                    options.append([])
                out.append(tuple(options))
            elif token[0] == "<" and token[-1] == ">":
                out.append(compile_way(MACROS[token[1:-1]], zh))
            else:
                out.append(token)
        return out

    return sequence(False)


def render(node: list, rng: random.Random, out: list) -> None:
    for part in node:
        kind = type(part)
        if kind is str:
            out.append(part)
        elif kind is tuple:
            render(part[int(rng.random() * len(part))], rng, out)
        else:
            render(part, rng, out)


class Grammar:
    """Ways to ask, one a line. Every draw holds all of ``places``."""

    __slots__ = ("ways", "places")

    def __init__(self, text: str, zh: bool = False, places: tuple = ()) -> None:
        self.ways = [compile_way(line.strip(), zh) for line in text.strip().splitlines() if line.strip()]
        self.places = places

    def pick(self, rng: random.Random) -> str:
        while True:
            out: list = []
            render(self.ways[int(rng.random() * len(self.ways))], rng, out)
            text = "".join(out).strip()
            if all(place in text for place in self.places):
                return text.replace("  ", " ") if "  " in text else text


# ------------------------------------------------------------------------------------------------------ around the question
OPEN_EN = [compile_way(line) for line in (
    "[hi|hello|hey|hey there|hi there|good morning|good evening|ok|okay|so|well|alright|right|um|uh|hmm|oh|now|and|also|actually|sorry|excuse me|please|quick one|one question|a question|question|my question|another question|one more|next|next question|quickly|help|dear assistant|Nano|hey Nano|listen|look|fine|thanks|great|cool|sure][,|:|!|.|...| -|] ",
    "[I have a question|I've got a question|here is a question|here's one|let me ask you something|can I ask something|I need your help|I need some help|please help me|just wondering|for my homework|for school|for a quiz|my son asks|my friend wants to know|a colleague asked me|I was thinking|asking for a friend|out of curiosity|if you don't mind|when you have a moment|just a small thing|one thing I never understood|I am in a hurry|this may be a silly question|sorry to bother you|tell me honestly|be honest|be quick|be brief|in short|short answer please|before I forget|by the way|first of all|for a project|I'm doing a crossword|my teacher asked][:|,|.| -] ",
    "[please|kindly|just|simply|quickly|ok so|so now|and now|well then|if possible|if you can|maybe you can help] ",
)]
CLOSE_EN = [compile_way("[, please|, thanks| thanks|, thank you|, ok|, right|, do you know|, any idea|, can you tell me|, if I may ask|, I wonder|, exactly| exactly|, roughly| again| then| now|, Nano|, my friend|, sir|, I forgot| please|, pls| pls|"
                        ", quickly|, buddy|, just asking| actually| anyway|, be brief|, in short|, help me out|, would you| for me|, I need it for school|, please help|, hm|, huh|, eh|, you know| (please)|, and thanks]")]
OPEN_ZH = [compile_way(line) for line in (
    "[你好|您好|嗨|喂|嘿|哈喽|早上好|晚上好|那个|嗯|呃|哎|诶|好的|好|好吧|行|那|那么|然后|接着|另外|还有|对了|顺便|顺便问一下|话说|其实|Nano|小助手|不好意思|抱歉|打扰一下|劳驾|请|麻烦|麻烦你|麻烦您|请教|请教一下|请问|请问一下|想请问|问一下|问下|我问一下|再问一个|再来一个|下一个|下一题|下一个问题|还有一个问题|问题|我的问题|快|快点|帮忙|帮个忙|救命|急|在吗][，|：|！|。|…|、| |]",
    "[我有个问题|有个问题想问你|我想请教一下|我想问个问题|有件事想问|能问你个问题吗|孩子问我|朋友问我|老师问|同学问|同事想知道|作业里有一题|做作业遇到的|考考你|测试一下|突然想到|一直没搞懂|我不太明白|我有点好奇|我记不清了|我忘了|说来惭愧|可能有点傻|赶时间|长话短说|简单回答|一句话回答|老实说|认真问一下|随便问问|如果方便的话|麻烦你看看|帮我看看|帮我个忙|你帮我想想|你来回答|我来考考你|这道题不会][：|，|。|？|！]",
)]
CLOSE_ZH = [compile_way("[，谢谢|谢谢|，谢谢啦|，多谢|，拜托了|，麻烦了|，急|，在线等|，你知道吗|，知道吗|，告诉我|，请回答|，请告诉我|，快说|，说说看|，帮帮我|，我忘了|，我想知道|，简短点|，Nano|，哈哈|，对吧|，是吧|，嗯|，好吗|，行吗|，可以吗|，辛苦了|～|…]")]
PARTICLES = ["呢", "呀", "啊", "哦", "来着", "呢", "嘛", "哈", "哇", "咧", "哒"]
PREVERBS = ["到底", "究竟", "具体", "一般", "大概", "其实", "通常", "应该", "又", "都", "确切", "准确地说", "真的", "现在", "最后", "一共", "总共"]
_ASKING = re.compile(r"是多少|是什么|是哪|等于|在哪|叫什么|用什么|有几个|有多少|怎么|属于|位于|说什么|为什么|是几|得多少|哪个")
_SLOT = re.compile(r"\{[^{}]*\}|\x00|“[^”]*”|\"[^\"]*\"")
_WORD_EN = re.compile(r"[A-Za-z]{4,}")
_KEYS = {a: b for a, b in zip("qwertyuiopasdfghjklzxcvbnm", ("wa", "qes", "wrd", "etf", "ryg", "tuh", "yij", "uok", "ipl", "ol", "qsz", "awdx", "sefc", "drgv", "fthb", "gyjn", "hukm", "jil", "kop", "asx", "zsdc", "xdfv", "cfgb", "vghn", "bhjm", "njk"))}
NEAR_ZH = dict(zip("的得地在再是事做作他她它吗嘛么那哪以已请情问文首手都读市试货或语雨元员化话数属计记算蒜", "得的的再在事是作做她他他嘛吗吗哪那已以情请文问手首读都试市或货雨语员元话化属数记计蒜算"))
_NOISE: dict[str, list[str]] = {}


def noise_words(lang: str) -> list[str]:
    """Words of the dictionary, to be ignored when they stand around a question."""
    if lang not in _NOISE:
        if lang == "en":
            words = [w for line in load_lines("lexicon") for w in line.split("\t")[0].split(",")]
            _NOISE["en"] = [w for w in dict.fromkeys(words) if w.isascii() and " " not in w and 2 < len(w) < 11 and not any(b in w for b in ("plus", "minus", "time", "add", "sub", "divi", "multi", "sort", "count", "capital"))]
        else:
            _NOISE["zh"] = [line.split("\t")[0] for line in load_lines("cedict") if not any(c in line.split("\t")[0] for c in "加减乘除国首都元大小多少不没零一二三四五六七八九十百千万两半倍")]
    return _NOISE[lang]


def typo(rng: random.Random, word: str) -> str:
    """One slip of the fingers in a word of the frame."""
    at = 1 + int(rng.random() * (len(word) - 2))
    roll = rng.random()
    if roll < 0.3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if roll < 0.6:
        return word[:at] + word[at + 1 :]
    if roll < 0.8:
        return word[:at] + word[at] + word[at:]
    return word[:at] + choose(rng, _KEYS.get(word[at].lower(), "e")) + word[at + 1 :]


def slip(rng: random.Random, text: str, lang: str) -> str:
    """Typing errors in the frame: never inside a place to fill in or between quotes."""
    taken = [m.span() for m in _SLOT.finditer(text)]
    free = lambda a, b: all(b <= x or a >= y for x, y in taken)  # noqa: E731
    if lang == "en":
        words = [m.span() for m in _WORD_EN.finditer(text) if free(*m.span())]
        if not words:
            return text
        a, b = choose(rng, words)
        return text[:a] + typo(rng, text[a:b]) + text[b:]
    places = [i for i, c in enumerate(text) if "\u4e00" <= c <= "\u9fff" and free(i, i + 1)]
    if len(places) < 4:
        return text
    i = choose(rng, places)
    c = text[i]
    roll = rng.random()
    if c in NEAR_ZH and roll < 0.6:
        return text[:i] + NEAR_ZH[c] + text[i + 1 :]
    return text[:i] + c + text[i:] if roll < 0.8 else text


def clause(rng: random.Random, lang: str) -> str:
    words = noise_words(lang)
    if lang == "en":
        return " ".join(choose(rng, words) if rng.random() < 0.7 else choose(rng, ("the", "my", "a", "is", "and", "of", "to", "very", "I", "we", "not", "it", "some", "this", "was")) for _ in range(1 + int(rng.random() * 4)))
    return "".join(choose(rng, words) if rng.random() < 0.75 else choose(rng, ("的", "了", "我", "你", "很", "在", "和", "就", "这个", "有点")) for _ in range(1 + int(rng.random() * 3)))


def lower_first(text: str) -> str:
    if text[:1].isupper() and not text.startswith(("I ", "I'", "AutoGLM", "Ctrl", "Cmd", "Nano", "CUDA", "GPU", "API")):
        return text[0].lower() + text[1:]
    return text


def _opened(rng: random.Random, ways: list) -> str:
    out: list = []
    render(ways[int(rng.random() * len(ways))], rng, out)
    return "".join(out)


def dress(rng: random.Random, text: str, lang: str, noise: float = 1.0) -> str:
    """A question as somebody really types it. ``text`` still holds its places to fill in."""
    en = lang == "en"
    roll = rng.random()
    if roll < 0.42:
        pass
    elif roll < 0.62:
        opener = _opened(rng, OPEN_EN if en else OPEN_ZH)
        text = opener + (lower_first(text) if en and rng.random() < 0.85 else text)
    elif roll < 0.72:
        mark = text[-1] if text[-1] in "?.？。！!" else ""
        body = text[: len(text) - len(mark)]
        text = body + _opened(rng, CLOSE_EN if en else CLOSE_ZH) + (mark if rng.random() < 0.7 else "")
    elif roll < 0.82:
        if en:
            words = text.split(" ")
            at = int(rng.random() * (len(words) + 1))
            if "\x00" not in text or rng.random() < 0.5:
                words.insert(at, choose(rng, ("just", "exactly", "actually", "really", "please", "again", "now", "then", "currently", "officially", "basically", "maybe", "like", "um", "so", "even", "simply", "quickly", "kindly", "precisely", "also", "well")))
            text = " ".join(words)
        else:
            m = _ASKING.search(text)
            if m and rng.random() < 0.65:
                text = text[: m.start()] + choose(rng, PREVERBS) + text[m.start() :]
            if rng.random() < 0.6:
                mark = text[-1] if text[-1] in "？。！?" else ""
                text = text[: len(text) - len(mark)] + choose(rng, PARTICLES) + mark
    elif roll < 0.82 + 0.1 * noise:
        extra = clause(rng, lang)
        if rng.random() < 0.65:
            text = (extra[0].upper() + extra[1:] if rng.random() < 0.4 else extra) + choose(rng, (". ", ", ", ": ", " - ", "! ", "; ") if en else ("。", "，", "：", "！", "；", " ")) + text
        else:
            text = text + choose(rng, (" ", ", ", " - ", " (") if en else ("，", " ", "。", "（")) + extra
    if rng.random() < 0.09:
        text = slip(rng, text, lang)
    if rng.random() < 0.12:
        style = rng.random()
        if style < 0.4:
            text = text.rstrip("?.？。!！ ") or text
        elif style < 0.7 and en:
            text = lower_first(text).replace(" you ", " u ") if rng.random() < 0.3 else lower_first(text)
        elif style < 0.8:
            text = text + (choose(rng, "?!.") if en else choose(rng, "？！。?"))
        elif en and "\x00" not in text:
            text = text.replace("'", "")
    return text


def phrase(rng: random.Random, plain: list[str], more: Grammar | None, lang: str, share: float, dressed: float, noise: float = 1.0, unseen: tuple = ()) -> str:
    """A question of the training split: from the grammar or the plain list, dressed; it neither is nor contains one of the test's."""
    for _ in range(8):
        text = more.pick(rng) if more is not None and rng.random() < share else plain[int(rng.random() * len(plain))]
        if dressed and rng.random() < dressed:
            text = dress(rng, text, lang, noise)
        if not is_reserved(text):
            short = bare(text)
            if not any(u in short for u in unseen):
                return text
    return plain[int(rng.random() * len(plain))]
