"""Sums over the batches of an epoch, without waiting for the device at every batch."""

import math
import time

import torch

from jetbench.errors import InputError
from jetbench.methods.classify import Outcome


class Tally:
    """Loss, hits, jets and seconds since the beginning of an epoch.

    Outcomes stay on the device until `settle`, the only place where the host waits for them: once
    every few seconds and at the end.
    """

    def __init__(self):
        self.last_loss = math.nan  # mean over the jets of the last settled batch
        self.pending: list[Outcome] = []
        self.restart()

    def restart(self) -> None:
        """Begin an epoch."""
        self.loss = 0.0  # summed over jets
        self.correct = 0
        self.jets = 0
        self.seconds = 0.0
        self.since = time.monotonic()  # when `seconds` was last brought up to date

    def add(self, outcome: Outcome) -> None:
        """Keep a batch's outcome for the next `settle`."""
        self.pending.append(outcome._replace(loss=outcome.loss.detach()))

    def settle(self) -> int | None:
        """Add the pending outcomes; return the first of them whose loss is not finite, if any.

        They are added one by one, so that the sum does not depend on when they are settled.
        """
        now = time.monotonic()
        self.seconds, self.since = self.seconds + now - self.since, now
        if not self.pending:
            return None
        losses = torch.stack([outcome.loss for outcome in self.pending]).tolist()
        self.correct += int(torch.stack([outcome.correct for outcome in self.pending]).sum())
        for outcome, loss in zip(self.pending, losses, strict=True):
            self.loss += loss * outcome.jets
            self.jets += outcome.jets
        self.last_loss = losses[-1]
        self.pending.clear()
        return next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)

    def means(self) -> tuple[float, float]:
        """Mean loss and accuracy over the jets settled so far.

        Raises:
            InputError: there were none.
        """
        if not self.jets:
            raise InputError("expected jets to average over, got none")
        return self.loss / self.jets, self.correct / self.jets

    def state_dict(self) -> dict:
        """The settled sums."""
        kept = ("loss", "correct", "jets", "seconds", "last_loss")
        return {key: getattr(self, key) for key in kept}

    def load_state_dict(self, state: dict) -> None:
        """Go on from settled sums."""
        self.__dict__.update(state)
