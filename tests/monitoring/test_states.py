import os

import pytest

from jetbench.attempts import new_attempt
from jetbench.monitoring.squeue import Entry, comment_of
from jetbench.monitoring.states import checkpoint, last_lines, standing, standings
from jetbench.planning.dag import Job

LOST = "Missing output files: run/weights"


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A training whose folder is there and empty."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    return Job("train", [], ["run/weights", "run/history"], "run/train.log", {}, "", 1, {})


def attempt(job, text):
    """Log of an attempt that is over."""
    with new_attempt(job.log) as log:
        log.write(text)


def make(job):
    for path in job.outputs:
        open(path, "w").close()


def state(job, reason=LOST, queue=None):
    return standing(job, reason, queue or {}).state


def test_what_snakemake_would_not_run_is_done(job):
    assert state(job, reason=None) == "done"


def test_what_nobody_has_begun_is_to_do(job):
    assert state(job) == "to do"


def test_whose_log_is_being_written_is_running(job):
    with new_attempt(job.log):
        assert state(job) == "running"


@pytest.mark.parametrize("line", ["error: in: no jets", "Traceback (most recent call last):"])
def test_whose_log_tells_an_error_has_failed(job, line):
    attempt(job, f"begins\n{line}\n  more\n")
    assert state(job) == "failed"


def test_whose_log_just_ends_is_interrupted(job):
    attempt(job, "step 7: validation error: 0.1\n")
    assert state(job) == "interrupted"


def test_a_training_with_a_checkpoint_is_interrupted(job):
    open("run/checkpoint.pt", "w").close()
    assert state(job) == "interrupted" and str(checkpoint(job)) == "run/checkpoint.pt"


def test_failures_before_a_success_do_not_count(job):
    attempt(job, "error: the disk is full\n")
    with open(job.log, "w"):
        os.utime(job.log, ns=(2**62, 2**62))
    assert state(job) == "to do"


def test_outputs_that_snakemake_would_make_again_are_stale(job):
    make(job)
    assert state(job, "Params have changed since last execution: seed") == "stale"


def test_outputs_that_have_come_since_the_dry_run_are_done(job):
    make(job)
    assert state(job) == "done"


def test_outputs_whose_end_snakemake_has_not_noted_are_interrupted(job):
    make(job)
    assert state(job, "Forced execution") == "interrupted"


@pytest.mark.parametrize(("slurm", "expected"), [("PENDING", "queued"), ("COMPLETING", "running")])
def test_slurm_knows_what_is_queued_and_what_runs(job, slurm, expected):
    found = standing(job, LOST, {comment_of(job): Entry("7", slurm)})
    assert (found.state, found.slurm) == (expected, "7")


def test_targets_without_outputs_are_not_counted(job):
    every = [job, Job("all", ["run/weights"], [], None, {}, "", 1, {})]
    (only,) = standings(every, every, {})
    assert only.job == job and only.state == "to do"


def test_of_a_long_log_only_the_end_is_read(tmp_path):
    log = tmp_path / "long.log"
    log.write_text("".join(f"line {number:07d}\n" for number in range(100_000)) + "\n\n")
    assert last_lines(log, 2) == ["line 0099998", "line 0099999"] and len(last_lines(log)) < 6000


def test_a_log_that_is_gone_has_no_lines(tmp_path):
    assert last_lines(tmp_path / "none.log") == []
