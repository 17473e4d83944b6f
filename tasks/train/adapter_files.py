"""The adapter as PEFT's own two files."""

import os
import shutil
from pathlib import Path

import torch
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


def read_adapter(folder):
    """The adapter's files as tensors of bytes by name, for a checkpoint; None where there is none."""
    paths = [Path(folder) / name for name in FILES]
    if not all(path.is_file() for path in paths):
        return None
    return {
        path.name: torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.uint8)
        for path in paths
    }


def put_adapter(files, folder):
    """
    Makes what `read_adapter` gave the adapter in `folder` again; None leaves none there.
    @raise Stopped when the disk is full or can't be written.
    """
    try:
        for name in FILES:
            path = Path(folder) / name
            if files is None:
                path.unlink(missing_ok=True)
            else:
                content = files[name].numpy().tobytes()
                write_atomically(path, lambda target: target.write_bytes(content))
    except OSError as error:
        raise Stopped(f"Can't write the adapter into {folder}: {error}.") from error
