"""The class attention: its size, that it equals a padded one, and dropout."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.networks.class_attention import ClassAttention
from jetbench.networks.cost import parameters
from jetbench.networks.sequences import Sequences
from tests.networks import padded_sets
from tests.networks.peers import randomise
from tests.networks.test_set_layers import gradients

MASK = torch.arange(40) < torch.tensor([5, 1, 40, 9, 17])[:, None]


def head(**sizes):
    torch.manual_seed(1)
    return randomise(ClassAttention(inputs=12, width=16, classes=3, **sizes))


def encoded(mask=MASK):
    return torch.randn(*mask.shape, 12, generator=torch.Generator().manual_seed(2))


def test_published_number_of_parameters():
    assert parameters(ClassAttention()) == 299_274


def test_outputs_and_gradients_equal_the_padded_ones():
    model, x = head(), encoded()
    ours = model(x[MASK], Sequences(MASK))
    theirs = padded_sets.classify(model, x, MASK)
    assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    assert_close(gradients(model, ours), gradients(model, theirs), rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_padding_and_batch_mates_do_not_matter():
    model, x = head(), encoded()
    together = model(x[MASK], Sequences(MASK))
    alone = model(x[1, :1], Sequences(MASK[1:2, :1]))
    assert_close(alone, together[1:2], rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_order_of_rows_does_not_matter():
    model, rows = head(), torch.randn(9, 12)
    jet = Sequences(torch.ones(1, 9, dtype=torch.bool))
    assert_close(model(rows[torch.randperm(9)], jet), model(rows, jet), rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_a_jet_without_rows_has_logits():
    nothing = torch.zeros(2, 5, dtype=torch.bool)
    assert head()(torch.zeros(0, 12), Sequences(nothing)).isfinite().all()


def test_dropout_acts_in_training_only():
    model, x, jets = head(), encoded()[MASK], Sequences(MASK)
    assert torch.equal(model(x, jets), model(x, jets))
    model.train()
    assert not torch.equal(model(x, jets), model(x, jets))


def test_dropout_is_in_attention_and_behind_the_gate():
    for block in head(dropout=0.3).blocks:
        assert block.attention.dropout == block.mlp.dropout.p == 0.3


def test_token_and_logits_start_as_published():
    torch.manual_seed(1)
    model = ClassAttention(classes=200, width=400)
    assert model.token.std().item() == pytest.approx(1, rel=0.1)
    logits = model.logits
    assert logits.weight.std().item() == pytest.approx(0.01, rel=0.05)
    assert not logits.bias.any()
