"""The velocity that flow matching learns, and where it carries noise."""

import pytest
import torch
from scipy.stats import wasserstein_distance
from torch.nn.functional import silu

from jetbench.methods.tasks import Target
from jetbench.methods.tasks.flow_matching import FlowMatching, VelocityNetwork
from jetbench.methods.transport import cosines


def target(continuous):
    return Target(continuous, torch.zeros(len(continuous), dtype=torch.long), torch.tensor([]))


def trained(task, draw, steps, lr=5e-3):
    """The task after so many steps of Adam on (context, features) that `draw` gives."""
    optimiser = torch.optim.Adam(task.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 0.02, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        context, x = draw(500)
        task.loss(context, target(x)).backward()
        optimiser.step()
        schedule.step()
        task.after_step()
    return task


def test_parameters_are_those_of_the_published_code():
    task = FlowMatching(width=128, continuous=7)
    parts = task.context, task.velocity, task.average
    assert [sum(p.numel() for p in part.parameters()) for part in parts] == [16_512, 54_151, 54_151]
    assert sum(p.numel() for p in task.parameters() if p.requires_grad) == 70_663


def test_velocity_network_normalises_behind_each_activation():
    torch.manual_seed(1)
    network = VelocityNetwork(features=2, times=3, context=4, hidden=8)
    x, times, context = torch.randn(5, 2), torch.rand(5, 1), torch.randn(5, 4)
    hidden = torch.cat((x, cosines(times, 3), context), dim=1)
    for linear in list(network.layers)[:-1:3]:
        hidden = torch.nn.functional.layer_norm(silu(linear(hidden)), (8,))
    torch.testing.assert_close(network(x, times, context), network.layers[-1](hidden))


def test_loss_is_the_mean_square_of_the_missed_velocity():
    task = FlowMatching(width=4, continuous=7)
    task.velocity.forward = lambda x, times, context: torch.zeros_like(x)
    torch.manual_seed(1)
    loss = task.loss(torch.zeros(20_000, 4), target(torch.full((20_000, 7), 3.0)))
    assert loss.item() == pytest.approx(1 + 3**2, rel=0.01)  # E (x_1 - 3)^2


def test_average_follows_the_trained_weights():
    task = FlowMatching(width=4, continuous=3)
    before = task.average.layers[0].bias.clone()
    with torch.no_grad():
        task.velocity.layers[0].bias.add_(1)
    task.after_step()
    expected = before + 1 - 2 / 11  # (1 + n) / (10 + n) in step n = 1
    torch.testing.assert_close(task.average.layers[0].bias, expected)
    task.steps.fill_(10**6)
    task.after_step()
    torch.testing.assert_close(task.average.layers[0].bias, before + 1 - 2 / 11 * 0.999)


def test_average_is_not_trained_but_kept():
    task = FlowMatching(width=4, continuous=3)
    task.loss(torch.randn(9, 4), target(torch.randn(9, 3))).backward()
    assert all(parameter.grad is None for parameter in task.average.parameters())
    assert {"average.layers.0.weight", "steps"} < task.state_dict().keys()


def test_samples_come_from_the_average():
    task, context = FlowMatching(width=4, continuous=3), torch.randn(6, 4)
    made = []
    for part in (task.velocity, task.average):
        with torch.no_grad():
            part.layers[-1].bias.add_(1)
        torch.manual_seed(1)
        made.append(task.sample(context))
    assert (made[0] - made[1]).abs().min() > 0.1


def mixture(count):
    """A context that tells nothing, and 0.3 N(-2, 0.3) + 0.7 N(1.5, 0.3)."""
    centre = torch.where(torch.rand(count, 1) < 0.3, -2.0, 1.5)
    return torch.zeros(count, 1), centre + 0.3 * torch.randn(count, 1)


def test_gaussian_is_carried_to_a_mixture():
    """W1 to fresh samples is below 0.15: 3000 samples of the mixture are 0.04 from 3000 others.

    0.04 is the mean, 0.09 what 95 of 100 pairs stay below. An untrained flow is above 0.5.
    """
    torch.manual_seed(1)
    task, (context, fresh) = FlowMatching(1, 1, context=1, hidden=64, times=4), mixture(3000)
    before = task.sample(context)
    after = trained(task, mixture, steps=400).sample(context)
    distances = [wasserstein_distance(fresh.flatten(), x.flatten()) for x in (before, after)]
    assert distances[0] > 0.5 and distances[1] < 0.15


def test_a_planted_pattern_is_recovered():
    torch.manual_seed(1)
    centres = 2 * torch.randn(4, 3)

    def draw(count):
        kind = torch.randint(4, (count,))
        return torch.eye(4)[kind], centres[kind] + 0.1 * torch.randn(count, 3)

    task = trained(FlowMatching(4, 3, context=8, hidden=32, times=4), draw, steps=250)
    kind = torch.arange(1000) % 4
    nearest = torch.cdist(task.sample(torch.eye(4)[kind]), centres).argmin(1)
    assert (nearest == kind).float().mean() > 0.99
