"""A workflow that is interrupted or killed leaves nothing that writes, and goes on."""

import os
import signal
import subprocess

import pytest

from tests.training.helpers import same_outcome
from tests.workflow.project import copy_project
from tests.workflow.trainings import Training, eventually, pace, prolong, weights

pytestmark = pytest.mark.slow
STREAMS = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A training that nothing happened to."""
    project = copy_project(tmp_path_factory.mktemp("undisturbed"))
    prolong(project)
    project.snakemake(weights(1))
    return Training(project, 1)


@pytest.fixture
def training(project):
    """A training that takes minutes unless it is hastened."""
    prolong(project)
    pace(project, 0.3)
    return Training(project, 1)


def start(project, *options):
    """Start the workflow in a process group of its own, as a shell does."""
    return project.start(weights(1), *options, start_new_session=True, **STREAMS)


@pytest.mark.parametrize("whom", [os.kill, os.killpg], ids=["snakemake", "all in the terminal"])
def test_an_interrupt_leaves_no_training_and_the_same_command_goes_on(
    project, training, undisturbed, whom
):
    snakemake = start(project)
    assert eventually(training.is_under_way)
    whom(snakemake.pid, signal.SIGINT)
    pace(project, 0)
    said = snakemake.communicate(timeout=120)[0]
    assert snakemake.returncode != 0, said
    assert training.process is None
    if whom is os.killpg:
        assert "SIGINT: saved; the same command goes on from step" in said
        assert "going on from step" in project.snakemake(weights(1)).output
    assert same_outcome(training.folder, undisturbed.folder)


def test_the_logs_of_killed_attempts_stay_and_the_next_goes_on(project, training, undisturbed):
    snakemake = start(project, "--retries", "2")
    for attempt in (1, 2):
        assert eventually((training.folder / f"train.attempt-{attempt}.log").exists)
        assert eventually(training.is_under_way)
        training.kill()
    pace(project, 0)
    assert "going on from step" in snakemake.communicate(timeout=120)[0]
    assert snakemake.returncode == 0
    logs = sorted(path.name for path in training.folder.glob("*.log"))
    assert logs == ["train.attempt-1.log", "train.attempt-2.log", "train.log"]
    assert same_outcome(training.folder, undisturbed.folder)


def test_a_training_that_outlives_a_killed_snakemake_is_the_only_writer(
    project, training, undisturbed
):
    snakemake = start(project)
    assert eventually(training.is_under_way)
    snakemake.kill()
    snakemake.wait()
    process = training.process
    assert "--unlock" in project.snakemake(weights(1), check=False).output
    project.snakemake("--unlock", weights(1))
    said = project.snakemake(weights(1), check=False).output
    assert f"another training is at work here (process {process} on " in said
    assert "train.attempt-2.log, and 1 of earlier attempts" in said
    pace(project, 0)
    assert eventually(lambda: training.process is None)
    assert "Nothing to be done" in project.snakemake(weights(1)).output
    assert same_outcome(training.folder, undisturbed.folder)


def test_weights_written_after_snakemake_was_killed_cost_no_second_training(
    project, training, undisturbed
):
    snakemake = start(project)
    assert eventually(training.is_under_way)
    snakemake.kill()
    pace(project, 0)
    assert eventually(lambda: training.process is None)
    project.snakemake("--unlock", weights(1))
    assert "going on from step 500" in project.snakemake(weights(1)).output
    assert same_outcome(training.folder, undisturbed.folder)
