"""Layers of transformers on sets: each row is looked at by the rows of its own jet.

Dimensions: M rows of all jets, D width, H heads, C width of a context; G jets of a block with L
slots each, Q those of the queries.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention, silu

from jetbench.errors import InputError
from jetbench.networks.layers import Dropout
from jetbench.networks.sequences import Blocks, OneBlock

SCALE = 1e-3  # what a layer scale begins with


class Attention(nn.Module):
    """softmax( Q K^T / sqrt(d) ) V in each head, then a linear map."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0):
        """`dropout` is the share of the weights behind the softmax that training sets to zero."""
        super().__init__()
        if width % heads:
            raise InputError(f"heads: expected a divisor of the width {width}, got {heads}")
        self.heads = heads
        self.dropout = dropout
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, blocks: Blocks | OneBlock) -> Tensor:
        """(M, D) -> (M, D): every row looks at all rows of its jet."""
        parts = [part.chunk(3, -1) for part in blocks.part(self.project(x))]
        return self.output(blocks.join(self.attend(parts, blocks.masks)))

    def attend(self, parts: list[tuple[Tensor, ...]], masks: list[Tensor]) -> list[Tensor]:
        """Query (G, Q, D), key and value (G, L, D) with masks (G, 1, 1, L) -> (G, Q, D) of each."""
        p = self.dropout if self.training else 0.0
        attended = []
        for part, mask in zip(parts, masks, strict=True):
            heads = (x.unflatten(-1, (self.heads, -1)).transpose(1, 2) for x in part)
            attended.append(scaled_dot_product_attention(*heads, mask, p).transpose(1, 2))
        return [heads.flatten(2) for heads in attended]

    def output(self, x: Tensor) -> Tensor:
        """The heads side by side (M, D) -> (M, D)."""
        return self.out(x)


class ScaledAttention(Attention):
    """Attention whose heads are scaled by a factor each before the linear map."""

    def __init__(self, width: int, heads: int):
        super().__init__(width, heads)
        self.scale = nn.Parameter(torch.ones(heads))

    def output(self, x: Tensor) -> Tensor:
        """The heads side by side (M, D) -> (M, D)."""
        heads = x.unflatten(-1, (self.heads, -1)) * self.scale[:, None]
        return self.out(heads.flatten(-2))


class CrossAttention(Attention):
    """Attention of the rows of one set to those of another set of the same jet."""

    def forward(
        self, x: Tensor, others: Tensor, queries: Blocks | OneBlock, keys: Blocks | OneBlock
    ) -> Tensor:
        """(M, D) and others (M', D), in blocks that belong to each other -> (M, D)."""
        width = x.shape[-1]
        weights = self.project.weight.split([width, 2 * width])
        biases = self.project.bias.split([width, 2 * width])
        query, rest = map(linear, (x, others), weights, biases)
        rest = [part.chunk(2, -1) for part in keys.part(rest)]
        parts = [(q, *kv) for q, kv in zip(queries.part(query), rest, strict=True)]
        return self.output(queries.join(self.attend(parts, keys.masks)))


class SwiGLU(nn.Module):
    """W2 ( silu(a) * b ), (a, b) = W1 x: arXiv:2002.05202."""

    def __init__(self, width: int, expansion: int = 2, dropout: float = 0.0, context: int = 0):
        """`context` is the width of what is appended to x."""
        super().__init__()
        hidden = expansion * width
        self.first = nn.Linear(width + context, 2 * hidden)
        self.dropout = Dropout(dropout)
        self.second = nn.Linear(hidden, width)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """(M, D), with context (M, C) where the layer has one -> (M, D)."""
        if context is not None:
            x = torch.cat((x, context), -1)
        gate, value = self.first(x).chunk(2, -1)
        return self.second(self.dropout(silu(gate) * value))


class PreNormLayer(nn.Module):
    """x + s1 attention(LN(x)), then x + s2 swiglu(LN(x)), with a scale s a channel."""

    def __init__(self, width: int, heads: int, expansion: int = 2, context: int = 0):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.scale = nn.Parameter(torch.full((width,), SCALE))
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = SwiGLU(width, expansion, context=context)
        self.mlp_scale = nn.Parameter(torch.full((width,), SCALE))

    def forward(
        self, x: Tensor, blocks: Blocks | OneBlock, context: Tensor | None = None
    ) -> Tensor:
        """(M, D), with context (M, C) where the layer has one -> (M, D)."""
        x = x + self.scale * self.attention(self.norm(x), blocks)
        return x + self.mlp_scale * self.mlp(self.mlp_norm(x), context)


class CrossLayer(PreNormLayer):
    """As PreNormLayer, with x + s3 attention(LN(x) to others) between the two steps.

    The others, which the rows look at, are not normalised.
    """

    def __init__(self, width: int, heads: int, expansion: int = 2, context: int = 0):
        super().__init__(width, heads, expansion, context)
        self.cross_norm = nn.LayerNorm(width)
        self.cross = CrossAttention(width, heads)
        self.cross_scale = nn.Parameter(torch.full((width,), SCALE))

    def forward(  # six arguments: two sets, where they lie, and what the step is told besides
        self,
        x: Tensor,
        blocks: Blocks,
        others: Tensor,
        queries: Blocks,
        keys: Blocks,
        context: Tensor | None = None,
    ) -> Tensor:
        """(M, D) looking at others (M', D), with context (M, C) where the layer has one -> (M, D).

        `blocks` hold the rows for looking at each other, `queries` for looking at `keys`.
        """
        x = x + self.scale * self.attention(self.norm(x), blocks)
        x = x + self.cross_scale * self.cross(self.cross_norm(x), others, queries, keys)
        return x + self.mlp_scale * self.mlp(self.mlp_norm(x), context)


class NormFormerLayer(nn.Module):
    """x + LN(attention(LN(x))), then x + W2 LN(GELU(W1 LN(x))), heads scaled: arXiv:2110.09456."""

    def __init__(self, width: int, heads: int, expansion: int = 2):
        super().__init__()
        hidden = expansion * width
        self.norm = nn.LayerNorm(width)
        self.attention = ScaledAttention(width, heads)
        self.attention_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, hidden),
            nn.GELU(),
            nn.LayerNorm(hidden),
            nn.Linear(hidden, width),
        )

    def forward(self, x: Tensor, blocks: Blocks | OneBlock) -> Tensor:
        """(M, D) -> (M, D)."""
        x = x + self.attention_norm(self.attention(self.norm(x), blocks))
        return x + self.mlp(x)


def set_scales(layers: nn.Module, scale: float) -> None:
    """Let all layer scales in there begin with `scale`; NormFormer has none."""
    for layer in layers.modules():
        for name, parameter in layer.named_parameters(recurse=False):
            if isinstance(layer, PreNormLayer) and name.endswith("scale"):
                nn.init.constant_(parameter, scale)


LAYERS = {"prenorm": PreNormLayer, "normformer": NormFormerLayer}
