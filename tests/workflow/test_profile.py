"""The profile for Slurm: what goes where, and how long the Slurm jobs are at scale paper."""

import re
from argparse import Namespace as Wildcards
from collections import defaultdict

import pytest
import yaml
import yte

from jetbench.data.tasks import TASKS
from jetbench.planning import settings
from jetbench.planning.dag import dry_run
from jetbench.planning.durations import seconds
from jetbench.planning.throughputs import read_throughputs
from tests.conftest import ROOT

MINUTE = 60
OVERHEAD = 9  # seconds that a Slurm job of nothing holds its nodes: it starts two Snakemakes


def filled_in(folder):
    """The profile of a copy of the project, filled in from its site."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return yte.process_yaml((folder / "slurm/config.yaml").open())


@pytest.fixture(scope="module")
def profile():
    """The profile for the site that is shipped."""
    return filled_in(ROOT)


@pytest.fixture(scope="module", params=[[1], [1, 2, 3, 4, 5]], ids=["one seed", "five seeds"])
def paper(request):
    """Settings and jobs of all studies at scale paper."""
    config, site = (
        yaml.safe_load((ROOT / name).read_text())
        for name in ("config/config.yaml", "slurm/site.yaml")
    )
    config |= {"scale": "paper", "seeds": request.param, "site": config["site"] | site["site"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        checked = settings.load("config", "workflow/schemas", config)
        checked["archives"] = yaml.safe_load((ROOT / "resources/archives.yaml").read_text())
        return checked, dry_run(config, ["all"], "--cores", "64")  # or every job has one thread


def local_rules():
    """Rules that Slurm never sees."""
    block = re.search(r"^localrules:\n(.*?)\n\n", (ROOT / "Snakefile").read_text(), re.M | re.S)
    return set(re.findall(r"^ +(\w+),", block[1], re.M))


def group_of(job, profile):
    """Pattern and name of the group of a job; a name of its own outside of groups."""
    scores = f"scores_{job.wildcards.get('task')}"
    if job.rule.startswith(("predict", "evaluate")) and scores in profile["group-components"]:
        return scores, scores
    pattern = profile["groups"].get(job.rule, job.outputs[0])
    return pattern, pattern.format(**job.wildcards)


def groups(jobs, profile):
    """Name, most jobs at once, and jobs of each group of Slurm jobs."""
    found = defaultdict(list)
    for job in jobs:
        if job.rule not in local_rules():
            found[group_of(job, profile)].append(job)
    for (pattern, name), members in found.items():
        yield name, profile["group-components"].get(pattern, 1), members


def test_no_slurm_job_is_shorter_than_a_minute(paper, profile):
    (checked, jobs), table = paper, read_throughputs(ROOT / "resources/throughputs.csv")
    short = {}
    for name, size, members in groups(jobs, profile):
        lengths = sorted(seconds(job.rule, job.wildcards, checked, table) for job in members)
        length = sum(lengths[: len(lengths) % size or size])  # what is left over, of the shortest
        if OVERHEAD + length < MINUTE:
            short[name] = length
    assert not short


def test_no_group_asks_for_more_than_the_walltime(paper, profile):
    checked, jobs = paper
    for name, size, members in groups(jobs, profile):
        if len(members) > 1:
            times = sorted((job.resources["runtime"] for job in members), reverse=True)
            components = size * len({job.rule for job in members})  # predict with its evaluate
            asked = (1 + profile["retries"]) * sum(times[:components])
            assert asked <= checked["site"]["walltime"], name


def test_what_needs_a_gpu_goes_where_gpus_are(paper, profile):
    needing = {job.rule for job in paper[1] if job.resources.get("gpu")}
    assert needing == {"train", "predict", "predict_top", "reconstruct"}
    for rule in needing:
        assert profile["set-resources"][rule]["slurm_partition"] == "'gpu'"


def test_a_job_uses_the_cores_that_slurm_allocates_with_its_gpus(paper, profile):
    for job in paper[1]:
        if gpus := job.resources.get("gpu"):
            allocated = gpus * profile["set-resources"][job.rule]["cpus_per_gpu"]
            assert job.threads == allocated == 8 * gpus


@pytest.mark.parametrize(
    ("site", "threads"),
    [({"gpu": "h100", "cores_per_gpu": 8}, [16, 8]), ({"gpu": None}, [2, 1])],
    ids=["gpu", "cpu"],
)
def test_a_training_on_two_gpus_uses_the_cores_of_both(project, monkeypatch, site, threads):
    project.replace("config/models/pfn.yaml", "  batch: 4096\n", "  batch: 4096\n  gpus: 2\n")
    monkeypatch.chdir(project.folder)
    config = yaml.safe_load((project.folder / "config/config.yaml").read_text())
    scores = "results/tiny/jetclass/pfn/scratch/40/1/scores.h5"
    jobs = dry_run(config | {"site": config["site"] | site}, [scores], "--cores", "64")
    found = {job.rule: job.threads for job in jobs}
    assert [found["train"], found["predict"]] == threads


@pytest.mark.parametrize("walltime", [10, 30])
def test_partitions_with_short_limits_have_groups_too(project, walltime):
    project.replace("slurm/site.yaml", "walltime: 1440", f"walltime: {walltime}")
    assert all(size >= 1 for size in filled_in(project.folder)["group-components"].values())


def test_a_key_that_the_site_lacks_is_asked_for_by_file_and_name(project):
    project.replace("slurm/site.yaml", "  gpu_partition: gpu", "  gpu_partitoin: gpu")
    with pytest.raises(
        Exception, match=r"slurm/site.yaml, site: expected .*'gpu_partition'.*'gpu_partitoin'"
    ):
        filled_in(project.folder)


def test_metrics_made_alone_ask_for_the_partition_of_their_group(profile):
    values = profile["set-resources"]["evaluate"]
    place = eval(values["slurm_partition"], {"wildcards": Wildcards(task="top_tagging")})
    assert repr(place) == profile["set-resources"]["predict"]["slurm_partition"]


def test_jobs_with_limited_attention_get_what_the_others_get(profile):
    values = profile["set-resources"]
    limited = {name: value for name, value in values.items() if name.endswith("_top")}
    assert limited == {name: values[name.removesuffix("_top")] for name in limited}


def test_trainings_are_in_no_group(profile):
    assert "train" not in profile["groups"]
    text = (ROOT / "workflow/rules/train.smk").read_text()
    assert "group:" not in text.split("rule train:")[1].split("\n\n\n")[0]


def test_every_task_of_few_jets_has_its_group(profile):
    groups = {name for name in profile["group-components"] if name.startswith("scores_")}
    assert groups == {f"scores_{task}" for task in TASKS if task != "jetclass"}


def test_jobs_of_a_group_take_turns(profile):
    grouped = {*profile["groups"], "predict", "predict_top", "evaluate", "evaluate_top"}
    assert {rule for rule in grouped if profile["set-resources"][rule].get("turn") == 1} == grouped


def test_the_profile_of_every_run_leaves_the_keys_of_the_slurm_profile_alone(profile):
    # Snakemake does not merge them: the profile of every run would win, key by key.
    default = yaml.safe_load((ROOT / "profiles/default/config.yaml").read_text())
    same = {key for key in default if key in profile and default[key] != profile[key]}
    assert not same
