"""Pre-training by the one loop: what is written, that it resumes bit by bit, alone and together."""

import csv
import shutil
import signal

import numpy as np
import pytest
import torch

from jetbench.errors import InputError
from jetbench.training.follow import Unwatched
from jetbench.training.loop import fit
from jetbench.training.ranks import part
from jetbench.training.running import begin
from jetbench.training.runs import open_run
from jetbench.training.weights import load_weights
from tests.together import together
from tests.training.dying import outlive
from tests.training.helpers import RUN, same_outcome
from tests.training.masked import centroids, pretraining, quantiles, tokeniser, train_small

STEP = "jetbench.training.watch:Watch.after_step"
OUTCOME = "jetbench.methods.pretrain:outcome"
TASKS = {"identity": {"weight": 0.3}, "kmeans": {"weight": 1.0, "tokens": 5}}
FLOWS = {"flow_matching": {"weight": 1.0, "hidden": 8}, "flow": {"weight": 1.0}}
SET = {"method": "set_flow_matching", "decoder": {"width": 8, "depth": 1, "heads": 2}}
MODELS = {  # with the kinds of fitted files that each asks for
    "tokens": (pretraining(TASKS), 2),
    "flows": (pretraining(FLOWS), 1),
    "set": (pretraining() | {"pretraining": SET}, 1),
    "vqvae": (tokeniser(), 1),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Fitted quantiles and centroids."""
    folder = tmp_path_factory.mktemp("fits")
    return [quantiles(folder / "q.h5"), centroids(folder / "c.h5")]


@pytest.fixture(scope="module", params=MODELS)
def undisturbed(request, shards, files, tmp_path_factory):
    """A model, its fitted files, and the folder of a training that nothing disturbed."""
    model, number = MODELS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    train_small(folder, shards, model, files[:number])
    return model, files[:number], folder


def rows(folder):
    """History, with numbers for text."""
    lines = list(csv.DictReader((folder / "history.csv").open()))
    return [{key: float(value) for key, value in line.items()} for line in lines]


def test_history_has_the_loss_of_every_task(undisturbed):
    model, _, folder = undisturbed
    network, _ = load_weights(folder / "weights.safetensors")
    terms = [f"_{name}" for name in network.weights]
    row = rows(folder)[1]
    for split in ("train", "val"):
        assert [f"{split}{term}" in row for term in terms] == [True] * len(terms)
        total = sum(w * row[f"{split}_{name}"] for name, w in network.weights.items())
        assert row[f"{split}_loss"] == pytest.approx(total, rel=1e-5)


def test_weights_are_those_of_the_last_epoch(undisturbed):
    _, _, folder = undisturbed
    metadata = load_weights(folder / "weights.safetensors")[1]
    state = torch.load(folder / "checkpoint.pt", weights_only=True)["state"]
    best = state["best"]["weights"]
    assert all(torch.equal(weight, best[name]) for name, weight in state["weights"].items())
    assert metadata["best_epoch"] == "2"
    assert float(metadata["val_loss"]) == rows(folder)[1]["val_loss"]


def test_killed_pre_training_goes_on_bit_by_bit(undisturbed, shards, tmp_path):
    model, fits, folder = undisturbed
    options = {"model": model, "fits": fits, "checkpoint_seconds": 1e-9}
    assert outlive(tmp_path, shards, (STEP, 14, "die"), **options) == -signal.SIGKILL
    assert outlive(tmp_path, shards, **options) == 0
    assert "going on from step 13" in (tmp_path / "train.log").read_text()
    assert same_outcome(tmp_path, folder)


def test_leaving_a_validation_keeps_the_numbers_of_the_training(shards, files, tmp_path):
    """The twelfth outcome is in the validation after the first epoch, which draws its own."""
    options = {"model": pretraining(), "fits": files[:1]}
    whole = train_small(tmp_path / "whole", shards, **options).parent
    assert outlive(tmp_path, shards, (OUTCOME, 12, "terminate"), **options) == 143
    assert outlive(tmp_path, shards, **options) == 0
    assert "going on from step 10" in (tmp_path / "train.log").read_text()
    assert same_outcome(tmp_path, whole)


def test_number_of_validation_jets_does_not_disturb_the_training(undisturbed, shards, tmp_path):
    model, fits, folder = undisturbed
    train_small(tmp_path, shards, model, fits, val_jets=20)
    columns = [name for name in rows(folder)[0] if name.startswith("train_")]
    for a, b in zip(rows(folder), rows(tmp_path), strict=True):
        assert [a[name] for name in columns] == [b[name] for name in columns]


def test_masks_of_the_validation_stay_the_same(shards, files, tmp_path):
    """At a rate of nearly zero the losses differ but by what is dropped and drawn."""
    train_small(tmp_path, shards, pretraining(), files[:1], lr=1e-12, epochs=3)
    losses = [row["val_loss"] for row in rows(tmp_path)]
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-6)
    trained = [row["train_loss"] for row in rows(tmp_path)]
    assert len({round(loss, 5) for loss in trained}) == 3


def test_progress_shows_the_validation_loss(shards, files, tmp_path, capfd):
    train_small(tmp_path, shards, pretraining(), files[:1])
    last = capfd.readouterr().err.splitlines()[-1]
    assert f"val loss {rows(tmp_path)[1]['val_loss']:.4f}" in last


def train_share(place, asked):
    """Losses and weights of a training at a place."""
    torch.set_num_threads(1)
    run = open_run(**asked)
    state, streams = begin(run, place, lambda: None)
    fit(state, run.recipe, streams, Unwatched())
    part(state)
    losses = [(row["train_loss"], row["val_loss"]) for row in state.history]
    return losses, {name: w.numpy() for name, w in state.network.state_dict().items()}


@pytest.mark.parametrize("name", MODELS)
def test_two_ranks_end_with_the_same_weights(name, shards, files):
    """And lose as one process does, but for what each draws."""
    model, number = MODELS[name]
    train, val = ([str(path)] for path in shards)
    asked = {"name": RUN, "model": model, "seed": 1, "jets": 200}
    asked |= {"train_shards": train, "val_shards": val, "fits": files[:number]}
    (losses, weights), (others, copies) = together(train_share, asked)
    assert losses == others and np.isfinite(losses).all()
    for entry, weight in weights.items():
        np.testing.assert_array_equal(weight, copies[entry], err_msg=entry)


@pytest.mark.slow
def test_two_ranks_go_on_bit_by_bit(shards, files, tmp_path):
    options = {"model": pretraining(), "fits": files[:1], "gpus": 2}
    for folder in (tmp_path / "whole", tmp_path / "stopped"):
        folder.mkdir()
    assert outlive(tmp_path / "whole", shards, **options) == 0
    assert outlive(tmp_path / "stopped", shards, (STEP, 13, "terminate"), **options) == 143
    assert outlive(tmp_path / "stopped", shards, **options) == 0
    assert same_outcome(tmp_path / "stopped", tmp_path / "whole")


def test_a_pre_training_takes_no_start(shards, tmp_path, trained):
    start = shutil.copy(trained.weights, tmp_path)
    with pytest.raises(InputError, match="expected a tagger to start from it, got a pre-training"):
        train_small(tmp_path / "run", shards, pretraining(), start=start)
