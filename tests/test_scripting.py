import sys
from types import SimpleNamespace

import pytest

from jetbench.errors import InputError
from jetbench.scripting import run


def job(log, **inputs):
    named = {"input": {**inputs, "code": "library.py"}, "output": {"b": 2}, "params": {"c": 3}}
    return SimpleNamespace(**named, log=log)


def test_a_script_receives_what_the_rule_names_but_not_the_code():
    received = {}
    run(lambda **values: received.update(values), job([], a=1))
    assert received == {"a": 1, "b": 2, "c": 3}


def test_a_script_receives_settings_that_are_no_params():
    received = {}
    run(lambda **values: received.update(values), job([], a=1), downloads=None)
    assert received == {"a": 1, "b": 2, "c": 3, "downloads": None}


def test_bad_input_ends_with_its_message_and_no_traceback(tmp_path, capsys):
    def refuse(**_):
        raise InputError("x.root: expected a tree, got none")

    with pytest.raises(SystemExit):
        run(refuse, job([str(tmp_path / "log")]))
    assert capsys.readouterr().err == "error: x.root: expected a tree, got none\n"
    assert (tmp_path / "log").read_text() == "error: x.root: expected a tree, got none\n"


def test_another_error_keeps_its_traceback_in_the_log(tmp_path):
    def fail(**_):
        raise KeyError("defect")

    with pytest.raises(KeyError):
        run(fail, job([str(tmp_path / "log")]))
    assert "KeyError: 'defect'" in (tmp_path / "log").read_text()


def test_the_log_of_a_failed_attempt_stays_when_the_next_one_succeeds(tmp_path):
    outcomes = iter([InputError("no room"), None])

    def work(**_):
        outcome = next(outcomes)
        if outcome:
            raise outcome
        print("done", file=sys.stderr)

    with pytest.raises(SystemExit):
        run(work, job([str(tmp_path / "a.log")]))
    (tmp_path / "a.log").unlink()  # as Snakemake does
    run(work, job([str(tmp_path / "a.log")]))
    logs = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert logs == {"a.attempt-1.log": "error: no room\n", "a.log": "done\n"}


def test_a_second_job_does_not_empty_the_log_of_one_at_work(tmp_path):
    def work(**_):
        print("first", file=sys.stderr)
        run(lambda **_: print("second", file=sys.stderr), job([str(tmp_path / "a.log")]))
        print("first again", file=sys.stderr)
        kept.extend(path.read_text() for path in tmp_path.glob("a.attempt-*.log"))

    kept = []
    run(work, job([str(tmp_path / "a.log")]))
    assert kept == ["first\nsecond\nfirst again\n"]


def test_the_code_that_runs_is_asked_for_before_the_work(monkeypatch):
    order = []
    monkeypatch.setattr("jetbench.scripting.code_version", lambda: order.append("version"))
    run(lambda **_: order.append("work"), job([]))
    assert order == ["version", "work"]
