"""Cross-entropy over the identities of dropped particles."""

import math

import pytest
import torch

from jetbench.methods.tasks import Target
from jetbench.methods.tasks.identity import Identity


def target(identity):
    identity = torch.tensor(identity)
    return Target(torch.zeros(len(identity), 3), identity, torch.ones(1, len(identity)).bool())


def certain(odds, label_smoothing):
    """Head that gives identity 5 `odds` times the probability of any other, whatever it sees."""
    head = Identity(2, 3, label_smoothing=label_smoothing)
    torch.nn.init.zeros_(head.logits.weight)
    head.logits.bias.data = torch.tensor(odds).log() * (torch.arange(8) == 5)
    return head


def test_loss_is_minus_the_mean_log_probability():
    loss = certain(9.0, 0.0).loss(torch.zeros(2, 2), target([5, 0]))  # 9/16 and 1/16
    assert loss.item() == pytest.approx((math.log(16 / 9) + math.log(16)) / 2)


def test_a_tenth_of_the_target_is_spread_over_all_identities():
    loss = certain(9.0, 0.1).loss(torch.zeros(1, 2), target([5]))
    of_it, of_another = math.log(16 / 9), math.log(16)
    assert loss.item() == pytest.approx(0.9 * of_it + 0.1 * (of_it + 7 * of_another) / 8)


def test_size_is_the_published_one():
    assert sum(p.numel() for p in Identity(128, 7).parameters()) == 1032


def test_it_makes_no_continuous_features():
    assert not hasattr(Identity(128, 7), "sample")
