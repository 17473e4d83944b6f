"""A run from the command line's options to the written summary."""

import logging
import os
import sys
import time
from pathlib import Path

from .failure import Interrupted, Refusal, Stopped
from .leaks import refuse_leak
from .records import read_records


def run(options):
    """
    Checks everything, then trains if `do_train` is set. Gives the exit code.
    @raise Refusal, Stopped, Interrupted
    """
    train_records = read_records(options.train_file)
    dev_records = read_records(options.dev_file) if options.dev_file else []
    refuse_leak(train_records, dev_records)
    quieten()
    import torch

    if options.threads:
        torch.set_num_threads(options.threads)
    from .base_files import find_base, load_encoder
    from .base_model import choose_device, uses_4bit
    from .conversation import encode_records
    from .plan import show_plan
    from .resume_point import find_resume_point, settings_fingerprint

    device = choose_device(options.device)
    folder = Path(options.output_dir)
    fingerprint = settings_fingerprint(options, device)
    if options.do_train:
        # Before the base is fetched, hashed or loaded, which may take minutes.
        find_resume_point(options, folder, fingerprint, is_whole=False)
    base = find_base(options.model_name, tokenizer_only=not options.do_train)
    encoder, pad_id = load_encoder(base)
    train = encode_records(encoder, train_records, options.max_seq_length)
    dev = encode_records(encoder, dev_records, options.max_seq_length)
    show_plan(options, device, encoder, train, dev)
    if not options.do_train:
        print("Nothing was trained: add --do-train.")
        return 0
    if options.dtype == "float32" and device.type == "cuda":
        print("NOTE: --dtype float32 doubles the memory of what is not in 4 bits.")
    if options.bnb_4bit_compute_dtype == "float16":
        print("NOTE: float16 loses small gradients (losses are not scaled); bfloat16 does not.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"--output-dir {folder} can't be made: {error}.") from error
    from .single_writer import single_writer

    with single_writer(folder):
        try:
            return train_into(folder, options, fingerprint, base, pad_id, train, dev)
        except (Refusal, Stopped):
            raise
        except Exception as error:
            from .memory_advice import is_out_of_memory, memory_advice

            if not is_out_of_memory(error):
                raise
            longest = max(len(one.ids) for one in [*train, *dev])
            use_4bit = uses_4bit(options, device)
            raise Stopped(memory_advice(options, longest, use_4bit, error)) from error


def train_into(folder, options, fingerprint, base, pad_id, train, dev):
    from .adapter_files import save_adapter
    from .atomic_write import write_text
    from .base_files import file_digests
    from .base_model import load_setup, make_optimizer
    from .checkpoints import read_checkpoint
    from .curves import draw_curves
    from .markdown_log import render_markdown_log
    from .memory_advice import is_out_of_memory
    from .plan import show_end
    from .resume_point import base_fingerprint, find_resume_point
    from .summary import describe_data, make_summary, write_summary
    from .train_log import TrainLog
    from .training import Training

    def say(line):
        print(line, flush=True)

    begin = time.monotonic()
    digests = file_digests(base)
    fingerprint = {**fingerprint, **base_fingerprint(digests)}
    checkpoint = find_resume_point(options, folder, fingerprint, say=say)
    log = TrainLog(folder / "train_log.jsonl")
    log.read()
    try:
        setup = load_setup(options, base.folder, pad_id)
    except (OSError, ValueError) as error:
        if is_out_of_memory(error):
            raise
        raise Stopped(f"{base.name} can't be loaded from {base.folder}: {error}") from error
    optimizer, optimizer_name = make_optimizer(setup, options)
    data = {"train": describe_data(options.train_file, train)}
    if dev:
        data["dev"] = describe_data(options.dev_file, dev)
    about = {
        "settings": options.as_dict(),
        "data": data,
        "base": {"name": base.name, "revision": base.revision, "files": digests},
        "precision": {
            "weights": setup.weights,
            "compute": setup.compute,
            "parameter_bytes": setup.parameter_bytes(),
        },
        "adapter": {"trainable_parameters": sum(p.numel() for p in setup.trained().values())},
        "optimizer": optimizer_name,
    }
    print(
        f"Loaded {base.name} in {time.monotonic() - begin:.0f} s: weights {setup.weights}, compute "
        f"{setup.compute}, optimizer {optimizer_name}"
        + (" (paged 8-bit AdamW needs CUDA)" if optimizer_name == "adamw" else "")
        + f", {about['adapter']['trainable_parameters']:,} parameters to train.",
        flush=True,
    )
    training = Training(options, setup, optimizer, train, dev, folder, log, fingerprint, say)

    def write_reports(stopped_because):
        summary = make_summary(training, about, stopped_because)
        write_summary(folder / "summary.json", summary)
        note = draw_curves(summary, folder)
        if note:
            say(note)
        write_text(folder / "training_log.md", render_markdown_log(summary))
        return summary

    training.try_longest()
    if checkpoint:
        training.resume(read_checkpoint(checkpoint))
        say(f"Resumed after update {training.progress.step} ({checkpoint}).")
    else:
        if options.resume:
            say(f"There is no checkpoint in {folder}: beginning at the start.")
        training.start()
    training.listen_for_signals()
    try:
        stopped_because = training.run()
    except Interrupted:
        write_reports("signal")
        raise
    if not dev:
        save_adapter(setup.model, folder)
    last = folder / "last"
    last.mkdir(exist_ok=True)
    save_adapter(setup.model, last)
    show_end(write_reports(stopped_because), folder)
    return 0


def quieten():
    """No progress bars in log files, no advice about packages that are not wanted."""
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    from transformers.utils.logging import disable_progress_bar

    if not sys.stderr.isatty():
        disable_progress_bar()


def main(words):
    """Runs a command line and gives its exit code; failures are told on stderr."""
    from .options import parse_options

    try:
        return run(parse_options(words))
    except Interrupted as end:
        print("Ended by a signal. The same command with --resume goes on.", file=sys.stderr)
        return end.exit_code
    except (Refusal, Stopped, OSError) as error:
        if os.environ.get("HOUQA_DEBUG") == "1":
            raise
        print(f"train_qwen_law_ft: {error}", file=sys.stderr)
        return getattr(error, "exit_code", Stopped.exit_code)
