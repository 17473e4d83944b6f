import io
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import torch
from safetensors import SafetensorError

from .answer_loss import answer_loss
from .base_files import file_digests, find_base, known_digest, sha256_of
from .base_model import PROJECTIONS, make_optimizer
from .batch import collate
from .demo_case import MODEL, make_examples, make_records, make_setup
from .dev_evaluation import evaluate
from .failure import Refusal
from .memory_advice import is_out_of_memory, memory_advice
from .options import Options
from .run import main

LAYERS = 6


class BaseModelTest(unittest.TestCase):
    def step(self, setup, options, examples):
        """One update; gives the loss for each token."""
        optimizer, _ = make_optimizer(setup, options)
        loss = answer_loss(setup, collate(examples, setup.pad_id, setup.device))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item() / sum(one.trained_length for one in examples)

    def test_bfloat16_stays_and_only_the_adapter_is_trained(self):
        examples, pad = make_examples(4)
        options, setup = make_setup(pad, dtype="bfloat16", lora_r=4)
        trained = setup.trained()
        self.assertEqual(len(trained), LAYERS * len(PROJECTIONS) * 2)
        for name, parameter in setup.model.named_parameters():
            is_adapter = "lora_" in name
            self.assertEqual(parameter.requires_grad, is_adapter, name)
            wanted = torch.float32 if is_adapter else torch.bfloat16
            self.assertEqual(parameter.dtype, wanted, name)
        before = {n: p.clone() for n, p in setup.model.named_parameters()}
        self.step(setup, options, examples)
        moved = {n for n, p in setup.model.named_parameters() if not torch.equal(p, before[n])}
        # A's first gradient is zero, because B begins at zero.
        self.assertEqual(moved, {n for n in trained if "lora_B" in n})

    def test_gradients_are_those_without_checkpointing(self):
        examples, pad = make_examples(4)
        options, setup = make_setup(pad, lora_dropout=0.0)
        batch = collate(examples, pad, setup.device)
        answer_loss(setup, batch).backward()
        kept = {n: p.grad.clone() for n, p in setup.trained().items()}
        setup.model.zero_grad()
        setup.model.gradient_checkpointing_disable()
        answer_loss(setup, batch).backward()
        for name, parameter in setup.trained().items():
            self.assertTrue(torch.allclose(kept[name], parameter.grad, atol=1e-6), name)
        self.assertTrue(any(one.abs().max() > 0 for one in kept.values()))

    def test_four_bits_on_the_processor(self):
        examples, pad = make_examples(4)
        for quant_type in ("nf4", "fp4"):
            options, setup = make_setup(
                pad, use_4bit=True, bnb_4bit_quant_type=quant_type, learning_rate=1e-2
            )
            self.assertEqual(setup.weights, quant_type)
            # The linear weights are packed, two in a byte; embeddings and norms are not.
            sizes = setup.parameter_bytes()
            self.assertGreater(sizes["uint8"], 300_000)
            embedding = setup.model.get_base_model().model.embed_tokens.weight
            self.assertEqual(embedding.dtype, torch.float32)
            losses = [self.step(setup, options, examples) for _ in range(4)]
            self.assertLess(losses[-1], losses[0])

    def test_four_bit_gradients_are_those_of_the_same_weights_unpacked(self):
        from bitsandbytes.functional import dequantize_4bit
        from bitsandbytes.nn import Linear4bit

        examples, pad = make_examples(4)
        _, packed = make_setup(pad, use_4bit=True, lora_dropout=0.0)
        _, plain = make_setup(pad, lora_dropout=0.0)
        plain_trained, plain_modules = plain.trained(), dict(plain.model.named_modules())
        with torch.no_grad():
            for name, parameter in packed.trained().items():
                plain_trained[name].copy_(torch.nn.init.normal_(parameter, std=0.05))
            for name, module in packed.model.named_modules():
                if isinstance(module, Linear4bit):
                    weight = module.weight
                    plain_modules[name].weight.copy_(
                        dequantize_4bit(weight.data, weight.quant_state)
                    )
        measured = [evaluate(setup, examples, 2) for setup in (packed, plain)]
        self.assertAlmostEqual(measured[0]["loss"], measured[1]["loss"], delta=1e-3)
        # The measurement must leave the weights as training needs them.
        for setup in (packed, plain):
            answer_loss(setup, collate(examples, pad, setup.device)).backward()
        for name, parameter in packed.trained().items():
            wanted = plain_trained[name].grad
            self.assertTrue(torch.allclose(parameter.grad, wanted, rtol=1e-3, atol=1e-5), name)
            self.assertGreater(wanted.abs().max().item(), 0, name)

    def test_a_model_that_is_not_built_like_qwen_is_refused(self):
        from .base_model import check_architecture

        with self.assertRaisesRegex(Refusal, "Linear is not built as Qwen2 and Qwen3"):
            check_architecture(torch.nn.Linear(2, 2))


class BaseFilesTest(unittest.TestCase):
    def test_large_files_of_the_hub_cache_bear_their_digest(self):
        with tempfile.TemporaryDirectory() as folder:
            blobs, snapshot = Path(folder) / "blobs", Path(folder) / "snapshots" / "abc"
            blobs.mkdir()
            snapshot.mkdir(parents=True)
            name = "0123456789abcdef" * 4
            (blobs / name).write_bytes(b"x")
            (blobs / "shorthash").write_bytes(b"{}")
            (snapshot / "model.safetensors").symlink_to(f"../../blobs/{name}")
            (snapshot / "config.json").symlink_to("../../blobs/shorthash")
            digests = file_digests(find_base(str(snapshot)))
        self.assertEqual(digests["model.safetensors"], name)
        self.assertEqual(
            digests["config.json"],
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        )

    def test_a_plain_file_is_read(self):
        path = Path(MODEL) / "config.json"
        self.assertIsNone(known_digest(path))
        self.assertEqual(file_digests(find_base(MODEL))["config.json"], sha256_of(path))

    def test_names_that_are_neither_folder_nor_hub_name_are_refused(self):
        for name in ("no/such/folder", "qwen", "a b/c"):
            with self.subTest(name), self.assertRaisesRegex(Refusal, "neither a folder nor"):
                find_base(name)


class MemoryTest(unittest.TestCase):
    def test_advice_keeps_the_updates_where_it_can(self):
        options = Options(train_file="-", batch_size=4, gradient_accumulation_steps=4)
        text = memory_advice(options, 900, True, RuntimeError("CUDA out of memory. Tried"))
        self.assertIn("CUDA out of memory. Tried", text)
        self.assertIn("--batch-size 2 --gradient-accumulation-steps 8 (the same", text)
        self.assertIn("longest has 900 tokens", text)
        self.assertNotIn("--use-4bit", text)
        self.assertIn("--use-4bit", memory_advice(options, 900, False, MemoryError()))

    def test_other_errors_are_not_memory(self):
        self.assertTrue(is_out_of_memory(torch.OutOfMemoryError("x")))
        for text in (
            "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
            "CUDA error: out of memory\nCUDA kernel errors might be reported",
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
            "unable to mmap 16381516776 bytes from file <model.safetensors>: Cannot allocate memory (12)",
            'NVML_SUCCESS == r INTERNAL ASSERT FAILED at "../c10/cuda/CUDACachingAllocator.cpp":1154',
        ):
            self.assertTrue(is_out_of_memory(RuntimeError(text)), text)
        self.assertTrue(is_out_of_memory(torch.AcceleratorError("CUDA error: out of memory")))
        self.assertTrue(is_out_of_memory(OSError(12, "Cannot allocate memory")))
        self.assertTrue(is_out_of_memory(SafetensorError("Cannot allocate memory (os error 12)")))
        for other in (
            RuntimeError("shapes differ"),
            RuntimeError("CUDA error: device-side assert triggered"),
            RuntimeError("CUBLAS_STATUS_NOT_INITIALIZED"),
            OSError(28, "No space left on device"),
            OSError(2, "No such file", "out of memory.txt"),
            ValueError("5"),
        ):
            self.assertFalse(is_out_of_memory(other), repr(other))

    def test_a_run_without_memory_ends_with_advice(self):
        for target, error in (
            ("train.training.answer_loss", torch.OutOfMemoryError("no room")),
            ("train.training.answer_loss", torch.AcceleratorError("CUDA error: out of memory")),
            ("train.base_model.load_setup", OSError(12, "Cannot allocate memory")),
            ("train.base_model.load_setup", ValueError("unable to mmap: Cannot allocate memory")),
        ):
            with self.subTest(error), patch(target, side_effect=error):
                text = self.failed_run()
                self.assertRegex(text, "(?i)Out of memory: .*(no room|memory)")
                self.assertIn("--max-seq-length", text)
        with patch("train.base_model.load_setup", side_effect=OSError("broken")):
            self.assertIn("can't be loaded from", self.failed_run())

    def failed_run(self):
        import json

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.jsonl"
            records = [json.dumps({"messages": one.messages}) for one in make_records(4)]
            path.write_text("\n".join(records), encoding="utf-8")
            words = ["--train-file", str(path), "--model-name", MODEL, "--do-train"]
            words += ["--output-dir", f"{folder}/out", "--device", "cpu"]
            error = io.StringIO()
            with redirect_stderr(error), redirect_stdout(io.StringIO()):
                self.assertEqual(main(words), 3)
        return error.getvalue()
