"""Cross-entropy and hits of one batch."""

import math

import pytest
import torch

from jetbench.data.loading import Batch
from jetbench.methods import classify


class Fixed(torch.nn.Module):
    """Network that answers with given logits, and remembers what it was asked."""

    def __init__(self, answer):
        super().__init__()
        self.answer = torch.tensor(answer, requires_grad=True)

    def forward(self, points, features, vectors, mask):
        self.shapes = [tuple(x.shape) for x in (points, features, vectors, mask)]
        return self.answer


def batch(label):
    jets = len(label)
    tensors = (torch.zeros(jets, 5, width) for width in (2, 7, 4))
    return Batch(*tensors, torch.ones(jets, 5, dtype=torch.bool), torch.tensor(label))


def test_loss_is_minus_the_mean_log_probability_of_the_label():
    network = Fixed([[0.0, 0.0, 0.0], [math.log(2.0), 0.0, 0.0]])  # softmax: 1/3 each; 1/2 1/4 1/4
    outcome = classify.outcome(network, batch([2, 0]))
    assert outcome.loss.item() == pytest.approx((math.log(3) + math.log(2)) / 2)


def test_smoothed_labels_give_every_class_its_share():
    network = Fixed([[math.log(2.0), 0.0, 0.0]])  # softmax: 1/2 1/4 1/4
    target = (0.7 + 0.1, 0.1, 0.1)
    loss = classify.outcome(network, batch([0]), smoothing=0.3).loss.item()
    assert loss == pytest.approx(target[0] * math.log(2) + sum(target[1:]) * math.log(4))


def test_accuracy_is_the_one_term():
    outcome = classify.outcome(Fixed([[0.0, 1.0]]), batch([0]))
    assert classify.terms(Fixed([])) == ("accuracy",) and outcome.sums.shape == (1,)


def test_gradient_is_probability_minus_truth_over_jets():
    network = Fixed([[0.0, 0.0], [0.0, 0.0]])
    classify.outcome(network, batch([0, 1])).loss.backward()
    torch.testing.assert_close(network.answer.grad, torch.tensor([[-0.25, 0.25], [0.25, -0.25]]))


def test_hits_are_counted():
    outcome = classify.outcome(Fixed([[2.0, 1.0], [2.0, 1.0], [0.0, 1.0]]), batch([0, 1, 1]))
    assert (outcome.sums.tolist(), outcome.jets) == ([2], 3)


def test_network_gets_points_features_vectors_mask():
    network = Fixed([[0.0, 1.0]])
    classify.logits(network, batch([0]))
    assert network.shapes == [(1, 5, 2), (1, 5, 7), (1, 5, 4), (1, 5)]


def test_logits_are_float32_whatever_the_network_computes_in():
    network = Fixed([[0.0, 1.0]])
    network.answer = network.answer.detach().bfloat16()
    assert classify.logits(network, batch([0])).dtype == torch.float32
