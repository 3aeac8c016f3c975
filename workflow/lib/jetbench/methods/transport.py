"""Flow matching: learning the velocity of a flow that carries data (t = 0) to noise (t = 1).

Conditional flow matching of arXiv:2210.02747 on straight lines, with logit-normal times of
arXiv:2403.12015. Dimensions: N points, F features, E size of an embedding.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Path(NamedTuple):
    """Points on straight lines from data to noise, and the velocity along these lines."""

    points: Tensor  # (N, F) x_t
    velocity: Tensor  # (N, F) dx_t / dt


def draw_times(count: int, device: torch.device | str) -> Tensor:
    """t = sigmoid(z), z ~ N(0, 1): (count, 1) in (0, 1), most of them far from both ends."""
    return torch.sigmoid(torch.randn(count, 1, device=device))


def straight_path(data: Tensor, times: Tensor) -> Path:
    """x_t = (1 - t) x_0 + t x_1, v = x_1 - x_0, x_1 ~ N(0, 1): data (N, F), times (N, 1)."""
    noise = torch.randn_like(data)
    return Path((1 - times) * data + times * noise, noise - data)


def cosines(times: Tensor, size: int) -> Tensor:
    """cos(pi t e^k), k = 0 .. size - 1: (N, 1) -> (N, size).

    From k = 15 on the phase is finer than float32 resolves t: such entries, 16 of the 32 of
    set-to-set flow matching, are noise that is a fixed function of t. So it was published.
    """
    return torch.cos(math.pi * times * torch.arange(size, device=times.device).exp())


@torch.no_grad()
def integrate(velocity: Callable[[Tensor, Tensor], Tensor], noise: Tensor, points: int) -> Tensor:
    """Solve dx/dt = v(x, t) from t = 1 to 0 by the midpoint rule on `points` times: (N, F).

    `velocity` takes x (N, F) and t (N, 1). A step of size h makes an error of order h^3, all of
    them one of order h^2.
    """
    x, times = noise, torch.linspace(1, 0, points, dtype=noise.dtype, device=noise.device)
    column = noise.new_ones(len(noise), 1)
    for start, end in zip(times, times[1:], strict=False):
        step = end - start
        middle = x + step / 2 * velocity(x, start * column)
        x = x + step * velocity(middle, (start + end) / 2 * column)
    return x
