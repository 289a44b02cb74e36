"""Tests of the speech data.   python -m unittest data.speech.test_speech   with models/train on sys.path; those that speak need espeak-ng."""

from __future__ import annotations

import multiprocessing
import random
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data import grammar  # noqa: E402
from data.speech import digits, synthesis, utterances, voices  # noqa: E402
from data.speech.mandarin import pinyin  # noqa: E402
from data.speech.number_words import chinese, english, say_number  # noqa: E402
from data.speech.phones import PHONES, frames_needed, phone_ids  # noqa: E402
from data.speech.pool import LIMIT, Pool, record_of  # noqa: E402
from data.speech.resample import resample  # noqa: E402
from data.speech.scoring import error_rate, normalise  # noqa: E402
from data.speech.spoken import say  # noqa: E402

try:
    from data.speech.espeak import Espeak, data_source

    data_source()
    Espeak()
    SPEAKS = True
except (OSError, RuntimeError):
    SPEAKS = False


def said(text: str, lang: str = "en", **more):
    return say(text, lang, random.Random(4), **more)


class Words(unittest.TestCase):
    def test_english_numbers(self):
        self.assertEqual(english(0), "zero")
        self.assertEqual(english(384), "three hundred eighty-four")
        self.assertEqual(english(384, True), "three hundred and eighty-four")
        self.assertEqual(english(100001), "one hundred thousand one")
        with self.assertRaises(ValueError):
            english(1_000_000)

    def test_chinese_numbers(self):
        for n, text in ((0, "零"), (10, "十"), (15, "十五"), (110, "一百一十"), (105, "一百零五"), (2002, "两千零二"), (20000, "两万"), (30005, "三万零五"), (101010, "十万一千零一十"), (34050, "三万四千零五十")):
            self.assertEqual(chinese(n), text)

    def test_the_transcript_of_arithmetic_is_one_whatever_was_typed(self):
        for typed in ("What is 384+729?", "what is 384 plus 729", "What is 384 + 729 ?"):
            self.assertEqual(said(typed)[0], "What is 384 + 729?")
        self.assertIn("times", said("19*5")[1])
        self.assertEqual(said("545,891/7=?")[0], "545891 ÷ 7")
        self.assertEqual(said("12除以4等于几", "zh")[0], "12 ÷ 4等于几？")

    def test_dates_units_percent(self):
        written, spoken = said("Which day was 2077-11-09?")
        self.assertEqual(written, "Which day was November 9, 2077?")
        self.assertRegex(spoken, r"^Which day was November (the )?ninth (twenty seventy-seven|two thousand (and )?seventy-seven)\?$")
        self.assertEqual(said("2.4 km in m", units=True), ("2.4 kilometers in meters.", "two point four kilometers in meters"))
        self.assertEqual(said("what is 20% of 50")[0], "What is 20% of 50?")
        self.assertEqual(said("50的20%是多少", "zh")[1], "五十的百分之二十是多少")
        self.assertEqual(said("3/4和5/6哪个大", "zh", fractions=True)[1], "四分之三和六分之五哪个大")

    def test_what_cannot_be_said(self):
        for text in ("What is (3+4)*5?", "12345678 + 1", "http://127.0.0.1:8000", "a_b@c"):
            self.assertIsNone(said(text), text)

    def test_pinyin_with_sandhi(self):
        self.assertEqual(pinyin("你好").split(), ["ni2", "hao3"])
        self.assertEqual(pinyin("不是一个").split(), ["bu2", "shi4", "yi2", "ge5"])
        self.assertEqual(pinyin("银行重新").split(), ["yin2", "hang2", "chong2", "xin1"])
        self.assertEqual(pinyin("三百一十一").split(), ["san1", "bai3", "yi1", "shi2", "yi1"])


class Utterances(unittest.TestCase):
    def test_every_kind_in_both_splits(self):
        rng = random.Random(1)
        for split in ("train", "test"):
            for kind in utterances.MIXTURE:
                found = [u for u in (utterances.general(rng, split, kind) for _ in range(120)) if u]
                self.assertTrue(found, (split, kind))
                for u in found:
                    self.assertNotRegex(u.spoken, r"\d")
                    self.assertTrue(u.text.strip())

    def test_a_skill_keeps_its_answer_and_asks_what_is_written(self):
        rng = random.Random(2)
        found = [u for u in (utterances.skill(rng, "train") for _ in range(600)) if u]
        self.assertGreater(len(found), 400)
        for u in found:
            if u.sample:
                self.assertEqual(u.sample.messages, [("user", u.text)])
                if u.sample.task.startswith(("arithmetic.add", "arithmetic.mul", "arithmetic.sub")):
                    for number in re.findall(r"\d+", u.sample.answer.split("=")[0]):
                        self.assertIn(number, u.text)

    def test_sentences_that_nobody_has_by_heart(self):
        rng = random.Random(5)
        for kind, longest in (("splice.en", 22), ("grammar.en", 22)):
            found = [u for u in (utterances.general(rng, "train", kind) for _ in range(600)) if u]
            self.assertGreater(len(found), 400, kind)
            self.assertGreater(len({u.text for u in found}), 0.97 * len(found), kind)
            for u in found:
                self.assertRegex(u.text, r"^[A-Z][A-Za-z ,.'?-]*$")
                self.assertNotRegex(u.text, r"\{|  " if kind == "splice.en" else r"\{|  |\ba [aei]")
                self.assertLess(len(u.text.split()), longest)
                self.assertNotRegex(u.spoken, r"\d")

    def test_us_is_a_word(self):
        self.assertEqual(said("tell us how many bs there are")[0], "Tell us how many b's there are.")

    def test_what_the_test_says_does_not_hang_on_training(self):
        """The kinds of the test are those of MIXTURE, whatever training says."""
        rng = random.Random(6)
        kinds = {u.kind for u in (utterances.draw(rng, "test") for _ in range(1500))}
        self.assertLessEqual(kinds, {"skill", *utterances.MIXTURE})
        self.assertGreater({u.kind for u in (utterances.draw(rng, "train") for _ in range(1500))}, {"splice.en", "grammar.en", "skill", "sentence.zh"})

    def test_sentences_of_the_test_are_not_trained(self):
        rng = random.Random(3)
        for kind in ("example", "gloss", "frame.en", "sentence.zh", "everyday.en"):
            held = {u.text for u in (utterances.general(rng, "test", kind) for _ in range(300)) if u}
            trained = {u.text for u in (utterances.general(rng, "train", kind) for _ in range(3000)) if u}
            self.assertFalse(held & trained, kind)

    def test_the_grammar_is_left_as_it_was(self):
        before = grammar.dress
        utterances.skill(random.Random(1), "train")
        self.assertIs(grammar.dress, before)


class Signal(unittest.TestCase):
    def test_resampling_keeps_a_tone_and_its_level(self):
        x = np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050).astype(np.float32)
        y = resample(x, 22050)
        self.assertEqual(len(y), 16000)
        spectrum = np.abs(np.fft.rfft(y[2000:14000] * np.hanning(12000)))
        self.assertAlmostEqual(spectrum.argmax() * 16000 / 12000, 1000, delta=2)
        self.assertAlmostEqual(float(np.abs(y[4000:12000]).max()), 1, delta=0.01)

    def test_resampling_has_no_aliases(self):
        x = np.sin(2 * np.pi * 9500 * np.arange(22050) / 22050).astype(np.float32)
        self.assertLess(float(np.abs(resample(x, 22050)[2000:14000]).max()), 0.01)

    def test_another_vocal_tract_moves_a_tone(self):
        tone = np.sin(np.arange(16000) * 2 * np.pi * 500 / 16000).astype(np.float32)
        for by in (0.82, 0.97, 1.22):
            moved = synthesis.warped(tone, by)
            self.assertAlmostEqual(len(moved), 16000 / by, delta=1)
            peak = np.abs(np.fft.rfft(moved[1000:-1000])).argmax() * 16000 / (len(moved) - 2000)
            self.assertAlmostEqual(peak, 500 * by, delta=2)
        self.assertIs(synthesis.warped(tone, 1.0), tone)

    def test_voices_of_the_test_keep_their_own(self):
        rng = random.Random(1)
        self.assertEqual({voices.draw(rng, "en", split, engine).warp for split in ("known", "held") for engine in ("flite", "festival", "espeak") for _ in range(50)}, {1.0})
        self.assertGreater(len({voices.draw(rng, "en", "train", "festival").warp for _ in range(200)}), 20)

    def test_recordings_are_packed_without_loss(self):
        rng = np.random.default_rng(1)
        clips = [("a", 3, 0, rng.integers(-32768, 32767, 500).astype(np.int16)), ("b", 4, 1, np.array([32767, -32768, 0], np.int16))]
        for before, after in zip(clips, digits.unpack(digits.pack(clips))):
            self.assertEqual(before[:3], after[:3])
            np.testing.assert_array_equal(before[3], after[3])

    def test_frames_needed(self):
        self.assertEqual(frames_needed([1, 1, 2]), 4)


class Held(unittest.TestCase):
    def test_voices_of_the_test_never_train(self):
        rng = random.Random(1)
        held = {*voices.HELD_VARIANTS}
        names = {(v.engine, v.name) for v in (voices.draw(rng, lang) for lang in ("en", "zh") for _ in range(5000))}
        self.assertFalse({n for e, n in names if e == "espeak"} & held)
        self.assertNotIn(("flite", "rms"), names)
        self.assertNotIn(("festival", "ked"), names)
        self.assertIn(("flite", "slt"), names)
        tested = {(v.engine, v.name) for v in (voices.draw(rng, "en", "held") for _ in range(2000))}
        self.assertEqual({n for e, n in tested if e == "espeak"}, held)


class Scores(unittest.TestCase):
    def test_marks_and_case_do_not_count(self):
        self.assertEqual(error_rate([("What is 384 + 729?", "what is 384 + 729")]), 0)
        self.assertEqual(normalise("It's 3.5, isn't it?"), "its 3.5 isnt it")

    def test_errors_count(self):
        self.assertAlmostEqual(error_rate([("what is 5 - 3", "what is 5 + 3")]), 1 / 5)
        self.assertAlmostEqual(error_rate([("今天天气很好", "今天天汽好")], "character"), 2 / 6)
        self.assertEqual(error_rate([("7 - 5", "-75")]), 1)
        self.assertEqual(normalise("-5 - 3"), "-5 minus 3")


class Ring(unittest.TestCase):
    def test_a_slot_being_written_is_never_read(self):
        with tempfile.TemporaryDirectory() as folder:
            pool = Pool.create(folder, 1)
            with self.assertRaises(RuntimeError):
                pool.wait(1, 0.1)
            stop = multiprocessing.get_context("fork").Event()

            def write():
                n = 0
                while not stop.is_set():
                    n += 1
                    value = n % 30000
                    one = utterances.Utterance("en", str(value), "x")
                    pool.put(0, np.full(20000 + n % 5 * 20000, value, np.int16), record_of(one, "v", [1]))
                    if n % 3 == 0:
                        time.sleep(0.001)

            process = multiprocessing.get_context("fork").Process(target=write)
            process.start()
            try:
                pool.wait(1, 20)
                good = 0
                end = time.time() + 30
                while good < 300 and time.time() < end:
                    found = pool.read(0)
                    if found:
                        good += 1
                        self.assertTrue((found[0] == int(found[1][0])).all())
                self.assertEqual(good, 300)
            finally:
                stop.set()
                process.join(10)

    def test_too_much_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            pool = Pool.create(folder, 2)
            one = utterances.Utterance("en", "x" * 5000, "x")
            self.assertFalse(pool.put(0, np.zeros(100, np.int16), record_of(one, "v", [])))
            self.assertFalse(pool.put(0, np.zeros(LIMIT + 1, np.int16), ("a",)))
            self.assertEqual(pool.ready(), 0)


@unittest.skipUnless(SPEAKS, "espeak-ng is not here")
class Speaking(unittest.TestCase):
    def test_clips_of_the_pool(self):
        with tempfile.TemporaryDirectory() as folder:
            pool = Pool.create(folder, 40)
            pool.start(1, "test")
            try:
                pool.wait(40, 120)
                rng = random.Random(1)
                for _ in range(80):
                    clip = pool.draw(rng)
                    self.assertLessEqual(len(clip.audio), LIMIT)
                    voiced = clip.audio[clip.audio != 0].astype(np.float32) / 32768
                    self.assertGreater(float(np.sqrt(np.mean(voiced**2))), 0.02)
                    self.assertTrue(all(0 < p < len(PHONES) for p in clip.phones))
                    self.assertLess(frames_needed(clip.phones), len(clip.audio) / 320)
                    self.assertEqual(clip.asks(rng)[0], ("transcribe", ""))
            finally:
                pool.stop()

    def test_a_synthesiser_that_dies_or_hangs_is_started_again(self):
        import os
        import signal
        from unittest.mock import patch

        with tempfile.TemporaryDirectory() as folder, patch("data.speech.pool.PATIENCE", 6.0):
            pool = Pool.create(folder, 6)
            pool.start(1, "test")
            try:
                pool.wait(6, 120)
                for lives, blow in ((1, signal.SIGSEGV), (2, signal.SIGSTOP)):
                    keeper = pool.processes[0].pid
                    end = time.time() + 90
                    while not (children := Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()) and time.time() < end:
                        time.sleep(0.1)  # the one before has just ended
                    os.kill(int(children[0]), blow)
                    while pool.made()[3] < lives and time.time() < end:
                        time.sleep(0.1)
                    self.assertEqual(pool.made()[3], lives)
                made = pool.made()[0]
                end = time.time() + 90
                while pool.made()[0] < made + 6 and time.time() < end:
                    time.sleep(0.1)
                self.assertGreaterEqual(pool.made()[0], made + 6)
            finally:
                pool.stop()
            self.assertFalse(Path(f"/proc/{children[0]}").exists())

    def test_phones_of_both_languages(self):
        from data.speech.phones import UNKNOWN

        e = Espeak()
        names = lambda ids: [PHONES[i] for i in ids]  # noqa: E731
        self.assertEqual(names(phone_ids(e.phonemes("seven", "en-us"), False)), ["s", "E", "v", "@", "n"])
        self.assertEqual(names(phone_ids(e.phonemes("ma1 ma5", "cmn-latn-pinyin"), True)), ["m", "zh:A", "tone1", "m", "zh:A", "tone5"])
        self.assertFalse(UNKNOWN)

    def test_who_is_faster_says_it_in_less_time(self):
        e = Espeak()
        slow, fast = (len(e.speak("What is seven times eight?", "en-us", rate)) for rate in (120, 210))
        self.assertGreater(slow, fast * 1.3)


if __name__ == "__main__":
    unittest.main()
