"""Which kind of particle was dropped? Dimensions: K dropped particles, I identities."""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from jetbench.methods.tasks.target import Target


class Identity(nn.Module):
    """L = -1/K sum_k sum_i q_ki ln softmax(W h_k + b)_i, q_ki = (1 - s) [i = identity_k] + s / I.

    Cross-entropy with label smoothing s, all identities counted alike (arXiv:2409.12589, section
    4.1).
    """

    def __init__(
        self, width: int, continuous: int, label_smoothing: float = 0.1, identities: int = 8
    ):
        super().__init__()
        self.label_smoothing = label_smoothing
        self.logits = nn.Linear(width, identities)

    def loss(self, context: Tensor, target: Target) -> Tensor:
        """Mean over the dropped particles (), from what the decoder says of them (K, width)."""
        logits = self.logits(context).float()
        return cross_entropy(logits, target.identity, label_smoothing=self.label_smoothing)
