"""Checkpoints: all that a run needs to go on as if nothing had happened."""

import pickle
import re
from pathlib import Path

import torch

from .atomic_write import write_atomically
from .failure import Refusal, Stopped

KEPT = 2
NAME = re.compile(r"step-(\d{6,})\.pt")


def random_state(device):
    """State of the generators behind dropout."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def save_checkpoint(folder, step, setup, optimizer, fingerprint, progress):
    """Writes `step-NNNNNN.pt` atomically and drops all but the last two."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if setup.device.type == "cuda":
        # The paged optimizer's state lies in memory that the host reads while the GPU still writes.
        torch.cuda.synchronize()
    state = {
        "step": step,
        "fingerprint": fingerprint,
        "progress": progress,
        "adapter": {name: one.detach().cpu() for name, one in setup.trained().items()},
        "optimizer": optimizer.state_dict(),
        "random": random_state(setup.device),
    }
    path = folder / f"step-{step:06d}.pt"
    try:
        write_atomically(path, lambda target: torch.save(state, target))
    except (OSError, RuntimeError) as error:
        # torch.save reports a full disk as a RuntimeError.
        raise Stopped(f"Can't write {path}: {error}. Free some space, then --resume.") from error
    for old in list_checkpoints(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def list_checkpoints(folder):
    """Whole checkpoints, oldest first."""
    folder = Path(folder)
    if not folder.is_dir():
        return []
    found = [(int(m[1]), p) for p in folder.iterdir() if (m := NAME.fullmatch(p.name))]
    return [path for _, path in sorted(found)]


def read_checkpoint(path, fingerprint):
    """
    A checkpoint's content, tensors on the processor.
    @raise Refusal when it is of other settings, data or another base (says which), or damaged.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise Refusal(
            f"The checkpoint {path} can't be read: {str(error).splitlines()[0]} "
            "Delete it to go on from the one before."
        ) from error
    before = state["fingerprint"]
    differences = [
        f"  {name}: was {before.get(name)}, is now {fingerprint.get(name)}"
        for name in sorted({*before, *fingerprint})
        if before.get(name) != fingerprint.get(name)
    ]
    if differences:
        raise Refusal(
            f"{path} belongs to another run:\n"
            + "\n".join(differences)
            + "\nGive the same options and files to resume, or another --output-dir."
        )
    return state


def restore(state, setup, optimizer):
    """Puts a checkpoint's weights, optimizer state and generators in place."""
    trained = setup.trained()
    with torch.no_grad():
        for name, value in state["adapter"].items():
            trained[name].copy_(value)
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"]["cpu"])
    if setup.device.type == "cuda" and "cuda" in state["random"]:
        torch.cuda.set_rng_state(state["random"]["cuda"], setup.device)
