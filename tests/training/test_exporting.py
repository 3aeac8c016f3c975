"""ONNX files answer as the networks that they were made from."""

import json
from functools import cache

import numpy as np
import onnx
import pytest
import torch

from jetbench.data.features import SETS
from jetbench.errors import InputError
from jetbench.networks import NETWORKS
from jetbench.training import verifying
from jetbench.training.exporting import FORMAT, OPSET
from jetbench.training.verifying import INPUTS, ask, open_session, scores, verify
from jetbench.training.weights import build_network, load_weights, write_weights
from tests.conftest import ROOT
from tests.networks.peers import fitted, jets, padded, randomise
from tests.training.helpers import CLASSES, RUN
from workflow.scripts.export import export

SMALL = {"embedding": [16, 16], "heads": 2, "blocks": 1, "class_blocks": 1}
MODELS = {  # features, sizes
    "pfn": ("full", {}),
    "pcnn": ("kinpid", {"stages": [[8, 8], [12]], "hidden": 8}),
    "particlenet": ("kin", {"blocks": [[8, 8], [12]], "hidden": 8}),
    "part_plain": ("kin", SMALL | {"hidden": [8]}),
    "part": ("kinpid", SMALL | {"pair_embedding": [8], "hidden": [8, 8]}),
    "masked": ("lifetime", {"width": 16, "depth": 1, "heads": 2, "quantiles": 20}),
}
BATCHES = {  # particles of the jets, slots
    "one particle": ([1], 1),
    "one jet": ([17], 17),
    "seven jets": ([1, 60, 128, 2, 17, 30, 99], 128),
    "full": ([128, 128], 128),
    "empty": ([0, 3], 9),
    "long": ([200, 5, 150], 200),
}


def written(folder, name, features, sizes):
    """A run's folder with random weights and what `export` makes of them."""
    model = {"network": name, "features": features, "sizes": sizes}
    torch.manual_seed(1)
    network = fitted(randomise(build_network(model, len(CLASSES))))
    metadata = {"run": RUN, "model": model, "classes": list(CLASSES)}
    write_weights(folder / "weights.safetensors", network.state_dict(), metadata)
    export(folder / "weights.safetensors", folder / "model.onnx")
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Function: the folder of a run of a network, made when first asked for."""
    return cache(lambda name: written(tmp_path_factory.mktemp(name), name, *MODELS[name]))


def difference(run, batch, padding=None):
    """Largest |file - PyTorch|; the file is given the same jets with another padding."""
    network, metadata = load_weights(run / "weights.safetensors")
    session = open_session(f"{run / 'model.onnx'}")
    answer = ask(session, batch if padding is None else padding)
    assert answer.shape == (len(batch[3]), len(metadata["classes"]))
    return np.abs(answer - scores(network, batch)).max()


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("name", NETWORKS)
def test_file_answers_as_pytorch(name, batch, folder):
    sample = jets(*BATCHES[batch], len(SETS[MODELS[name][0]]), seed=3)
    assert difference(folder(name), sample) < 1e-5


@pytest.mark.parametrize("padding", [0, 7, torch.nan])
@pytest.mark.parametrize("name", NETWORKS)
def test_padding_does_not_matter_to_the_file(name, padding, folder):
    sample = jets([30, 4, 21], 30, len(SETS[MODELS[name][0]]))
    assert difference(folder(name), sample, padded(sample, 45, padding)) < 1e-5


@pytest.mark.parametrize("name", NETWORKS)
def test_inputs_are_named_and_shaped_for_the_experiments(name, folder):
    session = open_session(f"{folder(name) / 'model.onnx'}")
    features = len(SETS[MODELS[name][0]])
    channels = dict(zip(INPUTS, (2, features, 4, 1), strict=True))
    inputs = {x.name: (x.type, x.shape) for x in session.get_inputs()}
    assert inputs == {
        name: ("tensor(float)", ["batch", width, "particles"]) for name, width in channels.items()
    }
    (output,) = session.get_outputs()
    assert (output.name, output.shape) == ("softmax", ["batch", len(CLASSES)])


def test_file_says_what_it_is(folder):
    run = folder("particlenet")
    text = open_session(f"{run / 'model.onnx'}").get_modelmeta().custom_metadata_map
    _, metadata = load_weights(run / "weights.safetensors")
    assert json.loads(text["classes"]) == list(CLASSES)
    assert json.loads(text["features"]) == list(SETS["kin"])
    assert json.loads(text["model"]) == metadata["model"]
    assert (text["run"], text["weights_digest"]) == (RUN, metadata["digest"])
    assert text["code_version"]


def test_page_says_how_to_ask_it(folder, monkeypatch):
    monkeypatch.chdir(folder("pfn"))
    page, space = (ROOT / "docs" / "export.md").read_text(), {}
    exec(page.split("## Python\n")[1].split("```python\n")[1].split("```")[0], space)
    assert space["scores"].shape == (3, len(CLASSES))
    assert space["features"] == list(SETS["full"])
    np.testing.assert_array_equal(space["qcd"], space["scores"][:, CLASSES.index("QCD")])


def test_file_can_be_read_by_old_versions_and_names_no_path(folder):
    path = folder("part_plain") / "model.onnx"
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, model.opset_import[0].version) == (FORMAT, OPSET) == (9, 20)
    assert b".py" not in path.read_bytes()


def test_same_weights_make_the_same_bytes(folder, tmp_path):
    export(folder("pfn") / "weights.safetensors", tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == (folder("pfn") / "model.onnx").read_bytes()


def test_weights_of_another_network_are_refused(folder):
    other, _ = load_weights(folder("pfn") / "weights.safetensors")
    for parameter in other.parameters():
        parameter.data.mul_(1.01)
    content = (folder("pfn") / "model.onnx").read_bytes()
    with pytest.raises(InputError, match=r"model: expected the scores .* within 1e-05 .* got"):
        verify(content, other, "model")


def test_file_that_differs_is_not_written(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(verifying, "TOLERANCE", 0.0)
    with pytest.raises(InputError, match="model.onnx: expected the scores of the network"):
        export(folder("pfn") / "weights.safetensors", tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_no_number_is_refused(folder):
    network, _ = load_weights(folder("pfn") / "weights.safetensors")
    network.f[-1].bias.data.fill_(torch.nan)
    with pytest.raises(InputError, match="got nan"):
        verify((folder("pfn") / "model.onnx").read_bytes(), network, "model")


def test_another_largest_score_is_refused(folder, monkeypatch):
    monkeypatch.setattr(verifying, "TOLERANCE", 2.0)
    monkeypatch.setattr(verifying, "ask", lambda *arguments: -ask(*arguments))
    network, _ = load_weights(folder("pfn") / "weights.safetensors")
    with pytest.raises(InputError, match="the same largest ones"):
        verify((folder("pfn") / "model.onnx").read_bytes(), network, "model")


def test_damaged_weights_are_refused(folder, tmp_path):
    content = bytearray((folder("pfn") / "weights.safetensors").read_bytes())
    content[-3] ^= 1
    (tmp_path / "weights.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="got damaged ones"):
        export(tmp_path / "weights.safetensors", tmp_path / "model.onnx")


@pytest.mark.slow
def test_part_at_published_size(tmp_path):
    run = written(tmp_path, "part", "full", {})
    assert max(difference(run, jets(*batch)) for batch in BATCHES.values()) < 1e-5
