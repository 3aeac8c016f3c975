"""Copies of the project for the tests of the workflow."""

import fcntl
import os
import shutil

import pytest

from tests.workflow.project import Project, copy_project


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
