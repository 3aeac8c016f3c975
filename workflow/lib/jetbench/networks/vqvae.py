"""Vector-quantised autoencoder on sets: a jet as a set of codes, and back (arXiv:2409.12589).

Dimensions: B jets, P slots, N particles of the batch, M rows of all jets (their registers and
particles), C continuous features, D width, T codes, E width of a code.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import mse_loss, normalize
from vector_quantize_pytorch import VectorQuantize

from jetbench.errors import InputError
from jetbench.networks.sequences import Sequences
from jetbench.networks.set_encoder import SetEncoder

SIZES = (
    *("continuous", "width", "depth", "heads", "registers", "expansion"),
    *("codes", "code_width"),
)


class Autoencoded(NamedTuple):
    """What particles come to on their way through the codebook."""

    made: Tensor  # (N, C) normal scores
    tokens: Tensor  # (N,) int64: which code
    loss: Tensor  # () mean of (u - code)^2 over entries, u the unit vector of W_in row


def in_company() -> bool:
    """Whether several processes train together."""
    return dist.is_initialized() and dist.get_world_size() > 1


class VectorQuantisedAutoencoder(nn.Module):
    """x -> decode(W_out e_t), t = argmax_t cos(W_in encode(x), e_t): T codes e_t of width E.

    Encoder and decoder are alike, and neither they nor the codebook see padding. The gradient skips
    the codebook (straight through). A code is the moving average (decay 0.8) of what falls to it;
    codes begin as k-means centroids of the first batch, and one to which fewer than two particles a
    step fall is put on a particle of the batch. That happens in training only, with torch's global
    random numbers. Processes that train together have one codebook: they add up their sums, and
    draw from the particles of all.
    """

    def __init__(  # eight arguments: a configuration names each of the sizes that were published
        self,
        continuous: int = 7,
        width: int = 128,
        depth: int = 3,
        heads: int = 8,
        registers: int = 8,
        expansion: int = 2,
        codes: int = 512,
        code_width: int = 32,
    ):
        """Raises InputError for a size below one, and for heads that do not divide the width."""
        super().__init__()
        values = (continuous, width, depth, heads, registers, expansion, codes, code_width)
        self.sizes = dict(zip(SIZES, values, strict=True))
        for name, size in self.sizes.items():
            if size < (name != "registers"):  # a jet may be without any
                raise InputError(f"vqvae sizes: expected {name} of at least 1, got {size}")
        # They travel with the weights, whose shapes do not tell the heads.
        self.register_buffer("size_values", torch.tensor(values))
        alike = (width, depth, heads, registers, expansion)
        self.encoder = SetEncoder(continuous, 0, *alike, norm=True)
        self.quantiser = VectorQuantize(
            width,
            codebook_size=codes,
            codebook_dim=code_width,
            use_cosine_sim=True,
            decay=0.8,
            eps=1e-5,
            commitment_weight=1.0,
            kmeans_init=True,
            kmeans_iters=50,
            threshold_ema_dead_code=2,
            rotation_trick=False,  # newer than the paper, and the default since
            sync_codebook=in_company(),
        )
        self.decoder = SetEncoder(width, 0, *alike, norm=True)
        self.decoder.continuous = nn.Identity()  # what comes out of the codebook has its width
        self.output = nn.Linear(width, continuous)

    def take_over(self, weights: Mapping[str, Tensor]) -> None:
        """Load the state dict of a trained one. Raises InputError if its sizes are others."""
        values = weights.get("size_values", torch.zeros(0)).tolist()
        got = dict(zip(SIZES, values, strict=False))
        other = {name: size for name, size in self.sizes.items() if got.get(name) != size}
        if other:
            found = {name: got.get(name) for name in other}
            raise InputError(f"vqvae: expected a fit with {shown(other)}, got {shown(found)}")
        self.load_state_dict(weights)

    def forward(self, continuous: Tensor, sequences: Sequences) -> Autoencoded:
        """Normal scores (N, C) of the particles of `sequences`, through the codebook and back."""
        rows, tokens, loss = self.quantise(self.encode(continuous, sequences))
        return Autoencoded(self.decode(rows, sequences), tokens, loss)

    def encode(self, continuous: Tensor, sequences: Sequences) -> Tensor:
        """Normal scores (N, C) -> (N, D), each particle in the light of its jet."""
        rows = self.encoder(self.encoder.continuous(continuous), sequences)  # (M, D)
        return rows[sequences.particles]

    def quantise(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(N, D) -> W_out of the codes (N, D), tokens (N,) and the loss (); in training it learns.

        In evaluation the library would draw codes if it has none yet, and gives no loss.
        """
        if self.training:
            quantised, tokens, loss = self.quantiser(rows.unsqueeze(0))
            return quantised.squeeze(0), tokens.squeeze(0), loss
        unit, tokens = self.nearest(rows)
        codes = self.quantiser.codebook[tokens]
        return self.quantiser.project_out(codes), tokens, mse_loss(codes, unit)

    def nearest(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(N, D) -> u = W_in row / |W_in row| (N, E), and argmax_t u . e_t (N,), in float32."""
        unit = normalize(self.quantiser.project_in(rows).float(), dim=-1, eps=1e-6)
        with torch.autocast(rows.device.type, enabled=False):
            return unit, (unit @ self.quantiser.codebook.mT).argmax(-1)

    def tokens(self, continuous: Tensor, sequences: Sequences) -> Tensor:
        """Normal scores (N, C) -> which code each particle falls to (N,); learns nothing."""
        return self.nearest(self.encode(continuous, sequences))[1]

    def decode(self, rows: Tensor, sequences: Sequences) -> Tensor:
        """Quantised rows (N, D) of the particles of `sequences` -> normal scores (N, C)."""
        return self.output(self.decoder(rows, sequences)[sequences.particles])

    def decode_tokens(self, tokens: Tensor, sequences: Sequences) -> Tensor:
        """Tokens (N,) of the particles of `sequences` -> normal scores (N, C)."""
        return self.decode(self.quantiser.get_output_from_indices(tokens), sequences)


def shown(sizes: Mapping) -> str:
    """Sizes as text."""
    return ", ".join(f"{name} {size}" for name, size in sizes.items())
