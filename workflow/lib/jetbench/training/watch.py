"""What goes on between two steps: progress, checkpoints, signals."""

import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from jetbench.data.loading import Batch
from jetbench.progress import track
from jetbench.training.checkpoints import Checkpoints
from jetbench.training.state import State

LINE = "{desc}: {n_fmt}/{total_fmt}, {remaining} left, {rate_fmt}{postfix}"  # fits 100 columns
SECONDS_BETWEEN_LOOKS = 2  # looking at the loss waits for the device
SIGNALS = (signal.SIGTERM, signal.SIGINT)  # Slurm's notice before the time limit; Ctrl-C


class Watch:
    """Shows progress, saves checkpoints when they are due, and leaves on a signal.

    A signal is only noted when it comes, and obeyed between two batches: the state is saved and the
    process exits with 128 + its number, so that nobody takes the training for finished.
    """

    def __init__(self, checkpoints: Checkpoints, run: str, steps: int):
        self.checkpoints = checkpoints
        self.run = run
        self.steps = steps
        self.signal = None
        self.looked = time.monotonic()

    @contextmanager
    def over(self, state: State) -> Iterator["Watch"]:
        """Watch a training from the step that `state` is at."""
        before = {number: signal.signal(number, self.note) for number in SIGNALS}
        shown = {"initial": state.step, "unit": "step", "bar_format": LINE}
        try:
            # The name without the scale, which all that runs beside it has in common.
            name = self.run.split("/", 1)[-1]
            with track(None, name, total=self.steps, **shown) as self.bar:
                yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def note(self, number: int, frame: object) -> None:
        """Handle a signal. A second one changes nothing: Slurm and Snakemake may both send one."""
        self.signal = number

    def after_step(self, state: State) -> None:
        """Between two steps of an epoch."""
        self.bar.update()
        now = time.monotonic()
        if now - self.looked > SECONDS_BETWEEN_LOOKS:
            self.looked = now
            self.look(state)
        if self.checkpoints.due():
            self.checkpoints.save(state.state_dict())
        if self.signal:
            self.leave(state)

    def look(self, state: State) -> None:
        """Show the loss of the last step, and how the last validation went."""
        state.settle()
        shown = f"loss {state.tally.last_loss:.3f}"
        if state.history:
            column = state.learning.shown
            name = column.removesuffix("_accuracy").replace("_", " ")
            shown += f", {name} {state.history[-1][column]:.4f}"
        self.bar.set_postfix_str(shown, refresh=False)

    def validating(self, state: State, batches: Iterable[tuple], jets: int) -> Iterator[Batch]:
        """Validation batches, with a bar of their own if they take long."""
        for _, batch in counted(batches, "validation", jets, delay=10, leave=False):
            if self.signal:
                self.leave(state)
            yield batch

    def after_epoch(self, state: State) -> None:
        """After the validation that closes an epoch."""
        self.look(state)
        if self.signal:
            self.leave(state)
        self.checkpoints.save(state.state_dict())

    def leave(self, state: State) -> None:
        """Save the state and exit."""
        self.checkpoints.save(state.state_dict())
        name = signal.Signals(self.signal).name
        message = f"{name}: saved; the same command goes on from step {state.step}"
        print(f"{self.run}: {message} of {self.steps}", file=sys.stderr, flush=True)
        sys.exit(128 + self.signal)


def counted(batches: Iterable[tuple], description: str, jets: int, **options) -> Iterator[tuple]:
    """Pairs of index and batch as they come, with a progress bar that counts jets."""
    with track(None, description, total=jets, unit="jet", unit_scale=True, **options) as bar:
        for index, batch in batches:
            yield index, batch
            bar.update(len(index))
