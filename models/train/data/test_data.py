"""python -m unittest discover -s models/train/data -t models/train"""

import gc
import json
import random
import re
import time
import unittest
from fractions import Fraction
from pathlib import Path

from data import TASK_WEIGHTS, Sample, corpus, sample, sample_task
from data.about import TOPICS
from data.arithmetic import ASK
from data.auxiliary import KINDS as KINDS_OF_AUXILIARY
from data.auxiliary import auxiliary
from data.core import bare, held_out, is_reserved, pair_held_out
from data.dates import DAYS
from data.decline import AREAS
from data.geography import COUNTRY_ASK
from data.language import DEFINE, TO_CHINESE, TO_ENGLISH
from data.make_eval import expectation, lines
from data.patterns import Patterns
from data.phrases import Phrases
from data.score import score
from data.smalltalk import KINDS
from data.ways_out import elsewhere

EACH = 250


def samples(task: str, split: str, seed: int = 5):
    rng = random.Random(seed)
    return [sample_task(task, rng, split) for _ in range(EACH)]


def value(expression: str) -> Fraction:
    """An expression of our own answers, exactly."""
    text = expression.replace("×", "*").replace("÷", "/").replace(" ", "")
    return eval(re.sub(r"\d+(\.\d+)?", lambda m: f"Fraction('{m.group(0)}')", text), {"Fraction": Fraction})  # noqa: S307


class Shape(unittest.TestCase):
    def test_every_sample_is_well_formed(self):
        for task in TASK_WEIGHTS:
            for split in ("train", "test"):
                for s in samples(task, split):
                    self.assertIsInstance(s, Sample)
                    self.assertEqual(s.messages[-1][0], "user", task)
                    self.assertTrue(s.reasoning.strip() and s.answer.strip(), s)
                    for _, text in s.messages:
                        self.assertTrue(text.strip(), s)
                        self.assertNotRegex(text, r"\{\w?\}|\x00", s)
                    self.assertNotRegex(s.answer + s.reasoning, r"\{\w?\}|\x00|\bNone\b", s)
                    roles = [role for role, _ in s.messages if role != "system"]
                    self.assertEqual(roles, ["user", "assistant"] * (len(roles) // 2) + ["user"])

    def test_the_same_seed_gives_the_same_samples(self):
        first, second = random.Random(9), random.Random(9)
        self.assertEqual([sample(first) for _ in range(300)], [sample(second) for _ in range(300)])

    def test_the_corpus_holds_texts_of_both_languages(self):
        texts = list(corpus(random.Random(1), 500))
        self.assertGreater(len(texts), 500)
        self.assertTrue(any("的" in text for text in texts) and any("the" in text for text in texts))


class Truth(unittest.TestCase):
    def test_arithmetic_answers_are_right(self):
        for task in ("add", "sub", "mul", "div", "decimal", "expression"):
            for split in ("train", "test"):
                for s in samples(f"arithmetic.{task}", split):
                    left, right = s.answer.split(" = ")
                    parts = re.split(r" remainder | 余 ", right)
                    if task == "div":
                        a, b = map(int, left.split(" ÷ "))
                        self.assertEqual(divmod(a, b), (int(parts[0]), int(parts[1]) if len(parts) > 1 else 0))
                    else:
                        self.assertEqual(value(left), Fraction(right), s)

    def test_every_equation_in_the_reasoning_is_right(self):
        for task in ("add", "sub", "mul", "div", "decimal", "expression", "word"):
            for s in samples(f"arithmetic.{task}", "train"):
                for chain in re.findall(r"[\d.+*/-]+(?:=[\d.+*/-]+)+", s.reasoning):
                    self.assertEqual(len({value(side) for side in chain.split("=")}), 1, (chain, s))

    def test_reasoning_leads_to_the_answer(self):
        for task in TASK_WEIGHTS:
            for s in samples(task, "train"):
                if "=>" in s.reasoning:
                    result = re.split(r"; |；", s.reasoning.rsplit("=> ", 1)[1])[0]
                    if task != "arithmetic.compare":
                        self.assertIn(result, s.answer, s)

    def test_weekdays_are_right(self):
        import datetime

        for s in samples("dates.weekday", "train"):
            year, month, day = map(int, re.match(r"(\d+)-(\d+)-(\d+)", s.reasoning).groups())
            number = (datetime.date(year, month, day).weekday() + 1) % 7
            self.assertIn(DAYS[s.lang][number], s.answer)

    def test_letters_are_counted_right(self):
        for s in samples("count", "train"):
            found = re.match(r'In "(\w+)" the letter (\w) appears (\d+)|“(\w+)”里有 (\d+) 个字母 (\w)', s.answer)
            if found:
                word, letter, n = (found[1], found[2], found[3]) if found[1] else (found[4], found[6], found[5])
                self.assertEqual(word.count(letter), int(n), s)

    def test_comparisons_are_right(self):
        for s in samples("arithmetic.compare", "train"):
            relation = s.reasoning.rsplit("=> ", 1)[1]
            a, mark, b = re.fullmatch(r"([\d./]+)([<>=])([\d./]+)", relation).groups()
            self.assertEqual((Fraction(a) > Fraction(b)) - (Fraction(a) < Fraction(b)), {"<": -1, "=": 0, ">": 1}[mark], s)


class HeldOut(unittest.TestCase):
    def test_questions_of_the_test_are_never_in_training(self):
        rng = random.Random(11)
        for task in TASK_WEIGHTS:
            if task == "followup":
                continue
            unseen = {line["messages"][-1]["content"].strip().lower() for line in lines(task)}
            for _ in range(6000):
                question = sample_task(task, rng).messages[-1][1].strip().lower()
                self.assertNotIn(question, unseen, task)

    def test_operands_of_the_test_are_never_in_training(self):
        for task in ("arithmetic.add", "arithmetic.sub", "arithmetic.mul", "arithmetic.div"):
            for split in ("train", "test"):
                for s in samples(task, split):
                    a, b = map(int, re.match(r"(\d+) . (\d+)", s.answer).groups())
                    self.assertEqual(pair_held_out(a, b), split == "test", s)

    def test_phrasings_are_kept_apart(self):
        self.assertFalse(set(ASK.train["en"]) & set(ASK.test["en"]))
        phrases = Phrases(list("abcdefghij"), list("abcde"))
        self.assertEqual(phrases.test, {"en": ["e"], "zh": ["e"]})
        patterns = Patterns("{a|b} c\n~{d|a} c")
        self.assertEqual(patterns.test, [["d c"]])

    def test_the_packaged_sets_are_those_this_code_makes(self):
        sets = Path(__file__).parent.parent.parent / "eval" / "sets"
        for task in ("arithmetic.add", "about"):
            stored = [json.loads(line) for line in (sets / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()]
            self.assertEqual(stored, lines(task))


class Ways(unittest.TestCase):
    def test_every_way_keeps_its_places_and_none_is_of_the_test(self):
        rng = random.Random(4)
        found = [x for x in gc.get_objects() if isinstance(x, Phrases) and x.more["en"]]
        self.assertGreater(len(found), 45)
        for phrases in found:
            for lang in ("en", "zh"):
                want = set(re.findall(r"\{\w*\}", phrases.train[lang][0]))
                for _ in range(120):
                    text = phrases.pick(rng, "train", lang)
                    self.assertEqual(set(re.findall(r"\{\w*\}", text)), want, text)
                    self.assertFalse(is_reserved(text), text)
                    self.assertNotRegex(text, r"[\[\]|]", text)

    def test_patterns_of_the_test_are_never_drawn(self):
        rng = random.Random(4)
        for english, _, chinese, *_ in [*TOPICS.values(), *KINDS.values()]:
            for patterns in (english, chinese):
                unseen = {bare(q) for line in patterns.test for q in line}
                for _ in range(150):
                    self.assertNotIn(bare(patterns.pick(rng, "train")), unseen)

    def test_there_are_many_times_more_ways_than_plain_phrasings(self):
        rng = random.Random(4)
        for phrases in (ASK, COUNTRY_ASK["capital"], DEFINE, TO_CHINESE, TO_ENGLISH):
            for lang in ("en", "zh"):
                self.assertGreater(len({phrases.pick(rng, "train", lang) for _ in range(2000)}), 40 * len(phrases.train[lang]))

    def test_held_out_topics_are_never_put_into_templates(self):
        rng = random.Random(4)
        held = [t.lower() for area in AREAS for one in area.values() for t in one.topics["test"]]
        for lang in ("en", "zh"):
            for _ in range(3000):
                question, _ = elsewhere(rng, lang)
                self.assertFalse([t for t in held if t in question.lower()], question)

    def test_auxiliary_items_never_spell_a_held_out_word(self):
        rng = random.Random(4)
        for _ in range(5000):
            kind, prompt, answer = auxiliary(rng)
            self.assertIn(kind, KINDS_OF_AUXILIARY)
            self.assertTrue(prompt and answer)
            if kind == "spell":
                self.assertFalse(held_out(prompt))
                self.assertEqual(answer.replace(" ", ""), prompt)


class Scoring(unittest.TestCase):
    def test_every_right_answer_scores(self):
        for task in TASK_WEIGHTS:
            for s in samples(task, "test"):
                self.assertTrue(score(expectation(s), s.answer), s)

    def test_wrong_answers_do_not(self):
        final = {"kind": "final", "values": ["1113"]}
        self.assertTrue(score(final, "384 + 729 = 1113"))
        self.assertTrue(score(final, "The result is 1113."))
        self.assertFalse(score(final, "384 + 729 = 11130"))
        self.assertFalse(score(final, "384 + 1113 = 729"))
        self.assertTrue(score({"kind": "final", "values": ["-38"]}, "1 - 39 = -38"))
        self.assertFalse(score({"kind": "final", "values": ["38"]}, "1 - 39 = -38"))
        self.assertTrue(score({"kind": "final", "values": ["308 remainder 20"]}, "9876 ÷ 32 = 308 remainder 20"))
        self.assertFalse(score({"kind": "final", "values": ["308 remainder 20"]}, "9876 ÷ 32 = 308 remainder 2"))
        self.assertTrue(score({"kind": "final", "values": ["Monday"]}, "It is a Monday."))
        self.assertTrue(score({"kind": "final", "values": ["In"]}, "The symbol of indium is In."))
        self.assertFalse(score({"kind": "final", "values": ["In"]}, "The symbol of indium is Tin."))
        self.assertTrue(score({"kind": "contains", "values": ["paris"]}, "The capital of France is Paris."))
        self.assertFalse(score({"kind": "contains", "values": ["Mali"]}, "Mogadishu is the capital of Somalia."))
        self.assertTrue(score({"kind": "exact", "values": ["狗"]}, " 狗。"))
        self.assertFalse(score({"kind": "exact", "values": ["狗"]}, "小狗"))
        refusal = {"kind": "decline", "values": ["small built-in model"], "forbidden": ["Paris"]}
        self.assertTrue(score(refusal, "I am the small built-in model."))
        self.assertFalse(score(refusal, "I am the small built-in model, but it is Paris."))


class Speed(unittest.TestCase):
    def test_throughput(self):
        """2,500 samples a second and core feed the GPU; the machines that test are shared."""
        rng = random.Random(3)
        start = time.process_time()
        for _ in range(10000):
            sample(rng)
        rate = 10000 / (time.process_time() - start)
        self.assertGreater(rate, 2500)


if __name__ == "__main__":
    unittest.main()
