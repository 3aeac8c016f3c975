"""Which k-means cluster did the dropped particle fall into?

Dimensions: K dropped particles, T tokens (centroids), C continuous features.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from jetbench.errors import InputError
from jetbench.methods.tasks.target import Target

CHUNK = 2**23  # distances at a time: 64 MB


def nearest(points: Tensor, centroids: Tensor) -> Tensor:
    """argmin_t |x - c_t|^2 = argmin_t (|c_t|^2 / 2 - x . c_t): (K, C) and (T, C) -> (K,) int64.

    Every centroid is looked at. In float64: the difference of the two terms loses half the digits,
    and in float32 centroids that are 0.001 apart were mistaken for each other.
    """
    points, centroids = points.double(), centroids.double()
    offsets = centroids.square().sum(1) / 2  # (T,)
    rows = max(1, CHUNK // max(1, len(centroids)))
    parts = [torch.addmm(offsets, x, centroids.T, alpha=-1) for x in points.split(rows)]
    return torch.cat([part.argmin(1) for part in parts])


class KMeans(nn.Module):
    """L = -1/K sum_k sum_t q_kt ln softmax(W h_k + b)_t, q_kt = (1 - s) [t = token_k] + s / T.

    token_k = argmin_t |x_k - c_t|, with x and the centroids c in normal scores; s is the label
    smoothing (arXiv:2409.12589, section 4.1). The centroids are fitted before the training.
    """

    fit = "centroids"

    def __init__(
        self, width: int, continuous: int, tokens: int = 16384, label_smoothing: float = 0.1
    ):
        super().__init__()
        self.label_smoothing = label_smoothing
        self.register_buffer("centroids", torch.zeros(tokens, continuous))
        self.logits = nn.Linear(width, tokens)

    def load_fit(self, arrays: dict[str, Tensor]) -> None:
        """Take over `centroids` (T, C); InputError for another shape, NaN and infinities."""
        fitted, shape = arrays["centroids"], tuple(self.centroids.shape)
        if tuple(fitted.shape) != shape:
            raise InputError(f"centroids: expected shape {shape}, got {tuple(fitted.shape)}")
        if not fitted.isfinite().all():
            raise InputError("centroids: expected finite values, got NaN or infinities")
        self.centroids.copy_(fitted)

    def loss(self, context: Tensor, target: Target) -> Tensor:
        """Mean over the dropped particles (), from what the decoder says of them (K, width)."""
        token = nearest(target.continuous, self.centroids)
        return cross_entropy(
            self.logits(context).float(), token, label_smoothing=self.label_smoothing
        )

    def sample(self, context: Tensor) -> Tensor:
        """Centroid t with probability softmax(W h_k + b)_t: (K, width) -> (K, C)."""
        token = torch.multinomial(self.logits(context).float().softmax(1), 1).squeeze(1)
        return self.centroids[token]
