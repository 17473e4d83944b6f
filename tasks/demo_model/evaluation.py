"""Greedy answers to four-choice questions: right only if the whole answer is the right letter."""

from collections import Counter

import numpy
import torch

from .examples import conversations
from .vocabulary import END_OF_TEXT, TURN_END

LETTERS = "abcd"


@torch.no_grad()
def generate(model, tokenizer, prompts, most=16, size=16):
    """What the model writes after each prompt, by the highest logit of the whole vocabulary."""
    stop = {tokenizer.token_to_id(token) for token in (TURN_END, END_OF_TEXT)}
    encoded = [tokenizer.encode(prompt).ids for prompt in prompts]
    answers = [[] for _ in prompts]
    order = sorted(range(len(prompts)), key=lambda i: len(encoded[i]))
    for begin in range(0, len(order), size):
        open_rows = order[begin : begin + size]
        for _ in range(most):
            rows = [encoded[i] + answers[i] for i in open_rows]
            tokens = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
            for row, ids in zip(tokens, rows):
                row[: len(ids)] = torch.tensor(ids)
            last = torch.tensor([len(ids) - 1 for ids in rows])
            state = model(tokens)[-1][torch.arange(len(rows)), last]
            nexts = model.logits(state).argmax(-1).tolist()
            for i, token in zip(open_rows, nexts):
                answers[i].append(token)
            open_rows = [i for i, token in zip(open_rows, nexts) if token not in stop]
            if not open_rows:
                break
    return [
        tokenizer.decode([t for t in answer if t not in stop], skip_special_tokens=False)
        for answer in answers
    ]


@torch.no_grad()
def letter_choices(model, tokenizer, prompts, size=16):
    """The most likely of the four letters as the first token, whatever else is likelier."""
    ids = [tokenizer.token_to_id(letter) for letter in LETTERS]
    encoded = [tokenizer.encode(prompt).ids for prompt in prompts]
    best = [""] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda i: len(encoded[i]))
    for begin in range(0, len(order), size):
        rows = order[begin : begin + size]
        tokens = torch.zeros(len(rows), max(len(encoded[i]) for i in rows), dtype=torch.long)
        for row, i in zip(tokens, rows):
            row[: len(encoded[i])] = torch.tensor(encoded[i])
        last = torch.tensor([len(encoded[i]) - 1 for i in rows])
        logits = model.logits(model(tokens)[-1][torch.arange(len(rows)), last])[:, ids]
        for i, choice in zip(rows, logits.argmax(-1).tolist()):
            best[i] = LETTERS[choice]
    return best


def swapped(samples, seed):
    """The samples, each with the article of another statute than its own."""
    random = numpy.random.default_rng(seed)
    law = lambda sample: sample["コンテキスト"].split("\n")[0]
    foreign = []
    for sample in samples:
        while law(other := samples[random.integers(len(samples))]) == law(sample):
            pass
        foreign.append({**sample, "コンテキスト": other["コンテキスト"]})
    return foreign


def evaluate(model, tokenizer, samples):
    """Counts of right answers: overall and by what is asked, and how the answers spread."""
    prompts = conversations(samples)
    answers = generate(model, tokenizer, prompts)
    forced = letter_choices(model, tokenizer, prompts)
    kinds = ["wrong" if "誤っているもの" in s["問題文"] else "correct" for s in samples]
    result = {}
    for kind in ("correct", "wrong", "all"):
        chosen = [i for i, k in enumerate(kinds) if kind in (k, "all")]
        if chosen:
            right = sum(answers[i] == samples[i]["output"] for i in chosen)
            near = sum(forced[i] == samples[i]["output"] for i in chosen)
            result[kind] = {"right": right, "of": len(chosen), "best letter right": near}
    places = dict(zip(LETTERS, ("一番目", "二番目", "三番目", "四番目")))
    result["right in words"] = sum(a == places[s["output"]] for a, s in zip(answers, samples))
    result["right letters"] = dict(sorted(Counter(s["output"] for s in samples).items()))
    result["answers"] = dict(Counter(answers).most_common(8))
    result["tokens in the longest prompt"] = max(len(tokenizer.encode(p).ids) for p in prompts)
    return result
