"""Qwen3 for short training runs on one CPU thread; its weights have the names of Qwen3's."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Shape:
    """The sizes of a model; the names are those of config.json."""

    vocab_size: int = 2048
    hidden_size: int = 128
    intermediate_size: int = 256
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    num_key_value_heads: int = 2
    head_dim: int = 32
    max_position_embeddings: int = 2048
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6


class Norm(nn.Module):
    """RMSNorm."""

    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


class Projection(nn.Linear):
    """A projection without bias, and a low-rank addition to it once `adapt` was called."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, bias=False)
        self.lora_A = self.lora_B = None

    def adapt(self, rank, alpha):
        self.lora_A = nn.Parameter(torch.empty(rank, self.in_features))
        self.lora_B = nn.Parameter(torch.zeros(self.out_features, rank))
        nn.init.kaiming_uniform_(self.lora_A, a=5**0.5)
        self.scale = alpha / rank

    def forward(self, x):
        y = F.linear(x, self.weight)
        if self.lora_A is None:
            return y
        return y + F.linear(F.linear(x, self.lora_A), self.lora_B) * self.scale


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width, size = shape.head_dim, shape.hidden_size
        self.heads, self.groups, self.width = (
            shape.num_attention_heads,
            shape.num_key_value_heads,
            width,
        )
        self.q_proj = Projection(size, self.heads * width)
        self.k_proj = Projection(size, self.groups * width)
        self.v_proj = Projection(size, self.groups * width)
        self.o_proj = Projection(self.heads * width, size)
        self.q_norm = Norm(width, shape.rms_norm_eps)
        self.k_norm = Norm(width, shape.rms_norm_eps)

    def forward(self, x, rope):
        batch, length, _ = x.shape
        split = lambda y, heads: y.view(batch, length, heads, self.width)
        q = rotate(self.q_norm(split(self.q_proj(x), self.heads)).transpose(1, 2), rope)
        k = rotate(self.k_norm(split(self.k_proj(x), self.groups)).transpose(1, 2), rope)
        v = split(self.v_proj(x), self.groups).transpose(1, 2)
        repeat = self.heads // self.groups
        k, v = (y.repeat_interleave(repeat, dim=1) for y in (k, v))
        self.last = q, k
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).reshape(batch, length, -1))


    def log_attention(self, rows, positions, heads):
        """How the heads spread their attention from these positions in the last forward pass."""
        q, k = self.last
        query = q[rows, heads, positions]
        keys = k[rows, heads]
        scores = torch.einsum("nd,nld->nl", query, keys) * self.width**-0.5
        later = torch.arange(keys.shape[1]) > positions[:, None]
        return scores.masked_fill(later, -1e4).log_softmax(-1)


class Mlp(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = Projection(shape.hidden_size, shape.intermediate_size)
        self.up_proj = Projection(shape.hidden_size, shape.intermediate_size)
        self.down_proj = Projection(shape.intermediate_size, shape.hidden_size)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.input_layernorm = Norm(shape.hidden_size, shape.rms_norm_eps)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape.hidden_size, shape.rms_norm_eps)
        self.mlp = Mlp(shape)

    def forward(self, x, rope):
        x = x + self.self_attn(self.input_layernorm(x), rope)
        return x + self.mlp(self.post_attention_layernorm(x))


class Qwen3(nn.Module):
    """The model without its output layer, which is the embedding again."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = Norm(shape.hidden_size, shape.rms_norm_eps)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                last = name.endswith(("o_proj.weight", "down_proj.weight"))
                std = 0.02 if "embed" in name else parameter.shape[1] ** -0.5
                nn.init.normal_(parameter, std=std * (0.3 if last else 1))
        angles = torch.outer(
            torch.arange(shape.max_position_embeddings).float(),
            shape.rope_theta ** (-torch.arange(0, shape.head_dim, 2).float() / shape.head_dim),
        )
        self.rope = torch.cat([angles.cos()] * 2, -1), torch.cat([-angles.sin(), angles.sin()], -1)

    def forward(self, tokens):
        """The states after each layer; the last one is normed."""
        cos, sin = (table[: tokens.shape[1]] for table in self.rope)
        states = [self.embed_tokens(tokens)]
        for layer in self.layers:
            states.append(layer(states[-1], (cos, sin)))
        return [*states[1:-1], self.norm(states[-1])]

    def logits(self, state):
        return F.linear(state, self.embed_tokens.weight)

    def projections(self):
        """The seven projections of every layer, by name."""
        return {n: m for n, m in self.named_modules() if isinstance(m, Projection)}


def rotate(x, rope):
    cos, sin = rope
    return x * cos + x.roll(x.shape[-1] // 2, dims=-1) * sin
