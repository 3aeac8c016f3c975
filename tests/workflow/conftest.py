"""A copy of the project to run the workflow in, and the command that runs it."""

import fcntl
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PARTS = ["Snakefile", "workflow", "config", "profiles", "resources", "envs", "slurm"]


class Project:
    """A working copy of the project: edit its files, run Snakemake in it."""

    def __init__(self, folder):
        self.folder = folder

    def snakemake(self, *arguments, check=True):
        """Run Snakemake at scale tiny; returns the finished process, its output as text."""
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, env=environment
        )
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


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the project without results."""
    return copy_project(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A copy in which `all` has been made at scale tiny, once for all parallel tests.

    Tests must not change it.
    """
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = tmp_path_factory.getbasetemp().parent / f"finished-{session}"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            (folder / "output.log").write_text(copy_project(folder).snakemake("all").output)
    project = Project(folder)
    project.log = (folder / "output.log").read_text()
    return project


@pytest.fixture
def editable(finished, tmp_path):
    """A copy of the finished project that a test may edit."""
    folder = tmp_path / "project"
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Project(folder)
