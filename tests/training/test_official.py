"""Published checkpoints: fetched, taken over, scored; and what is refused."""

import json
import os

import h5py
import numpy as np
import pytest
import torch
import yaml

from jetbench.data.datasets import CLASSES
from jetbench.data.fetch.checksums import git_blob
from jetbench.data.fetch.downloads import download
from jetbench.data.jets import Jets
from jetbench.data.loading import eval_batches
from jetbench.errors import InputError
from jetbench.networks import build
from jetbench.networks.exchange import to_weaver
from jetbench.training.finetuning import described, output_layer
from jetbench.training.official import convert
from jetbench.training.weights import build_network, load_weights
from tests.conftest import ROOT
from tests.networks.peers import call, padded, peer, randomise
from tests.serving import served
from tests.training.helpers import toy_model, toy_shard, train_toy, weights_of
from workflow.scripts.official import official
from workflow.scripts.predict import predict

MODELS = sorted((ROOT / "config/models").glob("*.yaml"))
RUN = "paper/jetclass/part/official/100M/1"
SMALL = {"network": "pfn", "sizes": {"particle": [8], "jet": [8]}, "features": "kin"}


def published(name, features="full"):
    """Configuration of a model at the published size."""
    return toy_model() | {"network": name, "sizes": {}, "features": features}


def of_2022(network):
    """State dict with the names of the published files."""
    state = network.state_dict().items()
    return {"mod." + name.replace(".in_proj.", ".in_proj_"): value for name, value in state}


def take_over(state, model, folder):
    """Publish, fetch and convert a state dict, as the rules do; path of the weights."""
    torch.save(state, folder / "published.pt")
    with served((folder / "published.pt").read_bytes()) as (_, address):
        blob = git_blob(folder / "published.pt")
        source = {"urls": [f"{address}/models/published.pt"], "git_blob": blob}
        download(source, folder / "fetched.pt")
    weights = folder / "weights.safetensors"
    official(folder / "fetched.pt", weights, model, RUN, CLASSES, source)
    return weights


@pytest.fixture(scope="module")
def jets(tmp_path_factory):
    return toy_shard(tmp_path_factory.mktemp("jets") / "test.h5", jets=40, classes=CLASSES)


@torch.no_grad()
def scores_of_peer(network, name, shard):
    """The peer's own scores; in 128 slots, since its ParticleNet wants more than 16."""
    scores = np.empty((40, 10), np.float32)
    for index, batch in eval_batches(Jets([shard]), 40, "full", "cpu"):
        scores[index] = call(network, name, padded(batch[:4], 128)).softmax(dim=1)
    return scores


@pytest.mark.parametrize(("name", "sharpness"), [("part", 1), ("particlenet", 30)])
def test_scores_are_those_of_the_published_code(name, sharpness, jets, tmp_path):
    torch.manual_seed(1)
    network = randomise(peer(name))
    with torch.no_grad():  # a random ParticleNet says nearly the same of every jet
        network.get_submodule(output_layer(network)).weight.mul_(sharpness)
    weights = take_over(of_2022(network), published(name), tmp_path)
    predict(weights, [jets], tmp_path / "scores.h5")
    with h5py.File(tmp_path / "scores.h5") as file:
        scores = file["scores"][:]
    expected = scores_of_peer(network, name, jets)
    assert expected.std(axis=0).max() > 0.01
    np.testing.assert_allclose(scores, expected, atol=1e-5)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_with_published_weights_are_the_published_networks(path):
    model = yaml.safe_load(path.read_text())
    if "official" in model:  # the sizes that a network has by itself are the published ones
        assert described(model) == described(model | {"sizes": {}})


def small_state():
    """Published names of the network SMALL, random weights."""
    shapes = {"phi.0.0": (8, 7, 1), "fc.0.0": (8, 8), "fc.1": (10, 8)}
    draw = torch.Generator().manual_seed(1)
    state = {f"mod.{k}.weight": torch.randn(s, generator=draw) for k, s in shapes.items()}
    return state | {f"mod.{k}.bias": torch.randn(s[0], generator=draw) for k, s in shapes.items()}


def test_weights_say_where_they_are_from(tmp_path):
    _, metadata = load_weights(take_over(small_state(), SMALL, tmp_path))
    assert metadata["origin"].endswith("/models/published.pt")
    assert metadata["git_blob"] == git_blob(tmp_path / "published.pt")
    assert (metadata["run"], metadata["model"]) == (RUN, SMALL)
    assert metadata["classes"] == list(CLASSES)
    assert {"code_version", "configuration_digest", "python", "torch"} <= set(metadata)


def test_training_begins_with_published_weights(tmp_path):
    torch.manual_seed(1)
    model, sizes = toy_model(), toy_model()["sizes"]
    state = to_weaver("part", build_network(model, 10).state_dict(), of_2022=True, **sizes)
    start = take_over(state, model, tmp_path)
    pair = [toy_shard(tmp_path / f"{i}.h5", 100, i, ("QCD", "Tbqq")) for i in range(2)]
    train_toy(tmp_path / "run", pair, jets=100, start=start, head_lr=50.0, epochs=1)
    named = ("run", "digest", "configuration_digest")
    begun, official = json.loads(weights_of(tmp_path / "run")["start"]), load_weights(start)[1]
    assert [begun[name] for name in named] == [official[name] for name in named]


def test_taken_over_twice_is_the_same_file(tmp_path):
    torch.save(small_state(), tmp_path / "a.pt")
    source = {"urls": ["https://host/a.pt"], "git_blob": git_blob(tmp_path / "a.pt")}
    for name in ("first", "second"):
        official(tmp_path / "a.pt", tmp_path / name, SMALL, RUN, CLASSES, source)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_checkpoint_that_is_not_the_listed_one_is_refused(tmp_path):
    torch.save(small_state(), tmp_path / "a.pt")
    source = {"urls": ["https://host/a.pt"], "git_blob": "0" * 40}
    with pytest.raises(InputError, match=r"a.pt: expected git_blob 0{40}, got [0-9a-f]{40}"):
        official(tmp_path / "a.pt", tmp_path / "w.safetensors", SMALL, RUN, CLASSES, source)
    assert not (tmp_path / "w.safetensors").exists()


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_checkpoint_is_not_executed(zipped, tmp_path):
    file, trace = tmp_path / "bomb.pt", tmp_path / "trace"
    content = small_state() | {"mod.phi.0.0.bias": Bomb(trace)}
    torch.save(content, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match="bomb.pt: expected a whole file of nothing but tensors"):
        convert(file, SMALL, 10)
    assert not trace.exists()
    torch.load(file, weights_only=False)  # what this test is worth: here it is executed
    assert trace.exists()


def changed(**entries):
    """The state dict of SMALL with other entries; None removes one."""
    state = small_state() | {f"mod.{k.replace('_', '.')}": v for k, v in entries.items()}
    return {name: value for name, value in state.items() if value is not None}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([torch.zeros(2)], "expected tensors by name, got list"),
        ({"epoch": 3, "state": small_state()}, "real tensors by name, got int at 'epoch'"),
        ({"state": small_state()}, "dense real tensors by name, got dict at 'state'"),
        ({1: torch.zeros(2)}, "tensors by name, got torch.float32 at 1"),
        (changed(fc_1_bias=torch.zeros(10).to_sparse()), "dense .* at 'mod.fc.1.bias'"),
        (changed(fc_1_bias=torch.zeros(10) * 1j), "real .*complex64 at 'mod.fc.1.bias'"),
        (changed(fc_1_bias=None), "missing fc.1.bias"),
        (changed(fc_2_bias=torch.zeros(2)), "unknown fc.2.bias"),
        (changed(fc_1_bias=torch.zeros(9)), r"f.1.bias is \(9,\), not \(10,\)"),
        (changed(phi_0_0_weight=torch.zeros(8, 17, 1)), r"features kin, got .* is \(8, 17\), not"),
        (changed(fc_1_bias=torch.zeros(10).long()), "expected .*float32 at f.1.bias, got .*int64"),
        (changed(fc_1_bias=torch.full([10], torch.nan)), "expected finite weights, got f.1.bias"),
    ],
)
def test_other_content_is_refused(content, message, tmp_path):
    torch.save(content, tmp_path / "other.pt")
    with pytest.raises(InputError, match=f"other.pt: .*{message}"):
        convert(tmp_path / "other.pt", SMALL, 10)


def test_fractions_of_steps_are_refused(tmp_path):
    model = {"network": "particlenet", "sizes": {"blocks": [[4]]}, "features": "kin"}
    state = build_network(model, 10).state_dict() | {"norm.num_batches_tracked": torch.tensor(0.5)}
    torch.save(to_weaver("particlenet", state, **model["sizes"]), tmp_path / "a.pt")
    with pytest.raises(InputError, match="int64 at norm.num_batches_tracked, got torch.float32"):
        convert(tmp_path / "a.pt", model, 10)


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_cut_checkpoint_is_refused(share, tmp_path):
    torch.save(small_state(), tmp_path / "cut.pt")
    content = (tmp_path / "cut.pt").read_bytes()
    (tmp_path / "cut.pt").write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="cut.pt: expected a whole file"):
        convert(tmp_path / "cut.pt", SMALL, 10)


def test_page_says_how_to_go_there_and_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(1)
    published = to_weaver("particlenet", build("particlenet", 7).state_dict(), of_2022=True)
    torch.save(published, "ParticleNet_kin.pt")
    take_over(small_state(), SMALL, tmp_path)  # writes weights.safetensors
    page = (ROOT / "docs" / "export.md").read_text().split("## Weights of the published code")[1]
    space = {}
    exec(page.split("```python\n")[1].split("```")[0], space)
    taken = to_weaver("particlenet", space["network"].state_dict(), of_2022=True)
    torch.testing.assert_close(taken, published, rtol=0, atol=0)
    for_weaver = torch.load("for_weaver.pt", weights_only=True)
    torch.testing.assert_close(for_weaver, small_state(), rtol=0, atol=0)


@pytest.mark.real
@pytest.mark.parametrize("features", ["full", "kin"])
def test_official_particlenet_is_taken_over(features, real, tmp_path):
    listed = yaml.safe_load((ROOT / "resources" / "archives.yaml").read_text())["official"]
    checkpoint, weights = real / f"ParticleNet_{features}.pt", tmp_path / "w.safetensors"
    model, source = (
        published("particlenet", features),
        listed["files"][f"ParticleNet_{features}.pt"],
    )
    official(checkpoint, weights, model, RUN, CLASSES, source)
    network, metadata = load_weights(weights)
    assert metadata["git_blob"] == source["git_blob"] and metadata["origin"] == source["urls"][0]
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    ours = network.state_dict()
    assert len(ours) == len(state) == 81
    assert torch.equal(ours["head.3.weight"], state["mod.fc.1.weight"])
