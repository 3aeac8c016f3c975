import pytest

from jetbench.attempts import KEPT, at_work, attempts, new_attempt


@pytest.fixture
def log(tmp_path):
    return tmp_path / "train.log"


def test_attempts_are_numbered_and_sorted_by_number(log):
    for number in (10, 2):
        log.with_name(f"train.attempt-{number}.log").touch()
    new_attempt(log).close()
    assert [path.name.split("-")[1] for path in attempts(log)] == ["2.log", "10.log", "11.log"]


def test_only_the_last_ones_are_kept(log):
    for _ in range(KEPT + 4):
        new_attempt(log).close()
    assert attempts(log)[0].name == "train.attempt-4.log"
    assert len(attempts(log)) == KEPT + 1


def test_other_logs_are_no_attempts(log):
    for name in ("train", "predict.attempt-1", "train.attempt-x", "train.attempt-0"):
        log.with_name(f"{name}.log").touch()
    assert attempts(log) == []


def test_an_attempt_is_at_work_until_its_log_is_closed(tmp_path):
    with new_attempt(tmp_path / "train.log") as attempt:
        assert at_work(attempt.name)
    assert not at_work(attempt.name)


def test_looking_whether_an_attempt_is_at_work_leaves_its_log_as_it_is(tmp_path):
    with new_attempt(tmp_path / "train.log") as attempt:
        print("half way", file=attempt, flush=True)
        at_work(attempt.name)
    assert (tmp_path / "train.attempt-1.log").read_text() == "half way\n"


def test_an_attempt_without_a_log_is_not_at_work(tmp_path):
    assert not at_work(tmp_path / "train.attempt-1.log")
