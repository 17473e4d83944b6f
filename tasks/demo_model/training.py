"""The training loop of the base model and of the adapter."""

import math
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from .examples import batches, collate
from .optimizer import Muon


class Probes(nn.Module):
    """
    Read-outs that only training uses, each of the state after one layer: which slot of which rule
    a value fills and what rule a statement is about; then what the statement says there and what
    the article says, and whether the question asks for what is false; then whether the statement is
    true; then whether it is the answer.
    """

    LAYERS = {"slot": 1, "family": 1, "says": 1, "law": 2, "verdict": 3, "chosen": 4, "asked": 2}

    def __init__(self, shape, labels):
        super().__init__()
        self.labels = labels
        for name in self.LAYERS:
            outputs = 1 if name in ("verdict", "chosen", "asked") else len(labels.kinds)
            self.add_module(name, nn.Linear(shape.hidden_size, outputs))

    def loss(self, name, states, entries):
        """The mean loss of a probe and whether each reading is right."""
        rows, positions, truth = entries[:, :3].long().T
        weight = entries[:, 3]
        state = states[self.LAYERS[name]][rows, positions]
        scores = getattr(self, name)(F.rms_norm(state, state.shape[-1:]))
        if scores.shape[1] == 1:
            scores = scores.squeeze(-1)
            each = F.binary_cross_entropy_with_logits(scores, truth.float(), reduction="none")
            right = (scores > 0) == (truth > 0)
        else:
            kinds = torch.from_numpy(self.labels.kinds)
            scores = scores.masked_fill(kinds != kinds[truth][:, None], -1e4)
            each = F.cross_entropy(scores, truth, reduction="none")
            right = scores.argmax(-1) == truth
        return (each * weight).sum() / weight.sum(), right[weight == 1].float()


#: How much each probe's loss counts beside the loss of predicting text.
PROBE_WEIGHTS = {
    "slot": 0.3,
    "family": 0.3,
    "says": 0.5,
    "law": 1.0,
    "verdict": 1.0,
    "chosen": 1.0,
    "asked": 0.5,
}


#: The layers whose attention is shown, in training, where the values to be compared stand.
GUIDED_LAYERS = {"says": 1, "law": 2}
GUIDE_WEIGHT = 0.3


def losses(model, probes, batch):
    """The loss of a batch, and what share of the predictions is right."""
    tokens, weights = batch["tokens"], batch["weights"]
    states = model(tokens)
    rows, columns = weights.nonzero(as_tuple=True)
    logits = model.logits(states[-1][rows, columns - 1])
    targets, weight = tokens[rows, columns], weights[rows, columns]
    loss = (F.cross_entropy(logits, targets, reduction="none") * weight).sum() / weight.sum()
    right = (logits.argmax(-1) == targets).float()
    share = lambda mask: right[mask].mean().item() if mask.any() else math.nan
    report = {"lm": loss.item(), "answer": share(weight > 2), "value": share(weight == 1)}
    if probes is not None:
        for name, entries in batch["probes"].items():
            if len(entries) > 0:
                extra, hits = probes.loss(name, states, entries)
                loss = loss + PROBE_WEIGHTS[name] * extra
                report[name] = hits.mean().item()
        for name, entries in batch["guides"].items():
            if len(entries) > 0:
                rows, positions, sources, heads = entries[:, :4].long().T
                attention = model.layers[GUIDED_LAYERS[name]].self_attn
                spread = attention.log_attention(rows, positions, heads)
                reached = spread.gather(1, sources[:, None]).squeeze(1)
                weight = entries[:, 4]
                loss = loss - GUIDE_WEIGHT * (reached * weight).sum() / weight.sum()
                report["to_" + name] = reached[weight == 1].exp().mean().item()
    return loss, report


class Report:
    """Means of what `losses` reports, printed now and then."""

    def __init__(self):
        self.values, self.begin = {}, time.time()

    def add(self, report):
        for name, value in report.items():
            if not math.isnan(value):
                self.values.setdefault(name, []).append(value)

    def show(self, label, step):
        means = "  ".join(f"{name} {numpy.mean(v):.3f}" for name, v in self.values.items())
        print(f"{label} {step:5d}  {time.time() - self.begin:6.0f} s  {means}", flush=True)
        self.values = {}


def train_base(model, probes, sources, steps, lr, seed, size, warmup=50, decay=0.0, label="base"):
    """
    Trains all weights. `sources` are (share, examples) pairs; each batch comes from one of them.
    The learning rate rises over `warmup` steps and falls to zero over the last share `decay`.
    """
    random = numpy.random.default_rng(seed)
    matrices = [p for p in model.layers.parameters() if p.dim() == 2]
    known = {id(p) for p in matrices}
    others = [p for p in [*model.parameters(), *probes.parameters()] if id(p) not in known]
    optimizers = [
        Muon(matrices, lr=lr),
        torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.98), weight_decay=0.01),
    ]
    queues = [batches(examples, size, random) for _, examples in sources]
    shares = numpy.array([share for share, _ in sources], dtype=float)
    report = Report()
    for step in range(1, steps + 1):
        factor = min(step / warmup, 1, (steps - step + 1) / max(decay * steps, 1))
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = lr * factor
        queue = queues[random.choice(len(queues), p=shares / shares.sum())]
        loss, values = losses(model, probes, collate(next(queue), random))
        loss.backward()
        nn.utils.clip_grad_norm_([*model.parameters(), *probes.parameters()], 1.0)
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad(set_to_none=True)
        probes.zero_grad(set_to_none=True)
        report.add(values)
        if step % 25 == 0 or step == steps:
            report.show(label, step)


def train_adapter(model, examples, steps, lr, seed, size, rank, alpha):
    """Trains low-rank additions to every projection; nothing else changes."""
    torch.manual_seed(seed)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for projection in model.projections().values():
        projection.adapt(rank, alpha)
    adapted = [p for n, p in model.named_parameters() if "lora_" in n]
    optimizer = torch.optim.AdamW(adapted, lr=lr, weight_decay=0.0)
    random = numpy.random.default_rng(seed)
    queue = batches(examples, size, random)
    report = Report()
    for step in range(1, steps + 1):
        optimizer.param_groups[0]["lr"] = lr * min(step / 20, 1) * (1 - (step - 1) / steps)
        loss, values = losses(model, None, collate(next(queue), random))
        loss.backward()
        nn.utils.clip_grad_norm_(adapted, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        report.add(values)
        if step % 25 == 0 or step == steps:
            report.show("adapter", step)
