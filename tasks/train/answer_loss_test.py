import math
import unittest

import torch
import torch.nn.functional as F

from .answer_loss import answer_logits, answer_loss, answer_scores
from .batch import RecordOrder, collate
from .demo_case import make_examples, make_setup
from .dev_evaluation import collapsed_letter, evaluate
from .schedule import learning_rate


class AnswerLossTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.examples, pad = make_examples(6)
        _, cls.setup = make_setup(pad)
        cls.setup.model.eval()

    def batch(self, examples):
        return collate(examples, self.setup.pad_id, self.setup.device)

    def one_by_one(self):
        """The loss by the model's own full logits, a record at a time: no padding, no selection."""
        total, letters = 0.0, []
        for one in self.examples:
            ids = torch.tensor([one.ids])
            with torch.no_grad():
                logits = self.setup.model(input_ids=ids).logits[0]
            begin = one.prompt_length
            total += F.cross_entropy(logits[begin - 1 : -1], ids[0, begin:], reduction="sum").item()
            letters.append(logits[one.letter_at - 1].log_softmax(-1)[list(one.letter_ids)])
        return total, torch.stack(letters)

    def test_loss_and_letters_are_those_of_the_full_logits(self):
        expected, letters = self.one_by_one()
        loss, scores = answer_scores(self.setup, self.batch(self.examples))
        self.assertAlmostEqual(loss, expected, delta=1e-3)
        self.assertTrue(torch.allclose(scores, letters, atol=1e-4))
        self.assertAlmostEqual(
            answer_loss(self.setup, self.batch(self.examples)).item(), expected, delta=1e-3
        )

    def test_logits_exist_at_the_answers_only(self):
        logits = answer_logits(self.setup, self.batch(self.examples))
        self.assertEqual(logits.shape[0], 2 * len(self.examples))

    def test_prompt_tokens_take_no_part(self):
        batch = self.batch(self.examples)
        targets = batch.ids[batch.rows, batch.columns].reshape(-1, 2).tolist()
        ends = {end for _, end in targets}
        self.assertEqual(len(ends), 1)
        for one, (letter, _) in zip(self.examples, targets):
            self.assertEqual(letter, one.ids[one.letter_at])

    def test_dev_accuracy_counts_the_likeliest_letter(self):
        _, letters = self.one_by_one()
        expected = ["abcd"[i] for i in letters.argmax(-1)]
        result = evaluate(self.setup, self.examples, 4)
        gold = [one.record.answer for one in self.examples]
        self.assertEqual(result["correct"], sum(a == b for a, b in zip(expected, gold)))
        self.assertEqual(result["predicted"], {x: expected.count(x) for x in "abcd"})
        self.assertEqual(result["total"], 6)
        self.assertAlmostEqual(result["letter_mass"], letters.exp().sum().item() / 6, delta=1e-6)
        self.setup.model.eval()

    def test_a_collapse_needs_four_fifths(self):
        gold = {"a": 5, "b": 5, "c": 5, "d": 5}
        found = lambda *counts: collapsed_letter(
            {"total": 20, "predicted": dict(zip("abcd", counts)), "gold": gold}
        )
        self.assertEqual(found(16, 2, 1, 1), "a")
        self.assertIsNone(found(15, 2, 2, 1))
        right = {"total": 5, "predicted": {"a": 0, "b": 5, "c": 0, "d": 0}}
        self.assertIsNone(collapsed_letter({**right, "gold": right["predicted"]}))


class OrderTest(unittest.TestCase):
    def test_every_epoch_holds_every_record_once_in_its_own_order(self):
        order = RecordOrder(10, 4, seed=1)
        self.assertEqual(order.steps_per_epoch, 3)
        epochs = [sum((order.records(3 * e + s) for s in (1, 2, 3)), []) for e in range(2)]
        for epoch in epochs:
            self.assertEqual(sorted(epoch), list(range(10)))
        self.assertNotEqual(*epochs)
        self.assertEqual(len(order.records(3)), 2)
        self.assertEqual(order.records(5), RecordOrder(10, 4, seed=1).records(5))
        self.assertEqual([order.ends_epoch(step) for step in (2, 3)], [False, True])


class ScheduleTest(unittest.TestCase):
    def test_rises_then_falls_as_a_cosine(self):
        rates = [learning_rate(step, 20, 1.0, 0.1) for step in range(1, 21)]
        self.assertEqual(rates[:3], [0.5, 1.0, 1.0])
        self.assertAlmostEqual(rates[11], 0.5 * (1 + math.cos(math.pi * 9 / 18)))
        self.assertTrue(all(a >= b for a, b in zip(rates[1:], rates[2:])))
        self.assertGreater(rates[-1], 0)
        self.assertEqual(learning_rate(1, 1, 1.0, 0.0), 1.0)
