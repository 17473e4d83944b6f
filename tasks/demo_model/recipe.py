"""What is trained in which order, and what is measured."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from .evaluation import evaluate, swapped
from .examples import Labels, encode, generate
from .folder import load_adapter, load_model, merge_adapter, save_adapter, save_model
from .network import Qwen3, Shape
from .training import Probes, train_adapter, train_base
from .vocabulary import train_tokenizer

SEED = 1
LABELS = 1024
RANK, ALPHA = 16, 32


@dataclass(frozen=True)
class Text:
    """One kind of training text: the generator's stage and shares, and its part of the batches."""

    stage: str
    count: int
    share: float = 1.0
    plain: float = 0.0
    wrong: float = 0.0


@dataclass(frozen=True)
class Phase:
    """A stretch of training on the same mixture of texts; `seed` is that of its first text."""

    name: str
    seed: int
    steps: int
    texts: tuple
    size: int = 16
    lr: float = 3e-3
    decay: float = 0.0


#: Values are looked up and compared before anything is chosen; the statute's own words come first.
PHASES = (
    Phase(
        "compare",
        seed=501,
        steps=450,
        texts=(
            Text("restate", 1300, share=0.15, plain=1),
            Text("list", 6300, share=0.85, plain=0.5),
        ),
    ),
    Phase(
        "judge",
        seed=601,
        steps=550,
        texts=(
            Text("list", 5400, share=0.6, plain=0.3),
            Text("choose", 3600, share=0.4, plain=0.3, wrong=0.4),
        ),
    ),
    Phase(
        "choose",
        seed=701,
        steps=1000,
        decay=0.6,
        texts=(
            Text("list", 4200, share=0.25, plain=0.1),
            Text("choose", 12200, share=0.75, plain=0.1, wrong=0.4),
        ),
    ),
    Phase(
        "answer",
        seed=801,
        steps=300,
        lr=2e-3,
        decay=0.8,
        texts=(Text("choose", 4900, plain=0.1, wrong=0.5),),
    ),
)
ADAPTER_TEXT = Text("letter", 6000, wrong=0.4)
ADAPTER_SEED = 900
ADAPTER_STEPS = 250


def make_base(folder, checkpoints):
    """Trains the tokenizer and all phases of the base model and writes its folder."""
    tokenizer = train_tokenizer(list(generate("vocabulary", SEED, 3000)), Shape.vocab_size)
    torch.manual_seed(SEED)
    model = Qwen3(Shape(vocab_size=tokenizer.get_vocab_size()))
    labels = Labels(LABELS)
    probes = Probes(model.shape, labels)
    for phase in PHASES:
        kept = checkpoints and Path(checkpoints) / f"{phase.name}.pt"
        if kept and kept.exists():
            state = torch.load(kept, weights_only=False)
            model.load_state_dict(state["model"])
            probes.load_state_dict(state["probes"])
            labels.numbers, labels.kinds = state["labels"]
            print(f"{phase.name}: taken from {kept}")
            continue
        sources = []
        for i, text in enumerate(phase.texts):
            lines = generate(text.stage, phase.seed + i, text.count, text.plain, text.wrong)
            sources.append((text.share, [encode(tokenizer, labels, line) for line in lines]))
        train_base(
            model,
            probes,
            sources,
            steps=phase.steps,
            lr=phase.lr,
            seed=phase.seed,
            size=phase.size,
            decay=phase.decay,
            label=phase.name,
        )
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            torch.save(
                {
                    "model": model.state_dict(),
                    "probes": probes.state_dict(),
                    "labels": (labels.numbers, labels.kinds),
                },
                kept,
            )
    save_model(folder, model, tokenizer)


def make_adapter(folder, adapter):
    """Trains the adapter on the model in a folder and writes the adapter's folder."""
    model, tokenizer = load_model(folder)
    text = ADAPTER_TEXT
    lines = generate(text.stage, ADAPTER_SEED, text.count, text.plain, text.wrong)
    labels = Labels(LABELS)
    # Only the letter and the end of the turn are learnt.
    examples = [encode(tokenizer, labels, line, body=0, value=0) for line in lines]
    train_adapter(
        model,
        examples,
        steps=ADAPTER_STEPS,
        lr=4e-3,
        seed=SEED,
        size=16,
        rank=RANK,
        alpha=ALPHA,
    )
    save_adapter(adapter, model, RANK, ALPHA)


def measure(folder, adapter, samples):
    """Prints the accuracy of the base, with the adapter, merged, and without the right article."""

    def show(name, model, samples):
        result = {name: evaluate(model, tokenizer, samples)}
        print(json.dumps(result, ensure_ascii=False), flush=True)

    model, tokenizer = load_model(folder)
    show("base", model, samples)
    load_adapter(adapter, model)
    show("base + adapter", model, samples)
    show("base + adapter, articles swapped", model, swapped(samples, SEED))
    merge_adapter(model)
    show("merged, rounded to BF16", model, samples)
