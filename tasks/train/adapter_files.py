"""The adapter as PEFT's own two files."""

import os
import shutil
from pathlib import Path

from safetensors import SafetensorError

from .atomic_write import write_atomically
from .failure import Stopped

FILES = ("adapter_config.json", "adapter_model.safetensors")


def save_adapter(model, folder):
    """
    Writes the adapter into `folder`, which may hold an older one: each file is replaced at once, the
    weights last.
    @raise Stopped when the disk is full or can't be written.
    """
    folder = Path(folder)
    made = folder / ".adapter.tmp"
    shutil.rmtree(made, ignore_errors=True)
    try:
        # Embeddings are never trained, so PEFT need not look whether they were.
        model.save_pretrained(str(made), save_embedding_layers=False)
        # safetensors makes files that only their owner may read.
        shutil.copymode(made / FILES[0], made / FILES[1])
        for name in FILES:
            write_atomically(folder / name, lambda target: os.replace(made / name, target))
        shutil.rmtree(made)
    except (OSError, SafetensorError) as error:
        raise Stopped(f"Can't write the adapter into {folder}: {error}.") from error
