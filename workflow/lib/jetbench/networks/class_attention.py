"""The head of a tagger on a set encoder: a token looks at all rows of its jet, as in CaiT.

arXiv:2103.17239. Dimensions: B jets, M rows of all jets (registers and particles), D width.
"""

import torch
from torch import Tensor, nn

from jetbench.networks.sequences import Layout
from jetbench.networks.set_layers import CrossAttention, SwiGLU


class ClassBlock(nn.Module):
    """t + attention(LN(t) to x), then t + swiglu(LN(t)); only the token t changes."""

    def __init__(self, width: int, heads: int, dropout: float, expansion: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = CrossAttention(width, heads, dropout)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = SwiGLU(width, expansion, dropout)

    def forward(self, token: Tensor, x: Tensor, sequences: Layout) -> Tensor:
        """(B, D) looking at x (M, D) -> (B, D)."""
        blocks = sequences.tokens, sequences.blocks
        token = token + self.attention(self.norm(token), x, *blocks)
        return token + self.mlp(self.mlp_norm(token))


class ClassAttention(nn.Module):
    """logits = W token, the token after blocks that look at W encoded."""

    def __init__(  # seven arguments, which a configuration names
        self,
        inputs: int = 512,
        classes: int = 10,
        width: int = 128,
        depth: int = 2,
        heads: int = 4,
        dropout: float = 0.2,
        expansion: int = 1,
    ):
        super().__init__()
        self.project = nn.Linear(inputs, width)
        self.token = nn.Parameter(torch.randn(width))
        blocks = (ClassBlock(width, heads, dropout, expansion) for _ in range(depth))
        self.blocks = nn.ModuleList(blocks)
        self.logits = nn.Linear(width, classes)
        nn.init.trunc_normal_(self.logits.weight, std=0.01)
        nn.init.zeros_(self.logits.bias)

    def forward(self, encoded: Tensor, sequences: Layout) -> Tensor:
        """(M, inputs) of these sequences -> (B, classes)."""
        x = self.project(encoded)
        token = self.token.expand(sequences.jets, -1)  # (B, D)
        for block in self.blocks:
            token = block(token, x, sequences)
        return self.logits(token)
