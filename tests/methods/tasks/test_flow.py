"""The density of a conditional normalising flow, and what it draws."""

import math

import pytest
import torch

from jetbench.methods.tasks import Target
from jetbench.methods.tasks.flow import Flow

NORMAL = -math.log(2 * math.pi) / 2  # ln N(0; 0, 1)


def bent(features, seed=1):
    """Flow of random splines: their parameters depend on the other features and on the context."""
    torch.manual_seed(seed)
    task = Flow(width=4, continuous=features, context=4, hidden=16)
    for name, parameter in task.flow.named_parameters():
        if "last" in name or "unnormalized" in name:
            torch.nn.init.normal_(parameter, std=0.4)
    return task.requires_grad_(False)


def target(continuous):
    return Target(continuous, torch.zeros(len(continuous), dtype=torch.long), torch.tensor([]))


def grid(edge, steps):
    """Middles of square cells in [-edge, edge]^2 and the area of a cell."""
    middles = edge * (2 * torch.arange(steps) + 1 - steps) / steps
    return torch.cartesian_prod(middles, middles), (2 * edge / steps) ** 2


def test_parameters_are_those_of_the_published_code():
    task = Flow(width=128, continuous=7)
    counts = [sum(p.numel() for p in part.parameters()) for part in (task.context, task.flow)]
    assert counts == [16_512, 156_870]


def test_three_features_are_transformed_first_then_the_other_four():
    changed = [flow.transform_features.tolist() for flow in Flow(8, 7).flow.couplings]
    assert changed == 3 * [[1, 3, 5], [0, 2, 4, 6]]


def test_density_begins_as_the_standard_normal_one():
    task = Flow(width=8, continuous=7)
    x = torch.tensor([[0.0] * 7, [1.0, 0, 2.0, 0, 0, 0, 3.0], [5.2] * 7])
    expected = torch.tensor([7 * NORMAL, 7 * NORMAL - 7, 7 * NORMAL - 7 * 5.2**2 / 2])
    torch.testing.assert_close(task.flow.log_density(x, torch.randn(3, 128)), expected)


def test_loss_is_minus_the_mean_log_density():
    task = Flow(width=8, continuous=3)
    loss = task.loss(torch.randn(2, 8), target(torch.tensor([[0.0, 0, 0], [2.0, 0, 0]])))
    assert loss.item() == pytest.approx(-3 * NORMAL + 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_density_integrates_to_one_for_every_context(seed):
    task, (points, area) = bent(features=2, seed=seed), grid(edge=6.0, steps=400)
    context = torch.randn(1, 4).expand(len(points), -1)
    density = task.flow.log_density(points, context).exp()
    assert density.max() > 1  # six times that of the normal distribution
    assert density.sum().item() * area == pytest.approx(1, abs=5e-3)  # what the grid resolves


def test_density_depends_on_the_context():
    task, x = bent(features=2), torch.zeros(2, 2)
    first, second = task.flow.log_density(x, torch.tensor([[1.0, 0, 0, 0], [0, 1.0, 0, 0]]))
    assert abs(first - second) > 0.1


def test_what_is_inverted_comes_back():
    task, z, context = bent(features=7), 2 * torch.randn(500, 7), torch.randn(500, 4)
    x = task.flow.invert(z, context)
    again, _ = task.flow.normalise(x, context)
    assert (x - z).abs().max() > 1
    torch.testing.assert_close(again, z, atol=1e-4, rtol=0)


def test_log_determinant_is_that_of_the_jacobian():
    flow, context = bent(features=3).flow.double(), torch.randn(1, 4).double()
    x = torch.tensor([[0.3, -1.2, 0.8]]).double()
    jacobian = torch.func.jacrev(lambda x: flow.normalise(x, context)[0][0])(x)[:, 0]
    expected = torch.linalg.slogdet(jacobian).logabsdet
    torch.testing.assert_close(flow.normalise(x, context)[1][0], expected)


def test_samples_are_as_dense_as_the_density_says():
    task, (points, area) = bent(features=2), grid(edge=6.0, steps=400)
    context = torch.randn(1, 4)
    density = task.flow.log_density(points, task.context(context).expand(len(points), -1)).exp()
    mean = (density[:, None] * points).sum(0) * area
    made = task.sample(context.expand(20_000, -1))
    torch.testing.assert_close(made.mean(0), mean, atol=0.04, rtol=0)  # 4 sigma / sqrt(20 000)


def test_only_impact_parameters_are_smeared():
    torch.manual_seed(1)
    task, seen = Flow(width=4, continuous=7), []
    task.flow.log_density = lambda x, context: seen.append(x) or x.sum(1)
    task.loss(torch.zeros(4000, 4), target(torch.ones(4000, 7)))
    assert (seen[0][:, :3] == 1).all()
    torch.testing.assert_close(seen[0][:, 3:].std(0), torch.full((4,), 0.05), atol=0.003, rtol=0)


@pytest.mark.parametrize("value", [5.1993, -5.1993, 4.0, -4.0, 0.0])
def test_extreme_targets_have_finite_losses_and_gradients(value):
    task = bent(features=7).requires_grad_(True)
    context = torch.randn(6, 4, requires_grad=True)
    loss = task.loss(context, target(torch.full((6, 7), value)))
    loss.backward()
    gradients = [context.grad, *(parameter.grad for parameter in task.parameters())]
    assert loss.isfinite() and all(gradient.isfinite().all() for gradient in gradients)


def test_density_is_computed_in_float32_under_autocast():
    task, x, context = bent(features=3), torch.randn(50, 3), torch.randn(50, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = task.loss(context.bfloat16(), target(x))
    assert loss == task.loss(context.bfloat16().float(), target(x))


def test_nothing_dropped_draws_nothing():
    assert Flow(width=4, continuous=7).sample(torch.zeros(0, 4)).shape == (0, 7)


def test_a_planted_pattern_is_recovered():
    torch.manual_seed(1)
    kind, centres = torch.arange(1000) % 4, 2 * torch.randn(4, 3)
    context = torch.eye(4)[kind]
    x = centres[kind] + 0.1 * torch.randn(1000, 3)
    task = Flow(width=4, continuous=3, context=8, hidden=32, couplings=2)
    optimiser = torch.optim.Adam(task.parameters(), lr=2e-2)
    for _ in range(100):
        optimiser.zero_grad()
        task.loss(context, target(x)).backward()
        optimiser.step()
    nearest = torch.cdist(task.sample(context), centres).argmin(1)
    assert (nearest == kind).float().mean() > 0.98
