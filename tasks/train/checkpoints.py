"""Checkpoints: all that a run needs to go on as if nothing had happened."""

import re
import warnings
from pathlib import Path

import torch

from .atomic_write import write_atomically
from .failure import Refusal, Stopped
from .memory_advice import is_out_of_memory

KEPT = 2
#: What a checkpoint holds.
CONTENT = {
    "step": int,
    "fingerprint": dict,
    "progress": dict,
    "adapter": dict,
    "optimizer": dict,
    "random": dict,
    "best_adapter": (dict, type(None)),
}
NAME = re.compile(r"step-(\d{6,})\.pt")


class Damaged(Refusal):
    """A file that is no whole checkpoint; the one before may serve."""


def random_state(device):
    """State of the generators behind dropout."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def save_checkpoint(
    folder, step, setup, optimizer, fingerprint, progress, best_adapter=None
):
    """
    Writes `step-NNNNNN.pt` atomically and drops all but the last two. `best_adapter`: the files of
    the adapter that `progress` calls the best, because later ones replace them where they stand.
    """
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
        "best_adapter": best_adapter,
    }
    path = folder / f"step-{step:06d}.pt"
    try:
        write_atomically(path, lambda target: torch.save(state, target))
    except (OSError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise
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


def drop_later(folder, step):
    """Removes checkpoints behind an update: the run is done again from there."""
    for path in list_checkpoints(folder):
        if int(NAME.fullmatch(path.name)[1]) > step:
            path.unlink(missing_ok=True)


def read_checkpoint(path):
    """
    A checkpoint's content, tensors on the processor.
    @raise Damaged for a file that is cut off, empty or no checkpoint of this script.
    """
    try:
        with warnings.catch_warnings():
            # What PyTorch notices about a strange file is no news for users.
            warnings.simplefilter("ignore")
            state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        if is_out_of_memory(error):
            raise
        raise Damaged(f"The checkpoint {path} can't be read: {error.strerror or error}.") from error
    except Exception as error:
        # By what is broken, PyTorch raises nearly anything, with advice that is not for users.
        if is_out_of_memory(error):
            raise
        raise Damaged(
            f"The checkpoint {path} ({path_size(path)} bytes) is damaged or no checkpoint."
        ) from error
    for name, kind in CONTENT.items():
        if not isinstance(state, dict) or not isinstance(state.get(name, ...), kind):
            raise Damaged(
                f"{path} is no checkpoint of this version of the script: it has no {name!r}."
            )
    return state


def path_size(path):
    return Path(path).stat().st_size


def refuse_other_run(before, path, fingerprint, is_whole=True):
    """
    @raise Refusal when a checkpoint's fingerprint tells of other settings, data or another base;
        says which. Without `is_whole` only what `fingerprint` names is compared.
    """
    names = {*before, *fingerprint} if is_whole else set(fingerprint)
    differences = [
        f"  {name}: was {before.get(name)}, is now {fingerprint.get(name)}"
        for name in sorted(names)
        if before.get(name) != fingerprint.get(name)
    ]
    if differences:
        raise Refusal(
            f"{path} belongs to another run:\n"
            + "\n".join(differences)
            + "\nGive the same options and files to resume, or another --output-dir."
        )


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
