"""Sums over batches, worked by hand."""

import math

import pytest
import torch

from jetbench.errors import InputError
from jetbench.methods.outcome import Outcome
from jetbench.training.tally import Tally


def tally_of(*batches):
    tally = Tally(["a", "b"])
    for loss, total, jets in batches:
        tally.add(Outcome(torch.tensor(loss), torch.tensor([total, -total]), 2 * jets, jets))
    return tally


def test_means_weigh_batches_by_what_they_are_over():
    tally = tally_of((1.0, 2, 3), (2.0, 1, 1))
    tally.settle()
    assert tally.means() == {"loss": (3 * 1.0 + 2.0) / 4, "a": 3 / 4, "b": -3 / 4}


def test_first_loss_that_is_not_finite_is_named():
    assert tally_of((1.0, 0, 1), (math.inf, 0, 1), (math.nan, 0, 1)).settle() == 1


def test_sums_do_not_depend_on_when_they_are_settled():
    batches = [(0.1 * i, i % 3, 7) for i in range(50)]
    once, often = tally_of(*batches), tally_of()
    once.settle()
    for batch in batches:
        often.add(tally_of(batch).pending[0])
        often.settle()
    assert once.means() == often.means()


def test_goes_on_from_its_state():
    tally, other = tally_of((1.0, 2, 3)), tally_of()
    tally.settle()
    other.load_state_dict(tally.state_dict())
    assert other.means() == tally.means() and other.last_loss == 1.0


def test_goes_on_from_the_state_of_older_code():
    state = {"loss": 3.0, "correct": 2, "jets": 4, "seconds": 1.0, "last_loss": 1.0}
    tally = Tally(["accuracy"])
    tally.load_state_dict(state)
    assert tally.means() == {"loss": 0.75, "accuracy": 0.5}


def test_no_graph_is_kept():
    loss = torch.ones((), requires_grad=True) * 2
    tally = tally_of()
    tally.add(Outcome(loss, torch.stack([loss, loss]), 1, 1))
    assert not (tally.pending[0].loss.requires_grad or tally.pending[0].sums.requires_grad)


def test_no_jets_no_mean():
    with pytest.raises(InputError, match="expected jets to average over, got none"):
        tally_of().means()
