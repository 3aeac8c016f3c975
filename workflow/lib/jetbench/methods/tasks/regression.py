"""What were the features of the dropped particle? Dimensions: K dropped particles, C features."""

from torch import Tensor, nn
from torch.nn.functional import l1_loss

from jetbench.methods.tasks.target import Target


class Regression(nn.Module):
    """L = 1/(K C) sum_k |W h_k + b - x_k|_1, x in normal scores.

    The best prediction is the median of each feature, given the other particles (arXiv:2409.12589,
    section 4.1).
    """

    def __init__(self, width: int, continuous: int):
        super().__init__()
        self.predict = nn.Linear(width, continuous)

    def loss(self, context: Tensor, target: Target) -> Tensor:
        """Mean over the dropped particles (), from what the decoder says of them (K, width)."""
        return l1_loss(self.sample(context), target.continuous)

    def sample(self, context: Tensor) -> Tensor:
        """The prediction itself, without chance: (K, width) -> (K, C)."""
        return self.predict(context).float()
