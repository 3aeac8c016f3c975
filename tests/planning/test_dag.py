import json

import pytest

from jetbench.errors import InputError
from jetbench.planning.dag import Job, cause, dependencies, dry_run, read_jobs

TRAIN = {
    "rule": "train",
    "input": ["train.h5", "val.h5"],
    "output": ["weights", "history"],
    "log": ["train.log"],
    "benchmark": "train.tsv",
    "wildcards": {"seed": "1"},
    "reason": "Missing output files: weights, history",
    "threads": 2,
    "resources": {"gpu": 1, "mem_mb": 3500, "slurm_partition": "gpu"},
}


def job(rule, inputs, outputs):
    return Job(rule, inputs, outputs, None, {}, "", 1, {})


def test_a_job_is_read_with_all_that_decides_when_and_where_it_runs():
    (read,) = read_jobs(json.dumps(TRAIN))
    assert read.inputs == ["train.h5", "val.h5"] and read.outputs == ["weights", "history"]
    assert (read.rule, read.log, read.benchmark) == ("train", "train.log", "train.tsv")
    assert read.wildcards == {"seed": "1"} and read.threads == 2
    assert read.resources == {"gpu": 1, "mem_mb": 3500, "slurm_partition": "gpu"}


def test_a_job_without_a_log_has_none():
    (read,) = read_jobs(json.dumps(TRAIN | {"log": []}))
    assert read.log is None


def test_nothing_to_do_is_no_job():
    assert read_jobs("") == []


def test_a_job_depends_on_those_whose_outputs_it_reads():
    jobs = [job("all", ["c"], []), job("make", ["a", "b"], ["c"]), job("get", [], ["a", "b"])]
    assert dependencies(jobs) == [{1}, {2}, set()]


def test_files_that_are_there_already_make_no_dependency():
    assert dependencies([job("make", ["source"], ["c"])]) == [set()]


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A workflow in the working directory; Snakemake's text hides the files behind its message."""
    (tmp_path / "Snakefile").write_text(
        "rule all:\n    input: config['file']\n"
        "rule make:\n    output: '{x}.txt'\n    log: '{x}.log'\n    message: 'Make {wildcards.x}'\n"
        "    threads: 2\n    resources: mem_mb=100, gpu=1\n    shell: 'touch {output}'\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_dry_run_tells_the_jobs_and_their_files(toy):
    every, make = sorted(dry_run({"file": "a.txt"}, ["all"]))
    assert every.rule == "all" and every.inputs == make.outputs == ["a.txt"]
    assert make.wildcards == {"x": "a"} and make.log == "a.log"
    assert make.reason == "Missing output files: a.txt"


def test_resources_that_are_not_known_yet_are_left_out(toy):
    (make,) = dry_run({"file": "a.txt"}, ["a.txt"])
    assert make.resources["gpu"] == 1 and make.resources["mem_mb"] == 100
    assert "disk_mb" not in make.resources and "_cores" not in make.resources


def test_what_is_done_comes_with_forceall_only(toy):
    (toy / "a.txt").touch()
    assert dry_run({"file": "a.txt"}, ["a.txt"]) == []
    assert len(dry_run({"file": "a.txt"}, ["a.txt"], "--forceall")) == 1


def test_a_dry_run_that_fails_says_why_in_snakemakes_words(toy):
    with pytest.raises(
        InputError, match="^dry run: expected jobs, got: No rule to produce nothing"
    ):
        dry_run({"file": "a.txt"}, ["nothing"])


def test_the_cause_comes_before_the_headings_that_lead_to_it():
    text = "Using profile x.\nInputFunctionException in rule train, line 4:\nError:\n"
    text += "  WorkflowError:\n    unknown model 'b'\nWildcards:\n  model=b\n"
    assert cause(text).startswith("unknown model 'b'\nInputFunctionException in rule train")
