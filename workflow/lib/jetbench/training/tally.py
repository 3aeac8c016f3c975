"""Sums over the batches of an epoch, without waiting for the device at every batch."""

import math
import time
from collections.abc import Sequence

import torch

from jetbench.errors import InputError
from jetbench.methods.outcome import Outcome


class Tally:
    """Loss, the `terms` beside it, jets and seconds since the beginning of an epoch.

    Outcomes stay on the device until `settle`, the only place where the host waits for them: once
    every few seconds and at the end.
    """

    def __init__(self, terms: Sequence[str]):
        self.terms = terms
        self.last_loss = math.nan  # of the last settled batch
        self.pending: list[Outcome] = []
        self.restart()

    def restart(self) -> None:
        """Begin an epoch."""
        self.loss = 0.0  # summed over what it is the mean over: jets or particles
        self.sums = [0.0] * len(self.terms)
        self.weight = 0  # how many these are
        self.jets = 0
        self.seconds = 0.0
        self.since = time.monotonic()  # when `seconds` was last brought up to date

    def add(self, outcome: Outcome) -> None:
        """Keep a batch's outcome for the next `settle`."""
        loss, sums = outcome.loss.detach(), outcome.sums.detach()
        self.pending.append(outcome._replace(loss=loss, sums=sums))

    def settle(self) -> int | None:
        """Add the pending outcomes; return the first of them whose loss is not finite, if any.

        They are added one by one, so that the sums do not depend on when they are settled.
        """
        now = time.monotonic()
        self.seconds, self.since = self.seconds + now - self.since, now
        if not self.pending:
            return None
        losses = torch.stack([outcome.loss for outcome in self.pending]).tolist()
        batches = torch.stack([outcome.sums for outcome in self.pending]).tolist()
        weights = torch.stack(
            [torch.as_tensor(outcome.weight) for outcome in self.pending]
        ).tolist()
        for outcome, loss, sums, weight in zip(self.pending, losses, batches, weights, strict=True):
            self.loss += loss * weight
            self.weight += weight
            self.sums = [total + of_batch for total, of_batch in zip(self.sums, sums, strict=True)]
            self.jets += outcome.jets
        self.last_loss = losses[-1]
        self.pending.clear()
        return next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)

    def means(self) -> dict[str, float]:
        """Means over what was settled so far: `loss`, and each term by its name.

        Raises:
            InputError: there were none.
        """
        if not self.jets:
            raise InputError("expected jets to average over, got none")
        sums = {"loss": self.loss} | dict(zip(self.terms, self.sums, strict=True))
        return {name: total / (self.weight or 1) for name, total in sums.items()}

    def state_dict(self) -> dict:
        """The settled sums."""
        kept = ("loss", "sums", "weight", "jets", "seconds", "last_loss")
        return {key: getattr(self, key) for key in kept}

    def load_state_dict(self, state: dict) -> None:
        """Go on from settled sums."""
        if "correct" in state:  # a checkpoint of older code, which knew no other term
            state = state | {"sums": [float(state["correct"])]}
        state = {"weight": state["jets"]} | state  # older code had means over jets alone
        self.__dict__.update({key: state[key] for key in self.state_dict()})
