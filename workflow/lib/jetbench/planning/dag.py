"""The jobs of the workflow, as a dry run of Snakemake tells them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from jetbench.errors import InputError

LIBRARY = Path(__file__).parents[2]  # where Snakemake finds snakemake_logger_plugin_jobs


class Job(NamedTuple):
    """One job that a dry run would do.

    Resources that Snakemake does not know before the job runs are absent.
    """

    rule: str
    inputs: list[str]
    outputs: list[str]
    log: str | None
    wildcards: dict[str, str]
    reason: str  # why it has to run, in Snakemake's words
    threads: int
    resources: dict[str, int | str]
    benchmark: str | None = None


def read_jobs(text: str) -> list[Job]:
    """Jobs out of what `snakemake --dry-run --logger jobs` prints: one line of JSON each."""
    return [job_of(json.loads(line)) for line in text.splitlines()]


def job_of(fields: dict) -> Job:
    """Job of one line; see snakemake_logger_plugin_jobs for the fields."""
    same = ("rule", "wildcards", "reason", "threads", "resources", "benchmark")
    return Job(
        inputs=fields["input"],
        outputs=fields["output"],
        log=next(iter(fields["log"]), None),
        **{name: fields[name] for name in same},
    )


def dry_run(config: dict, targets: Iterable[str], *options: str) -> list[Job]:
    """Jobs that `snakemake *options targets` would do here, with the merged configuration `config`.

    It takes no lock, so it can be asked while another Snakemake works in the same folder. With the
    option --forceall the jobs that are done come too.

    Raises:
        InputError: Snakemake cannot plan the targets; the message is Snakemake's.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(yaml.safe_dump(config))
        command = [*(sys.executable, "-m", "snakemake"), *("--dry-run", "--nolock")]
        command += ["--logger", "jobs", "--configfile", str(path), *options, "--", *targets]
        paths = filter(None, (str(LIBRARY), os.environ.get("PYTHONPATH")))
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        child = subprocess.run(command, env=environment, capture_output=True, text=True)
    if child.returncode:
        raise InputError(f"dry run: expected jobs, got: {cause(child.stderr)}")
    return read_jobs(child.stdout)


def cause(text: str) -> str:
    """What Snakemake says of its failure: first the line that tells why, then all of them."""
    lines = [line for line in text.splitlines() if line and not line.startswith("Using ")]
    # Before it are only headings, such as `InputFunctionException in rule train:`.
    told = (line.strip() for line in lines if not line.endswith(":"))
    return "\n".join([next(told, "nothing told"), *lines])


def dependencies(jobs: Sequence[Job]) -> list[set[int]]:
    """For each job, the indices of the jobs whose outputs it reads."""
    maker = {path: index for index, job in enumerate(jobs) for path in job.outputs}
    return [{maker[path] for path in job.inputs if path in maker} for job in jobs]
