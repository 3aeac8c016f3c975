"""Tagger of masked particle modelling: inputs, set encoder and class attention (arXiv:2409.12589).

Dimensions: B jets, P slots, N particles of the batch, M rows of all jets.
"""

from typing import Self

from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.networks.class_attention import ClassAttention
from jetbench.networks.inputs import Inputs
from jetbench.networks.sequences import Layout, Sequences
from jetbench.networks.set_encoder import SetEncoder
from jetbench.networks.set_layers import SCALE

FEATURES = 8  # of the set `lifetime`: seven continuous ones and the particle identity


class MaskedTagger(nn.Module):
    """logits = class attention( encoder( normal scores, identity ) )."""

    layout: type[Layout] = Sequences
    frozen = False

    def __init__(  # fourteen arguments: a configuration names each of the published sizes
        self,
        inputs: int = FEATURES,
        classes: int = 10,
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
        quantiles: int = 500,
        head: dict | None = None,
    ):
        """Sizes are those of `SetEncoder`, with those of `ClassAttention` in `head`.

        Raises InputError for another number of features than the set `lifetime` has.
        """
        super().__init__()
        if inputs != FEATURES:
            raise InputError(f"masked: expected the {FEATURES} features of lifetime, got {inputs}")
        self.inputs = Inputs(continuous, quantiles)
        sizes = (width, depth, heads, registers, expansion, layer, norm, layer_scale)
        self.encoder = SetEncoder(continuous, identities, *sizes)
        self.head = ClassAttention(width, classes, **(head or {}))

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, classes) of jets with features (B, P, 8), neither scaled nor clipped."""
        sequences = self.layout(mask, len(self.encoder.registers))
        particles = self.inputs(sequences.pack(features))  # (N, .)
        encoded = self.encoder(self.encoder.embed(particles), sequences)  # (M, D)
        return self.head(encoded, sequences)

    def freeze(self) -> Self:
        """Train the head alone: the encoder gets no gradients and stays as in evaluation."""
        self.frozen = True
        self.encoder.requires_grad_(False).eval()
        return self

    def train(self, mode: bool = True) -> Self:
        """As nn.Module, but a frozen encoder stays in evaluation; the inputs keep their noise."""
        super().train(mode)
        self.encoder.train(mode and not self.frozen)
        return self
