"""Supervised jet tagging: which of the classes does a jet belong to?

Dimensions: B jets, C classes.
"""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from jetbench.data.loading import Batch
from jetbench.methods.outcome import Outcome


def terms(network: nn.Module) -> tuple[str, ...]:
    """What is averaged beside the loss: the share of jets with the right answer."""
    return ("accuracy",)


def logits(model: nn.Module, batch: Batch) -> Tensor:
    """Unnormalised class scores (B, C) in float32, whatever the precision of the network."""
    return model(batch.points, batch.features, batch.vectors, batch.mask).float()


def outcome(model: nn.Module, batch: Batch, smoothing: float = 0.0) -> Outcome:
    """L = -(1/B) sum_i sum_c q_ic ln softmax(z_i)[c]: cross-entropy, no weights.

    The target is q_ic = (1 - smoothing) [c = label_i] + smoothing / C. A jet counts as right if its
    largest logit is that of its own class.
    """
    scores = logits(model, batch)  # (B, C)
    loss = cross_entropy(scores, batch.label, label_smoothing=smoothing)
    correct = (scores.detach().argmax(dim=1) == batch.label).sum(dim=0, keepdim=True)  # (1,)
    jets = len(batch.label)
    return Outcome(loss, correct, jets, weight=jets)
