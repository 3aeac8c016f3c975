"""A recipe with several GPUs, through the workflow, on CPUs."""

import pytest
from safetensors import safe_open

from tests.training.helpers import toy_shard

pytestmark = pytest.mark.slow
WEIGHTS = "results/tiny/jetclass/pfn/scratch/40/1/weights.safetensors"


@pytest.fixture
def several(project):
    """A project with toy jets, whose PFN trains on two GPUs."""
    project.replace("config/models/pfn.yaml", "  batch: 4096\n", "  batch: 4096\n  gpus: 2\n")
    for number, shard in enumerate(("train/000.h5", "val/120.h5")):
        path = project.folder / "results/data/jetclass_tiny" / shard
        path.parent.mkdir(parents=True)
        toy_shard(path, seed=number)
    return project


def processes(project):
    """How many trained the weights."""
    with safe_open(project.folder / WEIGHTS, "pt") as file:
        return file.metadata()["processes"]


def test_two_ranks_train_one_run_which_one_gpu_would_not_make_again(several):
    several.snakemake(WEIGHTS)
    assert processes(several) == "2"
    log = (several.folder / WEIGHTS).with_name("train.log").read_text()
    assert log.count(": 0/4, ") == 1 and "rank 1" not in log
    several.replace("config/models/pfn.yaml", "  gpus: 2\n", "")
    assert not several.planned(WEIGHTS)


def test_a_smaller_machine_trains_on_what_it_has(several):
    several.snakemake(WEIGHTS, "--resources", "gpu=1")
    assert processes(several) == "1"


def test_an_unequal_share_is_told_before_anything_runs(several):
    several.replace("config/models/pfn.yaml", "  gpus: 2\n", "  gpus: 3\n")
    process = several.snakemake("--dry-run", WEIGHTS, check=False)
    assert "expected a batch that 3 GPUs share equally, got 16" in process.output
