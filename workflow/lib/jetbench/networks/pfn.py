"""Particle Flow Network: arXiv:1810.05165, at the size of arXiv:2202.03772.

Dimensions: B jets, P slots, F features, N real particles.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from jetbench.networks.layers import Packing, dense


class ParticleFlowNetwork(nn.Module):
    """logits = f( sum_i phi(x_i) ), the sum over the real particles of a jet."""

    layout: type[Packing] = Packing

    def __init__(
        self,
        inputs: int,
        classes: int,
        particle: Sequence[int] = (128, 128, 128),
        jet: Sequence[int] = (128, 128, 128),
    ):
        super().__init__()
        self.phi = nn.Sequential(*dense((inputs, *particle)))
        self.f = nn.Sequential(*dense((particle[-1], *jet)), nn.Linear(jet[-1], classes))

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, classes) of jets with features (B, P, F)."""
        packing = self.layout(mask)
        return self.f(packing.sum(packing.clear(self.phi(packing.pack(features)))))
