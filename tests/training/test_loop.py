"""One step: the gradient that is cut, the rate that is set, who hears of it."""

from types import SimpleNamespace

import pytest
import torch

from jetbench.training.loop import step


class Follower(torch.nn.Module):
    """A network of one weight, with a copy that follows it."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
        self.heard = []

    def after_step(self):
        self.heard.append(self.weight.tolist())


def state_of(network):
    """What `step` needs of a state: SGD, whose step is rate times gradient."""
    optimiser = torch.optim.SGD(network.parameters(), lr=1.0)
    optimiser.param_groups[0]["factor"] = 1.0
    fabric = SimpleNamespace(backward=torch.Tensor.backward)
    return SimpleNamespace(network=network, optimiser=optimiser, fabric=fabric, step=0)


@pytest.mark.parametrize(("clip", "gradient"), [(0, [6, 8]), (100, [6, 8]), (5, [3, 4])])
def test_gradient_above_the_norm_is_cut_to_it(clip, gradient):
    network = Follower()
    step(state_of(network), network.weight.square().sum(), 0.1, clip)
    expected = [3 - 0.1 * gradient[0], 4 - 0.1 * gradient[1]]
    assert network.weight.tolist() == pytest.approx(expected, rel=1e-5)


def test_a_copy_follows_after_every_step():
    network = Follower()
    state = state_of(network)
    after = []
    for _ in range(3):
        step(state, network.weight.square().sum(), 0.1, 0)
        after.append(network.weight.tolist())
    assert network.heard == after and state.step == 3


def test_rate_of_a_step_is_set_before_it():
    network = Follower()
    step(state_of(network), network.weight.square().sum(), 0.0, 0)
    assert network.weight.tolist() == [3.0, 4.0]
