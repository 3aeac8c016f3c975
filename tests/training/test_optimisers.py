"""Ranger against weaver's, and what is decayed."""

import copy

import pytest
import torch

from jetbench import networks
from jetbench.training.optimisers import Ranger, build, is_decayed


def toy(seed=1):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.LayerNorm(7), torch.nn.Linear(7, 3))


def give_gradients(model, step, scale=1.0):
    """Gradients of very different sizes, the same for every model of this shape."""
    generator = torch.Generator().manual_seed(step)
    for i, p in enumerate(model.parameters()):
        p.grad = scale * 10.0 ** (i - 3) * torch.randn(p.shape, generator=generator)


def walk(model, optimiser, steps, first=0):
    """Take steps; yield the weights after each as one vector."""
    for step in range(first, first + steps):
        give_gradients(model, step)
        optimiser.step()
        yield torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_every_step_is_that_of_weavers_ranger(decay):
    peer = pytest.importorskip("weaver.utils.nn.optimizer.ranger")
    ours, theirs = toy(), toy()
    options = {"lr": 1e-2, "weight_decay": decay}
    ours = walk(ours, Ranger(ours.parameters(), **options), 40)
    theirs = walk(theirs, peer.Ranger(theirs.parameters(), **options), 40)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=2e-6, atol=2e-7)


def test_groups_decay_as_weavers():
    peer = pytest.importorskip("weaver.utils.nn.optimizer.ranger")
    ours, theirs = toy(), toy()
    matrices = [p for p in theirs.parameters() if p.ndim > 1]
    rest = [p for p in theirs.parameters() if p.ndim == 1]
    groups = [{"params": rest, "weight_decay": 0.0}, {"params": matrices, "weight_decay": 0.01}]
    ours = walk(ours, build("ranger", ours, 1e-2, 0.01), 20)
    theirs = walk(theirs, peer.Ranger(groups, lr=1e-2), 20)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=2e-6, atol=2e-7)


def test_first_steps_are_sgd_with_momentum():
    """While rho_t <= 5 (t <= 5 at beta2 0.999): p -= lr m_t / (1 - beta1^t); worked by hand."""
    p = torch.nn.Parameter(torch.tensor([1.0]))
    optimiser = Ranger([p], lr=0.1)
    for gradient in (2.0, 4.0):
        p.grad = torch.tensor([gradient])
        optimiser.step()
    m1, m2 = 0.05 * 2, 0.95 * 0.05 * 2 + 0.05 * 4
    expected = 1 - 0.1 * m1 / (1 - 0.95) - 0.1 * m2 / (1 - 0.95**2)
    assert p.item() == pytest.approx(expected, rel=1e-6)


def test_sixth_step_goes_half_way_back_to_the_start():
    model, plain = toy(), toy()
    start = torch.cat([p.detach().flatten() for p in model.parameters()])
    ours = list(walk(model, Ranger(model.parameters(), lr=0.01), 6))
    inner = torch.optim.RAdam(plain.parameters(), lr=0.01, betas=(0.95, 0.999), eps=1e-5)
    theirs = list(walk(plain, inner, 6))
    torch.testing.assert_close(ours[4], theirs[4])
    torch.testing.assert_close(ours[5], (start + theirs[5]) / 2)


@pytest.mark.parametrize("steps", [1, 5, 6, 7, 13])
def test_resumed_after_any_step_it_takes_the_same_steps(steps):
    model = toy()
    optimiser = build("ranger", model, 1e-2, 0.01)
    list(walk(model, optimiser, steps))
    other = copy.deepcopy(model)
    resumed = build("ranger", other, 1.0, 0.5)
    resumed.load_state_dict(copy.deepcopy(optimiser.state_dict()))
    expected = list(walk(model, optimiser, 12, first=steps))
    got = list(walk(other, resumed, 12, first=steps))
    assert all(torch.equal(a, b) for a, b in zip(got, expected, strict=True))


def test_parameter_without_gradient_stays():
    p, idle = (torch.nn.Parameter(torch.ones(2)) for _ in range(2))
    optimiser = Ranger([p, idle], lr=0.1)
    for _ in range(12):
        p.grad = torch.ones(2)
        optimiser.step()
    assert torch.equal(idle, torch.ones(2)) and bool((p < 1).all())


def test_only_matrices_decay_in_a_transformer():
    model = networks.build("part", inputs=17)
    decayed = {name for name, p in model.named_parameters() if is_decayed(name, p)}
    matrices = {name for name, p in model.named_parameters() if p.ndim > 1 and name != "token"}
    assert decayed == matrices and all(name.endswith("weight") for name in decayed)


def test_adamw_trains_in_the_same_groups():
    optimiser = build("adamw", toy(), 1e-3, 0.05)
    assert [group["weight_decay"] for group in optimiser.param_groups] == [0.0, 0.05]
    assert [len(group["params"]) for group in optimiser.param_groups] == [4, 2]


def test_frozen_parameters_are_left_out():
    model = toy()
    model[0].requires_grad_(False)
    optimiser = build("ranger", model, 1e-3, 0.0)
    assert sum(len(group["params"]) for group in optimiser.param_groups) == 4
