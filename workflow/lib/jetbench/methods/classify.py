"""Supervised jet tagging: which of the classes does a jet belong to?

Dimensions: B jets, C classes.
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from jetbench.data.loading import Batch


class Outcome(NamedTuple):
    """What one batch tells; the tensors stay on the device, so that nothing waits for them."""

    loss: Tensor  # () mean over the jets, differentiable
    correct: Tensor  # () jets whose largest logit is that of their own class
    jets: int


def logits(model: nn.Module, batch: Batch) -> Tensor:
    """Unnormalised class scores (B, C) in float32, whatever the precision of the network."""
    return model(batch.points, batch.features, batch.vectors, batch.mask).float()


def outcome(model: nn.Module, batch: Batch) -> Outcome:
    """L = -(1/B) sum_i ln softmax(z_i)[label_i]: cross-entropy, no label smoothing, no weights."""
    scores = logits(model, batch)  # (B, C)
    loss = cross_entropy(scores, batch.label)
    correct = (scores.detach().argmax(dim=1) == batch.label).sum()
    return Outcome(loss, correct, len(batch.label))
