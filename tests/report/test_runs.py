import pytest

from jetbench.errors import InputError
from jetbench.report.runs import run_named, run_of, variant

NAME = "demo/jetclass/part/scratch/10k/1"


def test_run_is_read_from_its_name_and_from_its_folder():
    run = run_named(NAME)
    assert (run.model, run.jets, run.seed, run.top) == ("part", "10k", "1", None)
    assert run_of(f"results/{NAME}/curves.csv") == run


def test_limited_attention_lies_in_a_folder_of_its_run():
    assert run_of(f"results/{NAME}/top10/metrics.json") == run_named(NAME, top=10)


def test_other_names_are_no_runs():
    with pytest.raises(InputError, match="expected a run scale/task/model/start/jets/seed, got"):
        run_named("part/1")


@pytest.mark.parametrize(
    ("start", "task", "suffix"),
    [
        ("scratch", "jetclass", ""),
        ("official", "jetclass", "_official"),
        ("jetclass", "top_tagging", "_fine_tuned"),
        ("frozen", "jetclass", "_frozen"),
        ("untrained", "jetclass", "_untrained"),
        ("pretrained", "top_tagging", "_pretrained"),
        ("official", "top_tagging", "_official_fine_tuned"),
    ],
)
def test_start_and_task_name_the_variant(start, task, suffix):
    assert variant(start, task) == suffix
