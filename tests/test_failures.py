import pytest

from jetbench.failures import failures

SNAKEMAKE = """\
Finished jobid: 1 (Rule: simulate)
Error in rule convert:
    message: None
    jobid: 0
    log: {log} (check log file(s) for error details)
Execute 1 jobs...
Error in rule report:
    jobid: 3
"""


def told(tmp_path, text):
    """What is told of a failed job with this text in its log, and of one without a log."""
    (tmp_path / "000.log").write_text(text)
    (tmp_path / "all.log").write_text(SNAKEMAKE.format(log=tmp_path / "000.log") * 2)
    return failures([tmp_path / "all.log"])


def test_the_line_of_an_input_error_is_told_once(tmp_path):
    lines = told(tmp_path, "convert: 3%\nerror: a.root: expected a tree, got none\nRuleException\n")
    log = tmp_path / "000.log"
    assert lines == [
        f"convert: a.root: expected a tree, got none ({log})",
        "report: it keeps no log",
    ]


def test_of_a_traceback_the_last_line_is_told(tmp_path):
    assert "convert: KeyError: 'x' (" in told(tmp_path, "Traceback\n  x\nKeyError: 'x'\n")[0]


def test_a_log_that_is_gone_is_told_too(tmp_path):
    (tmp_path / "all.log").write_text(SNAKEMAKE.format(log=tmp_path / "none.log"))
    assert failures([tmp_path / "all.log"])[0].startswith("convert: nothing is in its log (")


SLURM = """\
Error in rule train:
    message: SLURM-job '1' failed, SLURM status is: 'TIMEOUT'. Detailed failure reason unavailable.
    jobid: 1
    log: {folder}/train.log, {folder}/slurm.log (check log file(s) for error details)
    external_jobid: 1
"""

GROUP = """\
    message: Error in group evaluations
    log: {folder}/slurm.log (check log file(s) for error details)
    jobs:
        rule evaluate:
            log: {folder}/evaluate.log (check log file(s) for error details)
    Error in rule evaluate:
        message: None
        jobid: 2
        log: {folder}/evaluate.log (check log file(s) for error details)
    Error in rule draw:
        jobid: 3
        log: {folder}/draw.log (check log file(s) for error details)
"""

LIMIT = "slurmstepd-a: error: *** JOB 1 ON a CANCELLED AT 12:00 DUE TO TIME LIMIT ***\nlast\n"


def told_by(folder, text, **logs):
    """What is told of this text of Snakemake, with these logs in the folder."""
    for name, content in logs.items():
        (folder / f"{name.replace('_attempt_', '.attempt-')}.log").write_text(content)
    (folder / "all.txt").write_text(text.format(folder=folder))
    return failures([folder / "all.txt"])


def test_the_log_of_the_last_attempt_is_read_when_snakemake_has_deleted_the_log(tmp_path):
    logs = {"train_attempt_2": "error: a\n", "train_attempt_10": "b\nerror: c\n", "slurm": "d\n"}
    where = f"{tmp_path}/train.attempt-10.log, and 1 of earlier attempts beside it"
    assert told_by(tmp_path, SLURM, **logs) == [f"train: TIMEOUT: c ({where})"]


def test_a_job_that_said_nothing_is_explained_by_the_log_of_slurm(tmp_path):
    (line,) = told_by(tmp_path, SLURM, slurm=LIMIT, train="")
    said = "*** JOB 1 ON a CANCELLED AT 12:00 DUE TO TIME LIMIT ***"
    where = f"{tmp_path}/slurm.log; nothing is in {tmp_path}/train.log"
    assert line == f"train: TIMEOUT: {said} ({where})"


def test_where_all_logs_are_gone_they_are_named(tmp_path):
    (line,) = told_by(tmp_path, SLURM)
    assert line.endswith(f"nothing is in its log ({tmp_path}/train.log, {tmp_path}/slurm.log)")


def test_a_job_that_succeeded_in_the_end_has_not_failed(tmp_path):
    assert told_by(tmp_path, SLURM + "Finished jobid: 1 (Rule: train)\n") == []


def test_of_a_group_the_jobs_that_failed_are_told(tmp_path):
    logs = {"evaluate_attempt_1": "error: x\n", "draw": "fine\n", "slurm": "y\n"}
    assert told_by(tmp_path, GROUP, **logs) == [
        f"group evaluations: y ({tmp_path}/slurm.log)",
        f"evaluate: x ({tmp_path}/evaluate.attempt-1.log)",
    ]


def test_a_signal_that_was_obeyed_is_told_and_not_the_bar_after_it(tmp_path):
    said = "tiny/1: SIGTERM: saved; the same command goes on from step 5 of 9\n1: 5/9, 00:28 left\n"
    (line,) = told_by(tmp_path, SLURM, train=said)
    assert line.startswith("train: TIMEOUT: tiny/1: SIGTERM: saved; the same command")


BAR = """\
GPU 0, of 1: 0
device: cpu, 1 process, 32-true
part/1: 1/1, 00:00 left,  1.44step/s, val 0.5
"""
END = """\
Building DAG of jobs...
Reason: Forced execution
{said}[Sun Nov 22 10:37:30 2026]
Error in rule train:
    jobid: 0
Shutting down, this might take some time.
Elapsed time: 0:00:04.245457
WorkflowError:
At least one job did not complete successfully.
srun: error: vm: task 0: Exited with exit code 1
"""
DIED = "Command 'set -euo pipefail;  python a.py' died with <Signals.{}>.\n"


@pytest.mark.parametrize(
    ("number", "told"),
    [("SIGKILL: 9", "SIGKILL, often out of memory"), ("SIGTERM: 15", "SIGTERM")],
)
@pytest.mark.parametrize("train", ["", BAR])
def test_a_job_that_a_signal_ended_says_which(number, told, train, tmp_path):
    (line,) = told_by(tmp_path, SLURM, slurm=END.format(said=DIED.format(number)), train=train)
    own = f"{'no error' if train else 'nothing'} is in {tmp_path}/train.log"
    assert line == f"train: TIMEOUT: killed ({told}) ({tmp_path}/slurm.log; {own})"


def test_a_cancelled_job_is_not_explained_by_its_bar(tmp_path):
    slurm = f"{BAR}Finished jobid: 0 (Rule: train)\n1 of 1 steps (100%) done\n{LIMIT}"
    (line,) = told_by(tmp_path, SLURM, slurm=slurm, train=BAR)
    assert line.startswith("train: TIMEOUT: *** JOB 1 ON a CANCELLED AT 12:00 ")


def test_a_bar_and_phrases_of_snakemake_are_no_error(tmp_path):
    (line,) = told_by(tmp_path, SLURM, slurm=END.format(said=BAR), train=BAR)
    assert line.startswith("train: TIMEOUT: no error is in its log (")


def test_a_traceback_goes_before_what_slurm_says_of_it(tmp_path):
    train = "Traceback (most recent call last):\n  File x\nKeyError: 'x'\n"
    (line,) = told_by(tmp_path, SLURM, slurm=LIMIT, train=BAR + train)
    assert line == f"train: TIMEOUT: KeyError: 'x' ({tmp_path}/train.log)"
