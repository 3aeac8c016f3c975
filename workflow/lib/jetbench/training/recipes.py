"""What a recipe may say, checked before anything is trained."""

import math
from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields

from jetbench.errors import InputError, nearest
from jetbench.training.optimisers import OPTIMISERS
from jetbench.training.padding import PADDINGS, TRIMMINGS
from jetbench.training.schedules import SCHEDULES

PRECISIONS = ("float32", "bf16")
CHOICES = {
    "optimiser": OPTIMISERS,
    "schedule": SCHEDULES,
    "precision": PRECISIONS,
    "padding": PADDINGS,
    "trimming": TRIMMINGS,
}


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
    weight_decay: float = 0.0
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

    def rate(self, epoch: int) -> float:
        """Learning rate of an epoch, counted from 0."""
        return self.lr * SCHEDULES[self.schedule](epoch, self.epochs)


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
    if recipe.jets_per_epoch < recipe.batch:
        raise InputError(
            f"{run}: recipe: expected at least one batch an epoch, "
            f"got jets_per_epoch {recipe.jets_per_epoch} and batch {recipe.batch}"
        )
    return recipe


def check_value(where: str, key: str, kind: type, value: object) -> None:
    """Refuse names outside CHOICES and numbers that are not positive (weight decay may be 0)."""
    if key in CHOICES:
        expect_one_of(where, value, CHOICES[key])
        return
    number = isinstance(value, kind | int) and not isinstance(value, bool)
    may_be_0 = key == "weight_decay"
    if not number or not (0 < value < math.inf or (may_be_0 and value == 0)):
        name = "a positive integer" if kind is int else "a positive number"
        raise InputError(f"{where}: expected {name}{' or 0' * may_be_0}, got {value!r}")


def expect_one_of(where: str, value: object, known: Collection[str]) -> None:
    """Refuse a name that is not known, naming the nearest that is."""
    if value not in known:
        raise InputError(f"{where}: unknown {value!r}; {nearest(value, known)}")
