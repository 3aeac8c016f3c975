"""The jobs of this workflow that Slurm knows."""

import getpass
import os
import subprocess
from typing import NamedTuple

from jetbench.planning.dag import Job

FIELDS = "--format=%i|%T|%Z|%k"  # number, state, working directory, comment


class Entry(NamedTuple):
    """A job in Slurm's queue."""

    number: str
    state: str  # PENDING, RUNNING, COMPLETING, ...


def comment_of(job: Job) -> str:
    """The comment with which Snakemake's Slurm executor submits a job, slashes made underscores."""
    wildcards = "_".join(job.wildcards.values()).replace("/", "_")
    return f"rule_{job.rule}_wildcards_{wildcards}" if wildcards else f"rule_{job.rule}"


def read_queue(text: str, folder: str) -> dict[str, Entry]:
    """Entries by comment, of those jobs that were submitted from `folder`."""
    rows = (line.split("|", 3) for line in text.splitlines() if line.count("|") >= 3)
    return {
        comment: Entry(number, state)
        for number, state, directory, comment in rows
        if directory == folder
    }


def queue() -> dict[str, Entry]:
    """This user's jobs of the workflow in the working directory; none where Slurm is not."""
    command = ["squeue", "--noheader", f"--user={getpass.getuser()}", FIELDS]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):  # not installed, or its controller is away
        return {}
    return read_queue(answer.stdout, os.getcwd())
