"""The backbone of masked particle modelling, a transformer on sets: arXiv:2409.12589.

Dimensions: N particles of the batch, C continuous features, M rows of all jets (their registers and
particles), D width. There is no positional encoding: the order of the particles does not matter.
"""

import torch
from torch import Tensor, nn

from jetbench.errors import InputError, nearest
from jetbench.networks.inputs import Particles
from jetbench.networks.sequences import Layout
from jetbench.networks.set_layers import LAYERS, SCALE, set_scales

SPREAD = 1e-3  # of the normal distribution that registers and mask tokens start from


class SetEncoder(nn.Module):
    """x = W continuous + E[identity]; layers( registers and x )."""

    def __init__(  # eleven arguments: a configuration names each of the sizes that were published
        self,
        continuous: int = 7,
        identities: int = 8,
        width: int = 512,
        depth: int = 8,
        heads: int = 8,
        registers: int = 8,
        expansion: int = 2,
        layer: str = "prenorm",
        norm: bool = False,
        layer_scale: float = SCALE,
    ):
        """No identities: the particle identity is no input. `norm` adds a final LayerNorm.

        Raises InputError for an unknown layer, and for heads that do not divide the width.
        """
        super().__init__()
        if layer not in LAYERS:
            raise InputError(f"layer: unknown value {layer!r}; {nearest(layer, LAYERS)}")
        self.continuous = nn.Linear(continuous, width)
        self.identity = nn.Embedding(identities, width) if identities else None
        self.registers = nn.Parameter(SPREAD * torch.randn(registers, width))
        self.layers = nn.ModuleList(LAYERS[layer](width, heads, expansion) for _ in range(depth))
        set_scales(self.layers, layer_scale)
        self.norm = nn.LayerNorm(width) if norm else nn.Identity()

    def embed(self, particles: Particles) -> Tensor:
        """Continuous features (N, C) and identity (N,) -> (N, D)."""
        x = self.continuous(particles.continuous)
        return x if self.identity is None else x + self.identity(particles.identity)

    def forward(self, x: Tensor, sequences: Layout) -> Tensor:
        """Embedded particles (N, D) of these sequences -> (M, D), their registers among them.

        The sequences must have as many registers as the encoder.
        """
        x = sequences.fill(self.registers, x)
        for layer in self.layers:
            x = layer(x, sequences.blocks)
        return self.norm(x)
