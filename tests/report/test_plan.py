import re

import pytest

from jetbench.report.plan import headline, plan_text, table
from jetbench.report.quantities import duration, hours, size
from tests.report.planned import Basis, Resumed, told


def test_the_overview_says_what_it_takes_and_how_sure_that_is():
    text = plan_text(told())
    assert "| 5: 266 GPU-hours, 2132 CPU-hours" in text
    assert "2.5 days on 8 a100 GPUs and 16 cores; at most 0.12 % above the shortest (list" in text
    assert "| 4: 3.5 days" in text
    assert "177 GB, 59 min at 50 MB/s" in text
    assert "186 kWh: 266 GPU-hours at 700 W; the GPUs are at work 55 % of the time" in text
    assert "325 GB stay (raw files 177 GB, shards 148 GB), 360 GB at most" in text


def test_an_optimal_schedule_is_said_to_be_one():
    assert "; none is shorter (list scheduling)" in plan_text(told(gap=0.0))


def test_a_solver_that_was_stopped_is_named_where_it_matters():
    stopped = {"ended": "solver stopped at its time limit", "method": "integer programming"}
    words = "(integer programming; solver stopped at its time limit)"
    assert words in plan_text(told(gap=0.02, **stopped))
    assert "stopped" not in plan_text(told(gap=1e-4, **stopped))


def test_trainings_of_several_slurm_jobs_are_held_against_the_retries():
    assert re.search(r"\| part_l +\| +1 \| 2\.4 days \| +3 \| +3 \|", plan_text(told()))
    assert "Too few" not in plan_text(told())
    assert "Too few: set retries to 3 there" in plan_text(told(retries=1))


def test_retries_are_safe_where_a_scaled_training_takes_three_times_as_long():
    text = plan_text(told(resumed=[Resumed("part_l", 1, 2e5, 3, 8), Resumed("part", 1, 1e5, 2, 6)]))
    assert "At three times a scaled duration `--retries 8` is safe" in text
    assert "is safe" not in plan_text(told())


@pytest.mark.parametrize(
    ("scaled", "words"),
    [
        (0, "of it |"),
        (1, "of it: trust it to a factor of three, 20 h to 7.5 days"),
        (0.5, "of it: trust the 50 % of the hours that are scaled to a factor of three, 40 h to 5"),
    ],
)
def test_the_overview_says_what_the_hours_rest_on_and_how_far(scaled, words):
    text = plan_text(told(basis=Basis("of it", scaled)))
    (line,) = [line for line in text.splitlines() if line.startswith("| rests on ")]
    assert " ".join(line.split()).startswith(f"| rests on | {words}")


def test_what_the_profile_does_not_see_comes_before_the_command():
    text = plan_text(told(unseen={"gpus": 64, "walltime": 600}))
    assert text.index("First put `gpus: 64, walltime: 600` into slurm/site.yaml") < text.index(
        "    snakemake --profile slurm all"
    )
    assert "First put" not in plan_text(told())


def test_chosen_and_dropped_studies_come_with_their_cost():
    rows = [("sizes", 2, 76.0), ("taggers", 1, 55.0)]
    choice = {"budget": 60, "chosen": ["taggers"], "cost": 55.0, "studies": rows}
    text = plan_text(told(choice=choice, studies=["taggers"]))
    assert re.search(r"\| sizes +\| +2 \| +76 \| +no \|", text)
    assert re.search(r"\| taggers +\| +1 \| +55 \| +yes \|", text)


def test_the_command_makes_what_was_planned():
    text = plan_text(told(studies=["a", "b"], seeds=[1, 2]))
    command = "snakemake --profile slurm all --config scale=paper 'studies=[a,b]' 'seeds=[1,2]'"
    assert f"\n    {command}\n" in text


@pytest.mark.parametrize(
    ("studies", "words"), [(["a"], "Nothing is left"), ([], "does for none of them")]
)
def test_nothing_to_do_is_said_in_a_sentence(studies, words):
    assert words in plan_text(told(path=[], studies=studies))


def test_without_gpus_only_cores_are_told():
    rules = [rule._replace(gpu_hours=0.0) for rule in told()["rules"]]
    assert headline(told(rules=rules)) == "paper  –  estimate: 5 jobs, 2.5 days on 16 cores"
    assert "kWh" not in plan_text(told(rules=rules))


def test_columns_of_a_table_stand_below_each_other():
    lines = table(["rule", "jobs"], [("convert", "128"), ("all", "1")]).splitlines()
    assert lines[1:] == ["| :------ | ---: |", "| convert |  128 |", "| all     |    1 |"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (89, "89 s"),
        (90, "1.5 min"),
        (720, "12 min"),
        (9000, "2.5 h"),
        (2e5, "2.3 days"),
    ],
)
def test_durations_have_a_unit_that_fits(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (0.01, "< 0.1"), (4.23, "4.2"), (266, "266")]
)
def test_hours_have_no_more_digits_than_they_are_known_to(number, words):
    assert hours(number) == words


@pytest.mark.parametrize(("number", "words"), [(5e5, "500 kB"), (1.2e12, "1.2 TB"), (3e6, "3 MB")])
def test_sizes_have_a_unit_that_fits(number, words):
    assert size(number) == words
