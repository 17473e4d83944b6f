"""What `tasks/demo/training_text.ts` prints as tokens and labels, in batches."""

import json
import re
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch

ROOT = Path(__file__).resolve().parents[2]
PROBES = ("slot", "family", "says", "law", "verdict", "chosen", "asked")
GUIDES = ("says", "law")
HEADS = {"office": 0}
HEADS |= dict.fromkeys("days hours delay months years clock date tenths sanction".split(), 1)
HEADS |= dict.fromkeys("sum yen metres persons members age childAge".split(), 3)
GENERATOR = ["deno", "run", "--no-prompt", "--no-lock", "tasks/demo/training_text.ts"]


def generate(stage, seed, count, plain=0.0, wrong=0.0):
    """The generator's lines, parsed one by one."""
    command = [*GENERATOR, "--stage", stage, "--seed", str(seed), "--count", str(count)]
    command += ["--plain", str(plain), "--wrong", str(wrong)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        yield from map(json.loads, process.stdout)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed with exit code {process.returncode}")


class Labels:
    """Numbers for the names that probes tell apart, each with the kind of thing it is."""

    def __init__(self, size):
        self.numbers, self.kinds = {}, numpy.full(size, -1)

    def number(self, kind, name):
        """The number of a name of a kind; names beyond the size share the last one."""
        key = f"{kind}:{name}"
        if key not in self.numbers:
            self.numbers[key] = min(len(self.numbers), len(self.kinds) - 1)
            self.kinds[self.numbers[key]] = self.kind(kind)
        return self.numbers[key]

    def kind(self, name):
        return zlib.crc32(name.encode())


@dataclass
class Example:
    """Token ids, and what is to be learnt at which of them."""

    tokens: numpy.ndarray
    #: The weight of predicting each token from those before it.
    weights: numpy.ndarray
    #: For each probe: (position, label, weight).
    probes: dict
    #: For each guide: (position, position to attend to, attention head, weight).
    guides: dict


def encode(tokenizer, labels, line, body=0.1, value=1.0, answer=3.0):
    """An Example from a line of the generator. Wrong values are never to be predicted."""
    encoding = tokenizer.encode(line["text"])
    starts = numpy.array([start for start, _ in encoding.offsets])
    ends = numpy.array([end for _, end in encoding.offsets])
    last = lambda before: int(numpy.flatnonzero(starts < before)[-1])
    weights = numpy.full(len(starts), body, dtype=numpy.float32)
    probes = {name: [] for name in PROBES}
    guides = {name: [] for name in GUIDES}
    targets = guide_article(line["law"], last, guides["says"])
    for place in line["law"]:
        probes["slot"].append((last(place["end"]), labels.number("slot", place["slot"]), 1.0))
    title = line["text"].split("## ", 1)[1].split("\n", 1)[0]
    topic = re.sub("(業法|業の適正化に関する法律|事業規制法|士法)$", "", title)
    own = {}
    for place in line["values"]:
        token = last(place["end"])
        compared = line["statements"][place["statement"]]["comparisons"][place["comparison"]]
        weights[(ends > place["start"]) & (starts < place["end"])] = value * place["holds"]
        probes["verdict"].append((token, int(place["holds"]), 0.3))
        probes["slot"].append((token, labels.number("slot", compared["slot"]), 1.0))
        own[place["statement"], place["comparison"]] = token
    for i, statement in enumerate(line["statements"]):
        token = last(statement["end"] + 1)
        probes["verdict"].append((token, int(statement["holds"]), 1.0))
        probes["family"].append((token, labels.number("family", statement["family"]), 1.0))
        kinds = [compared["kind"] for compared in statement["comparisons"]]
        for j, compared in enumerate(statement["comparisons"]):
            again = kinds[j] in kinds[:j]
            kind = kinds[j] + "again" * again
            number = lambda name: labels.number(kind, name.replace(topic, ""))
            # A norm ends its statement.
            source = own.get((i, j), token - 1)
            here = [(token, 1.0)] + [(source, 0.3)] * ((i, j) in own)
            probes["says"].append((token, number(compared["says"]), 1.0))
            guides["says"].append((token, source, head(kinds[j], again), 1.0))
            for position, weight in here:
                if compared["law"] is not None:
                    probes["law"].append((position, number(compared["law"]), weight))
                if (statement["row"], compared["slot"]) in targets:
                    target = targets[statement["row"], compared["slot"]]
                    guides["law"].append((position, target, head(kinds[j], again), weight))
        if line["chosen"]:
            asked_for_false = line["chosen"][i] != statement["holds"]
            probes["chosen"].append((token, int(line["chosen"][i]), 1.0))
            probes["asked"].append((token, int(asked_for_false), 1.0))
    weights[starts >= line["answer"][0]] = answer
    return Example(numpy.array(encoding.ids, dtype=numpy.int32), weights, probes, guides)


def guide_article(law, last, guides):
    """
    Where statements are to look for each value: (row, slot) to token. A value that stands before
    its row's first one, as a penalty before the list of who meets it, is looked for at the latter,
    because only from there can both be seen.
    """
    keys = {place["row"]: last(place["end"]) for place in law if place["key"]}
    targets = {}
    for place in law:
        token = last(place["end"])
        key = keys.get(place["row"], token)
        targets[place["row"], place["slot"]] = max(token, key)
        if token < key:
            guides.append((key, token, head(place["kind"]), 1.0))
        elif token > key:
            guides.append((token, key, head("key"), 1.0))
    return targets


def head(kind, again=False):
    """
    The attention head that is to look for values of a kind, so that those of one rule have
    different heads; `again` is a rule's second value of the same kind.
    """
    return 3 if again else HEADS.get(kind, 2)


def batches(examples, size, random, window=32):
    """Endless batches of examples of nearly the same length, in random order."""
    while True:
        order = random.permutation(len(examples))
        for begin in range(0, len(order) - size + 1, size * window):
            some = order[begin : begin + size * window]
            some = sorted(some, key=lambda i: len(examples[i].tokens))
            groups = [some[i : i + size] for i in range(0, len(some) - size + 1, size)]
            for i in random.permutation(len(groups)):
                yield [examples[j] for j in groups[i]]


def collate(batch, random, body_share=0.25):
    """Tensors of a batch; of the lightly weighted tokens only a random share is predicted."""
    length = max(len(example.tokens) for example in batch)
    tokens = numpy.zeros((len(batch), length), dtype=numpy.int64)
    weights = numpy.zeros((len(batch), length), dtype=numpy.float32)
    for row, example in enumerate(batch):
        tokens[row, : len(example.tokens)] = example.tokens
        weights[row, : len(example.tokens)] = example.weights
    light = (weights > 0) & (weights < 1)
    weights[light & (random.random(weights.shape) >= body_share)] = 0
    weights[:, 0] = 0
    flat = lambda lists: torch.tensor(
        [(row, *entry) for row, entries in enumerate(lists) for entry in entries]
    )
    return {
        "tokens": torch.from_numpy(tokens),
        "weights": torch.from_numpy(weights),
        "probes": {name: flat([example.probes[name] for example in batch]) for name in PROBES},
        "guides": {name: flat([example.guides[name] for example in batch]) for name in GUIDES},
    }


def conversations(samples):
    """The prompts that houqa asks the questions with, in ChatML up to the assistant's turn."""
    command = [*GENERATOR, "--stage", "prompts"]
    text = json.dumps({"samples": samples}, ensure_ascii=False).encode()
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return [json.loads(line)["prompt"] for line in done.stdout.splitlines()]
