"""Who holds a folder: a process on a machine, perhaps inside a Slurm job."""

import json
import os
import re
import socket
import subprocess
from typing import NamedTuple

AT_WORK = {"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED"}  # may still write


class Holder(NamedTuple):
    """A process, as it is written into the file that it holds."""

    process: int
    machine: str
    job: str | None  # of Slurm

    def __str__(self) -> str:
        within = f" in Slurm job {self.job}" if self.job else ""
        return f"process {self.process} on {self.machine}{within}"

    def remedy(self) -> str:
        """How to stop it."""
        return f"scancel {self.job}" if self.job else f"kill {self.process} on {self.machine}"

    def alive(self) -> bool | None:
        """Whether it is still at work; None where that cannot be found out from here."""
        if self.machine == socket.gethostname():
            return process_alive(self.process)
        if self.job is None:
            return None
        if self.job == this_process().job:
            return False  # requeued: it has ended on the machine before
        return job_alive(self.job)


def this_process() -> Holder:
    """The process that asks."""
    return Holder(os.getpid(), socket.gethostname(), os.environ.get("SLURM_JOB_ID"))


def read_holder(text: str) -> Holder | None:
    """Holder written as JSON; None if the file is empty or something else is in it."""
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return None


def process_alive(process: int) -> bool:
    """Whether a process of this machine exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return True


def job_alive(job: str) -> bool | None:
    """Whether Slurm still runs a job; None where Slurm does not answer."""
    if not re.fullmatch(r"\d+", job):
        return None
    command = ["squeue", "--noheader", "--format=%T", f"--jobs={job}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode and "Invalid job id" not in answer.stderr:
        return None
    return not AT_WORK.isdisjoint(answer.stdout.split())
