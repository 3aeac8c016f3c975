"""A workstation with GPUs: Snakemake counts them, each training takes one of its own."""

import re

import pytest

from tests.workflow.trainings import let_pause, pace

pytestmark = pytest.mark.slow
RUNS = [f"results/tiny/top_tagging/{model}/scratch/16/1" for model in ("part", "particlenet")]


@pytest.fixture
def workstation(editable, monkeypatch):
    """The finished project without two of its trainings, on a machine that says it has two GPUs.

    They pause at their steps, or one might end before the other begins.
    """
    let_pause(editable)
    pace(editable, 8)
    (editable.folder / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(editable.folder / "tmp"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    for run in RUNS:
        for product in ("weights.safetensors", "scores.h5"):
            (editable.folder / run / product).unlink()
    return editable


def gpus(project, log):
    """GPUs that the jobs of the two trainings took, from their logs."""
    logs = [(project.folder / run / log).read_text() for run in RUNS]
    return [re.search(r"^GPU (\S+), of 2: 0,1$", text, flags=re.M)[1] for text in logs]


def test_two_trainings_at_once_have_two_gpus(workstation):
    scores = [f"{run}/scores.h5" for run in RUNS]
    workstation.snakemake("--cores", "4", "--resources", "gpu=2", "--", *scores)
    assert sorted(gpus(workstation, "train.log")) == ["0", "1"]
    assert len(gpus(workstation, "predict.log")) == 2


def test_more_trainings_than_gpus_take_turns(workstation, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    weights = [f"{run}/weights.safetensors" for run in RUNS]
    output = workstation.snakemake("--cores", "4", "--resources", "gpu=2", "--", *weights).output
    assert "waiting for 1 of the GPUs 1: 1 is held by process" in output
