"""The loss on the assistant's turn; logits exist at its positions only."""

import torch
import torch.nn.functional as F


def answer_logits(setup, batch):
    """
    Logits that predict the trained tokens, float32, (number of trained tokens, vocabulary). The
    head sees only these positions: at Qwen3's vocabulary each thousand others would cost 0.6 GB.
    """
    causal = setup.model.get_base_model()
    with setup.autocast():
        states = causal.model(
            input_ids=batch.ids, attention_mask=batch.mask, use_cache=False
        ).last_hidden_state
        return causal.lm_head(states[batch.rows, batch.columns - 1]).float()


def answer_loss(setup, batch):
    """Sum of the losses of the assistant's tokens, the end-of-turn token included (nats)."""
    targets = batch.ids[batch.rows, batch.columns]
    return F.cross_entropy(answer_logits(setup, batch), targets, reduction="sum")


@torch.no_grad()
def answer_scores(setup, batch):
    """
    The same loss, and the log-probabilities of a, b, c, d at each answer's place among the whole
    vocabulary: (examples, 4).
    """
    logits = answer_logits(setup, batch)
    targets = batch.ids[batch.rows, batch.columns]
    loss = F.cross_entropy(logits, targets, reduction="sum")
    scores = logits[batch.letter_rows].log_softmax(-1).gather(1, batch.letter_ids)
    return loss.item(), scores.cpu()
