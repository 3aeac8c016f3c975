"""Recipes: what is refused, and how the message helps."""

import pytest

from jetbench.errors import InputError
from jetbench.training.recipes import read_recipe
from tests.training.helpers import toy_model


def read(**changes):
    values = toy_model()["recipe"] | changes
    return read_recipe({key: value for key, value in values.items() if value is not None}, "a/run")


def test_steps_of_an_epoch_drop_the_remainder():
    recipe = read(jets_per_epoch=170, batch=16, epochs=3)
    assert (recipe.steps_per_epoch, recipe.steps) == (10, 30)


def test_rate_follows_the_schedule():
    recipe = read(lr=0.02, epochs=50)
    rates = [recipe.rate(step) for step in (0, 349, 350, 499)]
    assert rates == [0.02, 0.02, pytest.approx(0.02 * 0.01 ** (1 / 15)), pytest.approx(0.0002)]


def test_schedules_by_step_change_within_an_epoch():
    recipe = read(lr=0.02, epochs=2, schedule="cosine", warm_up=10)
    rates = [recipe.rate(step) for step in (0, 5, 10, 15)]
    assert rates == pytest.approx([0, 0.01, 0.02, 0.01])
    recipe = read(lr=0.02, schedule="exponential", half_life=3)
    assert [recipe.rate(step) for step in (0, 3)] == pytest.approx([0.02, 0.01])


def test_a_constant_rate_is_that_of_the_recipe_after_the_warm_up():
    recipe = read(lr=0.02, schedule="constant", warm_up=4)
    assert [recipe.rate(step) for step in (0, 2, 4, recipe.steps)] == [0, 0.01, 0.02, 0.02]
    assert read(lr=0.02, schedule="constant").rate(0) == 0.02


def test_defaults():
    recipe = read(optimiser=None, schedule=None)
    assert (recipe.optimiser, recipe.schedule) == ("ranger", "flat_decay")
    assert (recipe.weight_decay, recipe.head_lr, recipe.checkpoint_seconds) == (0.0, 1.0, 300)
    assert (recipe.padding, recipe.trimming) == ("none", "none")
    assert (recipe.decay, recipe.clip, recipe.label_smoothing) == ("matrices", 0.0, 0.0)
    assert (recipe.warm_up, recipe.frozen) == (0, False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochss": 3}, "a/run: recipe: .*'epochss'.*did you mean 'epochs'"),
        ({"optimiser": "rangr"}, "recipe: optimiser: .*'rangr'.*did you mean 'ranger'"),
        ({"schedule": "flat-decay"}, "recipe: schedule: .*'flat-decay'.*did you mean 'flat_decay'"),
        ({"precision": "bf-16"}, "recipe: precision: .*'bf-16'.*did you mean 'bf16'"),
        ({"padding": "wrapped"}, "recipe: padding: .*'wrapped'.*did you mean 'wrap'"),
        ({"trimming": "randm"}, "recipe: trimming: .*'randm'.*did you mean 'random'"),
        ({"lr": "1e-3"}, "lr: expected a positive number, got '1e-3'"),
        ({"lr": float("nan")}, "lr: expected a positive number, got nan"),
        ({"lr": 0}, "lr: expected a positive number, got 0"),
        ({"weight_decay": -1}, "weight_decay: expected a positive number or 0, got -1"),
        ({"head_lr": 0}, "head_lr: expected a positive number, got 0"),
        ({"batch": 16.0}, "batch: expected a positive integer, got 16.0"),
        ({"decay": "matrix"}, "recipe: decay: .*'matrix'.*did you mean 'matrices'"),
        ({"clip": -1.0}, "clip: expected a positive number or 0, got -1.0"),
        ({"warm_up": 1.5}, "warm_up: expected a positive integer or 0, got 1.5"),
        ({"label_smoothing": 1}, "label_smoothing: expected a number below 1, got 1"),
        ({"frozen": 1}, "frozen: expected true or false, got 1"),
        ({"schedule": "exponential"}, "exponential: expected a half_life in steps, got 0"),
        (
            {"schedule": "cosine", "warm_up": 20},
            "expected a warm_up of fewer than the 20 steps of the training, got 20",
        ),
        ({"epochs": True}, "epochs: expected a positive integer, got True"),
        ({"val_jets": None}, "expected the key val_jets, got"),
        ({"jets_per_epoch": 15}, "at least one batch an epoch, got jets_per_epoch 15 and batch 16"),
    ],
)
def test_refused(changes, message):
    with pytest.raises(InputError, match=message):
        read(**changes)
