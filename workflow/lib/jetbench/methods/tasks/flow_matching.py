"""Conditional flow matching: the features of a dropped particle as the end of a flow.

Dimensions: K dropped particles, C continuous features, D width of the decoder.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from jetbench.methods.tasks.target import Target
from jetbench.methods.transport import cosines, draw_times, integrate, straight_path


class VelocityNetwork(nn.Module):
    """v(x_t, t, c) = linear( [LN(SiLU(linear))] three times of (x_t, cos(pi t e^k), c) )."""

    def __init__(self, features: int, times: int, context: int, hidden: int):
        super().__init__()
        self.times = times
        layers = []
        for inputs in (features + times + context, hidden, hidden):
            layers += [nn.Linear(inputs, hidden), nn.SiLU(), nn.LayerNorm(hidden)]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden, features))

    def forward(self, x: Tensor, times: Tensor, context: Tensor) -> Tensor:
        """(K, C) at times (K, 1) with context (K, E) -> (K, C) in float32."""
        return self.layers(torch.cat((x, cosines(times, self.times), context), dim=1)).float()


class FlowMatching(nn.Module):
    """L = mean |v(x_t, t, c) - (x_1 - x_0)|^2, x_t = (1 - t) x_0 + t x_1, c = linear(context).

    x_0 are the normal scores, x_1 ~ N(0, 1), t = sigmoid(N(0, 1)). Samples come from a moving
    average of the velocity network. ASSUME hidden layers as in the published code, 128; the paper
    says 256.
    """

    def __init__(  # seven arguments, as a configuration names what was published
        self,
        width: int,
        continuous: int,
        context: int = 128,
        hidden: int = 128,
        times: int = 16,
        decay: float = 0.999,
        points: int = 50,
    ):
        """`times` cosines of t; the average decays by `decay` a step; `points` times of the ODE."""
        super().__init__()
        self.decay, self.points, self.continuous = decay, points, continuous
        self.context = nn.Linear(width, context)
        self.velocity = VelocityNetwork(continuous, times, context, hidden)
        self.average = deepcopy(self.velocity).requires_grad_(False)
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def loss(self, context: Tensor, target: Target) -> Tensor:
        """Mean over the dropped particles (K, D) and their features."""
        times = draw_times(len(context), context.device)
        path = straight_path(target.continuous, times)
        made = self.velocity(path.points, times, self.context(context))
        return mse_loss(made, path.velocity)

    def sample(self, context: Tensor) -> Tensor:
        """Normal scores (K, C) of particles with context (K, D): noise carried back to t = 0."""
        with torch.no_grad():
            fixed = self.context(context)
        noise = torch.randn(len(context), self.continuous, device=context.device)
        return integrate(lambda x, t: self.average(x, t, fixed), noise, self.points)

    @torch.no_grad()
    def after_step(self) -> None:
        """average <- d average + (1 - d) velocity, d = min(decay, (1 + n) / (10 + n)) in step n.

        As published d is `decay` from the first step on; then a training of a few hundred steps
        would sample from its initial weights. From step 9000 on both are the same.
        """
        self.steps += 1
        weight = 1 - ((1 + self.steps) / (10 + self.steps)).clamp(max=self.decay)
        pairs = zip(self.average.parameters(), self.velocity.parameters(), strict=True)
        for average, trained in pairs:
            average.lerp_(trained, weight.to(average.dtype))
