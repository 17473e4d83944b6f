"""For tests: the demo model and a few records in its language."""

from pathlib import Path

import torch

from .base_files import find_base, load_encoder
from .base_model import load_setup
from .conversation import encode_records
from .options import Options
from .records import LETTERS, Record

# Threads that wait for each other make small models slower.
torch.set_num_threads(1)

MODEL = str(Path(__file__).resolve().parents[2] / "datasets" / "demo" / "model")


def make_records(count):
    """Records of different lengths with all four answers."""
    records = []
    for i in range(count):
        letter = LETTERS[i % 4]
        messages = (
            {"role": "system", "content": "選択肢から答えを一つ選びます。"},
            {"role": "user", "content": "届出は" + "十日以内に" * (1 + i % 3) + f"第{i}条"},
            {"role": "assistant", "content": letter},
        )
        records.append(Record("demo.jsonl", i + 1, "", messages, letter))
    return records


def make_examples(count):
    encoder, pad_id = load_encoder(find_base(MODEL))
    return encode_records(encoder, make_records(count), 2048), pad_id


def make_setup(pad_id=0, **settings):
    options = Options(train_file="-", model_name=MODEL, device="cpu", **settings)
    return options, load_setup(options, Path(MODEL), pad_id)
