"""Everything that a training is made of between two steps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import nn

from jetbench.errors import InputError
from jetbench.training.devices import random_state, set_random_state
from jetbench.training.optimisers import build
from jetbench.training.provenance import UNKNOWN
from jetbench.training.recipes import Recipe
from jetbench.training.tally import Tally

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass
class Best:
    """Weights after the epoch with the highest validation accuracy, the first of equals."""

    epoch: int = 0  # from 1; 0 before the first validation
    accuracy: float = -1.0
    weights: dict[str, torch.Tensor] = field(default_factory=dict)


class State:
    """Network, optimiser, random numbers, position, sums, history and best epoch of a training.

    `network` holds the weights; `model` is what is called: the same network on the device and in
    the precision of Fabric.
    """

    def __init__(self, network: nn.Module, recipe: Recipe, fabric: Fabric):
        self.network = network
        self.model = fabric.setup_module(network)
        # Not wrapped by Fabric, which would scale gradients for float16: there is none here. Built
        # after the set-up, so that its state is made on the device.
        rates = (recipe.lr, recipe.weight_decay, recipe.head_lr)
        self.optimiser = build(recipe.optimiser, network, *rates)
        self.fabric = fabric
        self.step = 0
        self.tally = Tally()
        self.history: list[dict] = []
        self.best = Best()
        self.attempts: list[dict] = []  # code and surroundings of those that trained it

    def note(self, attempt: dict, epochs: int) -> None:
        """Remember what trains it from here on, unless all `epochs` are over."""
        if len(self.history) < epochs and attempt not in self.attempts:
            self.attempts.append(attempt)

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
        train_loss, train_accuracy = self.tally.means()
        loss, accuracy = validation.means()
        if not math.isfinite(loss):
            raise InputError(
                f"validation after step {self.step}: expected a finite loss, got {loss}"
            )
        seen = self.history[-1]["jets"] if self.history else 0
        row = {
            "epoch": len(self.history) + 1,
            "step": self.step,
            "jets": seen + self.tally.jets,
            "lr": self.optimiser.param_groups[0]["lr"],
            "train_loss": train_loss,
            "train_accuracy": train_accuracy,
            "val_loss": loss,
            "val_accuracy": accuracy,
            "jets_per_second": self.tally.jets / self.tally.seconds,
            "seconds": self.tally.seconds + validation.seconds,
        }
        self.history.append(row)
        self.tally.restart()
        if accuracy > self.best.accuracy:
            self.best = Best(row["epoch"], accuracy, snapshot(self.network))

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
            "random": random_state(self.fabric.device),
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
        self.best = Best(**state["best"])
        # A checkpoint of older code does not tell.
        self.attempts = state.get("attempts", [{"code_version": UNKNOWN}])


def snapshot(network: nn.Module) -> dict[str, torch.Tensor]:
    """Copy of the weights on the CPU."""
    return {name: w.detach().to("cpu", copy=True) for name, w in network.state_dict().items()}
