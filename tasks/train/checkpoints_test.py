import os
import pickle
import tempfile
import unittest
from dataclasses import asdict
from pathlib import Path
from unittest.mock import patch

import torch

from .adapter_files import FILES, save_adapter
from .answer_loss import answer_loss
from .atomic_write import write_text
from .base_model import make_optimizer
from .batch import collate
from .checkpoints import (
    Damaged,
    drop_later,
    list_checkpoints,
    read_checkpoint,
    refuse_other_run,
    restore,
    save_checkpoint,
)
from .demo_case import make_examples, make_setup
from .failure import Refusal, Stopped
from .single_writer import single_writer
from .train_log import TrainLog
from .training import Progress


class CheckpointsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.examples, pad = make_examples(4)
        self.options, self.setup = make_setup(pad, lora_r=4, learning_rate=1e-2)
        self.optimizer, _ = make_optimizer(self.setup, self.options)

    def step(self):
        loss = answer_loss(self.setup, collate(self.examples, 0, self.setup.device))
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.item()

    def save(self, step, fingerprint=None):
        progress = asdict(Progress(step=step))
        return save_checkpoint(
            self.folder, step, self.setup, self.optimizer, fingerprint or {"seed": 1}, progress
        )

    def test_what_follows_a_checkpoint_is_repeated_exactly(self):
        self.step()
        path = self.save(1)
        losses = [self.step() for _ in range(3)]
        restore(read_checkpoint(path), self.setup, self.optimizer)
        # Dropout draws the same numbers again.
        self.assertEqual([self.step() for _ in range(3)], losses)

    def test_the_last_two_are_kept_and_torn_ones_are_not_seen(self):
        for step in (5, 10, 15):
            self.save(step)
        (self.folder / "step-000020.pt.tmp").write_bytes(b"half")
        names = [path.name for path in list_checkpoints(self.folder)]
        self.assertEqual(names, ["step-000010.pt", "step-000015.pt"])

    def test_checkpoints_behind_another_are_dropped(self):
        for step in (5, 10):
            self.save(step)
        drop_later(self.folder, 5)
        self.assertEqual([path.name for path in list_checkpoints(self.folder)], ["step-000005.pt"])

    def test_another_run_is_refused(self):
        before = {"seed": 1, "train file (sha256)": "a"}
        with self.assertRaisesRegex(Refusal, r"seed: was 1, is now 2"):
            refuse_other_run(before, "x.pt", {"seed": 2, "train file (sha256)": "a"})
        with self.assertRaisesRegex(Refusal, r"dev file \(sha256\): was None, is now b"):
            refuse_other_run(before, "x.pt", {**before, "dev file (sha256)": "b"})
        with self.assertRaisesRegex(Refusal, r"train file \(sha256\): was a, is now None"):
            refuse_other_run(before, "x.pt", {"seed": 1})
        refuse_other_run(before, "x.pt", {"seed": 1}, is_whole=False)

    def test_damaged_files_are_refused_in_our_own_words(self):
        path = self.save(1)
        whole = path.read_bytes()
        without = torch.load(path, weights_only=True)
        del without["best_adapter"]
        contents = {
            "empty": b"",
            "half": whole[: len(whole) // 2],
            "head": whole[:1000],
            "text": b"not a zip file",
            "pickle": b"\x80\x04\x95\x00",
            "code": pickle.dumps(Path(".")),
        }
        for name, content in contents.items():
            path.write_bytes(content)
            with self.subTest(name), self.assertRaises(Damaged) as raised:
                read_checkpoint(path)
            self.assertRegex(str(raised.exception), r"\.pt \(\d+ bytes\) is damaged or no checkpoint")
            self.assertNotRegex(str(raised.exception), "weights_only|pickle|trust")
        for other in ({"a": 1}, [1], without, {**without, "best_adapter": 1}):
            torch.save(other, path)
            with self.subTest(other if len(other) < 2 else ""):
                with self.assertRaisesRegex(Damaged, "is no checkpoint of this version .* it has no '"):
                    read_checkpoint(path)

    def test_a_full_disk_leaves_the_older_checkpoint(self):
        kept = self.save(1)
        with patch("train.atomic_write.os.fsync", side_effect=OSError(28, "No space left")):
            with self.assertRaisesRegex(Stopped, "No space left"):
                self.save(2)
        self.assertEqual(list_checkpoints(self.folder), [kept])

    def test_an_adapter_is_replaced_by_whole_files(self):
        save_adapter(self.setup.model, self.folder)
        before = (self.folder / FILES[1]).read_bytes()
        self.step()
        save_adapter(self.setup.model, self.folder)
        self.assertNotEqual((self.folder / FILES[1]).read_bytes(), before)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(FILES))
        with patch("train.atomic_write.os.fsync", side_effect=OSError(28, "No space left")):
            with self.assertRaisesRegex(Stopped, "No space left"):
                save_adapter(self.setup.model, self.folder)

    def test_a_log_is_rewound_and_a_torn_line_dropped(self):
        log = TrainLog(self.folder / "log.jsonl")
        for step in range(4):
            log.add("update", step, loss=step / 3)
        with open(log.path, "a") as file:
            file.write('{"type": "upd')
        self.assertEqual(len(log.read()), 4)
        log.rewind(1)
        self.assertEqual([one["loss"] for one in log.read()], [0, 1 / 3])

    def test_a_torn_line_in_the_middle_of_a_log_is_named(self):
        for torn in ('{"type": "upd', "\udcff", "[1]", '{"type": "eval"}', "null"):
            log = TrainLog(self.folder / "log.jsonl")
            log.path.unlink(missing_ok=True)
            log.add("update", 1)
            with open(log.path, "a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{torn}\n")
            log.add("update", 2)
            with self.subTest(torn), self.assertRaisesRegex(
                Refusal, r"log\.jsonl, line 2 is damaged: .* Delete that line"
            ):
                log.read()

    def test_two_runs_do_not_share_a_folder(self):
        with single_writer(self.folder):
            with self.assertRaisesRegex(Refusal, "Another process trains into"):
                with single_writer(self.folder):
                    self.fail("two writers")
        with single_writer(self.folder):
            pass

    def test_a_text_is_old_or_new(self):
        path = self.folder / "x"
        write_text(path, "old")
        with patch("train.atomic_write.os.replace", side_effect=OSError("killed")):
            with self.assertRaises(OSError):
                write_text(path, "new")
        self.assertEqual(path.read_text(), "old")
