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
