"""English to be said that nobody has by heart: sentences of a small grammar, and pieces of other sentences put together.

The recogniser spells what it hears with a decoder that knows thousands of sentences. Where it has heard few, and often, it learns those
instead of spelling: it then hears "sprain dance" for "sprained ankle" though every phoneme was right. Here no sentence comes twice.
"""

from __future__ import annotations

import random
import re

from ..core import choose
from ..facts import load

_IRREGULAR = set(
    "be have do say go get make know think take see come want give use find tell feel become leave put mean keep let begin show hear run bring write sit stand lose pay meet set lead understand "
    "speak read spend grow win teach offer send build fall cut reach draw break eat choose rise catch throw drive sell hold hit hurt wear sing swim drink ring fly forget forgive freeze lie lay "
    "fight bear beat bend bind bite bleed blow breed burst buy cast cling creep deal dig feed flee fling forbid grind hang hide kneel lend light mistake overcome ride seek shake shed shine shoot shrink shut "
    "sink sleep slide spin spit split spread spring steal stick sting strike swear sweep swing tear wake weave weep wind withdraw undergo undertake uphold upset".split()
)
_SUBJECT = "I|you|he|she|it|we|they|my brother|your sister|his mother|her father|our neighbor|their children|the teacher|nobody|everybody|somebody|this {n}|the {n}|that {n}|a {n}|the {a} {n}|some of the {ns}|most {ns}|Anna|Tom|Ivy|Henry|Maria|David".split("|")
_MODAL = "can|could|will|would|should|must|may|might|did not|does not|do not|cannot|will never|want to|wants to|tried to|used to|has to|have to|is going to|are going to|seems to|would like to|has never tried to|had better|likes to|began to|forgot to|hopes to".split("|")
_ADVERB = "always|never|often|already|just|still|soon|almost|really|only|even|probably|suddenly|quickly|quietly|slowly|carefully|finally|together|again|here|there|now|then|too|very well|once more|at last|at once|by hand|by heart|on purpose|in vain".split("|")
_TIME = "today|tomorrow|yesterday|last night|this morning|next week|in the evening|every day|on Monday|on Friday|in May|in winter|a year ago|at noon|after lunch|before breakfast|for a while|until midnight|during the war|since then".split("|")
_PREPOSITION = "in|on|at|by|for|with|without|from|to|of|about|into|over|under|behind|between|through|against|near|after|before|beside|across|around|instead of|because of|out of|next to|in front of".split("|")
_DETERMINER = "the|a|this|that|my|your|his|her|our|their|some|every|no|another|each|any".split("|")
_WAYS = (
    "{s} {m} {v} {d} {n}|{s} {m} {v} {d} {n} {p} {d} {n}|{s} {m} {v} {p} {d} {a} {n}|{s} {ved} {d} {n}|{s} {ved} {d} {a} {n} {t}|{s} {adv} {ved} {d} {n} {p} {d} {n}|{d} {a} {n}|{a} {ns}|{d} {a} {n} {p} {d} {n}|{d} {n} of {d} {n}|"
    "{a} and {a} {ns}|{ving} {d} {n}|{ving} {d} {n} {p} {d} {n}|being {a}|{v} {d} {n}|{v} {d} {n} {adv}|{v} {d} {a} {n} {p} {d} {n}|to {v} or {v}|there are many {ns} {p} {d} {n}|there is {d} {a} {n} {p} {d} {n}|{s} said that {s} {m} {v}|"
    "if {s} {m} {v}, {s} {m} {v}|{s} {ved} because {d} {n} was {a}|{d} {n} was {a} and {a}|{d} {n} is more {a} than {d} {n}|{d} {n} was {adv} {a}|{d} {n}, {d} {n} and {d} {n}|{a} {p} {d} {n}|when {s} {ved}, {s} {ved}|{s} was {ving} {d} {n} {t}|"
    "{t} {s} {m} {v}|what {m} {s} {v} {p} {d} {n}?|why did {s} {v} {d} {n}?|where can {s} {v} {d} {n}?|how {a} is {d} {n}?|who {ved} {d} {n}?|which {n} is {a}?|did {s} {v} {d} {a} {n}?|is {d} {n} {a}?|are the {ns} {a}?|do you {v} {d} {n}?|how do I {v} {d} {n}?|"
    "will {s} {v} {t}?|can you {v} {d} {n} {p} {d} {n}?|when will {d} {n} {v}?|please {v} {d} {n}|please do not {v} {d} {n}|let us {v} {d} {n} {t}|I think {s} {m} {v}|I do not know why {s} {ved}|he {ved} {adv}|they {m} {adv} {v}|{a} as {d} {n}|the {n} that {s} {ved}|"
    "{n} and {n}|{d} {n} who {ved} {d} {n}|not {d} {n} but {d} {n}|{ns} {p} {ns}|{ved} {p} {d} {n}|{s} {ved} {p} {d} {n} {adv}|what a {a} {n}|so {a}|too {a} to {v}|{adv} {s} {m} {v} {d} {n}"
).split("|")
_SLOT = re.compile(r"\{(\w+)\}")
_WORDS: dict[str, list[str]] = {}


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return (verb + verb[-1] if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb) else verb) + "ed"


def _gerund(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if re.search(r"[^eoy]e$", verb):
        return verb[:-1] + "ing"
    return (verb + verb[-1] if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb) else verb) + "ing"


def _plural(noun: str) -> str:
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    return noun[:-1] + "ies" if re.search(r"[^aeiou]y$", noun) else noun + "s"


def _words() -> dict[str, list[str]]:
    if not _WORDS:
        kinds: dict[str, list[str]] = {"noun": [], "verb": [], "adjective": []}
        for word, kind, _ in load("definitions"):
            if re.fullmatch("[a-z]+", word):
                kinds[kind].append(word)
        regular = [w for w in kinds["verb"] if w not in _IRREGULAR]
        _WORDS.update(n=kinds["noun"], v=kinds["verb"], a=kinds["adjective"], ved=[_past(w) for w in regular], ving=[_gerund(w) for w in regular], ns=[_plural(w) for w in kinds["noun"] if w not in ("man", "woman", "child", "person", "people", "foot")])
        _WORDS.update(m=_MODAL, adv=_ADVERB, t=_TIME, p=_PREPOSITION, d=_DETERMINER)
    return _WORDS


def sentence(rng: random.Random, rare) -> str:
    """A sentence of the grammar; ``rare()`` gives a word of the dictionary, which stands for one noun or adjective in six."""
    words = _words()

    def fill(match: re.Match) -> str:
        slot = match.group(1)
        if slot == "s":
            return _SLOT.sub(fill, choose(rng, _SUBJECT))
        return rare() if slot in ("n", "a") and rng.random() < 0.16 else choose(rng, words[slot])

    text = _SLOT.sub(fill, choose(rng, _WAYS))
    return re.sub(r"\b(a|another) (\w+)", lambda m: ("an " if m[1] == "a" and re.match("[aei]|o(?!nce?)|un[a-hj-z]", m[2]) else m[1] + " ") + m[2], text)


def piece(rng: random.Random, text: str, most: int = 5) -> str:
    """One to ``most`` neighbouring words of a sentence, without the marks at the piece's ends."""
    words = text.replace("--", " ").split()
    n = min(len(words), rng.randint(1, most))
    at = rng.randint(0, len(words) - n)
    part = " ".join(words[at : at + n]).strip(" .,?!-")
    return part if at or re.match(r"I\b", part) else part[:1].lower() + part[1:]


def spliced(rng: random.Random, sentence, rare) -> str:
    """Two to four pieces of sentences (``sentence()``) and words of the dictionary (``rare()``), one after the other, mostly without a comma."""
    parts = [rare() if rng.random() < 0.22 else piece(rng, sentence()) for _ in range(rng.choice([2, 2, 2, 3, 3, 4]))]
    out = parts[0]
    for part in parts[1:]:
        out += (", " if rng.random() < 0.12 else " ") + part
    return out.strip(" ,-")
