"""Fine-tuning: what is taken over, what is new, what is refused, and that it helps."""

import csv
import json
import signal

import pytest
import torch

from jetbench.errors import InputError
from jetbench.networks import NETWORKS
from jetbench.training.finetuning import output_layer, read_start, take_over
from jetbench.training.weights import build_network, load_weights, write_weights
from tests.networks.peers import INPUTS, fitted, jets
from tests.training.dying import outlive
from tests.training.helpers import (
    CLASSES,
    RUN,
    same_outcome,
    toy_model,
    toy_shard,
    train_toy,
    weights_of,
)
from tests.training.test_state import FEATURES, SIZES

PAIR = ("QCD", "Tbqq")
TUNING = {"lr": 1e-3, "head_lr": 50.0, "schedule": "constant"}


@pytest.fixture(scope="session")
def backbone(tmp_path_factory):
    """Weights of a toy network that tells the three classes apart."""
    folder = tmp_path_factory.mktemp("backbone")
    shards = (toy_shard(folder / "train.h5", 400, 1), toy_shard(folder / "val.h5", 100, 2))
    train_toy(folder, shards, jets=400, lr=1e-2, epochs=6, jets_per_epoch=400)
    return folder / "weights.safetensors"


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """Shards of a related task: two classes."""
    folder = tmp_path_factory.mktemp("pair")
    return toy_shard(folder / "t.h5", 200, 3, PAIR), toy_shard(folder / "v.h5", 200, 4, PAIR)


def model_of(network):
    sizes = {"sizes": SIZES[network], "features": FEATURES[network]}
    return toy_model() | {"network": network} | sizes


def fresh(model, classes, seed=1):
    torch.manual_seed(seed)
    return fitted(build_network(model, classes))


def written(path, model, classes=10, **changes):
    """Weights of a network whose every entry differs from a fresh one's."""
    weights = {name: w + 1 for name, w in fresh(model, classes, seed=2).state_dict().items()}
    names = [f"class{i}" for i in range(classes)]
    write_weights(path, weights | changes, {"run": RUN, "model": model, "classes": names})
    return path


@torch.no_grad()
@pytest.mark.parametrize("name", NETWORKS)
def test_output_layer_makes_the_logits(name):
    network = fresh(model_of(name), 4).eval()
    seen = []
    layer = network.get_submodule(output_layer(network))
    layer.register_forward_hook(lambda module, inputs, output: seen.append(output))
    logits = network(*jets([5], 6, INPUTS.get(name, 17)))
    assert layer.out_features == 4 and torch.equal(seen[-1], logits)


@pytest.mark.parametrize("name", NETWORKS)
def test_all_but_the_output_layer_is_taken_over(name, tmp_path):
    model = model_of(name)
    start = read_start(written(tmp_path / "w.safetensors", model))
    network, before = fresh(model, 2), fresh(model, 2).state_dict()
    take_over(network, model, start)
    head = output_layer(network)
    for entry, weight in network.state_dict().items():
        expected = before if entry.startswith(f"{head}.") else start.weights
        assert torch.equal(weight, expected[entry]), entry


def start_of(folder, network, features="full", **sizes):
    """A start of this model, as it is read from its file."""
    model = {"network": network, "features": features, "sizes": SIZES[network] | sizes}
    return read_start(written(folder / "w.safetensors", model))


@pytest.mark.parametrize(
    ("name", "other", "wanted", "got"),
    [
        ("part", {"features": "kin"}, "features full", "features kin"),
        ("part", {"embedding": [16, 8]}, r"embedding \[16, 16\]", r"embedding \[16, 8\]"),
        ("part", {"blocks": 2}, "blocks 1", "blocks 2"),
        ("part", {"network": "part_plain"}, r"pair_embedding \[8\]", r"pair_embedding \[\].*"),
        ("particlenet", {"k": 16}, "k 3", "k 16"),
        ("part_plain", {"heads": 4}, "heads 2", "heads 4"),
        ("pcnn", {"slots": 128}, "slots 16", "slots 128"),
    ],
)
def test_start_with_another_function_is_refused(name, other, wanted, got, tmp_path):
    start = start_of(tmp_path, **{"network": name} | other)
    message = f"^{RUN}: expected a start with network {name}, .*{wanted}.*, got network .*{got}$"
    with pytest.raises(InputError, match=message):
        take_over(fresh(model_of(name), 2), model_of(name), start)


def test_a_default_is_the_same_size_written_or_left_out(tmp_path):
    written_out = {"embedding": [128, 512, 128], "heads": 8, "class_blocks": 2}
    short = {"network": "part_plain", "features": "kin", "sizes": {"blocks": 1}}
    start = read_start(written(tmp_path / "w.safetensors", short))
    model = short | {"sizes": short["sizes"] | written_out}
    take_over(fresh(model, 2), model, start)
    with pytest.raises(InputError, match="expected .* blocks 2, got .* blocks 1$"):
        take_over(fresh(model, 2), model | {"sizes": {"blocks": 2}}, start)


def test_dropout_may_differ_from_the_start(tmp_path):
    start, model = start_of(tmp_path, "part", dropout=0.0), model_of("part")
    network = fresh(model, 2)
    take_over(network, model, start)
    assert model["sizes"]["dropout"] != 0.0
    assert torch.equal(network.embedding.norm.weight, start.weights["embedding.norm.weight"])


def test_running_statistics_come_along_and_go_on(backbone, pair, tmp_path):
    """After ten steps 0.9^10 of the start is left; the rest is what scratch has, that starts at 0.

    The norm of the inputs sees the same features in both.
    """
    name, mean = "embedding.norm.running_mean", {}
    for path, start in ((tmp_path / "scratch", None), (tmp_path / "tuned", backbone)):
        train_toy(path, pair, start=start, epochs=1)
        mean[path.name] = load_weights(path / "weights.safetensors")[0].state_dict()[name]
    kept = mean["tuned"] - mean["scratch"]
    before = read_start(backbone).weights[name]
    assert before.norm() > 1 and mean["scratch"].norm() > 1
    torch.testing.assert_close(kept, 0.9**10 * before, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_trained_body_learns_a_related_task_sooner(seed, backbone, pair, tmp_path):
    """Ten steps: scratch stays near 0.5, which every network without knowledge has."""
    accuracy = {}
    for name, start in (("scratch", None), ("tuned", backbone)):
        options = TUNING | {"seed": seed, "epochs": 1, "val_jets": 200}
        train_toy(tmp_path / name, pair, start=start, **options)
        row = next(csv.DictReader((tmp_path / name / "history.csv").open()))
        accuracy[name] = float(row["val_accuracy"])
    assert accuracy["tuned"] > max(0.9, accuracy["scratch"] + 0.2)


def test_weights_name_their_start(backbone, pair, tmp_path):
    train_toy(tmp_path, pair, start=backbone, epochs=1)
    start, metadata = read_start(backbone), weights_of(tmp_path)
    assert json.loads(metadata["start"]) == start.about()
    assert start.about()["digest"] == start.digest and start.about()["run"] == RUN
    assert metadata["classes"] == list(PAIR)


def test_empty_list_of_starts_is_scratch(shards, trained, tmp_path):
    train_toy(tmp_path, shards, start=[])
    assert same_outcome(tmp_path, trained.folder)


@pytest.mark.parametrize("call", [3, 14])
def test_killed_fine_tuning_goes_on_bit_by_bit(call, backbone, pair, tmp_path):
    train_toy(tmp_path / "whole", pair, start=backbone, **TUNING)
    options = TUNING | {"start": backbone, "checkpoint_seconds": 1e-9}
    death = ("jetbench.training.watch:Watch.after_step", call, "die")
    (tmp_path / "dead").mkdir()
    assert outlive(tmp_path / "dead", pair, death, **options) == -signal.SIGKILL
    assert outlive(tmp_path / "dead", pair, **options) == 0
    assert f"from step {call - 1}" in (tmp_path / "dead" / "train.log").read_text()
    assert same_outcome(tmp_path / "dead", tmp_path / "whole")


def test_checkpoint_of_another_start_is_not_used(backbone, pair, tmp_path):
    other = written(tmp_path / "other.safetensors", toy_model(), len(CLASSES))
    options = TUNING | {"checkpoint_seconds": 1e-9}
    death = ("jetbench.training.watch:Watch.after_step", 14, "die")
    assert outlive(tmp_path, pair, death, start=other, **options) == -signal.SIGKILL
    assert outlive(tmp_path, pair, start=backbone, **options) == 0
    said = (tmp_path / "train.log").read_text()
    assert "of another configuration: start was" in said and "going on" not in said


def test_damaged_start_is_refused(backbone, pair, tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(backbone.read_bytes()[:1000])
    with pytest.raises(InputError, match="damaged.safetensors: expected a whole safetensors"):
        train_toy(tmp_path, pair, start=damaged)
