"""What failed in a run of Snakemake: a line a job, out of the job's own log."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FAILED = re.compile(r"^Error in rule (\w+):\n((?: +.*\n?)*)", re.MULTILINE)  # and what is indented
LOG = re.compile(r"^ +log: (\S+)", re.MULTILINE)


def failures(logs: Iterable[str | os.PathLike]) -> list[str]:
    """One line for each job that failed for good or for a time, from the logs of Snakemake."""
    texts = (Path(log).read_text(errors="replace") for log in logs)
    return list(dict.fromkeys(reason for text in texts for reason in reasons(text)))


def reasons(text: str) -> Iterator[str]:
    """Rule and last words of each failed job, as often as it failed."""
    for rule, block in FAILED.findall(text):
        log = LOG.search(block)
        yield f"{rule}: {last_words(Path(log[1]))}" if log else f"{rule}: it keeps no log"


def last_words(log: Path) -> str:
    """The line of an input error, else the last one, and where to read on."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    lines = [line for line in lines if line.startswith("error: ")] or lines
    return f"{lines[-1].removeprefix('error: ') if lines else 'nothing is in its log'} ({log})"
