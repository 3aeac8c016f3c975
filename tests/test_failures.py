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
