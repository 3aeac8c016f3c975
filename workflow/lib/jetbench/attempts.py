"""Logs of the attempts that failed, which Snakemake does not know of and so does not delete.

It deletes the log that a rule declares when the job is tried or queued again. Each attempt writes
a file of its own beside it, {log}.attempt-N.log, which stays for whoever asks why.
"""

import re
from os import PathLike
from pathlib import Path
from typing import TextIO

from jetbench.files import lock

KEPT = 5  # of one log; a training that meets many time limits leaves one each time


def attempts(log: str | PathLike) -> list[Path]:
    """Logs of the attempts that did not succeed, the oldest first."""
    found = Path(log).parent.glob(f"{Path(log).stem}.attempt-*.log")
    numbered = {number(path): path for path in found if number(path)}
    return [numbered[n] for n in sorted(numbered)]


def new_attempt(log: str | PathLike) -> TextIO:
    """Open the log of a new attempt, locked until it is closed; the last few others are kept."""
    earlier = attempts(log)
    for path in earlier[:-KEPT]:
        path.unlink(missing_ok=True)
    last = number(earlier[-1]) if earlier else 0
    path = Path(log).with_name(f"{Path(log).stem}.attempt-{last + 1}.log")
    attempt = open(path, "x")  # noqa: SIM115
    lock(attempt)
    return attempt


def at_work(attempt: str | PathLike) -> bool:
    """Whether a process still writes the log of an attempt, so far as locks reach here."""
    try:
        with open(attempt, "r+") as file:
            return lock(file) is False
    except FileNotFoundError:  # it has succeeded just now
        return False


def number(path: Path) -> int:
    """N of {log}.attempt-N.log; 0 if it is something else."""
    found = re.search(r"\.attempt-([1-9]\d*)\.log$", path.name)
    return int(found[1]) if found else 0
