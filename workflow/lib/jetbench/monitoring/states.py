"""The state of every job: from a dry run, the logs of its attempts, and Slurm's queue."""

from collections.abc import Iterable, Mapping
from os import SEEK_END
from pathlib import Path
from typing import NamedTuple

from jetbench.attempts import at_work, attempts
from jetbench.monitoring.squeue import Entry, comment_of
from jetbench.planning.dag import Job

STATES = ("done", "running", "queued", "failed", "interrupted", "stale", "to do")
TAIL = 65536  # bytes of a log that are looked at
GOES_ON = ("checkpoint.pt", "checkpoint.previous.pt")  # and those of other configurations,
ASIDE = "checkpoint.aside.*.pt"  # as jetbench.training.checkpoints names them
FAULTS = ("error: ", "Traceback (most recent call last)")  # how a line begins that tells a failure
# Snakemake's reasons; the second is that of outputs which were being made when it was killed.
MISSING, INCOMPLETE = "Missing output files", "Forced execution"


class Standing(NamedTuple):
    """A job and what has come of it."""

    job: Job
    state: str  # one of STATES
    reason: str = ""  # of Snakemake, to make it again
    slurm: str | None = None  # its number in Slurm's queue
    logs: list[Path] = []  # of the attempts that did not succeed, the oldest first


def standings(
    every: Iterable[Job], waiting: Iterable[Job], queue: Mapping[str, Entry]
) -> list[Standing]:
    """State of every job that makes something.

    `every` are the jobs of a dry run with --forceall, `waiting` those of one without; `queue` is
    what Slurm knows, by comment.
    """
    reasons = {job.outputs[0]: job.reason for job in waiting if job.outputs}
    makers = [job for job in every if job.outputs]
    return [standing(job, reasons.get(job.outputs[0]), queue) for job in makers]


def standing(job: Job, reason: str | None, queue: Mapping[str, Entry]) -> Standing:
    """State of one job; `reason` is why Snakemake would run it, None if it would not."""
    if reason is None:
        return Standing(job, "done")
    logs = unsuccessful(job)
    entry = queue.get(comment_of(job))
    number = entry and entry.number
    if logs and at_work(logs[-1]):
        return Standing(job, "running", reason, number, logs)
    if entry:
        state = "queued" if entry.state == "PENDING" else "running"
        return Standing(job, state, reason, number, logs)
    return Standing(job, at_rest(job, reason, logs), reason, None, logs)


def unsuccessful(job: Job) -> list[Path]:
    """Logs of the attempts that are at work or failed; none if a later one succeeded."""
    if job.log is None:
        return []
    log, logs = Path(job.log), attempts(job.log)
    # An attempt writes both, the other one last. Snakemake may have deleted the log.
    later = logs and log.exists() and log.stat().st_mtime_ns > logs[-1].stat().st_mtime_ns
    return [] if later else logs


def at_rest(job: Job, reason: str, logs: list[Path]) -> str:
    """State of a job that Snakemake would run and nobody does."""
    if all(Path(path).exists() for path in job.outputs):
        if MISSING in reason:
            return "done"  # since the dry run
        return "interrupted" if INCOMPLETE in reason else "stale"
    if logs and any(line.startswith(FAULTS) for line in last_lines(logs[-1])):
        return "failed"
    return "interrupted" if logs or checkpoint(job) else "to do"


def checkpoint(job: Job) -> Path | None:
    """Checkpoint that a training will go on from, if its configuration is still the same."""
    paths = [Path(job.outputs[0]).with_name(name) for name in GOES_ON]
    return next(filter(Path.exists, paths), None) if job.rule == "train" else None


def set_aside(job: Job) -> list[Path]:
    """Checkpoints of other configurations of a training, which its end deletes."""
    return sorted(Path(job.outputs[0]).parent.glob(ASIDE)) if job.rule == "train" else []


def last_lines(log: Path, most: int | None = None) -> list[str]:
    """The last lines of a log that are not empty, at most `most`."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, file.seek(0, SEEK_END) - TAIL))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-most:] if most else lines
