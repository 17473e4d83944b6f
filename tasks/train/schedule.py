"""The learning rate over a run."""

import math


def learning_rate(step, steps, highest, warmup_ratio):
    """
    For updates 1 to `steps`: a straight rise to `highest` over the warm-up, then half a cosine that
    reaches zero one update after the last.
    """
    warmup = math.ceil(warmup_ratio * steps)
    if step <= warmup:
        return highest * step / warmup
    progress = (step - warmup - 1) / max(1, steps - warmup)
    return highest * 0.5 * (1 + math.cos(math.pi * progress))
