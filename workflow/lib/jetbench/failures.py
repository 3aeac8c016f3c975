"""What failed in a run of Snakemake: a line a job, out of the job's own log."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from jetbench.attempts import attempts

# A job, and what is indented below it; the jobs of a group are indented themselves.
FAILED = re.compile(r"^( *)Error in rule (\w+):\n((?:\1 +.*\n?)*)", re.MULTILINE)
GROUP = re.compile(r"^ +message: Error in group (\S+)\n +log: (\S+)", re.MULTILINE)
FINISHED = re.compile(r"^Finished jobid: (\d+)", re.MULTILINE)
JOB = re.compile(r"^ +jobid: (\d+)", re.MULTILINE)
LOGS = re.compile(r"^ +log: (.+?)(?: \(check log.*)?$", re.MULTILINE)
STATUS = re.compile(r"SLURM status is: '(\w+)'")  # message of Snakemake's executor for Slurm
TOLD = re.compile(  # written for users: bad input, words of Slurm, a signal that was obeyed
    r"^(?:error: |slurmstepd.*error: |(?=\S+: SIG[A-Z]+: ))(.*)", re.MULTILINE
)


def failures(logs: Iterable[str | os.PathLike]) -> list[str]:
    """One line for each job that failed and did not succeed later, from the logs of Snakemake."""
    texts = (Path(log).read_text(errors="replace") for log in logs)
    return list(dict.fromkeys(reason for text in texts for reason in reasons(text)))


def reasons(text: str) -> Iterator[str]:
    """Rule and last words of each failed job, as often as it failed."""
    finished = set(FINISHED.findall(text))
    for group, log in GROUP.findall(text):
        yield f"group {group}: {last_words([Path(log)])}"
    for indent, rule, block in FAILED.findall(text):
        logs = [Path(log) for found in LOGS.findall(block) for log in found.split(", ")]
        number = JOB.search(block)
        in_group = indent and not any(map(attempts, logs))  # another job of the group failed
        if in_group or (number and number[1] in finished):
            continue
        yield f"{rule}: {slurm_status(block)}{last_words(logs)}"


def slurm_status(block: str) -> str:
    """How Slurm says that the job ended, where it knows more than that."""
    found = STATUS.search(block)
    return f"{found[1]}: " if found and found[1] != "FAILED" else ""


def last_words(logs: list[Path]) -> str:
    """The line of an error that is meant for users, else the last one, and where to read on.

    `logs` are the log of the rule, whose last failed attempt is read, and that of its Slurm job,
    which is for jobs that died before they said anything.
    """
    if not logs:
        return "it keeps no log"
    tries = attempts(logs[0])
    earlier = f", and {len(tries) - 1} of earlier attempts beside it" if tries[1:] else ""
    paths = [*(tries[-1:] or logs[:1]), *logs[1:]]
    for path in paths:
        text = path.read_text(errors="replace").strip() if path.is_file() else ""
        if text:
            told = TOLD.findall(text)
            own = f"; nothing is in {paths[0]}" if path != paths[0] else ""
            return f"{told[-1] if told else text.splitlines()[-1]} ({path}{own}{earlier})"
    return f"nothing is in its log ({', '.join(map(str, paths))}{earlier})"
