"""Streams: what a training is given, and what its validation sees."""

import torch

from jetbench.data.jets import Jets
from jetbench.training.recipes import read_recipe
from jetbench.training.streams import open_streams
from tests.training.helpers import toy_model


def streams(shards, place=(0, 1), **recipe):
    """Streams of the toy jets."""
    recipe = read_recipe(toy_model(**recipe)["recipe"], "a/run")
    train, val = (Jets([path]) for path in shards)
    return open_streams(train, val, recipe, "full", 1, torch.device("cpu"), *place)


def test_training_batches_are_padded_by_the_recipe(shards):
    assert next(streams(shards).training(0)).mask.shape[1] <= 12
    assert next(streams(shards, padding="wrap").training(0)).mask.shape[1] == 128


def test_trimming_begins_with_the_sixth_step(shards):
    plain, trimmed = (streams(shards, trimming=name).training(0) for name in ("none", "random"))
    pairs = [next(zip(plain, trimmed, strict=False)) for _ in range(7)]
    same = [a.features.shape == b.features.shape and a.features.equal(b.features) for a, b in pairs]
    assert same == [True] * 5 + [False] * 2


def test_a_resumed_stream_trims_on(shards):
    stream = streams(shards, trimming="random").training(0)
    for _ in range(3):
        next(stream)
    state = torch.get_rng_state()
    following = [next(stream) for _ in range(4)]
    torch.set_rng_state(state)
    resumed = streams(shards, trimming="random").training(3)
    for batch in following:
        assert all(map(torch.equal, batch, next(resumed)))


def test_validation_is_as_loaded_whatever_the_padding(shards):
    plain, padded = streams(shards), streams(shards, padding="wrap", trimming="random")
    for (_, a), (_, b) in zip(plain.validation(), padded.validation(), strict=True):
        assert all(map(torch.equal, a, b))


def test_ranks_share_the_batches_and_the_validation(shards):
    whole, *parts = (
        streams(shards, place=(rank, ranks)) for rank, ranks in [(0, 1), (0, 2), (1, 2)]
    )
    batch, *shares = (next(stream.training(5)) for stream in (whole, *parts))
    for rank, share in enumerate(shares):
        assert share.label.equal(batch.label[rank::2]) and len(share.label) == 8
    seen = [torch.cat([index for index, _ in part.validation()]) for part in parts]
    assert torch.cat(seen).sort()[0].equal(torch.arange(90))
