"""snakemake --profile slurm all, on a cluster: all that it promises while everything goes well."""

import itertools
import shutil

import pytest

from tests.slurm.project import ClusterProject, copy_to_cluster
from tests.slurm.records import idle, moment, on_gpus, peak, running

pytestmark = pytest.mark.slurm

# Every rule in as few trainings as that takes: four.
STUDIES = "studies=[jetclass_cost,part_topk,top_tagging]"
FEWER = {
    "config/studies/jetclass_cost.yaml": {"[pfn, pcnn, particlenet, part, part_plain]": "[pfn]"},
    "config/studies/part_topk.yaml": {"[1, 2, 3, 4, 6, 10, 20, 30, 128]": "[1, 128]"},
    "config/studies/top_tagging.yaml": {
        "[pfn, pcnn, particlenet_lite, particlenet, part]": "[pfn, pcnn]",
        "fine_tuned: [particlenet, part]": "fine_tuned: []",
        "official: [particlenet, part]": "official: []",
    },
}


@pytest.fixture(scope="module")
def finished(cluster, tmp_path_factory):
    """A project that has been made on the cluster, and Slurm's records of its jobs."""
    project = copy_to_cluster(tmp_path_factory.mktemp("finished"), cluster)
    for path, changes in FEWER.items():
        for old, new in changes.items():
            project.replace(path, old, new)
    project.output = project.snakemake("all", "--config", STUDIES).output
    project.jobs = project.records()
    project.on_gpus = on_gpus(project.jobs)
    return project


def number(text):
    """The number before a unit."""
    return float(text.rstrip("MG"))


def test_every_product_is_made(finished):
    folder = finished.folder / "results/tiny"
    assert (folder / "report.html").is_file()
    tables = {table.stem for table in folder.glob("tables/*.md")}
    assert tables == {"jetclass_cost", "part_topk", "top_tagging"}
    assert len(list(folder.glob("figures/*/*.pdf"))) == 4


def test_nothing_is_left_to_do(finished):
    assert not finished.planned("all", "--config", STUDIES)


def test_every_job_is_done_once(finished):
    assert {job["JobState"] for job in finished.jobs} == {"COMPLETED"}
    comments = [job["Comment"] for job in finished.jobs]
    assert len(comments) == len(set(comments))


def test_short_jobs_share_a_slurm_job(finished):
    names = {job["Comment"] for job in finished.jobs}
    assert "rule_scores_top_tagging_evaluate_predict" in names
    assert "rule_shards_jetclass_tiny_convert" in names
    assert sum(name.startswith("rule_simulated") for name in names) == 3  # of 30 simulations
    assert sum("rule_train" in name for name in names) == 4


def test_no_more_jobs_are_on_gpus_than_there_are(finished):
    assert peak(finished.on_gpus) == 2


def test_no_gpu_idles_while_a_job_waits_for_one(finished):
    # Slurm takes about a second to start a job on what another has left.
    assert len(idle(finished.on_gpus, slots=2)) <= 2 * len(finished.on_gpus)


def test_jobs_at_the_same_time_see_different_gpus(finished):
    devices = finished.cluster.devices()
    assert {devices[job["JobId"]] for job in finished.on_gpus} == {"0", "1"}
    for one, other in itertools.combinations(finished.on_gpus, 2):
        if running([one], moment(other, "StartTime")):
            assert devices[one["JobId"]] != devices[other["JobId"]]


def test_jobs_without_a_gpu_see_none(finished):
    devices = finished.cluster.devices()
    others = [job for job in finished.jobs if job["Partition"] == "cpu"]
    assert {devices[job["JobId"]] for job in others} == {""}


def test_every_rule_has_its_log_beside_its_results(finished):
    logs = {"weights.safetensors": "train.log", "scores.h5": "predict.log"}
    logs["metrics.json"] = "evaluate.log"
    results = [path for name in logs for path in finished.folder.glob(f"results/tiny/**/{name}")]
    assert len(results) == 4 + 5 + 5
    assert all((result.parent / logs[result.name]).is_file() for result in results)


def test_logs_of_slurm_go_with_success(finished):
    assert not list(finished.folder.glob("results/logs/slurm/**/*.log"))


def test_a_training_on_two_gpus_has_both(finished, tmp_path):
    folder = shutil.copytree(finished.folder, tmp_path / "project", symlinks=True)
    project = ClusterProject(folder, finished.cluster)
    project.replace("config/models/pfn.yaml", "recipe:\n", "recipe:\n  gpus: 2\n")
    project.snakemake("results/tiny/jetclass/pfn/scratch/80/2/weights.safetensors")
    (job,) = project.records()
    assert project.cluster.devices()[job["JobId"]] == "0,1"
    assert job["NumCPUs"] == "2"  # cores_per_gpu for each


@pytest.fixture(scope="module")
def failed(cluster, tmp_path_factory):
    """A project with a job that fails whenever it is tried, and Slurm's records of that."""
    project = copy_to_cluster(tmp_path_factory.mktemp("failed"), cluster)
    broken = "raise ValueError('no way')\n    len("
    project.replace("workflow/scripts/count.py", "inputs = len(", broken)
    options = ("--retries", "1")
    project.output = project.snakemake("results/cost/pfn.json", *options, check=False).output
    project.jobs = project.records()
    return project


def test_a_failed_job_is_named_with_its_logs(failed):
    end = failed.output[failed.output.index("Failed, and where to read on:") :]
    assert "no way" in end
    logs = list(failed.folder.glob("results/logs/slurm/group_preparations_count/*.log"))
    assert len(logs) == len(failed.jobs)


def test_a_failed_job_is_tried_again_with_more_memory_and_time(failed):
    first, second = failed.jobs
    assert number(second["MinMemoryNode"]) == 1.5 * number(first["MinMemoryNode"])
    assert second["TimeLimit"] > first["TimeLimit"]
