import os
import subprocess
from types import SimpleNamespace

import pytest

from jetbench.holders import Holder, job_alive, process_alive, read_holder, this_process


@pytest.fixture
def answer(monkeypatch):
    """Lets squeue answer as given."""

    def prepare(output="", error="", code=0):
        said = SimpleNamespace(stdout=output, stderr=error, returncode=code)
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)

    return prepare


def test_a_process_names_its_machine_and_slurm_job(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "45")
    holder = this_process()
    assert str(holder) == f"process {os.getpid()} on {os.uname().nodename} in Slurm job 45"
    assert holder.remedy() == "scancel 45"


@pytest.mark.parametrize("text", ["", "12345\n", "{", '{"pid": 1}'])
def test_what_names_no_holder_is_none(text):
    assert read_holder(text) is None


def test_a_process_lives_until_it_has_ended():
    process = subprocess.Popen(["sleep", "60"])
    assert process_alive(process.pid)
    process.kill()
    process.wait()
    assert not process_alive(process.pid)


@pytest.mark.parametrize(
    ("state", "alive"), [("RUNNING", True), ("COMPLETING", True), ("PENDING", False), ("", False)]
)
def test_a_slurm_job_lives_while_it_may_write(answer, state, alive):
    answer(f"{state}\n")
    assert job_alive("7") is alive


def test_a_job_that_slurm_has_forgotten_is_dead(answer):
    answer(error="slurm_load_jobs error: Invalid job id specified\n", code=1)
    assert job_alive("7") is False


def test_of_a_slurm_that_does_not_answer_nothing_is_known(answer):
    answer(error="slurm_load_jobs error: Unable to contact slurm controller\n", code=1)
    assert job_alive("7") is None


def test_without_slurm_nothing_is_known_of_its_jobs(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert job_alive("7") is None


def test_the_same_job_on_another_machine_has_been_requeued(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert Holder(1, "elsewhere", "7").alive() is False


def test_of_a_process_on_another_machine_nothing_is_known():
    assert Holder(1, "elsewhere", None).alive() is None
