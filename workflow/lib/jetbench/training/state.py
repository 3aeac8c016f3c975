"""Everything that a training is made of between two steps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import nn

from jetbench.errors import InputError
from jetbench.training.devices import random_state, set_random_state
from jetbench.training.learning import Learning
from jetbench.training.optimisers import build
from jetbench.training.provenance import UNKNOWN
from jetbench.training.recipes import Recipe
from jetbench.training.tally import Tally

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass
class Best:
    """Weights after the epoch with the highest score, the first of equals."""

    epoch: int = 0  # from 1; 0 before the first validation
    score: float = -math.inf
    weights: dict[str, torch.Tensor] = field(default_factory=dict)


class State:
    """Network, optimiser, random numbers, position, sums, history and best epoch of a training.

    `network` holds the weights; `model` is what is called: the same network on the device and in
    the precision of Fabric.
    """

    def __init__(self, network: nn.Module, recipe: Recipe, fabric: Fabric, learning: Learning):
        self.network = network
        self.learning = learning
        self.model = fabric.setup_module(network)
        # Not wrapped by Fabric, which would scale gradients for float16: there is none here. Built
        # after the set-up, so that its state is made on the device.
        rates = (recipe.lr, recipe.weight_decay, recipe.head_lr, recipe.decay)
        self.optimiser = build(recipe.optimiser, network, *rates)
        self.fabric = fabric
        self.step = 0
        self.tally = Tally(learning.terms)
        self.history: list[dict] = []
        self.best = Best()
        self.attempts: list[dict] = []  # code and surroundings of those that trained it
        self.random: dict | None = None  # of the training, while others draw

    def note(self, attempt: dict, epochs: int) -> None:
        """Remember what trains it from here on, unless all `epochs` are over."""
        if len(self.history) < epochs and attempt not in self.attempts:
            self.attempts.append(attempt)

    @contextmanager
    def drawing_aside(self) -> Iterator[None]:
        """Draw the same numbers every time in here, and none of those that the training draws.

        So masks, times and noise are the same in every validation, and a training does not depend
        on how many jets it is validated on.
        """
        self.random = random_state(self.fabric.device)
        torch.manual_seed(self.fabric.global_rank)
        try:
            yield
        finally:
            set_random_state(self.random, self.fabric.device)
            self.random = None

    def settle(self) -> None:
        """Bring the sums of the epoch up to date.

        Raises:
            InputError: the loss of a step was not finite.
        """
        pending = len(self.tally.pending)
        bad = self.tally.settle()
        if bad is not None:
            step = self.step - pending + bad + 1
            raise InputError(
                f"step {step}: expected a finite loss, got nan or infinity; nothing was written "
                f"(learning rate {self.optimiser.param_groups[0]['lr']:g})"
            )

    def close_epoch(self, validation: Tally) -> None:
        """Add the row of an epoch to the history, and keep its weights if it is the best one.

        Raises:
            InputError: the loss of a validation batch was not finite.
        """
        train, held_back = self.tally.means(), validation.means()
        if not math.isfinite(held_back["loss"]):
            got = f"expected a finite loss, got {held_back['loss']}"
            raise InputError(f"validation after step {self.step}: {got}")
        seen = self.history[-1]["jets"] if self.history else 0
        row = {
            "epoch": len(self.history) + 1,
            "step": self.step,
            "jets": seen + self.tally.jets,
            "lr": self.optimiser.param_groups[0]["lr"],
            **{f"train_{name}": mean for name, mean in train.items()},
            **{f"val_{name}": mean for name, mean in held_back.items()},
            "jets_per_second": self.tally.jets / self.tally.seconds,
            "seconds": self.tally.seconds + validation.seconds,
        }
        self.history.append(row)
        self.tally.restart()
        if (score := self.learning.score(row)) > self.best.score:
            self.best = Best(row["epoch"], score, snapshot(self.network))

    def state_dict(self) -> dict:
        """Plain values and tensors, from which the training goes on bit by bit.

        Raises:
            InputError: a weight is not finite.
        """
        self.settle()
        weights = self.network.state_dict()
        for name, weight in weights.items():
            if not torch.isfinite(weight).all():
                raise InputError(f"step {self.step}: expected finite weights, got {name} with nan")
        return {
            "step": self.step,
            "weights": weights,
            "optimiser": self.optimiser.state_dict(),
            "random": self.random or random_state(self.fabric.device),
            "tally": self.tally.state_dict(),
            "history": self.history,
            "best": vars(self.best),
            "attempts": self.attempts,
        }

    def load_state_dict(self, state: dict) -> None:
        """Go on from `state_dict()`."""
        self.step = state["step"]
        self.network.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])
        set_random_state(state["random"], self.fabric.device)
        self.tally.load_state_dict(state["tally"])
        self.history = state["history"]
        self.best = Best(*state["best"].values())  # whose names are others in older code
        # A checkpoint of older code does not tell.
        self.attempts = state.get("attempts", [{"code_version": UNKNOWN}])


def snapshot(network: nn.Module) -> dict[str, torch.Tensor]:
    """Copy of the weights on the CPU."""
    return {name: w.detach().to("cpu", copy=True) for name, w in network.state_dict().items()}
