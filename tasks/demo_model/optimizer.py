"""Muon (Keller Jordan's method) for matrices, scaled to have AdamW's step size."""

import torch


class Muon(torch.optim.Optimizer):
    """Momentum whose matrix is made nearly orthogonal before each step."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                buffer = self.state[p].setdefault("buffer", torch.zeros_like(p))
                buffer.lerp_(p.grad, 1 - group["momentum"])
                by_shape.setdefault(p.shape, []).append(
                    (p, p.grad.lerp(buffer, group["momentum"]))
                )
            for shape, pairs in by_shape.items():
                updates = orthogonal(torch.stack([update for _, update in pairs]))
                step = 0.2 * max(shape) ** 0.5 * group["lr"]
                for (p, _), update in zip(pairs, updates):
                    p.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-step)


def orthogonal(matrices):
    """Five rounds of the quintic Newton-Schulz iteration on a stack of matrices."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.transpose(-2, -1) if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.transpose(-2, -1)
        x = 3.4445 * x + (-4.775 * square + 2.0315 * square @ square) @ x
    return x.transpose(-2, -1) if tall else x
