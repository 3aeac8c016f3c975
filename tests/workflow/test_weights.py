"""Published weights come in and trained ones go out, through the workflow."""

import json

import pytest
import torch
import yaml
from safetensors import safe_open

from jetbench.data.fetch.checksums import git_blob
from jetbench.networks import build
from jetbench.networks.exchange import to_weaver
from tests.serving import served

pytestmark = pytest.mark.slow
OFFICIAL = "results/tiny/jetclass/particlenet/official/80/1"


@pytest.fixture
def publishing(editable):
    """The finished project, whose ParticleNet_full is a made-up file on a local server."""
    torch.manual_seed(1)
    file = editable.folder / "published.pt"
    torch.save(to_weaver("particlenet", build("particlenet", 17).state_dict()), file)
    path = editable.folder / "resources/archives.yaml"
    archives = yaml.safe_load(path.read_text())
    with served(file.read_bytes()) as (_, address):
        source = {"urls": [f"{address}/ParticleNet_full.pt"], "git_blob": git_blob(file)}
        archives["official"]["files"]["ParticleNet_full.pt"] = source
        path.write_text(yaml.safe_dump(archives))
        yield editable, source


def test_published_weights_are_fetched_and_scored(publishing):
    project, source = publishing
    project.snakemake(f"{OFFICIAL}/metrics.json")
    assert json.loads((project.folder / OFFICIAL / "metrics.json").read_text())["jets"] == 60
    with safe_open(project.folder / OFFICIAL / "weights.safetensors", "pt") as file:
        assert file.metadata()["git_blob"] == source["git_blob"]


def test_other_bytes_than_the_published_are_refused(publishing):
    project, source = publishing
    project.replace("resources/archives.yaml", source["git_blob"], 40 * "a")
    process = project.snakemake(f"{OFFICIAL}/metrics.json", check=False)
    assert process.returncode != 0
    assert f"expected git_blob {40 * 'a'}, got {source['git_blob']}" in process.output


def test_fine_tuning_starts_from_published_weights(publishing):
    project, _ = publishing
    run = "results/tiny/top_tagging/particlenet/official/16/1"
    project.snakemake(f"{run}/metrics.json")
    with safe_open(project.folder / run / "weights.safetensors", "pt") as file:
        assert "tiny/jetclass/particlenet/official/80/1" in file.metadata()["start"]


def test_a_trained_tagger_leaves_as_onnx(editable):
    run = "results/tiny/jetclass/particlenet/scratch/80/1"
    editable.snakemake(f"{run}/model.onnx")
    log = (editable.folder / run / "export.log").read_text()
    assert "scores differ from PyTorch by at most" in log
