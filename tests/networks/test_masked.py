"""The tagger of masked particle modelling: what it is frozen for, and what it takes."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks import build
from tests.networks.peers import jets, network, randomise

SMALL = {"width": 16, "depth": 2, "heads": 2, "head": {"width": 16, "depth": 1}}


def tagger(**sizes):
    torch.manual_seed(1)
    return randomise(network("masked", **SMALL | sizes))


def batch():
    return jets([12, 0, 1, 30], 30, 8)


def test_a_frozen_encoder_gets_no_gradients():
    model = tagger().freeze().train()
    model(*batch()).logsumexp(1).sum().backward()
    assert all(p.grad is None for p in model.encoder.parameters())
    assert all(p.grad.isfinite().all() for p in model.head.parameters())


@torch.no_grad()
def test_a_frozen_encoder_makes_the_same_logits():
    model, sample = tagger(), batch()
    expected = model(*sample)
    assert torch.equal(model.freeze()(*sample), expected)


def test_a_frozen_encoder_stays_in_evaluation():
    model = tagger().freeze().train()
    assert not any(module.training for module in model.encoder.modules())
    assert model.training and model.head.training and model.inputs.training


@torch.no_grad()
def test_inputs_before_a_frozen_encoder_keep_their_noise():
    model, sample = tagger(head={"dropout": 0.0} | SMALL["head"]).freeze(), batch()
    assert torch.equal(model(*sample), model(*sample))
    model.train()
    assert not torch.equal(model(*sample), model(*sample))


def test_an_encoder_that_is_not_frozen_learns():
    model = tagger().train()
    model(*batch()).logsumexp(1).sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in model.encoder.parameters())


@torch.no_grad()
def test_three_features_without_identity_are_seen_alone():
    model, (points, features, *rest) = tagger(continuous=3, identities=0), batch()
    expected = model(points, features, *rest)
    others = torch.cat((features[..., :3], features[..., 3:].flip(0)), -1)
    assert torch.equal(model(points, others, *rest), expected)
    assert (model(points, features.flip(2), *rest) - expected).abs().max() > 1e-3


@torch.no_grad()
def test_weights_bring_their_quantiles():
    model, other = tagger(), build("masked", 8, **SMALL).eval()
    other.load_state_dict(model.state_dict())
    assert_close(other(*batch()), model(*batch()), rtol=0, atol=0)


def test_another_number_of_features_is_refused():
    with pytest.raises(InputError, match="masked: expected the 8 features of lifetime, got 17"):
        build("masked", 17)


@torch.no_grad()
@pytest.mark.parametrize("layer", ["prenorm", "normformer"])
def test_layers_and_norm_are_those_asked_for(layer):
    model = tagger(layer=layer, norm=True, registers=0)
    assert model(*jets([12, 1, 30], 30, 8)).isfinite().all()
    assert type(model.encoder.layers[0]).__name__.lower() == f"{layer}layer"


def test_head_has_the_sizes_asked_for():
    head = tagger(head={"width": 24, "depth": 3, "heads": 2}).head
    assert len(head.blocks) == 3 and head.logits.in_features == 24
