"""The command line: presets, defaults, limits. Nothing heavy is imported for --help."""

import argparse
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from .failure import Refusal

#: What a preset changes about the defaults. The defaults are those of heart01.
PRESETS = {
    # A100 as a 20 GB MIG slice, Qwen3-8B in 4 bits.
    "heart01": {},
    # RTX 3080 with 10 GB: Qwen3 of 1.7B; up to 4B fits as well.
    "local-3080": {
        "model_name": "Qwen/Qwen3-1.7B",
        "max_seq_length": 2048,
        "output_dir": "runs/qwen_law_ft/local_1.7b",
    },
}


@dataclass(frozen=True)
class Options:
    """Every setting of a run. Fields with `None` are chosen when the device is known."""

    train_file: str
    model_name: str = "Qwen/Qwen3-8B"
    dev_file: "str | None" = None
    output_dir: str = "runs/qwen_law_ft/direct_norag_v1"
    preset: "str | None" = None
    num_epochs: int = 3
    batch_size: int = 1
    gradient_accumulation_steps: int = 16
    max_seq_length: int = 4096
    learning_rate: float = 1e-4
    warmup_ratio: float = 0.05
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    lora_r: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    use_4bit: "bool | None" = None
    bnb_4bit_compute_dtype: "str | None" = None
    bnb_4bit_quant_type: str = "nf4"
    max_steps_override: "int | None" = None
    eval_steps: "int | None" = None
    save_steps: int = 20
    early_stopping_patience: int = 3
    do_train: bool = False
    seed: int = 42
    resume: "str | None" = None
    device: str = "auto"
    dtype: "str | None" = None
    threads: "int | None" = None

    @property
    def records_per_step(self):
        """Records behind one update of the weights."""
        return self.batch_size * self.gradient_accumulation_steps

    def as_dict(self):
        return asdict(self)


#: The most that a whole number may be: above, PyTorch's own types end.
MOST = 2**31 - 1
#: Whole numbers and the least they may be.
AT_LEAST = {
    "num_epochs": 1,
    "batch_size": 1,
    "gradient_accumulation_steps": 1,
    "max_seq_length": 16,
    "lora_r": 1,
    "lora_alpha": 1,
    "max_steps_override": 1,
    "eval_steps": 1,
    "save_steps": 1,
    "early_stopping_patience": 0,
    "seed": 0,
    "threads": 1,
}

HELP = {
    "model_name": "Org/Name[@revision] on the Hugging Face hub, or a folder",
    "train_file": "JSONL of houqa dataset finetune: one {\"messages\": [...]} a line",
    "dev_file": "the same form; without it nothing is measured and the last adapter is kept",
    "output_dir": "folder for the adapter, the log and the checkpoints",
    "max_seq_length": "longest record in tokens; a longer one is refused, never cut",
    "learning_rate": "highest learning rate; rises while warming up, then falls as a cosine",
    "use_4bit": "4-bit base weights (QLoRA); default: where there is CUDA",
    "bnb_4bit_compute_dtype": "bfloat16, float16 or float32; default bfloat16, float32 on processors",
    "max_steps_override": "end after so many updates, whatever --num-epochs says",
    "eval_steps": "measure on the dev file every so many updates too, not only after each epoch",
    "save_steps": "checkpoint every so many updates",
    "early_stopping_patience": "end after so many measurements without progress; 0 = never",
    "do_train": "train; without it everything is checked and planned only",
    "resume": "go on from the last checkpoint in --output-dir, or from the named one",
    "dtype": "weights that are not in 4 bits: bfloat16 or float32; default bfloat16 on CUDA",
    "threads": "processor threads; default: PyTorch's choice",
}

CHOICES = {
    "bnb_4bit_compute_dtype": ("bfloat16", "float16", "float32"),
    "bnb_4bit_quant_type": ("nf4", "fp4"),
    "device": ("auto", "cuda", "cpu"),
    "dtype": ("bfloat16", "float32"),
    "preset": tuple(PRESETS),
}


def parse_options(words):
    """
    The options of a command line; --preset changes defaults, never what was given.
    @raise Refusal for a value out of range; argparse itself ends with exit code 2.
    """
    parser = argparse.ArgumentParser(
        prog="train_qwen_law_ft.py",
        description="Fine-tunes a Qwen model on law questions with (Q)LoRA.",
        epilog="Exit codes: 0 done, 2 bad option or record, 3 could not go on, "
        "130/143/129 ended by a signal with a checkpoint written.",
        allow_abbrev=False,
    )
    for field in fields(Options):
        flag = "--" + field.name.replace("_", "-")
        text = HELP.get(field.name, "")
        if not isinstance(field.default, (bool, type(None))) and isinstance(
            field.default, (int, float, str)
        ):
            text = f"{text} (default {field.default})".strip()
        settings = {"help": text.replace("%", "%%"), "default": argparse.SUPPRESS}
        if field.name == "use_4bit":
            settings["action"] = argparse.BooleanOptionalAction
        elif field.name == "do_train":
            settings["action"] = "store_true"
        elif field.name == "resume":
            settings.update(nargs="?", const="latest", metavar="CHECKPOINT")
        elif field.name in CHOICES:
            settings["choices"] = CHOICES[field.name]
        elif field.name in AT_LEAST:
            settings["type"] = int
        elif isinstance(field.default, float):
            settings["type"] = float
        if field.name == "train_file":
            settings["required"] = True
        parser.add_argument(flag, **settings)
    given = vars(parser.parse_args(words))
    options = Options(**{**PRESETS.get(given.get("preset"), {}), **given})
    check(options)
    return options


def check(options):
    """@raise Refusal naming the option, its value and what it may be."""
    for name, least in AT_LEAST.items():
        value = getattr(options, name)
        most = 1024 if name == "threads" else MOST
        if value is not None and not least <= value <= most:
            refuse(name, value, f"a whole number from {least} to {most}")
    for name in ("learning_rate", "max_grad_norm"):
        value = getattr(options, name)
        if not (math.isfinite(value) and value > 0):
            refuse(name, value, "a number above 0")
    if not (math.isfinite(options.weight_decay) and options.weight_decay >= 0):
        refuse("weight_decay", options.weight_decay, "a number from 0")
    for name in ("warmup_ratio", "lora_dropout"):
        value = getattr(options, name)
        if not 0 <= value < 1:
            refuse(name, value, "a share from 0 to below 1")
    for name in ("train_file", "dev_file"):
        path = getattr(options, name)
        if path is not None and not Path(path).is_file():
            refuse(name, path, "a file that exists; houqa dataset finetune writes one")


def refuse(name, value, wanted):
    flag = "--" + name.replace("_", "-")
    raise Refusal(f"{flag} {value}: give {wanted}.")
