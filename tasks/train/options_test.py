import io
import tempfile
import unittest
from contextlib import redirect_stderr

from .failure import Refusal
from .options import parse_options

#: The group's options keep their names.
GROUP = (
    "--model-name --train-file --dev-file --output-dir --num-epochs --batch-size --max-seq-length "
    "--learning-rate --gradient-accumulation-steps --warmup-ratio --lora-r --lora-alpha "
    "--lora-dropout --use-4bit --bnb-4bit-compute-dtype --bnb-4bit-quant-type "
    "--max-steps-override --do-train --seed --resume"
).split()


class OptionsTest(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.NamedTemporaryFile()
        self.addCleanup(self.file.close)

    def parse(self, *words):
        return parse_options(["--train-file", self.file.name, *words])

    def test_all_options_of_the_group_are_taken(self):
        values = {
            "--train-file": self.file.name,
            "--dev-file": self.file.name,
            "--bnb-4bit-compute-dtype": "float16",
            "--bnb-4bit-quant-type": "fp4",
            "--learning-rate": "2e-4",
            "--warmup-ratio": "0.1",
            "--lora-dropout": "0",
        }
        flags = {"--use-4bit", "--do-train", "--resume"}
        words = []
        for name in GROUP:
            words += [name] if name in flags else [name, values.get(name, "32")]
        options = parse_options(words)
        self.assertEqual(options.learning_rate, 2e-4)
        self.assertEqual((options.lora_r, options.max_steps_override), (32, 32))
        self.assertEqual((options.use_4bit, options.do_train), (True, True))
        self.assertEqual(options.resume, "latest")

    def test_a_preset_yields_to_what_is_given(self):
        self.assertEqual(self.parse().model_name, "Qwen/Qwen3-8B")
        self.assertEqual(self.parse("--preset", "heart01").model_name, "Qwen/Qwen3-8B")
        local = self.parse("--preset", "local-3080", "--max-seq-length", "512")
        self.assertEqual((local.model_name, local.max_seq_length), ("Qwen/Qwen3-1.7B", 512))
        self.assertIsNone(local.use_4bit)
        self.assertIs(self.parse("--no-use-4bit").use_4bit, False)

    def test_values_out_of_range_are_refused_by_name(self):
        for words, pattern in (
            (("--batch-size", "0"), "--batch-size 0: give a whole number from 1 to 2147483647"),
            (("--learning-rate", "nan"), "--learning-rate nan: give a number above 0"),
            (("--warmup-ratio", "1"), "--warmup-ratio 1.0: give a share"),
            (("--lora-dropout", "-0.1"), "--lora-dropout -0.1"),
            (("--dev-file", "nowhere"), "--dev-file nowhere: give a file that exists"),
            (("--seed", "-1"), "--seed -1"),
            (("--seed", "99999999999999999"), "--seed 9+: give a whole number from 0 to 2147483647"),
            (("--threads", "5000"), "--threads 5000: give a whole number from 1 to 1024"),
        ):
            with self.subTest(words), self.assertRaisesRegex(Refusal, pattern):
                self.parse(*words)

    def test_unknown_and_shortened_options_end_with_two(self):
        for words in (("--epochs", "3"), ("--num-epoch", "3"), ("--preset", "x")):
            with self.subTest(words), redirect_stderr(io.StringIO()):
                with self.assertRaises(SystemExit) as end:
                    self.parse(*words)
                self.assertEqual(end.exception.code, 2)
