import pytest

from jetbench.monitoring.overview import LISTED, overview, table
from jetbench.monitoring.states import Standing
from jetbench.planning.dag import Job


def stands(state, name="a", rule="train", **more):
    return Standing(Job(rule, [], [f"{name}/weights"], None, {}, "", 1, {}), state, **more)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "train.attempt-2.log"
    path.write_text("1\n2\n3\n\nerror: no jets\n")
    return path


def test_the_table_counts_jobs_by_rule_and_state():
    found = [stands("done"), stands("done"), stands("to do"), stands("done", rule="draw")]
    rows = [line.split() for line in table(found).splitlines()]
    assert rows[0][:2] == ["rule", "done"]
    assert rows[1] == ["train", "2", "-", "-", "-", "-", "-", "1"]
    assert rows[-1] == ["together", "3", "-", "-", "-", "-", "-", "1"]


def test_columns_are_aligned():
    lines = table([stands("done", rule="r" * 30), stands("stale")]).splitlines()
    assert len({len(line) for line in lines}) == 1


def test_what_needs_no_look_is_not_listed():
    assert overview([stands("done"), stands("to do"), stands("queued")]).count("\n") == 2


def test_a_running_job_tells_its_last_line_and_its_number_at_slurm(log):
    text = overview([stands("running", logs=[log], slurm="7")])
    assert text.endswith("running:\n  train a/weights (Slurm job 7)\n      error: no jets")


def test_a_failed_job_tells_its_last_lines_and_all_its_logs(log, tmp_path):
    text = overview([stands("failed", logs=[tmp_path / "train.attempt-1.log", log])])
    _, body = text.split("failed:\n")
    assert [line.strip() for line in body.splitlines()[1:4]] == ["2", "3", "error: no jets"]
    assert body.endswith(f"log: {log}, {tmp_path}/train.attempt-1.log")


def test_an_interrupted_training_tells_where_it_goes_on(tmp_path):
    (tmp_path / "checkpoint.pt").touch()
    assert f"goes on from {tmp_path}/checkpoint.pt" in overview([stands("interrupted", tmp_path)])


@pytest.mark.parametrize("state", ["running", "interrupted"])
def test_checkpoints_of_other_configurations_are_told(state, tmp_path):
    (tmp_path / "checkpoint.aside.12345678.pt").touch()
    (tmp_path / "checkpoint.previous.pt").touch()
    text = overview([stands(state, tmp_path)])
    assert text.endswith("of another configuration: checkpoint.aside.12345678.pt")


def test_an_interrupted_job_without_a_checkpoint_begins_again():
    assert "begins again" in overview([stands("interrupted", rule="convert")])


def test_a_job_whose_end_was_not_noted_does_not_say_that_it_begins_again():
    text = overview([stands("interrupted", reason="Forced execution")])
    assert "it has ended" in text and "begins again" not in text


def test_a_stale_job_tells_why_in_one_line():
    text = overview([stands("stale", reason=f"Params have changed: {'1 ' * 500}\n2")])
    assert len(text.splitlines()[-1]) < 180 and "Params have changed: 1" in text


def test_of_changed_parameters_only_those_that_differ_are_told():
    before, now = ({"network": "part", "recipe": {"epochs": epochs}} for epochs in (2, 50))
    reason = f"Params have changed since last execution: all: before: {before} now: {now}"
    text = overview([stands("stale", reason=reason)])
    assert text.endswith("      parameters: 'epochs': 2 before, 'epochs': 50 now")


def test_what_is_stale_because_of_others_is_only_counted():
    others = [stands("stale", n, reason="Input files updated by another job: x") for n in "bcd"]
    text = overview([stands("stale", reason="Updated input files: y"), *others])
    assert "and 3 that are made from what is to be made again" in text and "b/weights" not in text


def test_long_lists_are_cut():
    text = overview([stands("stale", str(n), reason="Updated input files: y") for n in range(14)])
    assert text.count("/weights") == LISTED and text.endswith("and 4 more")
