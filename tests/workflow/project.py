"""A copy of the project to run the workflow in, and the command that runs it."""

import os
import re
import shutil
import signal
import subprocess
import sys

from tests.conftest import ROOT

PARTS = ["Snakefile", "workflow", "config", "profiles", "resources", "envs", "slurm"]


class Project:
    """A working copy of the project: edit its files, run Snakemake in it."""

    options = ("--cores", "2")  # of every run
    patience = 1800  # seconds until a run is broken off as a user would, by Ctrl-C

    def __init__(self, folder):
        self.folder = folder

    @property
    def environment(self):
        """Variables of Snakemake and its jobs."""
        return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, *arguments, **streams):
        """Start Snakemake at scale tiny; returns the running process."""
        command = [sys.executable, "-m", "snakemake", *self.options, *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, text=True, env=self.environment, **streams
        )

    def snakemake(self, *arguments, check=True):
        """Run Snakemake at scale tiny; returns the finished process, its output as text."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = self.start(*arguments, **streams)
        try:
            process.stdout, process.stderr = process.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # at SIGTERM it would wait for its jobs
            process.stdout, process.stderr = process.communicate()
        process.output = process.stdout + process.stderr
        if check:
            assert process.returncode == 0, process.output
        return process

    def planned(self, *arguments):
        """Number of jobs by rule that a dry run would do, from its table of job counts."""
        output = self.snakemake("--dry-run", *arguments).output
        table = re.search(r"^job +count\n[- ]+\n(.*?)^total ", output, flags=re.M | re.S)
        rows = (line.split() for line in table[1].splitlines()) if table else ()
        return {rule: int(number) for rule, number in rows}

    def replace(self, path, old, new):
        """Replace text in a file of the copy; the text must be there."""
        file = self.folder / path
        content = file.read_text()
        assert old in content, f"{old!r} is not in {path}"
        file.write_text(content.replace(old, new, 1))


def copy_project(folder):
    """Copy what the workflow needs of the project, with scale tiny as default."""
    ignore = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignore)
        else:
            shutil.copy(source, folder / part)
    project = Project(folder)
    project.replace("config/config.yaml", "scale: demo", "scale: tiny")
    return project
