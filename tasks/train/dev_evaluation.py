"""Accuracy on the dev records by the log-probabilities of the four letters."""

from .answer_loss import answer_scores
from .batch import chunks, collate
from .records import LETTERS, letter_counts

#: One letter with this share of all answers: the model has collapsed.
COLLAPSE_SHARE = 0.8


def evaluate(setup, examples, batch_size):
    """
    What the model answers when it may choose among the four letters only. `letter_mass` is the mean
    probability that it would write one of them at all. Where a record holds reasoning, the letter is
    judged with that reasoning before it: `given_reasoning` counts these.
    """
    # Records of like length side by side: less padding.
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].ids))
    setup.model.eval()
    loss, predicted, mass = 0.0, [""] * len(examples), 0.0
    try:
        for part in chunks(order, batch_size):
            batch = collate([examples[i] for i in part], setup.pad_id, setup.device)
            more, scores = answer_scores(setup, batch)
            loss += more
            mass += scores.exp().sum().item()
            for i, best in zip(part, scores.argmax(-1).tolist()):
                predicted[i] = LETTERS[best]
    finally:
        setup.model.train()
    gold = [one.record.answer for one in examples]
    correct = sum(p == g for p, g in zip(predicted, gold))
    return {
        "accuracy": correct / len(examples),
        "correct": correct,
        "total": len(examples),
        "loss": loss / sum(one.trained_length for one in examples),
        "predicted": letter_counts(predicted),
        "gold": letter_counts(gold),
        # Rounding may carry the sum of four probabilities above one.
        "letter_mass": min(1.0, mass / len(examples)),
        "given_reasoning": sum(not one.record.is_direct for one in examples),
    }


def collapsed_letter(evaluation):
    """The letter that at least 80 % of the answers give though it is not so often right, or None."""
    total = evaluation["total"]
    for letter in LETTERS:
        if (
            evaluation["predicted"][letter] >= COLLAPSE_SHARE * total
            and evaluation["gold"][letter] < COLLAPSE_SHARE * total
        ):
            return letter
    return None
