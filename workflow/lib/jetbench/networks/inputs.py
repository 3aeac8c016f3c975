"""What masked particle modelling sees of a particle: seven normal scores and its identity.

The raw features are pT, deta, dphi, signed d0, its error, signed dz, its error (GeV, rad, mm) and
the identity: 0 photon, 1 h-, 2 h0, 3 h+, 4 e-, 5 e+, 6 mu-, 7 mu+. Source: arXiv:2409.12589.

Dimensions: N particles, C continuous features, Q quantiles.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.networks.normal_scores import (
    from_normal_scores,
    levels_of,
    normal_quantile,
    normal_scores,
)
from jetbench.physics.identity import is_neutral

CONTINUOUS = 7
IMPACT = 3  # the first of the columns that neutral particles do not have
# Whole numbers below 2^28, so that times a float32 they are exact in float64, on every machine.
MULTIPLIERS = (  # of deta, dphi, identity, one column for each impact parameter
    (165980147, 201326611, 143131259, 251658379),
    (218103815, 134217779, 239075383, 184549429),
    (0.618033988749895, 0.414213562373095, 0.732050807568877, 0.236067977499790),
)


class Particles(NamedTuple):
    """Real particles, a row each, as networks take them."""

    continuous: Tensor  # (N, C) float32 normal scores
    identity: Tensor  # (N,) int64, 0 to 7


class Inputs(nn.Module):
    """x -> Phi^-1(F(x)) column by column, F the distribution of all particles.

    Neutral particles have no impact parameters: N(0, 1) stands in for theirs, drawn afresh in
    training. In evaluation it is a fixed function of the direction and identity of the particle, so
    that outputs are the same each time, in whatever order or company the particles come.

    The first `continuous` features are used: 7, or 3 without impact parameters as in MPMv1.
    """

    fit = "quantiles"  # what this module takes from a fitted file

    def __init__(self, continuous: int = CONTINUOUS, quantiles: int = 500):
        super().__init__()
        self.continuous = continuous
        shape = (quantiles, CONTINUOUS)
        self.register_buffer("quantiles", torch.full(shape, torch.nan, dtype=torch.float64))
        self.register_buffer("levels", torch.zeros(shape, dtype=torch.float64), persistent=False)
        self.fitted = False
        self.register_load_state_dict_post_hook(refresh)

    def load_fit(self, arrays: dict[str, Tensor]) -> None:
        """Take over fitted `quantiles` (Q, 7); InputError for another shape, order or NaN."""
        fitted, shape = arrays["quantiles"], tuple(self.quantiles.shape)
        if tuple(fitted.shape) != shape:
            raise InputError(f"quantiles: expected shape {shape}, got {tuple(fitted.shape)}")
        if not (fitted.diff(dim=0) >= 0).all():  # NaN neither
            raise InputError("quantiles: expected ascending numbers in each column, got others")
        self.quantiles.copy_(fitted)
        refresh(self)

    @torch.no_grad()
    def forward(self, features: Tensor) -> Particles:
        """Raw features (N, 8) of real particles. InputError before quantiles are loaded."""
        if not self.fitted:
            raise InputError("quantiles: expected fitted ones in the network's inputs, got none")
        identity = features[:, CONTINUOUS].long()
        x = features[:, : self.continuous].double()
        used = (table[:, : self.continuous] for table in (self.quantiles, self.levels))
        scores = normal_scores(x, *(table.double() for table in used)).float()
        if self.continuous > IMPACT:
            impact = torch.where(
                is_neutral(identity)[:, None], self.noise(features), scores[:, IMPACT:]
            )
            scores = torch.cat((scores[:, :IMPACT], impact), 1)
        return Particles(scores, identity)

    def noise(self, features: Tensor) -> Tensor:
        """N(0, 1) (N, C - 3) for neutral particles: fresh in training, else theirs for good."""
        size = self.continuous - IMPACT
        if self.training:
            return torch.randn(len(features), size, device=features.device)
        return own_noise(features)[:, :size].float()

    @torch.no_grad()
    def restore(self, continuous: Tensor) -> Tensor:
        """Normal scores (N, C) -> GeV, rad and mm, as float32."""
        quantiles = self.quantiles[:, : self.continuous].double()
        return from_normal_scores(continuous, quantiles).float()


def refresh(inputs: Inputs, *_) -> None:
    """After its quantiles were loaded, alone or with all weights: see what follows from them."""
    inputs.fitted = not bool(inputs.quantiles.isnan().any())
    inputs.levels.copy_(levels_of(inputs.quantiles))


def own_noise(features: Tensor) -> Tensor:
    """Phi^-1(frac(a deta + b dphi + c identity)) (N, 4): the last bits of the direction decide.

    pT takes no part: it is computed, and may differ by one bit between machines.
    """
    multipliers = torch.tensor(MULTIPLIERS, dtype=torch.float64, device=features.device)
    turns = features[:, [1, 2, CONTINUOUS]].double()[:, :, None] * multipliers  # (N, 3, 4)
    total = (turns - turns.floor()).sum(1)
    return normal_quantile(total - total.floor())
