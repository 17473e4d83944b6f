"""summary.json: everything that a report about the run needs."""

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from .atomic_write import write_text
from .base_files import sha256_of
from .records import letter_counts

PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "tokenizers", "numpy")


def describe_data(path, examples):
    """A record file: its hash, its letters and lengths."""
    lengths = sorted(len(one.ids) for one in examples)
    return {
        "path": str(path),
        "sha256": sha256_of(path),
        "records": len(examples),
        "letters": letter_counts(one.record.answer for one in examples),
        "with_reasoning": sum(not one.record.is_direct for one in examples),
        "tokens_median": lengths[len(lengths) // 2],
        "tokens_longest": lengths[-1],
        "trained_tokens": sum(one.trained_length for one in examples),
    }


def describe_versions():
    """Versions of what computes; a package that is not installed is absent."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    return found


def describe_machine(device):
    """Where it ran; no host or user name."""
    found = {
        "device": device.type,
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        found["gpu"] = properties.name
        found["gpu_memory_bytes"] = properties.total_memory
    return found


def without_type(event):
    return {name: value for name, value in event.items() if name != "type"}


def make_summary(training, about, stopped_because):
    """
    The summary as a dictionary. `about` holds what was known before training: settings, data, base,
    precision, optimizer.
    """
    progress, setup = training.progress, training.setup
    events = training.log.read()
    evaluations = [without_type(one) for one in events if one["type"] == "eval"]
    base = next((one for one in evaluations if one["step"] == 0), None)
    training.note_peak()
    summary = {
        "schema_version": 1,
        "kind": "qwen_law_ft",
        "finished": stopped_because in ("steps", "early_stopping"),
        "stopped_because": stopped_because,
        **about,
        "versions": describe_versions(),
        "machine": describe_machine(setup.device),
        "peak": dict(progress.peak),
        "seconds": round(progress.seconds, 1),
        "sittings": progress.sittings,
        "steps": {
            "done": progress.step,
            "planned": training.steps,
            "per_epoch": training.order.steps_per_epoch,
            "records_per_step": training.options.records_per_step,
        },
        "trained_tokens": progress.trained_tokens,
        "base_evaluation": base,
        "best": progress.best,
        "evaluations": evaluations,
        "losses": [[one["step"], one["loss"]] for one in events if one["type"] == "update"],
        "warnings": [without_type(one) for one in events if one["type"] == "warning"],
    }
    weights = Path(training.folder) / "adapter_model.safetensors"
    if weights.exists():
        summary["adapter"] = {
            **summary["adapter"],
            "path": str(training.folder),
            "sha256": sha256_of(weights),
        }
    return {name: value for name, value in summary.items() if value is not None}


def write_summary(path, summary):
    write_text(path, json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
