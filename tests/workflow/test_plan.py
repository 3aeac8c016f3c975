"""`snakemake plan` tells what would be made, and makes nothing."""

import csv

import pytest

from tests.workflow.project import copy_project

SITE = "site={gpu: h100, gpus: 64}"


def told(project, *arguments):
    """What a plan prints."""
    return project.snakemake("plan", *arguments).output


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """A copy in which the paper scale was planned for 64 GPUs, with a budget for some studies."""
    project = copy_project(tmp_path_factory.mktemp("paper"))
    options = ("scale=paper", SITE, "budget_gpu_hours=150")
    project.output = told(project, "--config", *options)
    return project


def jobs(project, scale):
    """Rows of the list of jobs."""
    with open(project.folder / f"results/{scale}/plan/jobs.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_a_plan_counts_the_jobs_of_a_dry_run(project):
    told(project)
    counted = project.planned("all")
    planned = [row["rule"] for row in jobs(project, "tiny")]
    assert {rule: planned.count(rule) for rule in counted} == counted | {"all": 0}


def test_a_plan_writes_its_four_files_and_makes_nothing_else(paper):
    files = {path.name for path in (paper.folder / "results").rglob("*") if path.is_file()}
    assert files == {"plan.md", "jobs.csv", "gantt.pdf", "gantt.png", "plan.log"}


def test_what_is_printed_is_what_is_written(paper):
    assert (paper.folder / "results/paper/plan/plan.md").read_text() in paper.output


def test_trainings_of_the_site_run_on_its_gpus(paper):
    trainings = [row for row in jobs(paper, "paper") if row["rule"] == "train"]
    assert {row["pool"] for row in trainings} == {"gpu"}
    assert max(int(row["units"]) for row in trainings) < 64


def test_a_budget_names_what_it_drops_and_the_command_for_the_rest(paper):
    dropped = [line.split()[1] for line in paper.output.splitlines() if line.endswith("no |")]
    (command,) = [line for line in paper.output.splitlines() if "snakemake --profile" in line]
    assert dropped and not any(study in command for study in dropped)
    hours = sum(float(row["gpu_hours"]) for row in jobs(paper, "paper"))
    assert 0 < hours <= 150


def test_of_a_finished_scale_nothing_is_left(editable):
    assert "Nothing is left to do." in told(editable)
