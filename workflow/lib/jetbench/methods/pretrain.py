"""Self-supervised pre-training: a sum of losses that need no label.

A method is a module built as Method(sizes, **settings) with `weights`, the factor of each of its
losses, whose forward gives these losses for points, features, vectors and mask, and beside them
under PARTICLES the number of particles that they are means over.
"""

from collections.abc import Mapping

import torch
from torch import nn

from jetbench.data.loading import Batch
from jetbench.methods.masked import MaskedModelling
from jetbench.methods.outcome import PARTICLES, Outcome
from jetbench.methods.set_flow_matching import SetFlowMatching
from jetbench.methods.settings import check_name, check_settings
from jetbench.methods.vqvae import VectorQuantisation

METHODS: dict[str, type[nn.Module]] = {
    "masked": MaskedModelling,
    "vqvae": VectorQuantisation,
    "set_flow_matching": SetFlowMatching,
}


def build(model: Mapping) -> nn.Module:
    """The method that model["pretraining"] names, with its settings and model["sizes"].

    Raises InputError for a method or a setting that is not known.
    """
    settings = dict(model["pretraining"])
    name = settings.pop("method")
    check_name("pretraining", name, METHODS)
    check_settings(f"pretraining {name}", METHODS[name], settings, given=1)
    return METHODS[name](model.get("sizes", {}), **settings)


def terms(network: nn.Module) -> tuple[str, ...]:
    """Names of the losses, in the order of `Outcome.sums`."""
    return tuple(network.weights)


def outcome(model: nn.Module, batch: Batch) -> Outcome:
    """L = sum_t w_t L_t over the losses of the method; beside it each L_t, unweighted.

    Each is a mean over particles, and weighs as many in the means of an epoch: those do not depend
    on how the jets are divided into batches.
    """
    losses = model(batch.points, batch.features, batch.vectors, batch.mask)
    particles = losses[PARTICLES]
    losses = torch.stack([losses[name].float() for name in model.weights])  # (T,)
    weights = losses.new_tensor(list(model.weights.values()))
    return Outcome(losses @ weights, losses.detach() * particles, len(batch.label), particles)
