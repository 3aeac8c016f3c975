"""How the dropped particles get a place in the network, so that tasks can fill them in.

Each style is what stands behind the encoder, with `width` and `fill`. None of them shows the
encoder anything of a dropped particle but that it was there, and the first not even that.

Dimensions: B jets, P slots, N particles of which K are dropped, D width of the encoder.
"""

import torch
from torch import Tensor, nn

from jetbench.methods.masking import Split
from jetbench.networks.inputs import Particles
from jetbench.networks.sequences import Sequences
from jetbench.networks.set_decoder import MaskTokens, SetDecoder
from jetbench.networks.set_encoder import SPREAD, SetEncoder

TOKENS = 128  # particles of the longest jet


def choose(particles: Particles, rows: Tensor) -> Particles:
    """Those of the N particles with these numbers."""
    return Particles(*(x.index_select(0, rows) for x in particles))


class TransformerDecoder(SetDecoder):
    """Mask tokens join behind the encoder, which sees the kept particles alone (arXiv:2111.06377).

    Token i stands for the i-th dropped particle of its jet: positions among the dropped only.
    """

    @property
    def width(self) -> int:
        """Of the decoder."""
        return self.project.out_features

    def fill(self, encoder: SetEncoder, particles: Particles, split: Split) -> Tensor:
        """What is known of the dropped particles (K, width), from the others of the N."""
        kept, registers = split.mask & ~split.dropped, len(encoder.registers)
        x = encoder.embed(choose(particles, split.kept))
        sequences = Sequences(kept, registers, len(split.kept))
        return self(encoder(x, sequences), kept, split.dropped, registers, len(split.hidden))


class RankedTokens(nn.Module):
    """Mask tokens take the places of the dropped particles in the encoder (arXiv:1810.04805).

    Token i stands for the i-th dropped particle of its jet, as in TransformerDecoder.
    """

    def __init__(self, inputs: int):
        super().__init__()
        self.width = inputs
        self.mask_tokens = MaskTokens(TOKENS, inputs)

    def fill(self, encoder: SetEncoder, particles: Particles, split: Split) -> Tensor:
        """What is known of the dropped particles (K, D), from the others of the N."""
        tokens = self.mask_tokens(split.dropped, len(split.hidden))
        return encode_with(tokens, encoder, particles, split)


class PredictionHead(nn.Module):
    """MPMv1: MLP( encoded + E[rank of pT in the jet] ), with one mask token in the encoder.

    The encoder gives all dropped particles of a jet the same output, since it sees a set; the
    embedding behind it tells them apart (arXiv:2401.13537). Jets come in order of pT.
    """

    def __init__(self, inputs: int):
        super().__init__()
        self.width = inputs
        self.mask_token = nn.Parameter(SPREAD * torch.randn(inputs))
        self.positions = MaskTokens(TOKENS, inputs)
        self.mlp = nn.Sequential(nn.Linear(inputs, inputs), nn.GELU(), nn.Linear(inputs, inputs))

    def fill(self, encoder: SetEncoder, particles: Particles, split: Split) -> Tensor:
        """What is known of the dropped particles (K, D), from the others of the N."""
        position = self.positions(split.mask, len(split.place))  # (N, D): all particles are counted
        position = position.index_select(0, split.hidden)
        tokens = self.mask_token.expand_as(position)
        return self.mlp(encode_with(tokens, encoder, particles, split) + position)


def encode_with(tokens: Tensor, encoder: SetEncoder, particles: Particles, split: Split) -> Tensor:
    """Outputs of the encoder at the dropped particles, where `tokens` (K, D) stand in for them."""
    x = encoder.embed(choose(particles, split.kept))  # (N - K, D)
    places = torch.cat([split.kept, split.hidden])
    x = torch.cat([x, tokens.to(x.dtype)])
    x = torch.zeros_like(x).index_copy(0, places, x)  # (N, D)
    sequences = Sequences(split.mask, len(encoder.registers), len(places))
    rows = sequences.particles.index_select(0, split.hidden)
    return encoder(x, sequences).index_select(0, rows)


STYLES = {"decoder": TransformerDecoder, "bert": RankedTokens, "mpmv1": PredictionHead}
