"""Taggers that begin with a pre-trained encoder, or with none and a frozen one."""

import json

import pytest

from jetbench.errors import InputError
from jetbench.training.finetuning import read_start
from jetbench.training.weights import load_weights
from tests.training.helpers import RUN, train_toy, weights_of
from tests.training.masked import (
    HEAD,
    pretraining,
    quantiles,
    same,
    tagger,
    tokeniser,
    train_small,
)
from workflow.scripts.predict import predict


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Fitted quantiles."""
    return [quantiles(tmp_path_factory.mktemp("fits") / "q.h5")]


@pytest.fixture(scope="module")
def encoder(shards, fitted, tmp_path_factory):
    """Weights of a pre-training."""
    return train_small(tmp_path_factory.mktemp("encoder"), shards, pretraining(), fitted)


def test_frozen_encoder_stays_and_the_head_learns(shards, encoder, tmp_path):
    first = train_small(tmp_path / "1", shards, tagger(), start=encoder, frozen=True, epochs=1)
    weights = train_small(tmp_path / "2", shards, tagger(), start=encoder, frozen=True)
    assert same(encoder, weights, "encoder.") and same(encoder, weights, "inputs.")
    assert not same(first, weights, "head.")


def test_head_is_new_and_the_seed_decides_it(shards, encoder, tmp_path):
    options = {"start": encoder, "frozen": True, "lr": 1e-12, "epochs": 1}
    one, again, other = (
        train_small(tmp_path / str(i), shards, tagger(), seed=seed, **options)
        for i, seed in enumerate((1, 1, 2))
    )
    assert same(one, again, "head.") and not same(one, other, "head.")


def test_pretrained_encoder_learns_on(shards, encoder, tmp_path):
    weights = train_small(tmp_path, shards, tagger(), start=encoder)
    assert same(encoder, weights, "inputs.") and not same(encoder, weights, "encoder.")


def test_untrained_encoder_stays_as_the_seed_made_it(shards, encoder, fitted, tmp_path):
    one, again, other = (
        train_small(tmp_path / str(i), shards, tagger(), fitted, seed=seed, frozen=True, epochs=n)
        for i, (seed, n) in enumerate(((1, 1), (1, 2), (2, 1)))
    )
    assert same(one, again, "encoder.") and not same(one, other, "encoder.")
    assert not same(one, again, "head.") and not same(one, encoder, "encoder.")


def test_weights_name_the_pre_training(shards, encoder, tmp_path):
    train_small(tmp_path, shards, tagger(), start=encoder, epochs=1)
    metadata, start = weights_of(tmp_path), read_start(encoder)
    assert json.loads(metadata["start"]) == start.about()
    assert "fits" not in metadata and "fits" in start.metadata


@pytest.mark.parametrize(
    ("sizes", "wanted", "got"),
    [
        ({"depth": 2}, "depth 2", "depth 1"),
        ({"heads": 4}, "heads 4", "heads 2"),
        ({"norm": True}, "norm True", "norm False"),
        ({"continuous": 3}, "continuous 3", "continuous 7"),
    ],
)
def test_another_encoder_is_refused(sizes, wanted, got, shards, encoder, tmp_path):
    message = f"^{RUN}: expected a start with network masked, .*{wanted}, got .*{got}$"
    with pytest.raises(InputError, match=message):
        train_small(tmp_path, shards, tagger(**sizes), start=encoder)


def test_another_head_than_the_default_is_no_difference(shards, encoder, tmp_path):
    model = tagger(head=HEAD | {"width": 12})
    weights = train_small(tmp_path, shards, model, start=encoder, frozen=True, epochs=1)
    assert same(encoder, weights, "encoder.")


def test_a_tokeniser_is_no_start_of_a_tagger(shards, fitted, tmp_path):
    start = train_small(tmp_path / "vqvae", shards, tokeniser(), fitted, epochs=1)
    with pytest.raises(InputError, match="expected a start with network masked.*network vqvae"):
        train_small(tmp_path / "run", shards, tagger(), start=start)


def test_a_tagger_without_encoder_cannot_be_frozen(shards, tmp_path):
    with pytest.raises(InputError, match="frozen: expected a network with an encoder"):
        train_toy(tmp_path, shards, frozen=True)


def test_two_ranks_train_the_head_of_a_frozen_encoder(shards, encoder, tmp_path):
    weights = train_small(tmp_path, shards, tagger(), start=encoder, frozen=True, gpus=2, epochs=1)
    assert same(encoder, weights, "encoder.")


def test_checkpoints_of_what_is_begun_with_are_deleted(shards, fitted, tmp_path):
    start = train_small(tmp_path / "pretraining", shards, pretraining(), fitted, epochs=1)
    assert (start.parent / "checkpoint.pt").exists()
    train_small(tmp_path / "run", shards, tagger(), start=start, epochs=1)
    assert not list(start.parent.glob("*checkpoint*"))


def test_tagger_with_a_pre_trained_encoder_scores_jets(shards, encoder, tmp_path):
    weights = train_small(tmp_path, shards, tagger(), start=encoder, frozen=True, epochs=1)
    predict(weights, [shards[1]], tmp_path / "scores.h5")
    assert load_weights(weights)[0].inputs.fitted and (tmp_path / "scores.h5").exists()


def test_a_pre_training_gives_no_scores(shards, encoder, tmp_path):
    with pytest.raises(InputError, match="expected the weights of a tagger, got a pre-training"):
        predict(encoder, [shards[1]], tmp_path / "scores.h5")
