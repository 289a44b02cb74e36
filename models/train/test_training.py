"""Tests of what training adds to the network. Triton's kernels run in its interpreter, on the CPU.   python -m unittest test_training"""
from __future__ import annotations

import multiprocessing
import os
import random
import socket
import sys
import tempfile
import threading
import time
import unittest
from collections import deque
from pathlib import Path

os.environ["TRITON_INTERPRET"] = "1"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import numpy as np  # noqa: E402
import torch  # noqa: E402

import ctc  # noqa: E402
import export  # noqa: E402
import mix  # noqa: E402
import train  # noqa: E402
from autoglm_phone import CONFIGS, AutoGLMPhone, load_safetensors, quantize  # noqa: E402
from data.speech import augment  # noqa: E402
from ranks import Ranks  # noqa: E402
from slots import Slots, TooLarge, tensors  # noqa: E402


def fill(slots: Slots, seed: int) -> None:
    """A worker of the test: arrays of random size whose every number is the batch's own."""
    rng = random.Random(seed)
    while True:
        slot, mark = slots.take(), rng.randrange(2**31)
        slots.put(slot, {"a": np.full((rng.randrange(1, 40), 1000), mark, np.int64), "none": np.zeros(0, np.int16), "mark": mark,
                         "b": np.full(rng.randrange(1, 30000), mark % 2 == 0), "c": np.float32(mark) + np.zeros((3, 5), np.float32)})


class SlotsTest(unittest.TestCase):
    def setUp(self):
        self.context = multiprocessing.get_context("fork")

    def test_no_reader_sees_half_a_batch(self):
        slots = Slots(self.context, 4, 400_000)
        workers = [self.context.Process(target=fill, args=(slots, i), daemon=True) for i in range(3)]
        for worker in workers:
            worker.start()
        try:
            held, seen = [], set()
            for _ in range(400):
                batch = slots.get(30)
                self.assertIsNotNone(batch)
                held.append(batch)
                if len(held) < 3:
                    continue
                for one in held:  # those written first as well: nobody writes into a slot before it is given back
                    got = one.to("cpu")
                    self.assertTrue(bool((got["a"] == got["mark"]).all()))
                    self.assertTrue(bool((got["b"] == (got["mark"] % 2 == 0)).all()))
                    self.assertEqual(got["c"].shape, (3, 5))
                    self.assertEqual(got["none"].shape, (0,))
                    seen.add(got["mark"])
                slots.give(held.pop(0).slot)
            self.assertGreater(len(seen), 390)
        finally:
            for worker in workers:
                worker.terminate()

    def test_a_copy_outlives_its_slot(self):
        slots = Slots(self.context, 1, 1024)
        slots.put(slots.take(), {"x": np.arange(8, dtype=np.int32)})
        batch = slots.get(1)
        got = batch.to("cpu")
        slots.give(batch.slot)
        slots.put(slots.take(), {"x": np.zeros(8, np.int32)})
        self.assertEqual(got["x"].tolist(), list(range(8)))

    def test_too_large_keeps_the_slot(self):
        slots = Slots(self.context, 1, 1024)
        slot = slots.take()
        with self.assertRaises(TooLarge):
            slots.put(slot, {"x": np.zeros(2000, np.uint8)})
        self.assertIsNone(slots.get())
        slots.put(slot, {"x": np.ones(1000, np.uint8), "n": 3})
        self.assertEqual(slots.get().to("cpu")["n"], 3)

    def test_tensors(self):
        got = tensors({"x": np.arange(3), "n": [1]}, "cpu")
        self.assertTrue(torch.equal(got["x"], torch.arange(3)))
        self.assertEqual(got["n"], [1])


class FeederTest(unittest.TestCase):
    """Workers that die. The feeder is made without its own workers, which would need the generators."""

    def feeder(self, *targets) -> train.Feeder:
        context = multiprocessing.get_context("fork")
        feeder = train.Feeder.__new__(train.Feeder)
        feeder.slots, feeder.keep, feeder.old, feeder.random = Slots(context, 8, 1024), 4, deque(), random.Random(0)
        feeder.waited, feeder.reused, feeder.given = 0.0, 0, 0
        feeder.processes = [context.Process(target=target, args=(feeder.slots,), daemon=True) for target in targets]
        for p in feeder.processes:
            p.start()
        self.addCleanup(feeder.stop)
        return feeder

    @staticmethod
    def some(slots: Slots) -> None:
        for i in range(3):
            slots.put(slots.take(), {"n": i})

    @staticmethod
    def one_and_wait(slots: Slots) -> None:
        slots.put(slots.take(), {"n": 7})
        time.sleep(600)

    def test_what_dead_workers_left_is_used_and_then_the_run_ends(self):
        feeder = self.feeder(self.some)
        feeder.processes[0].join()
        self.assertEqual([feeder.next().others["n"] for _ in range(3)], [0, 1, 2])
        with self.assertRaisesRegex(SystemExit, "all workers have ended, with the codes \\[0\\]"):
            feeder.next()

    def test_one_dead_worker_does_not_end_the_run(self):
        feeder = self.feeder(self.some, self.one_and_wait)
        feeder.processes[0].join()
        self.assertEqual(sorted(feeder.next().others["n"] for _ in range(4)), [0, 1, 2, 7])
        self.assertIn(feeder.next().others["n"], (0, 1, 2, 7))
        self.assertEqual(feeder.reused, 1)

    def test_a_worker_ends_with_its_trainer(self):
        context = multiprocessing.get_context("fork")
        told, tell = context.Pipe(duplex=False)

        def trainer() -> None:
            worker = context.Process(target=train.end_with, args=(os.getpid(),))
            worker.start()
            tell.send(worker.pid)
            os._exit(0)

        parent = context.Process(target=trainer)
        parent.start()
        worker = told.recv()
        parent.join()
        end = time.time() + 30
        while os.path.exists(f"/proc/{worker}") and Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" and time.time() < end:
            time.sleep(0.1)
        self.assertLess(time.time(), end, "the worker outlived its trainer")


def one_rank(rank: int, port: int, done) -> None:
    """A process of two: another clock, other weights, and the first one slow to leave."""
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_RANK": str(rank), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    ranks = Ranks()
    ranks.join(None)
    done.send(("decided", rank, ranks.decide(100.0 + rank, rank == 0)))
    weights = [torch.full((3,), float(rank)), torch.arange(2) + rank]
    ranks.share(weights)
    done.send(("shared", rank, [w.tolist() for w in weights]))
    if rank == 0:
        time.sleep(1.5)
        done.send(("leaving", rank, None))
    threading.Thread(target=lambda: (time.sleep(0.5), done.send(("still here", rank, None)))).start()
    ranks.leave()


class RanksTest(unittest.TestCase):
    def test_alone(self):
        ranks = Ranks()
        ranks.join(None)
        weights = torch.ones(3)
        ranks.share([weights])
        self.assertEqual((ranks.first, ranks.decide(2.5, True), weights.tolist()), (True, [2.5, 1.0], [1.0] * 3))

    def test_two_agree_and_leave_together(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        context = multiprocessing.get_context("spawn")
        pipes = [context.Pipe(duplex=False) for _ in range(2)]
        processes = [context.Process(target=one_rank, args=(i, port, pipes[i][1])) for i in range(2)]
        for p in processes:
            p.start()
        for p in processes:
            p.join(120)
        self.assertEqual([p.exitcode for p in processes], [0, 0])
        said = [[], []]
        for i, (reader, _) in enumerate(pipes):
            while reader.poll():
                said[i].append(reader.recv())
        for i in range(2):
            self.assertIn(("decided", i, [100.0, 1.0]), said[i])
            self.assertIn(("shared", i, [[0.0] * 3, [0, 1]]), said[i])
        self.assertIn(("still here", 1, None), said[1])  # it waited for the first


@unittest.skipUnless(ctc.triton, "needs Triton")
class CtcTest(unittest.TestCase):
    def test_value_and_gradient(self):
        self.assertLess(ctc.difference(ctc.ctc_triton, "cpu", lengths=((40, 9), (70, 33), (7, 3), (9, 0), (3, 5), (1, 1))), 1e-4)

    def test_plain_equals_itself(self):
        self.assertLess(ctc.difference(ctc.ctc_plain, "cpu"), 1e-3)

    def test_a_wrong_one_is_noticed(self):
        self.assertGreater(ctc.difference(lambda *a: ctc.ctc_plain(*a) * 1.01, "cpu"), 3e-3)

    def test_what_does_not_fit_counts_nothing(self):
        scores, *rest = ctc.example("cpu", lengths=((3, 5),))
        scores.requires_grad_()
        loss = ctc.ctc_triton(scores.log_softmax(-1), *rest)
        loss.backward()
        self.assertEqual(float(loss.detach()), 0.0)
        self.assertEqual(float(scores.grad.abs().max()), 0.0)


class AugmentTest(unittest.TestCase):
    def test_plain_play_is_change_speed_of_each_clip(self):
        audio, cut, speeds, lengths, t = augment.example("cpu")
        got = augment.play_plain(audio, cut, speeds, lengths, t)
        for k in range(len(speeds) - 1):
            one = audio[cut[k] : cut[k + 1]].float()[None] / 32768
            wide = torch.nn.functional.pad(one, (0, 2000))
            want, n = augment.change_speed(wide, torch.tensor([one.shape[1]]), speeds[k : k + 1])
            n = min(int(n), int(lengths[k]))
            self.assertTrue(torch.allclose(want[0, :n], got[k, :n], atol=1e-6), float(speeds[k]))
            self.assertEqual(float(got[k, n + 1 :].abs().sum()), 0.0)
        self.assertEqual(float(got[-1].abs().sum()), 0.0)  # the empty clip

    @unittest.skipUnless(augment.triton, "needs Triton")
    def test_kernel_equals_plain(self):
        args = augment.example("cpu")
        self.assertLess(float((augment.play_triton(*args) - augment.play_plain(*args)).abs().max()), 1e-4)

    def test_a_tone_changes_its_pitch(self):
        t = torch.arange(16000) / 16000
        tone = (torch.sin(2 * torch.pi * 1000 * t) * 20000).to(torch.int16)
        got = augment.play_plain(tone, torch.tensor([0, 16000]), torch.tensor([1.1]), torch.tensor([14545]), 14848)[0]
        self.assertEqual(int(torch.fft.rfft(got[:14400]).abs().argmax()) * 16000 // 14400, 1100)

    def test_colour_is_normal_and_changes_only_what_lies_inside(self):
        g = torch.Generator().manual_seed(3)
        lengths = torch.tensor([9000, 12000, 0, 16000, 300])
        x = torch.randn(5, 16000, generator=g) * (torch.arange(16000) < lengths[:, None])
        y = augment.colour(x, lengths, g)
        self.assertTrue(bool(y.isfinite().all()))
        for row, n in zip(y, lengths.tolist()):
            self.assertEqual(float(row[n:].abs().sum()), 0.0)
            if n:
                self.assertAlmostEqual(float(row[:n].mean()), 0.0, places=4)
                self.assertAlmostEqual(float(row[:n].std()), 1.0, places=2)
        self.assertFalse(torch.allclose(y, augment.normalise(x, lengths), atol=0.01))
        self.assertTrue(torch.equal(augment.colour(x, lengths, g, 0.0), augment.normalise(x, lengths)))

    def test_some_clips_stay_as_they_were_recorded(self):
        tone = torch.sin(torch.arange(16000) * 0.2)[None].repeat(400, 1)
        lengths = torch.full((400,), 16000)
        out = augment.colour(tone, lengths, torch.Generator().manual_seed(4))
        same = (out * augment.normalise(tone, lengths)).mean(1) > 0.999
        self.assertGreater(float(same.float().mean()), 0.2)
        self.assertLess(float(same.float().mean()), 0.6)

    def test_revoice_moves_formants_keeps_pitch_and_loudness(self):
        g = torch.Generator().manual_seed(5)
        pulses = torch.fft.irfft(torch.fft.rfft((torch.arange(16000) % 128 == 0).float(), 16000)[:8001] * torch.exp(-(((torch.arange(8001) - 1000) / 250.0) ** 2)), 16000)
        x = (pulses / pulses.std())[None].repeat(40, 1)  # harmonics of 125 Hz under one formant at 1,000
        on, off = torch.ones(40, 1), torch.zeros(40, 1)
        y = augment.revoice(x, g, on, off)
        self.assertTrue(torch.equal(augment.revoice(x, g, off, off), x))
        self.assertTrue(torch.allclose(augment.revoice(x, g, off + 1e-9, off), x, atol=1e-4))  # frames taken apart and put together again
        self.assertTrue(bool(((y.std(1) - 1).abs() < 0.2).all()))
        power = torch.fft.rfft(y[:, 4000:12000] * torch.hann_window(8000)).abs().square()
        hertz = torch.arange(power.shape[1]) * 2.0
        self.assertLess(float(power[:, (hertz % 125 > 20) & (hertz % 125 < 105)].sum() / power.sum()), 0.02)  # still 125 Hz
        centre = (power * hertz).sum(1) / power.sum(1)
        self.assertGreater(float(centre.std()), 25.0)  # the formant is elsewhere in every clip

    def test_masks_take_a_little_out(self):
        g = torch.Generator().manual_seed(6)
        x = torch.randn(30, 16000, generator=g)
        y = augment.revoice(x, g, torch.zeros(30, 1), torch.ones(30, 1))
        left = y.std(1) / x.std(1)
        self.assertTrue(bool((left < 0.999).all()))
        self.assertGreater(float(left.min()), 0.7)

    def test_a_seed_decides(self):
        x, lengths = torch.randn(4, 8000), torch.full((4,), 8000)
        a, b, c = (augment.colour(x, lengths, torch.Generator().manual_seed(k)) for k in (1, 1, 2))
        self.assertTrue(torch.equal(a, b))
        self.assertFalse(torch.equal(a, c))


class SensesTest(unittest.TestCase):
    ITEMS = [("image.x", "exact", ["A red circle.", "Red circle."], {}), ("image.x", "cer", ["Open daily"], {}), ("heard", "word", ["What is 384 + 729?"], {}),
             ("heard", "character", ["今天星期几？"], {}), ("asked", "expect", ["1113"], {"kind": "final", "values": ["1113"]})]

    def setUp(self):
        from evaluate_senses import Item

        self.items = [Item(task, "en", "", metric, values, expect) for task, metric, values, expect in self.ITEMS]

    def test_judge(self):
        from evaluate_senses import judge

        answers = [("red circle", "blue circle"), ("Open daily.", "Open early"), ("what is 384 + 729", "what is 384 + 720"), ("今天星期几", "今天星期一"), ("384 + 729 = 1113", "1112")]
        for item, (good, bad) in zip(self.items, answers):
            self.assertEqual(judge(item, good)[:2], (1.0, 0), item.metric)
            self.assertEqual(judge(item, bad)[0], 0.0, item.metric)
        self.assertEqual(judge(self.items[2], "what is 384 + 720"), (0.0, 1, 5))
        self.assertEqual(judge(self.items[3], "今天星期一"), (0.0, 1, 5))

    def test_results(self):
        from evaluate_senses import Results

        results = Results()
        for think in (False, True):
            results.add(self.items[0], think, "int4", (1.0, 0, 0))
            results.add(self.items[1], think, "int4", (float(think), 3, 10))
        results.add(self.items[2], None, "int4", (0.0, 1, 5))
        results.add(self.items[2], None, "int4", (1.0, 0, 5))
        got = {(x["name"], x.get("thinking")): x for x in results.tasks()}
        self.assertEqual(got["image.x", False]["int4"], 0.5)
        self.assertEqual(got["image.x", True]["int4"], 1.0)
        self.assertEqual(got["image.x", True]["cer"], {"int4": 0.3})
        self.assertEqual((got["heard", None]["int4"], got["heard", None]["exact"], got["heard", None]["metric"]), (0.1, {"int4": 0.5}, "word error rate"))
        self.assertIn("10.0% err.", results.table(["int4"]))

    def test_ask_gives_every_answer_to_its_question(self):
        """The model is untrained; what it 'says' is put in its mouth by the prompt it was given."""
        import evaluate_senses
        from tokenizer import DEFAULT, Tokenizer, prompt_ids

        tokenizer = Tokenizer.load(DEFAULT)
        model = AutoGLMPhone(CONFIGS["tiny-senses"]).eval()
        items = [evaluate_senses.Item("asked", "en", "", "expect", [str(n)], {"kind": "final", "values": [str(n)]}, audio=np.random.RandomState(n).randint(-9, 9, 640 * n).astype(np.int16))
                 for n in (3, 5, 4)]

        def answers(_, prompts, *rest, media):
            for ids, ((start, rows),) in zip(prompts, media):
                self.assertEqual(ids[:2], [3, 11])
                self.assertEqual(ids[start : start + len(rows) + 1], [11] * len(rows) + [12])
            return [[8 if ids[-1] == 5 else 1, *tokenizer.encode(f"= {len(part[0][1])}"), 1][ids[-1] == 6 :] for ids, part in zip(prompts, media)]

        self.assertEqual(prompt_ids(tokenizer, [("user", "")], True)[-1], 5)
        results = evaluate_senses.Results()
        evaluate_senses.ask(model, "int4", tokenizer, None, items, "cpu", results, answers)
        self.assertEqual({x["thinking"]: (x["int4"], x["n"]) for x in results.tasks()}, {False: (1.0, 3), True: (1.0, 3)})


class ExportTest(unittest.TestCase):
    def test_int4_brings_home_the_same_codes(self):
        config = CONFIGS["tiny-senses"]
        tensors = {k: v.detach().clone() for k, v in AutoGLMPhone(config).reset(2).state_dict().items()}
        tensors["embed_tokens.weight"][3] = 0  # an empty block, one with two equal extremes, one of tiny numbers
        tensors["embed_tokens.weight"][4, :32] = torch.tensor([0.5, -0.5] * 16)
        tensors["embed_tokens.weight"][5, :32] *= 1e-3
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = os.path.join(folder, "t.json")
            with open(tokenizer, "w") as f:
                f.write("{}")
            part, export.PART = export.PART, 300_000  # several parts
            try:
                export.export(tensors, config, tokenizer, folder, {})
            finally:
                export.PART = part
            whole = load_safetensors(os.path.join(folder, "model.safetensors"))
            for name in os.listdir(folder):
                if name.startswith("model.safetensors") or name == "model.int4.npz":
                    os.remove(os.path.join(folder, name))
            self.assertGreater(len([n for n in os.listdir(folder) if n.startswith("model.int4.npz.")]), 1)
            last = sorted(n for n in os.listdir(folder) if n.startswith("model.int4.npz."))[-1]
            os.rename(os.path.join(folder, last), os.path.join(folder, "kept"))
            with self.assertRaises(SystemExit):  # a part is missing
                export.join(folder)
            os.rename(os.path.join(folder, "kept"), os.path.join(folder, last))
            export.join(folder)
            again = load_safetensors(os.path.join(folder, "model.safetensors"))
            self.assertEqual(set(whole), set(again))
            for file in ("model.safetensors", "model.int4.npz"):  # what --weights takes: every tensor, near what was exported
                start = export.read_weights(os.path.join(folder, file))
                self.assertEqual(set(start), set(tensors))
                for name, t in tensors.items():
                    self.assertEqual((start[name].dtype, start[name].shape), (torch.float32, t.shape))
                    self.assertLess(float((start[name] - t).norm()), 0.2 * float(t.norm()) + 1e-6)
            for name, t in whole.items():
                self.assertEqual(t.dtype, again[name].dtype)
                if t.dim() == 2:
                    for a, b in zip(quantize(t.float()), quantize(again[name].float())):
                        self.assertTrue(torch.equal(a, b), name)
                else:
                    self.assertTrue(torch.equal(t, again[name]), name)

    def test_shares_of_two_runs(self):
        first = {"decoder.a": torch.zeros(2, 2, dtype=torch.float16), "encoder.a": torch.zeros(3)}
        second = {"decoder.a": torch.full((2, 2), 8.0, dtype=torch.float16), "encoder.a": torch.ones(3)}
        mixed = mix.mix(first, second, {"decoder.": 0.5}, 0.25)
        self.assertEqual(mixed["decoder.a"].tolist(), [[4.0, 4.0], [4.0, 4.0]])
        self.assertEqual(mixed["decoder.a"].dtype, torch.float16)
        self.assertEqual(mixed["encoder.a"].tolist(), [0.25] * 3)
        with self.assertRaisesRegex(ValueError, "begins with speech"):
            mix.mix(first, second, {"speech": 1.0}, 0.0)
        with self.assertRaisesRegex(ValueError, "not the same tensors"):
            mix.mix(first, {"decoder.a": second["decoder.a"]}, {}, 0.0)

    def test_nothing_to_join(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(SystemExit):
            export.join(folder)


class ContinuedTest(unittest.TestCase):
    """What a run with --weights does differently."""

    def setUp(self):
        from master import Weights
        from media import heads, reset_heads
        from packed import Network, Shape, attend_padded

        self.config = CONFIGS["tiny-senses"]
        self.weights = Weights(self.config, "cpu", torch.float32, heads(self.config, 5, 97))
        self.weights.load(AutoGLMPhone(self.config).reset(3).state_dict())
        reset_heads(self.weights, 1)
        self.weights.refresh(False)
        self.network = Network(self.weights, Shape(512, 384, 90, 100, 80), attend_padded, False)
        self.things = torch.zeros(2, 5)
        self.things[0, 1] = self.things[1, 3] = 1

    def beside(self, alone: bool) -> dict:
        """Gradients of the loss of naming alone, by name."""
        self.weights.clear()
        self.network.alone = ("things",) if alone else ()
        self.network.see = lambda m: (self.network_cells(), self.network_cells())
        self.network.hear = lambda m: (torch.zeros(0, self.config.feature_size), torch.zeros(0, self.config.speech.hidden_size))
        m = {"pos_features": torch.arange(4).repeat(2), "cut_features": torch.tensor([0, 4, 8], dtype=torch.int32), "longest_features": 4, "things": self.things}
        self.network.features(m)[1]["things"].backward()
        return {name: float(t.grad.norm()) for name, t in self.weights.leaf.items()}

    def network_cells(self):
        return torch.nn.functional.linear(torch.ones(8, self.weights.leaf["vision.merge.weight"].shape[1]), self.weights.leaf["vision.merge.weight"])

    def test_new_heads_teach_nothing_below_them(self):
        both, alone = self.beside(False), self.beside(True)
        self.assertGreater(both["vision.merge.weight"], 0)
        self.assertEqual(alone["vision.merge.weight"], 0)
        self.assertAlmostEqual(alone["aux.things.weight"], both["aux.things.weight"], places=5)
        self.assertGreater(alone["aux.things.weight"], 0)

    def test_heads_are_carried_along(self):
        from master import Weights
        from media import heads, load_heads, reset_heads, save_heads

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "heads.npz")
            save_heads(self.weights, path)
            again = Weights(self.config, "cpu", torch.float32, heads(self.config, 6, 97))  # a thing more: that head is another one now
            reset_heads(again, 2)
            before = again.view("aux.things.weight").clone()
            self.assertEqual(load_heads(again, path), ["phones"])
            self.assertTrue(torch.equal(again.view("aux.phones.weight"), self.weights.view("aux.phones.weight")))
            self.assertTrue(torch.equal(again.view("aux.things.weight"), before))
            self.assertEqual(load_heads(self.weights, path), ["things", "phones"])

    def test_the_decoder_is_told_wrong_words_and_never_a_wrong_beginning(self):
        from media import FORGOTTEN, forgotten, transcript_mode

        rng = random.Random(1)
        told = [forgotten([4, *[100] * 50], [200, 201], rng) for _ in range(200)]
        self.assertEqual({t[0] for t in told}, {4})
        share = sum(x != 100 for t in told for x in t[1:]) / 10000
        self.assertAlmostEqual(share, FORGOTTEN, delta=0.02)
        self.assertEqual([transcript_mode(*x) for x in (("en", "espeak:en-us+f1"), ("en", "flite:kal"), ("en", "festival:kal"), ("zh", "espeak:cmn+f1"), ("en", "people:george"))], [5, 7, 8, 9, 10])

    def test_eyes_and_ears_have_a_rate_of_their_own(self):
        from argparse import Namespace

        from optimizer import Optimizer

        steps = {}
        for rate in (1.0, 2.0):
            self.weights.load(AutoGLMPhone(self.config).reset(3).state_dict())
            before = self.weights.state()
            optimizer = Optimizer(self.weights, Namespace(lr=1e-3, lr_muon=1e-3, weight_decay=0.0, senses_rate=rate))
            g = torch.Generator().manual_seed(5)
            self.weights.grad.copy_(torch.randn(self.weights.grad.shape, generator=g))
            self.weights.flat_grad.copy_(torch.randn(self.weights.flat_grad.shape, generator=g))
            optimizer.step(1.0)
            steps[rate] = {name: t - before[name] for name, t in self.weights.state().items()}
        mixed = {names for names in self.weights.stacks.values() if len({n.startswith(("speech.", "vision.")) for n in names}) > 1}
        together = {name for names in mixed for name in names}  # of one shape with matrices of the text: in the tiny model alone
        for name, one in steps[1.0].items():
            ratio = float(steps[2.0][name].norm() / one.norm())
            fast = name.startswith(("speech.", "vision.")) and name not in together
            self.assertAlmostEqual(ratio, 2.0 if fast else 1.0, delta=0.02, msg=name)


class GraphTest(unittest.TestCase):
    def test_the_graphs_gradients_are_those_of_backward(self):
        from graphs import TextGraph
        from master import Weights
        from packed import FEATURE, Network, Shape, attend_padded, pack

        config, shape, rng = CONFIGS["tiny-senses"], Shape(512, 384, 90, 100, 80), random.Random(1)
        samples = []
        for i in range(12):
            enc = [3, *range(FEATURE + 4 * (i % 5), FEATURE + 4 * (i % 5) + 4), *(rng.randrange(20, 500) for _ in range(6)), 6]
            dec = [rng.randrange(20, 500) for _ in range(rng.randrange(2, 9))]
            samples.append((enc, [4, *dec[:-1]], dec, [1.0] * len(dec), 4))
        packed = torch.from_numpy(pack(shape, iter(samples)))
        weights = Weights(config, "cpu", torch.float32)
        weights.load(AutoGLMPhone(config).reset(3).state_dict())
        weights.refresh(False)
        network = Network(weights, shape, attend_padded, False)
        raw = torch.randn(32, config.hidden_size, generator=torch.Generator().manual_seed(1))

        def gradients(way) -> list:
            weights.clear()
            below = raw.clone().requires_grad_()  # what made the rows of the pictures, and a loss beside
            way(below * 2, (below * 0.1).sum())
            return [below.grad, weights.grad.clone(), weights.flat_grad.clone()]

        def plain(rows, aside):
            (network.text(shape.unpack(packed), rows)[0] + aside).backward()

        graph = TextGraph(network, torch.zeros_like(packed), torch.zeros_like(raw), captured=False)

        def graphed(rows, aside):
            _, grad = graph(packed, rows)
            torch.autograd.backward([rows, aside], [grad, None])

        for want, got in zip(gradients(plain), gradients(graphed)):
            self.assertGreater(float(want.norm()), 0)
            self.assertTrue(torch.allclose(want, got, atol=1e-6), float((want - got).abs().max()))


class PickTest(unittest.TestCase):
    def test_gradient_is_that_of_indexing(self):
        from packed import Pick

        rows = torch.randn(10, 3, dtype=torch.float64, requires_grad=True)
        index = torch.tensor([7, 2, 3, 0, 0])  # the last row belongs to nothing: its gradient is not taken
        places = torch.tensor([3, 5, 1, 2, 5, 5, 5, 0, 5, 5])
        weight = torch.randn(5, 3, dtype=torch.float64)
        weight[4] = 0
        (Pick.apply(rows, index, places) * weight).sum().backward()
        got, rows.grad = rows.grad, None
        (rows[index] * weight).sum().backward()
        self.assertTrue(torch.equal(got, rows.grad))


if __name__ == "__main__":
    unittest.main()
