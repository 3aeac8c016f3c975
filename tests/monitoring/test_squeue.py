import pytest

from jetbench.monitoring import squeue
from jetbench.monitoring.squeue import Entry, comment_of, queue, read_queue
from jetbench.planning.dag import Job


def job(rule, **wildcards):
    return Job(rule, [], ["file"], None, wildcards, "", 1, {})


def test_a_job_is_found_by_the_comment_that_snakemake_gives_it():
    assert comment_of(job("predict", scale="demo", seed="1")) == "rule_predict_wildcards_demo_1"


def test_a_job_without_wildcards_has_its_rule_alone_in_the_comment():
    assert comment_of(job("credit_weights")) == "rule_credit_weights"


def test_slashes_of_wildcards_are_underscores_in_the_comment():
    assert comment_of(job("make", path="a/b")) == "rule_make_wildcards_a_b"


def test_the_queue_is_read_by_comment():
    text = "7|RUNNING|/here|rule_train_wildcards_demo\n8|PENDING|/here|rule_count_wildcards_pfn\n"
    expected = {
        "rule_train_wildcards_demo": Entry("7", "RUNNING"),
        "rule_count_wildcards_pfn": Entry("8", "PENDING"),
    }
    assert read_queue(text, "/here") == expected


def test_jobs_of_another_folder_are_not_ours():
    assert read_queue("7|RUNNING|/there|rule_train_wildcards_demo\n", "/here") == {}


def test_a_job_without_a_comment_is_passed_over():
    assert list(read_queue("7|RUNNING|/here|(null)\n\n", "/here")) == ["(null)"]


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A folder of commands that are the only ones to be found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_where_slurm_is_not_nothing_is_queued(tools):
    assert queue() == {}


def test_where_slurm_does_not_answer_nothing_is_queued(tools):
    command = tools / "squeue"
    command.write_text("#!/bin/sh\necho slurm_load_jobs error >&2; exit 1\n")
    command.chmod(0o755)
    assert queue() == {}


def test_slurm_is_asked_for_what_is_read(tools):
    command = tools / "squeue"
    command.write_text(
        f'#!/bin/sh\n[ "$3" = "{squeue.FIELDS}" ] && echo "7|RUNNING|{tools}|rule_all"\n'
    )
    command.chmod(0o755)
    assert queue() == {"rule_all": Entry("7", "RUNNING")}
