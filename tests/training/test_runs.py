"""Whole runs: what is written, what decides it, what is refused."""

import csv

import pytest

from jetbench.errors import InputError
from jetbench.training.weights import load_weights
from tests.training.helpers import CLASSES, RUN, same_outcome, toy_model, toy_shard, train_toy


def test_folder_holds_weights_history_and_the_last_checkpoint(shards, tmp_path):
    train_toy(tmp_path, shards, epochs=1)
    visible = {path.name for path in tmp_path.glob("[!.]*")}
    assert visible == {"weights.safetensors", "history.csv", "checkpoint.pt"}


def test_history_has_a_row_an_epoch(trained):
    rows = list(csv.DictReader(trained.history.open()))
    counts = [(row["epoch"], row["step"], row["jets"]) for row in rows]
    assert counts == [("1", "10", "160"), ("2", "20", "320")]
    columns = "epoch step jets lr train_loss train_accuracy val_loss val_accuracy"
    assert list(rows[0]) == [*columns.split(), "jets_per_second", "seconds"]


def test_weights_say_what_they_are(trained):
    metadata = load_weights(trained.weights)[1]
    rows = list(csv.DictReader(trained.history.open()))
    best = max(rows, key=lambda row: float(row["val_accuracy"]))
    assert metadata["best_epoch"] == best["epoch"]
    assert metadata["val_accuracy"] == best["val_accuracy"]
    assert (metadata["run"], metadata["seed"], metadata["jets"]) == (RUN, "1", "200")
    assert (metadata["model"], metadata["classes"]) == (toy_model(), list(CLASSES))
    named = "code_version configuration_digest data_digest data_code_version"
    named += " python torch numpy device threads processes"
    assert set(named.split()) <= set(metadata)


def test_same_seed_same_files(trained, shards, tmp_path):
    train_toy(tmp_path, shards)
    assert same_outcome(tmp_path, trained.folder)


def test_other_seed_other_weights(trained, shards, tmp_path):
    train_toy(tmp_path, shards, seed=2)
    assert not same_outcome(tmp_path, trained.folder)


def test_how_often_it_is_saved_decides_nothing(trained, shards, tmp_path):
    train_toy(tmp_path, shards, checkpoint_seconds=1e-9)
    assert same_outcome(tmp_path, trained.folder)


def test_too_few_jets_are_refused_with_both_numbers(shards, tmp_path):
    with pytest.raises(InputError, match="expected at least 201 jets, got 200"):
        train_toy(tmp_path, shards, jets=201)
    with pytest.raises(InputError, match="expected at least 91 jets, got 90"):
        train_toy(tmp_path, shards, val_jets=91)


def test_less_than_a_batch_is_refused(shards, tmp_path):
    with pytest.raises(InputError, match="expected at least a batch of 16 jets, got 10"):
        train_toy(tmp_path, shards, jets=10)


def test_shards_must_agree_on_their_classes(shards, tmp_path):
    other = toy_shard(tmp_path / "other.h5", classes=["QCD", "Zqq", "Tbl"])
    with pytest.raises(InputError, match="expected shards of the same classes"):
        train_toy(tmp_path, (shards[0], other))


def test_diverged_training_stops_and_writes_no_weights(shards, tmp_path):
    with pytest.raises(InputError, match="step .*: expected .*finite"):
        train_toy(tmp_path, shards, lr=1e30, checkpoint_seconds=1e-9)
    assert not list(tmp_path.glob("weights*")) and not list(tmp_path.glob("history*"))


def test_a_checkpoint_of_another_seed_is_not_used(shards, trained, tmp_path, monkeypatch, capfd):
    with monkeypatch.context() as patch:
        patch.setattr("jetbench.training.loop.validate", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            train_toy(tmp_path, shards, seed=2, checkpoint_seconds=1e-9)
    train_toy(tmp_path, shards)
    assert "of another configuration: seed was 2, is 1" in capfd.readouterr().err
    assert same_outcome(tmp_path, trained.folder)


def test_progress_shows_step_and_loss(shards, tmp_path, capfd):
    train_toy(tmp_path, shards)
    last = capfd.readouterr().err.splitlines()[-1]
    assert last.startswith("jetclass/part/scratch/200/1: 20/20, ")
    assert "loss " in last and "val 0." in last
