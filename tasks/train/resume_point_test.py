import tempfile
import unittest
from pathlib import Path

import torch

from .failure import Refusal
from .options import Options
from .resume_point import find_resume_point, settings_fingerprint

RUN = {"seed": 1, "base x (sha256)": "b"}


class ResumePointTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / "checkpoints").mkdir()

    def write(self, step, fingerprint=RUN):
        path = self.folder / "checkpoints" / f"step-{step:06d}.pt"
        empty = {"progress": {}, "adapter": {}, "optimizer": {}, "random": {}, "best_adapter": None}
        torch.save({"step": step, "fingerprint": fingerprint, **empty}, path)
        return path

    def find(self, resume="latest", fingerprint=RUN, **more):
        options = Options(train_file="-", resume=resume)
        return find_resume_point(options, self.folder, fingerprint, **more)

    def test_the_last_one_or_the_named_one_is_taken(self):
        self.assertIsNone(self.find(None))
        self.assertIsNone(self.find())
        first, second = self.write(5), self.write(10)
        self.assertEqual(self.find(), second)
        self.assertEqual(self.find(str(first)), first)
        with self.assertRaisesRegex(Refusal, "already holds a run"):
            self.find(None)
        with self.assertRaisesRegex(Refusal, "no such checkpoint"):
            self.find("nowhere.pt")

    def test_the_one_before_a_damaged_one_is_taken_and_that_is_said(self):
        first, second = self.write(5), self.write(10)
        second.write_bytes(b"")
        said = []
        self.assertEqual(self.find(say=said.append), first)
        self.assertEqual(len(said), 1)
        self.assertRegex(said[0], r"WARNING: .*step-000010\.pt \(0 bytes\) is damaged .* one before")
        with self.assertRaisesRegex(Refusal, "step-000010.* Leave its name out"):
            self.find(str(second))
        torch.save({"a": 1}, first)
        with self.assertRaisesRegex(Refusal, "(?s)000010.*000005.*no other checkpoint. Delete"):
            self.find()

    def test_another_run_is_refused_before_its_base_is_known(self):
        self.write(5)
        self.assertIsNotNone(self.find(fingerprint={"seed": 1}, is_whole=False))
        with self.assertRaisesRegex(Refusal, "seed: was 1, is now 2"):
            self.find(fingerprint={"seed": 2}, is_whole=False)
        with self.assertRaisesRegex(Refusal, "base x .*: was b, is now None"):
            self.find(fingerprint={"seed": 1})

    def test_what_belongs_to_a_run(self):
        path = self.folder / "t.jsonl"
        path.write_text("x")
        cpu = torch.device("cpu")

        def made(**more):
            return settings_fingerprint(Options(train_file=str(path), **more), cpu)

        same = made(batch_size=16, gradient_accumulation_steps=1, output_dir="o", use_4bit=False)
        self.assertEqual(made(), same)
        self.assertNotEqual(made(), made(seed=1))
        self.assertNotEqual(made(), made(use_4bit=True))
        before = made()
        path.write_text("y")
        self.assertNotEqual(before, made())
