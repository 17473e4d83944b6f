import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from .adapter_files import FILES
from .base_model import make_optimizer
from .checkpoints import list_checkpoints, read_checkpoint
from .demo_case import make_examples, make_setup
from .dev_evaluation import evaluate
from .failure import Interrupted, Stopped
from .train_log import TrainLog
from .training import Training

WEIGHTS = FILES[1]


class Killed(Exception):
    """Stands for SIGKILL: nothing is done behind it."""


class TrainingTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.examples, self.pad = make_examples(4)
        #: Right answers of 4 by update; the adapter's weights by the update they are of.
        self.right, self.kept = {}, {}

    def training(self, **settings):
        options, setup = make_setup(
            self.pad,
            **{"lora_r": 2, "lora_dropout": 0.0, "learning_rate": 1e-2, "batch_size": 4},
            **{"gradient_accumulation_steps": 1, "num_epochs": 12, "save_steps": 3, "eval_steps": 1},
            **{"early_stopping_patience": 0, **settings},
        )
        optimizer, _ = make_optimizer(setup, options)
        log = TrainLog(self.folder / "train_log.jsonl")
        return Training(
            *(options, setup, optimizer, self.examples, self.examples, self.folder, log, {}),
            lambda line: None,
        )

    def run_until(self, training, last, end):
        """Trains; after the measurement of update `last` it ends as told."""

        def measured(*arguments):
            result = evaluate(*arguments)
            right = self.right.get(training.progress.step, 0)
            return {**result, "correct": right, "accuracy": right / 4}

        measure = training.measure

        def measure_and_end():
            measure()
            path = self.folder / WEIGHTS
            if training.progress.best:
                self.kept.setdefault(training.progress.best["step"], path.read_bytes())
            if training.progress.step == last:
                if end is Killed:
                    raise Killed
                training.signal = end

        with patch("train.training.evaluate", measured), patch.object(
            training, "measure", measure_and_end
        ):
            checkpoints = list_checkpoints(self.folder / "checkpoints")
            if checkpoints:
                training.resume(read_checkpoint(checkpoints[-1]))
            else:
                training.start()
            with self.assertRaises(Killed if end is Killed else Interrupted):
                training.run()

    def adapter(self):
        return (self.folder / WEIGHTS).read_bytes()

    def test_the_kept_adapter_is_that_of_the_best_measurement_after_a_kill(self):
        self.right = {2: 2, 5: 3}
        # The checkpoint of update 3 calls update 2 the best; the file is already that of update 5.
        self.run_until(self.training(), 5, Killed)
        self.assertEqual(self.adapter(), self.kept[5])
        self.assertNotEqual(self.kept[2], self.kept[5])
        resumed = self.training()
        self.run_until(resumed, 4, 15)
        self.assertEqual(resumed.progress.best["step"], 2)
        self.assertEqual(self.adapter(), self.kept[2])
        # Gone on with, it finds update 5 again.
        last = self.training()
        self.run_until(last, 7, 15)
        self.assertEqual((last.progress.best["step"], self.adapter()), (5, self.kept[5]))

    def test_no_adapter_is_left_that_no_measurement_of_the_run_stands_for(self):
        self.right = {1: 2}
        # Killed before any checkpoint: the run begins again.
        self.run_until(self.training(), 2, Killed)
        self.assertTrue((self.folder / WEIGHTS).exists())
        again = self.training()
        again.start()
        self.assertFalse((self.folder / WEIGHTS).exists())

    def test_a_loss_that_is_no_number_tells_what_is_kept(self):
        training = self.training()
        training.start()
        nothing = training.loss_of(self.examples) * float("nan")
        with patch.object(training, "loss_of", lambda examples: nothing):
            with self.assertRaisesRegex(Stopped, "lower --learning-rate .* no checkpoint before"):
                training.update(1)
        training.progress.step = 3
        training.save()
        infinite = training.loss_of(self.examples) * float("inf")
        with patch.object(training, "loss_of", lambda examples: infinite):
            with self.assertRaisesRegex(Stopped, "is unharmed: .*step-000003.pt"):
                training.update(4)

    def test_the_largest_memory_of_all_sittings_is_kept(self):
        first = self.training()
        with patch("train.training.host_peak_bytes", lambda: 9_000):
            self.run_until(first, 3, 15)
        second = self.training()
        with patch("train.training.host_peak_bytes", lambda: 5_000):
            self.run_until(second, 6, 15)
        self.assertEqual(second.progress.peak["host_rss_bytes"], 9_000)
        third = self.training()
        with patch("train.training.host_peak_bytes", lambda: 11_000):
            self.run_until(third, 7, 15)
        self.assertEqual(third.progress.peak["host_rss_bytes"], 11_000)
