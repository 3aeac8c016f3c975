"""What failed in a run of Snakemake: a line a job, out of the job's own log."""

import os
import re
import signal
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
DIED = re.compile(r"^Command .* died with <Signals\.(SIG[A-Z0-9]+): ", re.MULTILINE)
QUIET = re.compile(  # lines that say nothing of an error
    r"\s|\W*$|.*: +\d+%\||.*: \S+/\S+, \S+ left|.*\bit \[\d|.*: going on from step "  # progress
    r"|(?:GPU|device:|warning:|waiting for) "  # how a training begins
    r"|(?:SNAKEMAKE$|Config file|srun: cluster|host: |Assuming"
    r"|Building DAG|Using shell|Provided |Rules claiming|Conda env|Singularity|Select jobs"
    r"|Execute \d|Job \d+: |Reason: |Finished jobid|\d+ of \d+ steps|Error in rule|Removing output"
    r"|RuleException:|WorkflowError:|At least one job|Will exit after|Shutting down|Exiting because"
    r"|Trying to restart|Storing output|Elapsed time|Complete log|\[\w{3} \w{3} )"  # Snakemake's
    r"|srun: error: .*Exited with exit code"
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
    which is for jobs that died before they said why.
    """
    if not logs:
        return "it keeps no log"
    tries = attempts(logs[0])
    earlier = f", and {len(tries) - 1} of earlier attempts beside it" if tries[1:] else ""
    paths = [*(tries[-1:] or logs[:1]), *logs[1:]]
    texts = [path.read_text(errors="replace") if path.is_file() else "" for path in paths]
    for words in (reason_told, last_line):
        for path, text in zip(paths, texts, strict=True):
            if said := words(text):
                nothing = "no error" if texts[0].strip() else "nothing"
                own = f"; {nothing} is in {paths[0]}" if path != paths[0] else ""
                return f"{said} ({path}{own}{earlier})"
    nothing = "no error" if any(map(str.strip, texts)) else "nothing"
    return f"{nothing} is in its log ({', '.join(map(str, paths))}{earlier})"


def reason_told(text: str) -> str:
    """What a log says for users, the end of a traceback, or the signal that ended a job, or ''."""
    if told := TOLD.findall(text):
        return told[-1]
    if text.startswith("Traceback") or "\nTraceback" in text:
        return last_line(text)
    return killed(DIED.findall(text)[-1]) if DIED.search(text) else ""


def killed(name: str) -> str:
    """What a signal that nobody obeyed means."""
    return f"killed ({name}{', often out of memory' if name == signal.SIGKILL.name else ''})"


def last_line(text: str) -> str:
    """The last line that is neither progress nor one of Snakemake's phrases, or ''."""
    lines = (line for line in reversed(text.splitlines()) if line and not QUIET.match(line))
    return next(lines, "")
