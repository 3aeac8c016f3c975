"""What one batch tells a training, whatever is learned. Dimensions: T terms."""

from typing import NamedTuple

from torch import Tensor


class Outcome(NamedTuple):
    """The loss, and what is averaged over the jets beside it.

    The tensors stay on the device, so that nothing waits for them. What the T sums are is told by
    `terms` of the method: the jets with the right answer, or each part of a sum of losses.
    """

    loss: Tensor  # () mean over the jets, differentiable
    sums: Tensor  # (T,) over the jets
    jets: int
