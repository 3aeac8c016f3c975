"""One run: a network, its data and a seed in; the best weights and the history out."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from jetbench.data.jets import Jets
from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.networks.norms import share_norms
from jetbench.provenance import code_version
from jetbench.training.checkpoints import Checkpoints
from jetbench.training.devices import describe, launch
from jetbench.training.finetuning import Start, read_start, take_over
from jetbench.training.followers import leading
from jetbench.training.loop import fit
from jetbench.training.provenance import (
    configuration_digest,
    shards_version,
    surroundings,
    together,
)
from jetbench.training.ranks import Place, part
from jetbench.training.recipes import Recipe, read_recipe
from jetbench.training.state import State
from jetbench.training.streams import Streams, open_streams, read_classes
from jetbench.training.watch import Watch
from jetbench.training.weights import build_network, write_weights

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
    asked: dict = field(default_factory=dict)  # arguments of `open_run`, as JSON has them

    def configuration(self) -> dict:
        """What a checkpoint must agree with to be gone on from."""
        data = {"train_digest": self.train.digest, "val_digest": self.val.digest}
        data["start"] = self.start and self.start.digest
        return {"run": self.name, "model": self.model, "seed": self.seed} | data

    def metadata(self, state: State) -> dict:
        """What the weight file says of itself."""
        digests = f"{self.train.digest} {self.val.digest}"
        start = self.start and self.start.about()
        begun = start and start["configuration_digest"]
        asked = (self.model, self.seed, len(self.train), begun)
        return {
            "run": self.name,
            "model": self.model,
            "classes": self.classes,
            "seed": self.seed,
            "start": start,
            "jets": len(self.train),
            "best_epoch": state.best.epoch,
            "val_accuracy": state.best.accuracy,
            "configuration_digest": configuration_digest(*asked),
            "data_digest": hashlib.sha256(digests.encode()).hexdigest(),
            **together(state.attempts),
        }

    def attempt(self, fabric: Fabric) -> dict:
        """What makes the weights now, code and surroundings: it decides no configuration."""
        versions = {"code_version": code_version()}
        versions["data_code_version"] = shards_version(self.train, self.val)
        return versions | surroundings(fabric.device, fabric.world_size)


def open_run(
    name: str,
    model: dict,
    seed: int,
    jets: int,
    train_shards: Sequence,
    val_shards: Sequence,
    start: str | PathLike | None = None,
) -> Run:
    """Run on the first `jets` jets of the training shards, from the weights in the file `start`.

    Raises:
        InputError: a recipe, shard or start that cannot be used, or fewer jets than are asked for.
    """
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
    asked |= {"start": str(start) if start else None}
    return Run(name, model, seed, recipe, train, val, classes, first, asked)


def names(paths: Sequence) -> list[str]:
    """Paths as text."""
    return [str(path) for path in paths]


def train_run(run: Run, folder: str | PathLike, gpus: int = 1) -> tuple[State, Checkpoints]:
    """Train to the end, from the checkpoint in `folder` if there is one of this run.

    With several `gpus`, a process on each of them, or as many on the CPU, take shares of every
    batch: the same training but for rounding, and for what dropout and trimming draw.

    Raises:
        InputError: fewer GPUs than that, or batches that cannot be shared equally.
    """
    if run.recipe.batch % gpus:
        raise InputError(
            f"{run.name}: expected a batch that {gpus} GPUs share equally, got {run.recipe.batch}"
        )
    checkpoints = Checkpoints(Path(folder), run.configuration(), run.recipe.checkpoint_seconds)
    with leading(run.asked, gpus) as place:
        state, streams = begin(run, place, checkpoints.load)
        state.note(run.attempt(state.fabric), run.recipe.epochs)
        fit(state, run.recipe, streams, Watch(checkpoints, run.name, run.recipe.steps))
        if place.ranks > 1:
            part(state)
    return state, checkpoints


def begin(run: Run, place: Place, load: Callable[[], dict | None]) -> tuple[State, Streams]:
    """State of a rank, from what `load` finds on rank 0, and the rank's share of the data."""
    torch.manual_seed(run.seed)
    fabric = launch(run.recipe.precision, place)
    if fabric.global_rank == 0:
        print(describe(fabric, run.recipe.precision), file=sys.stderr)
    network = build_network(run.model, len(run.classes))
    if run.start:
        take_over(network, run.model, run.start)
    if place.ranks > 1:
        share_norms(network)
    state = State(network, run.recipe, fabric)
    if (saved := fabric.broadcast(load())) is not None:
        state.load_state_dict(saved)
    source = (run.train, run.val, run.recipe, run.model["features"], run.seed, fabric.device)
    return state, open_streams(*source, place.rank, place.ranks)


def write_run(run: Run, state: State, weights: str | PathLike, history: str | PathLike) -> None:
    """Write the weights of the best epoch and one row an epoch."""
    write_weights(weights, state.best.weights, run.metadata(state))
    with whole(history) as partial, open(partial, "w", newline="") as file:
        writer = csv.DictWriter(file, state.history[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(state.history)
