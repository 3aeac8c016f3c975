"""What a recipe may say, checked before anything is trained."""

import math
from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields

from jetbench.errors import InputError, nearest
from jetbench.training.optimisers import DECAYS, OPTIMISERS
from jetbench.training.padding import PADDINGS, TRIMMINGS
from jetbench.training.schedules import BY_EPOCH, BY_STEP, SCHEDULES

PRECISIONS = ("float32", "bf16")
CHOICES = {
    "optimiser": OPTIMISERS,
    "schedule": SCHEDULES,
    "precision": PRECISIONS,
    "padding": PADDINGS,
    "trimming": TRIMMINGS,
    "decay": DECAYS,
}
MAY_BE_0 = {"weight_decay", "warm_up", "half_life", "clip", "label_smoothing"}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. `precision` holds on GPUs; a CPU always computes in float32."""

    lr: float
    batch: int  # jets
    epochs: int
    jets_per_epoch: int  # the steps of an epoch are jets_per_epoch // batch
    val_jets: int  # the first so many of the validation shards, after every epoch
    optimiser: str = "ranger"
    schedule: str = "flat_decay"
    warm_up: int = 0  # steps in which the schedules by step rise
    half_life: int = 0  # steps in which the exponential one halves
    weight_decay: float = 0.0
    decay: str = "matrices"  # which parameters the weight decay pulls at
    clip: float = 0.0  # largest norm of the gradient; 0: any
    label_smoothing: float = 0.0  # of a tagger
    frozen: bool = False  # whether a tagger keeps its encoder and only the rest of it learns
    head_lr: float = 1.0  # factor on the learning rate of the output layer
    precision: str = "float32"
    padding: str = "none"  # what batch norms see behind the particles in training
    trimming: str = "none"  # whether long jets lose random particles in training
    checkpoint_seconds: float = 300  # between checkpoints; the outcome does not depend on it

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps between two validations."""
        return self.jets_per_epoch // self.batch

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole training."""
        return self.steps_per_epoch * self.epochs

    def rate(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        if self.schedule in BY_EPOCH:
            epoch = step // self.steps_per_epoch
            return self.lr * BY_EPOCH[self.schedule](epoch, self.epochs)
        span = self.half_life if self.schedule == "exponential" else self.steps
        return self.lr * BY_STEP[self.schedule](step, self.warm_up, span)


def read_recipe(values: dict, run: str) -> Recipe:
    """Recipe from its mapping in the configuration.

    Raises:
        InputError: a key or a name in CHOICES that is unknown (names the nearest known one), a
            missing key, a value that is not the positive number it has to be.
    """
    keys = {field.name: field for field in fields(Recipe)}
    for key in values:
        expect_one_of(f"{run}: recipe", key, keys)
    for key, field in keys.items():
        if key not in values and field.default is MISSING:
            raise InputError(f"{run}: recipe: expected the key {key}, got {sorted(values)}")
    for key, value in values.items():
        check_value(f"{run}: recipe: {key}", key, keys[key].type, value)
    recipe = Recipe(**values)
    check_together(recipe, f"{run}: recipe")
    return recipe


def check_together(recipe: Recipe, where: str) -> None:
    """Refuse values that are possible each, but not beside each other."""
    batches = f"got jets_per_epoch {recipe.jets_per_epoch} and batch {recipe.batch}"
    if recipe.jets_per_epoch < recipe.batch:
        raise InputError(f"{where}: expected at least one batch an epoch, {batches}")
    if recipe.schedule in BY_STEP and recipe.warm_up >= recipe.steps:
        expected = f"expected a warm_up of fewer than the {recipe.steps} steps of the training"
        raise InputError(f"{where}: {expected}, got {recipe.warm_up}")
    if recipe.schedule == "exponential" and not recipe.half_life:
        raise InputError(f"{where}: schedule exponential: expected a half_life in steps, got 0")
    if recipe.label_smoothing >= 1:
        got = f"got {recipe.label_smoothing}"
        raise InputError(f"{where}: label_smoothing: expected a number below 1, {got}")


def check_value(where: str, key: str, kind: type, value: object) -> None:
    """Refuse names outside CHOICES, numbers that are not positive (or 0 where they may be)."""
    if key in CHOICES:
        expect_one_of(where, value, CHOICES[key])
        return
    if kind is bool:
        if not isinstance(value, bool):
            raise InputError(f"{where}: expected true or false, got {value!r}")
        return
    number = isinstance(value, kind | int) and not isinstance(value, bool)
    may_be_0 = key in MAY_BE_0
    if not number or not (0 < value < math.inf or (may_be_0 and value == 0)):
        name = "a positive integer" if kind is int else "a positive number"
        raise InputError(f"{where}: expected {name}{' or 0' * may_be_0}, got {value!r}")


def expect_one_of(where: str, value: object, known: Collection[str]) -> None:
    """Refuse a name that is not known, naming the nearest that is."""
    if value not in known:
        raise InputError(f"{where}: unknown {value!r}; {nearest(value, known)}")
