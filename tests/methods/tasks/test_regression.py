"""Mean absolute deviation of predicted normal scores."""

import pytest
import torch

from jetbench.methods.tasks import Target
from jetbench.methods.tasks.regression import Regression


def constant(values):
    """Head that predicts the same, whatever it sees."""
    head = Regression(2, len(values))
    torch.nn.init.zeros_(head.predict.weight)
    head.predict.bias.data = torch.tensor(values)
    return head


def target(continuous):
    jets, identity = torch.ones(1, len(continuous)).bool(), torch.zeros(len(continuous)).long()
    return Target(torch.tensor(continuous), identity, jets)


def test_loss_is_the_mean_over_particles_and_features():
    loss = constant([1.0, -2.0]).loss(torch.zeros(2, 2), target([[1.5, -2.0], [0.0, 1.0]]))
    assert loss.item() == pytest.approx((0.5 + 0 + 1 + 3) / 4)


def test_the_sample_is_the_prediction():
    torch.manual_seed(1)
    head, context = Regression(4, 7), torch.randn(3, 4)
    torch.testing.assert_close(head.sample(context), head.predict(context))


def test_the_best_constant_is_the_median():
    values = torch.tensor([0.0, 1.0, 2.0, 10.0, 11.0])[:, None].tolist()
    losses = [constant([x]).loss(torch.zeros(5, 2), target(values)) for x in (1.0, 2.0, 4.8)]
    assert losses[1] < losses[0] and losses[1] < losses[2]  # 4.8 is the mean


def test_size_is_the_published_one():
    assert sum(p.numel() for p in Regression(128, 7).parameters()) == 903
