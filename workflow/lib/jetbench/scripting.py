"""What every script of the workflow does around its one function."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jetbench.attempts import new_attempt
from jetbench.errors import InputError
from jetbench.provenance import code_version


class Tee:
    """Text stream that writes to several streams at once."""

    def __init__(self, *streams):
        self.streams = streams

    def write(self, text: str) -> None:
        """Write to all streams, at once: a killed job keeps its log up to the last line."""
        for stream in self.streams:
            stream.write(text)
            stream.flush()

    def flush(self) -> None:
        """Flush all streams."""
        for stream in self.streams:
            stream.flush()


@contextmanager
def logged(path: str | None) -> Iterator[None]:
    """Copy what goes to the standard error stream into the rule's log file as well.

    And into a file of this attempt, which stays unless the attempt succeeds.
    """
    if path is None:
        yield
        return
    terminal = sys.stderr
    Path(path).unlink(missing_ok=True)  # not emptied: an earlier attempt may still write to it
    with open(path, "x") as log, new_attempt(path) as attempt:
        sys.stderr = Tee(terminal, log, attempt)
        try:
            yield
        except Exception:
            traceback.print_exc(file=Tee(log, attempt))
            raise
        finally:
            sys.stderr = terminal
    Path(attempt.name).unlink(missing_ok=True)


def run(function: Callable, job, **settings) -> None:
    """Call `function` with the named inputs, outputs and params of a Snakemake job, and `settings`.

    `settings` are values that, unlike params, do not make a result again when they change. An input
    named `code` only makes the rule depend on a library file and is not passed on.
    Bad input ends the job with its message alone; any other error keeps its traceback.
    """
    code_version()  # asked and kept now: a commit during a training is not the code that trains
    inputs = {name: value for name, value in job.input.items() if name != "code"}
    with logged(job.log[0] if job.log else None):
        try:
            function(**inputs, **job.output, **job.params, **settings)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(1)
