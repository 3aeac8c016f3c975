"""Ranger against weaver's, what is decayed, and what learns at another rate."""

import copy
from types import SimpleNamespace

import pytest
import torch

from jetbench import networks
from jetbench.networks.exchange import correspondence
from jetbench.training.loop import set_rate
from jetbench.training.optimisers import Ranger, build, is_decayed
from jetbench.training.recipes import Recipe
from tests.networks.peers import peer as network_of_peer


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


def test_all_parameters_decay_where_the_recipe_says_so():
    optimiser = build("adamw", toy(), 1e-3, 0.05, decay="all")
    (group,) = optimiser.param_groups
    assert (group["weight_decay"], len(group["params"])) == (0.05, 6)


def test_frozen_parameters_are_left_out():
    model = toy()
    model[0].requires_grad_(False)
    optimiser = build("ranger", model, 1e-3, 0.0)
    assert sum(len(group["params"]) for group in optimiser.param_groups) == 4


class FineTuned(torch.nn.Module):
    """weaver's ParT as the authors fine-tune it: `fc` stands beside the rest instead of in it."""

    def __init__(self):
        super().__init__()
        self.mod = network_of_peer("part", classes=2)
        self.fc, self.mod.fc = self.mod.fc, None

    def no_weight_decay(self):
        return {"mod.cls_token"}


def groups(model, optimiser):
    """(learning rate, weight decay) of every parameter by name."""
    of = {p: (g["lr"], g["weight_decay"]) for g in optimiser.param_groups for p in g["params"]}
    return {name: of[p] for name, p in model.named_parameters()}


def test_fine_tuning_has_weavers_groups():
    """`--optimizer-option lr_mult ("fc.*",50) --optimizer-option weight_decay 0.01`."""
    init_opt = pytest.importorskip("weaver.train").init_opt
    chosen = {"start_lr": 1e-4, "optimizer": "ranger", "lr_scheduler": "none", "num_epochs": 20}
    options = SimpleNamespace(load_epoch=None, lr_finder=None, **chosen)
    theirs = FineTuned()
    optimiser, _ = init_opt(options, theirs, lr_mult=("fc.*", 50), weight_decay=0.01)
    theirs = {k.removeprefix("mod."): v for k, v in groups(theirs, optimiser).items()}
    ours = networks.build("part", inputs=17, classes=2)
    ours = groups(ours, build("ranger", ours, 1e-4, 0.01, head_lr=50))
    assert set(ours.values()) == {(1e-4, 0.0), (1e-4, 0.01), (50 * 1e-4, 0.0), (50 * 1e-4, 0.01)}
    names = {our: their for their, our, _ in correspondence("part", {}) if our in ours}
    assert {names[name]: group for name, group in ours.items()} == theirs


@pytest.mark.parametrize("schedule", ["constant", "flat_decay"])
def test_output_layer_keeps_its_factor_through_the_schedule(schedule):
    recipe = Recipe(0.01, 2, 10, 4, 4, schedule=schedule, head_lr=50)
    model = toy()
    optimiser = build("ranger", model, recipe.lr, 0.0, recipe.head_lr)
    last = 0.01 if schedule == "flat_decay" else 1.0
    for epoch, factor in ((0, 1.0), (9, last)):
        set_rate(optimiser, recipe.rate(epoch * recipe.steps_per_epoch))
        rates = {name: rate for name, (rate, _) in groups(model, optimiser).items()}
        body = pytest.approx(0.01 * factor)
        head = pytest.approx(0.5 * factor)
        expected = {"0.weight": body, "0.bias": body, "1.weight": body, "1.bias": body}
        assert rates == expected | {"2.weight": head, "2.bias": head}


def test_output_layer_steps_further_by_its_factor():
    """The first step of Ranger is lr times the gradient."""
    plain, tuned = toy(), toy()
    for model, factor in ((plain, 1.0), (tuned, 7.0)):
        start = copy.deepcopy(model)
        list(walk(model, build("ranger", model, 1e-3, 0.0, factor), 1))
        model.moved = [b - a for a, b in zip(start.parameters(), model.parameters(), strict=True)]
    for i, (a, b) in enumerate(zip(plain.moved, tuned.moved, strict=True)):
        torch.testing.assert_close(b, a * (7 if i >= 4 else 1), rtol=1e-3, atol=1e-6)
