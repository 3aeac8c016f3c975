"""`python -m jetbench.training.follow`: train as a rank that another process leads.

The task comes as a line of JSON on the standard input; when that closes, the leader is gone.
"""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread

from jetbench.data.loading import Batch
from jetbench.errors import InputError
from jetbench.training.loop import fit
from jetbench.training.ranks import Place, part
from jetbench.training.running import begin
from jetbench.training.runs import open_run
from jetbench.training.state import State
from jetbench.training.watch import SECONDS_BETWEEN_LOOKS


class Unwatched:
    """Stands for Watch: it shows and saves nothing and obeys no signal."""

    def __init__(self):
        self.looked = time.monotonic()

    @contextmanager
    def over(self, state: State) -> Iterator["Unwatched"]:
        """Let the training begin."""
        yield self

    def after_step(self, state: State) -> None:
        """Free what the steps left on the device, as often as Watch does."""
        now = time.monotonic()
        if now - self.looked > SECONDS_BETWEEN_LOOKS:
            self.looked = now
            state.settle()

    def validating(self, state: State, batches: Iterable[tuple], jets: int) -> Iterator[Batch]:
        """Validation batches as they come."""
        return (batch for _, batch in batches)

    def after_epoch(self, state: State) -> None:
        """Let the training go on."""


def end_with_leader() -> None:
    """Wait for the end of the standard input and die, whatever the main thread is waiting for."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def follow(task: dict) -> None:
    """Train the run of a task at its place."""
    run, place = open_run(**task["run"]), Place(**task["place"])
    state, streams = begin(run, place, lambda: None)
    fit(state, run.recipe, streams, Unwatched())
    part(state)


if __name__ == "__main__":
    TASK = json.loads(sys.stdin.readline())
    Thread(target=end_with_leader, daemon=True).start()
    try:
        follow(TASK)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(os.EX_DATAERR)
