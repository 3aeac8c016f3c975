"""The decoder of masked particle modelling: it sees what the encoder made, and where to fill in.

Dimensions: B jets, P slots a jet, R registers a jet, M rows of the encoder (registers and kept
particles), K dropped particles of the batch, D width of the decoder.
"""

import torch
from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.networks.sequences import Sequences, places
from jetbench.networks.set_encoder import SPREAD
from jetbench.networks.set_layers import SCALE, PreNormLayer, set_scales


def ranks(dropped: Tensor, number: int | None = None) -> Tensor:
    """(B, P) -> (K,): how many dropped particles of the jet come before each dropped one.

    On a GPU the host waits for the device to count them, unless it knows their `number` K.
    """
    return (dropped.cumsum(1) - 1).flatten().index_select(0, places(dropped, number))


class MaskTokens(nn.Module):
    """A learned vector for the first dropped particle of a jet, for the second, and so on."""

    def __init__(self, tokens: int, width: int):
        super().__init__()
        self.tokens = nn.Parameter(SPREAD * torch.randn(tokens, width))

    def forward(self, dropped: Tensor, number: int | None = None) -> Tensor:
        """(B, P), perhaps with K as in `ranks` -> (K, D), jet after jet.

        Raises InputError for more dropped than tokens.
        """
        most = len(self.tokens)
        if dropped.shape[1] > most and dropped.sum(1).max() > most:
            raise InputError(f"dropped: expected at most {most} particles of a jet, got more")
        return self.tokens.index_select(0, ranks(dropped, number))


class SetDecoder(nn.Module):
    """layers( W encoded, mask tokens ), read where a particle was dropped."""

    def __init__(  # seven arguments, which a configuration names
        self,
        inputs: int = 512,
        width: int = 128,
        depth: int = 4,
        heads: int = 4,
        expansion: int = 2,
        tokens: int = 128,
        layer_scale: float = SCALE,
    ):
        super().__init__()
        self.project = nn.Linear(inputs, width)
        self.mask_tokens = MaskTokens(tokens, width)
        self.layers = nn.ModuleList(PreNormLayer(width, heads, expansion) for _ in range(depth))
        set_scales(self.layers, layer_scale)

    def forward(
        self,
        encoded: Tensor,
        kept: Tensor,
        dropped: Tensor,
        registers: int,
        number: int | None = None,
    ) -> Tensor:
        """Encoded (M, inputs) of Sequences(kept, registers), masks (B, P) -> (K, D).

        The dropped come jet after jet in slot order; `number` is that of `ranks`. Raises InputError
        as MaskTokens does.
        """
        tokens, known = self.mask_tokens(dropped, number), len(encoded)
        particles = known - registers * len(kept) + len(tokens)
        sequences = Sequences(kept | dropped, registers, particles)
        hidden = places(dropped.flatten().index_select(0, sequences.place), len(tokens))
        missing = sequences.particles.index_select(0, hidden)  # (K,) rows of M + K
        others = torch.ones(sequences.rows, dtype=torch.bool, device=missing.device)
        others = places(others.index_fill_(0, missing, False), known)  # (M,)
        encoded = self.project(encoded)
        rows = encoded.new_zeros(sequences.rows, encoded.shape[-1])
        x = rows.index_copy_(0, others, encoded).index_copy_(0, missing, tokens.to(rows.dtype))
        for layer in self.layers:
            x = layer(x, sequences.blocks)
        return x.index_select(0, missing)
