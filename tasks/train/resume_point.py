"""Where a run begins: at the start, or behind a checkpoint that belongs to it."""

from pathlib import Path

from .base_files import sha256_of
from .base_model import uses_4bit
from .checkpoints import Damaged, list_checkpoints, read_checkpoint, refuse_other_run
from .failure import Refusal

#: Settings that a resumed run may change: they do not change what it computes.
FREE = {
    "do_train",
    "resume",
    "preset",
    "output_dir",
    "save_steps",
    "threads",
    "max_seq_length",
    "batch_size",
    "gradient_accumulation_steps",
    "train_file",
    "dev_file",
    "model_name",
    "device",
}


def settings_fingerprint(options, device):
    """What must stay the same for a run to be resumed, as far as known before the base's files are."""
    kept = {name: one for name, one in options.as_dict().items() if name not in FREE}
    return {
        **kept,
        "use_4bit": uses_4bit(options, device),
        "records_per_step": options.records_per_step,
        "train file (sha256)": sha256_of(options.train_file),
        "dev file (sha256)": sha256_of(options.dev_file) if options.dev_file else None,
    }


def base_fingerprint(digests):
    return {f"base {name} (sha256)": one for name, one in digests.items()}


def find_resume_point(options, folder, fingerprint, is_whole=True, say=lambda line: None):
    """
    The checkpoint to go on from, or None for a new run. Where the last one is damaged, the one
    before serves, which is said.
    @param fingerprint of this run; without `is_whole` a part of it, for an early answer.
    @raise Refusal where a run is in the folder and nobody said --resume, where checkpoints are of
        another run or none of them can be read, or the named one is missing.
    """
    found = list_checkpoints(Path(folder) / "checkpoints")
    if options.resume is None:
        if found or (Path(folder) / "train_log.jsonl").exists():
            raise Refusal(
                f"{folder} already holds a run. Add --resume to go on with it, or give another "
                "--output-dir."
            )
        return None
    if options.resume != "latest":
        found = [Path(options.resume)]
        if not found[0].is_file():
            raise Refusal(
                f"--resume {found[0]}: no such checkpoint. They are in {folder}/checkpoints."
            )
    damaged = []
    for path in reversed(found):
        try:
            before = read_checkpoint(path)["fingerprint"]
        except Damaged as error:
            damaged.append(str(error))
            continue
        refuse_other_run(before, path, fingerprint, is_whole)
        for line in damaged:
            say(f"WARNING: {line} Going on from the one before.")
        return path
    if damaged and options.resume != "latest":
        raise Refusal(f"{damaged[0]} Leave its name out to go on from the last good one.")
    if damaged:
        raise Refusal(
            "\n".join(damaged) + f"\nThere is no other checkpoint. Delete {folder}/checkpoints to "
            "begin at the start with the same command."
        )
    return None
