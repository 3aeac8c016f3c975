"""Conditional normalising flow: the density of the features of a dropped particle.

Dimensions: K dropped particles, C continuous features, D width of the decoder, E of the context.
"""

import math
from copy import deepcopy

import torch
from normflows.flows.neural_spline.coupling import PiecewiseRationalQuadraticCoupling
from normflows.utils.masks import create_alternating_binary_mask
from normflows.utils.splines import DEFAULT_MIN_DERIVATIVE
from torch import Tensor, nn
from torch.nn.functional import silu

from jetbench.methods.tasks.target import Target
from jetbench.networks.inputs import IMPACT

UNIT_SLOPE = math.log(math.expm1(1 - DEFAULT_MIN_DERIVATIVE))  # normflows makes a slope of 1 of it


class Conditioner(nn.Module):
    """Parameters of the splines: linear( SiLU(linear( SiLU(linear(x, c)), c )) ) of x and c.

    The last layer starts so that every spline is the identity.
    """

    def __init__(self, inputs: int, outputs: int, context: int, hidden: int):
        super().__init__()
        self.hidden_features = hidden  # normflows divides bin logits by its root
        self.first = nn.Linear(inputs + context, hidden)
        self.second = nn.Linear(hidden + context, hidden)
        self.last = nn.Linear(hidden, outputs)
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, UNIT_SLOPE)  # bins of equal size, as all are the same

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(K, inputs) with context (K, E) -> (K, outputs)."""
        hidden = silu(self.first(torch.cat((x, context), dim=1)))
        hidden = silu(self.second(torch.cat((hidden, context), dim=1)))
        return self.last(hidden)


class SplineFlow(nn.Module):
    """ln p(x|c) = ln N(z; 0, 1) + ln |det dz/dx|, x -> z by couplings of splines.

    A coupling transforms every second feature, given the others and c, and each of the others by a
    spline of its own. Splines are rational-quadratic within [-bound, bound] and the identity
    outside (arXiv:1906.04032).
    """

    def __init__(  # six arguments: the published sizes of a flow
        self, features: int, context: int, hidden: int, couplings: int, bins: int, bound: float
    ):
        super().__init__()
        self.features = features
        self.couplings = nn.ModuleList(
            PiecewiseRationalQuadraticCoupling(
                # The odd features first: 3 of 7, then 4.
                mask=create_alternating_binary_mask(features, even=number % 2 == 1),
                transform_net_create_fn=lambda i, o: Conditioner(i, o, context, hidden),
                num_bins=bins,
                tails="linear",
                tail_bound=bound,
                apply_unconditional_transform=True,
            )
            for number in range(couplings)
        )

    def log_density(self, x: Tensor, context: Tensor) -> Tensor:
        """ln p(x|c): (K, C) with context (K, E) -> (K,)."""
        z, log_det = self.normalise(x, context)
        return log_det - z.square().sum(1) / 2 - self.features / 2 * math.log(2 * math.pi)

    def normalise(self, x: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """z (K, C) of x (K, C), and ln |det dz/dx| (K,)."""
        total = x.new_zeros(len(x))
        for coupling in reversed(self.couplings):
            x, log_det = coupling(x, context)
            total = total + log_det
        return x, total

    def invert(self, z: Tensor, context: Tensor) -> Tensor:
        """x (K, C) of z (K, C)."""
        for coupling in self.couplings:
            z, _ = coupling.inverse(z, context)
        return z


class Flow(nn.Module):
    """L = - mean ln p(x_0 + e | c), c = linear(context), with noise e on the impact parameters.

    x_0 are the normal scores. Errors of impact parameters take few values, which no density can
    describe: the noise smears them.
    """

    def __init__(  # nine arguments: the published sizes of a flow
        self,
        width: int,
        continuous: int,
        context: int = 128,
        hidden: int = 64,
        couplings: int = 6,
        bins: int = 8,
        bound: float = 4.0,
        noise: float = 0.05,
    ):
        """Splines of `bins` bins within `bound`; `noise` is the standard deviation of e."""
        super().__init__()
        self.noise = noise
        self.context = nn.Linear(width, context)
        self.flow = SplineFlow(continuous, context, hidden, couplings, bins, bound)

    def loss(self, context: Tensor, target: Target) -> Tensor:
        """Mean over the dropped particles (K, D); in float32 under autocast too."""
        x = target.continuous.clone()
        x[:, IMPACT:] += self.noise * torch.randn_like(x[:, IMPACT:])
        with torch.autocast(context.device.type, enabled=False):
            log_density = self.flow.log_density(x.float(), self.context(context.float()))
        return -log_density.mean()

    @torch.no_grad()
    def sample(self, context: Tensor) -> Tensor:
        """Normal scores (K, C) of particles with this context (K, D).

        In float64: where a spline is steep, the discriminant of the inverse may come out negative
        in float32, which stops normflows.
        """
        if not len(context):  # normflows cannot reshape it
            return context.new_zeros(0, self.flow.features)
        with torch.autocast(context.device.type, enabled=False):
            fixed = self.context(context.float()).double()
            z = torch.randn(len(fixed), self.flow.features, device=fixed.device)
            return deepcopy(self.flow).double().invert(z.double(), fixed).float()
