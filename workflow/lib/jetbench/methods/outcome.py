"""What one batch tells a training, whatever is learned. Dimensions: T terms."""

from typing import NamedTuple

from torch import Tensor

PARTICLES = "particles"  # beside the losses of a pre-training: over how many they are means


class Outcome(NamedTuple):
    """The loss, and what is averaged beside it, over jets or over dropped particles.

    The tensors stay on the device, so that nothing waits for them. What the T sums are is told by
    `terms` of the method: the jets with the right answer, or each part of a sum of losses.
    """

    loss: Tensor  # () mean, differentiable
    sums: Tensor  # (T,) over what the mean is over
    jets: int
    weight: int | Tensor  # how many the mean is over: jets, or what PARTICLES says; () of ranks
