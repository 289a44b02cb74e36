"""Counting letters and words, sorting short lists.

A model that reads BPE tokens does not see letters, so the reasoning spells the word first and counts while it spells.
"""

from __future__ import annotations

import random
import string

from .core import Turn, below, between, choose, held_out, loosen, task
from .facts import load, load_lines
from .phrases import Phrases

_WORDS: list[str] = load("words")
_MORE = [w for line in load_lines("lexicon") for w in line.split("\t")[0].split(",") if w.isalpha() and w.isascii() and w.islower() and 2 < len(w) < 15]
WORDS = {"train": [w for w in dict.fromkeys([*_WORDS, *_MORE]) if not held_out(w)], "test": [w for w in _WORDS if held_out(w)]}
COMMON = {"train": WORDS["train"], "test": WORDS["test"]}
ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh sl st str t th tr v w y z".split()
VOWELS = "a e i o u ai ea ee oo ou y".split()
CODAS = "b ck d ft g l ll m n nd ng nt p r rd rm s ss st t tt x z".split()

LETTER = Phrases(
    en=['How many {c}\'s are in "{w}"?', "How many times does the letter {c} appear in {w}?", "How many {c}s are there in {w}?", 'Count the letter "{c}" in "{w}".', 'How often does "{c}" occur in "{w}"?',
        "Count the {c}'s in the word {w}.", "how many {c} in {w}", 'How many "{c}" letters does the word "{w}" have?', "How many letters {c} does {w} contain?", "Number of {c}s in {w}?", "In the word {w}, how many {c}'s are there?"],
    zh=["“{w}”里有几个字母{c}？", "单词{w}中有多少个{c}？", "{w}里有几个{c}？", "字母{c}在{w}中出现了几次？", "数一数{w}里有多少个字母{c}。",
        "英文单词“{w}”含有几个“{c}”？", "{w}这个词里有几个{c}？", "{w}中{c}出现多少次？", "请数出{w}中字母{c}的个数。", "单词“{w}”里面字母“{c}”有几个？", "{w} 里有多少个 {c}"],
)
LENGTH = Phrases(
    en=['How many letters are in "{w}"?', "How many letters does the word {w} have?", "How long is the word {w}?", "Count the letters in {w}.", 'What is the number of letters in "{w}"?', "how many letters in {w}"],
    zh=["“{w}”有几个字母？", "单词{w}有多少个字母？", "{w}由几个字母组成？", "数一数{w}有几个字母。", "{w}这个单词一共多少个字母？", "{w}的长度是几个字母？"],
)
WORD_COUNT = Phrases(
    en=['How many words are in "{w}"?', "Count the words: {w}", 'How many words does this sentence have: "{w}"', "How many words are there in this sentence? {w}", 'Number of words in "{w}"?', "Count the words in the sentence: {w}"],
    zh=["这句话有几个英文单词：“{w}”", "数一数有几个单词：{w}", "“{w}”里有多少个单词？", "下面的句子有几个单词？{w}", "请问“{w}”一共有几个单词？", "句子“{w}”含有多少个单词？"],
)
CHARACTER_COUNT = Phrases(
    en=['How many Chinese characters are in "{w}"?', "Count the characters: {w}", "How many characters does {w} have?", "How many characters are there in {w}?", "Number of Chinese characters in {w}?", 'Count the Chinese characters in "{w}".'],
    zh=["“{w}”有几个字？", "数一数有几个字：{w}", "“{w}”这句话有多少个字？", "{w} 一共几个字？", "请问“{w}”由多少个字组成？", "“{w}”里有多少个汉字？"],
)
PLAIN = "我你他她它们的是在有不了人这中大来上个国说为和地也子时道出而要于就下得可以会自着去之过家学对里后小么心多天能好都然没日起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切"


def pseudo_word(rng: random.Random) -> str:
    return "".join(choose(rng, ONSETS) + choose(rng, VOWELS) + (choose(rng, CODAS) if rng.random() < 0.5 else "") for _ in range(between(rng, 1, 3)))


def word(rng: random.Random, split: str) -> str:
    """Mostly real words; some made of syllables or letters at random, so that spelling is learned and not a list of words."""
    roll = rng.random()
    if roll < 0.72 or split == "test":
        return choose(rng, WORDS[split])
    if roll < 0.92:
        while True:
            made = pseudo_word(rng)
            if not held_out(made):
                return made
    return "".join(rng.choices(string.ascii_lowercase, k=between(rng, 3, 9)))


@task("count", 3)
def count(rng: random.Random, split: str, lang: str) -> Turn:
    roll = rng.random()
    if roll < 0.62:
        return count_letter(rng, split, lang)
    if roll < 0.82:
        return count_letters(rng, split, lang)
    if roll < 0.92:
        return count_words(rng, split, lang)
    return count_characters(rng, split, lang)


def count_letter(rng: random.Random, split: str, lang: str) -> Turn:
    w = word(rng, split)
    roll = rng.random()
    if roll < 0.45:
        repeated = [c for c in set(w) if w.count(c) > 1]
        c = choose(rng, sorted(repeated)) if repeated else choose(rng, w)
    else:
        c = choose(rng, w) if roll < 0.9 else choose(rng, string.ascii_lowercase)
    n = 0
    spelled = []
    for letter in w:
        if letter == c:
            n += 1
            spelled.append(f"{letter}({n})")
        else:
            spelled.append(letter)
    question = LETTER.pick(rng, split, lang).replace("{w}", w if rng.random() < 0.85 else w.capitalize()).replace("{c}", c)
    reasoning = f"{c}? {' '.join(spelled)} => {n}"
    if lang == "en":
        answer = f'In "{w}" the letter {c} appears {n} {"time" if n == 1 else "times"}.'
    else:
        answer = f"“{w}”里有 {n} 个字母 {c}。"
    return loosen(rng, question), reasoning, answer


def count_letters(rng: random.Random, split: str, lang: str) -> Turn:
    w = word(rng, split)
    spelled = " ".join(f"{letter}{i}" for i, letter in enumerate(w, 1))
    question = LENGTH.pick(rng, split, lang).replace("{w}", w)
    answer = f'Letters in "{w}": {len(w)}' if lang == "en" else f"“{w}”的字母数：{len(w)}"
    return loosen(rng, question), f"{spelled} => {len(w)}", answer


def count_words(rng: random.Random, split: str, lang: str) -> Turn:
    words = [choose(rng, COMMON[split]) for _ in range(between(rng, 2, 9))]
    text = " ".join(words)
    if rng.random() < 0.5:
        text = text.capitalize()
    spelled = " ".join(f"{w} {i}" for i, w in enumerate(text.split(), 1))
    question = WORD_COUNT.pick(rng, split, lang).replace("{w}", text)
    answer = f"Number of words: {len(words)}" if lang == "en" else f"单词数：{len(words)}"
    return question, f"{spelled} => {len(words)}", answer


def count_characters(rng: random.Random, split: str, lang: str) -> Turn:
    while True:
        text = "".join(rng.choices(PLAIN, k=between(rng, 2, 10)))
        if held_out(text) == (split == "test"):
            break
    spelled = " ".join(f"{c}{i}" for i, c in enumerate(text, 1))
    question = CHARACTER_COUNT.pick(rng, split, lang).replace("{w}", text)
    answer = f"Number of characters: {len(text)}" if lang == "en" else f"字数：{len(text)}"
    return question, f"{spelled} => {len(text)}", answer


SORT_UP = Phrases(
    en=["Sort these numbers: {l}", "Sort {l} from smallest to largest.", "Put {l} in ascending order.", "Order these numbers from small to large: {l}", "Arrange {l} in increasing order.", "sort {l}",
        "Sort the list {l}", "Sort in ascending order: {l}"],
    zh=["把这些数从小到大排列：{l}", "将{l}按从小到大排序。", "从小到大排列：{l}", "给这些数排序：{l}", "按升序排列：{l}", "请把{l}从小到大排一下", "排序：{l}", "将下列数字升序排列：{l}"],
)
SORT_DOWN = Phrases(
    en=["Sort these numbers in descending order: {l}", "Sort {l} from largest to smallest.", "Put {l} in descending order.", "Order these numbers from large to small: {l}", "Arrange {l} in decreasing order.", "sort {l} descending"],
    zh=["把这些数从大到小排列：{l}", "将{l}按从大到小排序。", "从大到小排列：{l}", "按降序给这些数排序：{l}", "按降序排列：{l}", "请把{l}从大到小排一下"],
)
SORT_WORDS = Phrases(
    en=["Sort these words alphabetically: {l}", "Put {l} in alphabetical order.", "Sort {l} alphabetically.", "Alphabetical order of {l}?", "Arrange these words from A to Z: {l}", "Order these words by the alphabet: {l}"],
    zh=["把这些单词按字母顺序排列：{l}", "将{l}按字母顺序排序。", "按字母顺序排列：{l}", "给这些单词按字母排序：{l}", "请按A到Z的顺序排列：{l}", "按字母表顺序排列这些单词：{l}"],
)


@task("sort", 2)
def sort(rng: random.Random, split: str, lang: str) -> Turn:
    """Selection sort: the next one is taken from what is left."""
    comma = "，" if lang == "zh" and rng.random() < 0.5 else "、" if lang == "zh" and rng.random() < 0.3 else ", "
    n = between(rng, 3, 6)
    if rng.random() < 0.65:
        while True:
            top = choose(rng, [20, 99, 99, 500, 999])
            items = [below(rng, top + 1) for _ in range(n)]
            if rng.random() < 0.1:
                items[0] = -items[0]
            if held_out(str(sorted(items)), 20) == (split == "test"):
                break
        down = rng.random() < 0.35
        ordered = sorted(items, reverse=down)
        question = (SORT_DOWN if down else SORT_UP).pick(rng, split, lang)
        texts = [str(x) for x in items]
        out = [str(x) for x in ordered]
        left = list(items)
        log = []
        for value in ordered[:-1]:
            log.append(f"{' '.join(map(str, left))}: {value}")
            left.remove(value)
        reasoning = f"{'↓' if down else '↑'} " + "; ".join(log) + f" => {', '.join(out)}"
    else:
        texts = []
        while len(texts) < min(n, 5):
            w = choose(rng, COMMON[split]) if split == "test" or rng.random() < 0.8 else word(rng, split)
            if all(w[:3] != t[:3] for t in texts):
                texts.append(w)
        out = sorted(texts)
        question = SORT_WORDS.pick(rng, split, lang)
        keys = "; ".join(f"{w}: {' '.join(w[:3])}" for w in texts)
        reasoning = f"{keys} => {', '.join(out)}"
    return loosen(rng, question.replace("{l}", comma.join(texts))), reasoning, ", ".join(out)
