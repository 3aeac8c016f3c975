"""What a run is: a network, its data and a seed, which decide all that comes out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING

from jetbench.data.jets import Jets
from jetbench.errors import InputError
from jetbench.provenance import code_version
from jetbench.training.finetuning import Start, read_start
from jetbench.training.fits import Fit, read_fits
from jetbench.training.provenance import (
    configuration_digest,
    shards_version,
    surroundings,
    together,
)
from jetbench.training.recipes import Recipe, read_recipe
from jetbench.training.state import State
from jetbench.training.streams import read_classes

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass(frozen=True)
class Run:
    """All that decides what a training ends with."""

    name: str  # {scale}/{task}/{model}/{start}/{jets}/{seed}
    model: dict  # network, sizes, features, recipe
    seed: int
    recipe: Recipe
    train: Jets
    val: Jets
    classes: list[str]
    start: Start | None = None  # None: from scratch
    fits: Sequence[Fit] = ()  # fitted files, where nothing is started from
    asked: dict = field(default_factory=dict)  # arguments of `open_run`, as JSON has them

    def configuration(self) -> dict:
        """What a checkpoint must agree with to be gone on from."""
        data = {"train_digest": self.train.digest, "val_digest": self.val.digest}
        data["start"] = self.start and self.start.digest
        if self.fits:
            data["fits"] = {fit.kind: fit.about["digest"] for fit in self.fits}
        return {"run": self.name, "model": self.model, "seed": self.seed} | data

    def metadata(self, state: State) -> dict:
        """What the weight file says of itself."""
        digests = f"{self.train.digest} {self.val.digest}"
        start = self.start and self.start.about()
        begun = start and start["configuration_digest"]
        fits = {fit.kind: fit.asked() for fit in self.fits}
        asked = (self.model, self.seed, len(self.train), begun, fits)
        shown = state.learning.shown
        return {
            "run": self.name,
            "model": self.model,
            "classes": self.classes,
            "seed": self.seed,
            "start": start,
            "jets": len(self.train),
            "best_epoch": state.best.epoch,
            shown: state.history[state.best.epoch - 1][shown],
            "configuration_digest": configuration_digest(*asked),
            "data_digest": hashlib.sha256(digests.encode()).hexdigest(),
            **together(state.attempts),
            **({"fits": {fit.kind: fit.about for fit in self.fits}} if self.fits else {}),
        }

    def attempt(self, fabric: Fabric) -> dict:
        """What makes the weights now, code and surroundings: it decides no configuration."""
        versions = {"code_version": code_version()}
        versions["data_code_version"] = shards_version(self.train, self.val)
        return versions | surroundings(fabric.device, fabric.world_size)


# Eight arguments: four values that a training is named by, two lists of shards, two beginnings.
def open_run(
    name: str,
    model: dict,
    seed: int,
    jets: int,
    train_shards: Sequence,
    val_shards: Sequence,
    start: str | PathLike | None = None,
    fits: Sequence = (),
) -> Run:
    """Run on the first `jets` jets of the training shards, from the weights in the file `start`.

    Without a start, its network may ask for the fitted files `fits`.

    Raises:
        InputError: a recipe, shard, start or fitted file that cannot be used, fitted files beside a
            start, whose weights hold what was fitted, or fewer jets than are asked for.
    """
    if start and fits:
        raise InputError(f"{name}: expected fitted files or a start, got both: {start}, {fits}")
    asked = {"name": name, "model": model, "seed": seed, "jets": jets}
    recipe = read_recipe(model["recipe"], name)
    if jets < recipe.batch:
        raise InputError(f"{name}: expected at least a batch of {recipe.batch} jets, got {jets}")
    train, val = Jets(train_shards, limit=jets), Jets(val_shards, limit=recipe.val_jets)
    # How often it is saved decides nothing: a checkpoint is gone on from with another interval.
    decisive = {k: v for k, v in model["recipe"].items() if k != "checkpoint_seconds"}
    model = model | {"recipe": decisive}
    classes = read_classes([*train_shards, *val_shards])
    first = read_start(start) if start else None
    asked |= {"train_shards": names(train_shards), "val_shards": names(val_shards)}
    asked |= {"start": str(start) if start else None, "fits": names(fits)}
    return Run(name, model, seed, recipe, train, val, classes, first, read_fits(fits), asked)


def names(paths: Sequence) -> list[str]:
    """Paths as text."""
    return [str(path) for path in paths]
