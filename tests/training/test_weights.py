"""Weight files rebuild their network, and wrong ones are refused."""

import pytest
import torch
from safetensors.torch import save_file

from jetbench.errors import InputError
from jetbench.training.weights import build_network, load_weights, write_weights
from tests.training.helpers import CLASSES, RUN, toy_model

METADATA = {"run": RUN, "model": toy_model(), "classes": list(CLASSES), "seed": 1}


@pytest.fixture
def network():
    torch.manual_seed(1)
    return build_network(toy_model(), len(CLASSES))


@pytest.fixture
def written(network, tmp_path):
    path = tmp_path / "weights.safetensors"
    write_weights(path, network.state_dict(), METADATA)
    return path


def test_same_network_comes_back(network, written):
    loaded, metadata = load_weights(written)
    for name, weight in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], weight)
    assert not loaded.training
    assert (metadata["model"], metadata["classes"]) == (toy_model(), list(CLASSES))
    assert (metadata["run"], metadata["seed"]) == (RUN, "1")


def test_same_weights_make_the_same_bytes(network, written, tmp_path):
    """The library's own metadata come in another order at every call."""
    for i in range(5):
        path = tmp_path / f"{i}.safetensors"
        write_weights(path, network.state_dict(), dict(reversed(METADATA.items())))
        assert path.read_bytes() == written.read_bytes()


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.99])
def test_cut_file_is_refused(written, share):
    content = written.read_bytes()
    written.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="weights.safetensors: expected a whole safetensors file"):
        load_weights(written)


def test_changed_weight_is_refused(written):
    content = bytearray(written.read_bytes())
    content[-3] ^= 1
    written.write_bytes(content)
    with pytest.raises(InputError, match="expected weights of digest .* got damaged ones"):
        load_weights(written)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="none.safetensors"):
        load_weights(tmp_path / "none.safetensors")


def test_weights_of_others_are_refused(tmp_path):
    save_file({"w": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match=r"expected metadata .* got none of .*'classes'"):
        load_weights(tmp_path / "other.safetensors")


def test_weights_of_another_network_are_refused(network, tmp_path):
    other = METADATA | {"model": toy_model() | {"network": "pfn", "sizes": {}}}
    write_weights(tmp_path / "other.safetensors", network.state_dict(), other)
    with pytest.raises(InputError, match="expected the weights of pfn, got others"):
        load_weights(tmp_path / "other.safetensors")


def test_unknown_features_are_refused():
    with pytest.raises(InputError, match="features: expected one of .*'full'.*, got 'ful'"):
        build_network(toy_model() | {"features": "ful"}, 3)
