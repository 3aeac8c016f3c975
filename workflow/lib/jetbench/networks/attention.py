"""Attention between the particles of a jet.

Dimensions: B jets, N real particles, H heads, D width; G jets of a group with L slots each.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention

from jetbench.errors import InputError
from jetbench.networks.groups import Groups
from jetbench.networks.layers import Dropout


def padding_bias(keys: Tensor, dtype: torch.dtype) -> Tensor:
    """(G, L) -> (G, 1, 1, L): 0 for slots that may be looked at, -inf for padding."""
    bias = torch.zeros(keys.shape, dtype=dtype, device=keys.device)
    return bias.masked_fill_(~keys, -torch.inf)[:, None, None, :]


def logits(query: Tensor, key: Tensor, bias: Tensor) -> Tensor:
    """Q K^T / sqrt(d) + U, (G, H, L, D / H) each with bias (G, H, L, L) -> (G, H, L, L).

    At least in float32: bf16 makes ties of different logits.
    """
    kind = torch.promote_types(query.dtype, torch.float32)
    with torch.autocast(query.device.type, enabled=False):
        return query.to(kind) @ key.to(kind).mT * query.shape[-1] ** -0.5 + bias


def largest(x: Tensor, k: int) -> Tensor:
    """The k largest of each row and -inf in place of the others: (..., L) -> (..., L).

    Of equal ones the first stay, those of leading particles: always k, the same on every device.
    """
    values, places = x.sort(dim=-1, descending=True, stable=True)
    return torch.full_like(x, -torch.inf).scatter(-1, places[..., :k], values[..., :k])


def limit_attention(network: nn.Module, k: int) -> None:
    """Let each query of each head attend to its k largest logits only, in evaluation.

    The softmax is over those that are left, at most as many as the jet has particles, and nothing
    is trained again: the procedure behind resources/published/part_topk.csv. It limits the particle
    blocks of ParT; the class token goes on to look at all particles. Jets in no more than k slots
    are computed as without a limit. Raises InputError for a network without attention or k < 1.
    """
    layers = [module for module in network.modules() if isinstance(module, Attention)]
    if not layers:
        raise InputError(f"top: expected a ParT, got {type(network).__name__}, without attention")
    if k < 1:
        raise InputError(f"top: expected at least 1, got {k}")
    for layer in layers:
        layer.top = k


class Attention(nn.Module):
    """softmax( Q K^T / sqrt(d) + U ) V in each head, each head's share of the output scaled."""

    top: int | None = None  # how many particles a query attends to in evaluation; None: all

    def __init__(self, width: int, heads: int, dropout: float = 0.0):
        super().__init__()
        self.heads = heads
        self.dropout = Dropout(dropout)
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.scale = nn.Parameter(torch.ones(heads))
        nn.init.xavier_uniform_(self.project.weight)  # these three as nn.MultiheadAttention
        nn.init.zeros_(self.project.bias)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, groups: Groups, biases: list[Tensor]) -> Tensor:
        """(N, D) with a bias (G, H, L, L) for each group of jets -> (N, D)."""
        parts = zip(groups.part(self.project(x)), biases, strict=True)
        return self.output(groups.join([self.attend(*part) for part in parts]))

    def attend(self, projected: Tensor, bias: Tensor) -> Tensor:
        """softmax( Q K^T / sqrt(d) + U ) V, (G, L, 3 D) with bias (G, H, L, L) -> (G, L, D)."""
        heads = projected.unflatten(-1, (3, self.heads, -1))
        query, key, value = heads.permute(2, 0, 3, 1, 4)  # (G, H, L, D / H) each
        if self.training and projected.device.type == "cpu":
            attended = self.written_out(query, key, value, bias)
        elif not self.training and self.top and self.top < key.shape[2]:
            attended = largest(logits(query, key, bias), self.top).softmax(-1).to(value) @ value
        else:
            p = self.dropout.p if self.training else 0.0
            attended = scaled_dot_product_attention(query, key, value, bias, p)
        return attended.transpose(1, 2).flatten(2)

    def written_out(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
        """(G, H, L, D / H) each with bias (G, H, L, L) -> (G, H, L, D / H), with our dropout."""
        bias = bias.expand(-1, self.heads, -1, -1)
        query, key, value, bias = (x.flatten(0, 1) for x in (query, key, value, bias))
        scale = query.shape[-1] ** -0.5
        weights = torch.baddbmm(bias, query, key.transpose(1, 2), alpha=scale).softmax(-1)
        return torch.bmm(self.dropout(weights), value).unflatten(0, (-1, self.heads))

    def summary(self, token: Tensor, contexts: list[Tensor], biases: list[Tensor]) -> Tensor:
        """(B, D), context (G, L, D) and bias (G, 1, 1, L) for each group -> (B, D): a query a jet.

        With one query, q . (W_K x) = (W_K^T q) . x and sum_j a_j W_V x_j = W_V sum_j a_j x_j:
        keys and values need no map of each particle. The key's bias drops out of the softmax.
        """
        q, k, v = self.project.weight.unflatten(0, (3, self.heads, -1))  # (H, D / H, D) each
        q_bias, _, v_bias = self.project.bias.unflatten(0, (3, self.heads, -1))
        query = torch.einsum("bc,hdc->bhd", token, q) + q_bias
        query = torch.einsum("bhd,hdc->bhc", query, k).unsqueeze(1)  # (B, 1, H, D)
        queries = query.split([context.shape[0] for context in contexts])
        scale = q.shape[1] ** -0.5
        contexts = [context.unsqueeze(1) for context in contexts]  # (G, 1, L, D)
        parts = zip(queries, contexts, contexts, biases, strict=True)
        means = [scaled_dot_product_attention(*part, scale=scale) for part in parts]
        mean = torch.cat(means).squeeze(1)  # (B, H, D)
        return self.output((torch.einsum("bhc,hdc->bhd", mean, v) + v_bias).flatten(1))

    def output(self, heads: Tensor) -> Tensor:
        """linear(heads), its rows scaled head by head."""
        scale = self.scale.repeat_interleave(len(self.out.bias) // self.heads)
        return linear(heads, scale.unsqueeze(1) * self.out.weight, scale * self.out.bias)
