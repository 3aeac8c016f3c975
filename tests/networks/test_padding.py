"""A training step equals weaver's when batch norms see the same padding; evaluation sees none.

ParticleNet is compared in float64: in float32 PyTorch's batch norm of rows on a CPU is right to
four digits only, and neighbours at nearly the same distance change places. Jets have at most 111
particles of 128 slots, or all: with 1 to 16 padded slots weaver's padding has too few neighbours
like itself and takes real ones, at distances of 2e18 that rounding makes all the same.
"""

from functools import cache

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.testing import assert_close

from jetbench.data.loading import Batch
from jetbench.networks import build
from jetbench.networks.exchange import from_weaver
from jetbench.training.padding import PADDINGS, set_norms
from tests.networks.peers import call, jets, peer, randomise

NETWORKS = ("part", "part_plain", "particlenet")
MIXED = [30, 111, 17, 5, 1, 16, 128]
BATCHES = {"wrap": MIXED, "zero": MIXED, "none": [40] * 4}


def batch(counts, padding):
    """Jets with so many particles, padded."""
    return PADDINGS[padding](Batch(*jets(counts, max(counts)), torch.arange(len(counts))))


def without_dropout(model):
    """The same model, all of its rates set to zero."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        elif isinstance(getattr(module, "dropout", None), float):
            module.dropout = 0.0
    return model


def step(model, logits, label):
    """Logits, gradients and what else is in the state after a forward and backward in training."""
    cross_entropy(logits, label).backward()
    state = model.state_dict(keep_vars=True)
    return logits.detach(), {name: x if x.grad is None else x.grad for name, x in state.items()}


@cache
def steps(name, padding):
    """The step of our network and of its peer, with the same weights, jets and padding."""
    torch.manual_seed(1)
    kind = torch.float64 if name == "particlenet" else torch.float32
    theirs = without_dropout(randomise(peer(name))).to(kind).train()
    ours = build(name, 17, dropout=0.0).to(kind).train()
    ours.load_state_dict(from_weaver(name, theirs.state_dict()))
    set_norms(ours, padding, "none")
    *inputs, mask, label = batch(BATCHES[padding], padding)
    inputs = (*(x.to(kind) for x in inputs), mask)
    expected, state = step(theirs, call(theirs, name, inputs), label)
    return step(ours, ours(*inputs), label), (expected, from_weaver(name, state)), kind


def same(ours, theirs, kind, scale=None):
    """Equal to 2e-5 of the largest number, in float64 to 1e-11."""
    scale = theirs.abs().max() if scale is None else scale
    precision = 2e-5 if kind == torch.float32 else 1e-11
    assert_close(ours / scale, theirs / scale, rtol=0, atol=precision)


@pytest.mark.parametrize("padding", BATCHES)
@pytest.mark.parametrize("name", NETWORKS)
def test_logits_of_a_training_step(name, padding):
    (ours, _), (theirs, _), kind = steps(name, padding)
    same(ours, theirs, kind)


@pytest.mark.parametrize("padding", BATCHES)
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_a_training_step(name, padding):
    (_, ours), (_, theirs), kind = steps(name, padding)
    parameters = [entry for entry, _ in build(name, 17).named_parameters()]
    largest = max(theirs[parameter].abs().max() for parameter in parameters)
    for parameter in parameters:
        same(ours[parameter], theirs[parameter], kind, largest)


@pytest.mark.parametrize("padding", BATCHES)
@pytest.mark.parametrize("name", NETWORKS)
def test_statistics_after_a_training_step(name, padding):
    (_, ours), (_, theirs), kind = steps(name, padding)
    statistics = [entry for entry in theirs if "running" in entry]
    assert statistics
    for entry in statistics:
        same(ours[entry], theirs[entry], kind)


@pytest.mark.parametrize(("name", "norm"), [("part", "embedding.norm"), ("particlenet", "norm")])
def test_zeros_enter_the_statistics_of_the_inputs(name, norm):
    torch.manual_seed(1)
    model, jets = build(name, 17), batch([30, 5], "zero")
    set_norms(model, "zero", "none")
    model(*jets[:4])
    values = jets.features.flatten(0, 1)  # of 2 x 128 slots
    assert len(values) == 256
    norm = model.get_submodule(norm)
    assert_close(norm.running_mean, 0.1 * values.mean(0))
    assert_close(norm.running_var, 0.9 + 0.1 * values.var(0))


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_evaluation_is_the_same_function_whatever_was_seen(name):
    torch.manual_seed(1)
    model, few = randomise(build(name, 17)), batch([30, 5, 1], "none")
    expected = model(*few[:4])
    for padding in PADDINGS:
        set_norms(model, padding, "none")
        assert torch.equal(model(*few[:4]), expected)
        assert_close(model(*batch([30, 5, 1], padding)[:4]), expected, rtol=0, atol=1e-5)
