"""Batches: every jet, the right values, the same stream from wherever it is entered."""

import numpy as np
import pytest
import torch

from jetbench.data import loading
from jetbench.data.conversion import convert
from jetbench.data.jets import Jets
from jetbench.data.loading import ahead, eval_batches, train_batches
from jetbench.data.shards import read_shard
from jetbench.errors import InputError
from tests.data.batches import BATCH, equal, identity, steps
from tests.data.readers.parquet_files import toy_parquet


def test_batches_are_always_full(shards, pool):
    assert all(len(batch.label) == BATCH for batch in steps(Jets(shards), 100))


def test_stream_goes_on_from_any_step(shards, pool):
    jets = Jets(shards)
    whole = steps(jets, 80)
    for start in (1, 37, 38, 79):
        assert all(map(equal, steps(jets, 80 - start, start_step=start), whole[start:]))


def test_going_on_reads_nothing_that_lies_before(shards, monkeypatch):
    read, old = [], Jets.read_range
    monkeypatch.setattr(loading, "POOL", 200)
    monkeypatch.setattr(Jets, "read_range", lambda *of: read.append(of[2] - of[1]) or old(*of))
    steps(Jets(shards), 1, start_step=10_000)
    assert sum(read) <= 2 * 200  # the pool, and the one ahead


def test_seed_decides_the_stream(shards):
    jets = Jets(shards)
    first, again, other = (steps(jets, 3, seed) for seed in (0, 0, 1))
    assert all(map(equal, first, again)) and not any(map(equal, first, other))


def test_batch_larger_than_the_data_goes_on_into_the_next_pass(shards):
    batch = next(train_batches(Jets(shards, limit=20), 50, "kin", 0, "cpu"))
    assert sorted(identity(batch).unique(return_counts=True)[1].tolist()) == [2] * 10 + [3] * 10


def test_evaluation_sees_every_jet_once(shards, pool):
    index, labels = [], []
    for at, batch in eval_batches(Jets(shards, limit=1111), BATCH, "kin", "cpu"):
        index, labels = index + [at], labels + [batch.label]
    index, labels = torch.cat(index), torch.cat(labels)
    expected = np.concatenate([read_shard(path).jets["label"] for path in shards])[:1111]
    assert torch.equal(index.sort()[0], torch.arange(1111))
    np.testing.assert_array_equal(labels[index.argsort()].numpy(), expected)


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_share_the_evaluation(shards, pool, ranks):
    jets, labels = Jets(shards, limit=1111), torch.full((1111,), -1)
    for rank in range(ranks):
        parts = list(eval_batches(jets, BATCH, "kin", "cpu", rank, ranks))
        assert sum(len(index) for index, _ in parts) == pytest.approx(1111 / ranks, abs=1)
        for index, batch in parts:
            labels[index] = batch.label
    expected = np.concatenate([read_shard(path).jets["label"] for path in shards])[:1111]
    np.testing.assert_array_equal(labels.numpy(), expected)


def test_a_rank_without_a_jet_evaluates_none(shards):
    assert not list(eval_batches(Jets(shards, limit=2), BATCH, "kin", "cpu", 0, 3))


def test_corrupted_shard_stops_the_stream(shards, tmp_path):
    content = bytearray(shards[0].read_bytes())
    with Jets(shards[:1]).files[0] as file:
        chunk = file["particles/py"].id.get_chunk_info(0)
    content[chunk.byte_offset + 100] ^= 1
    (tmp_path / "a.h5").write_bytes(content)
    with pytest.raises(InputError, match="a.h5: particles/py cannot be read"):
        steps(Jets([tmp_path / "a.h5"]), 1)


@pytest.fixture(scope="module")
def parquet_shards(tmp_path_factory):
    """A shard of each data set that comes in parquet files, 100 jets, by name."""
    folder = tmp_path_factory.mktemp("parquet")
    for name in ("toplandscape", "quarkgluon"):
        toy_parquet(folder / f"{name}.parquet", name, 100)
        convert([folder / f"{name}.parquet"], folder / f"{name}.h5", name, "train", 0)
    return {path.stem: path for path in folder.glob("*.h5")}


@pytest.mark.parametrize(
    "dataset, features, size",
    [("toplandscape", "kin", 7), ("quarkgluon", "kin", 7), ("quarkgluon", "kinpid", 13)],
)
def test_features_that_a_data_set_offers_are_loaded(parquet_shards, dataset, features, size):
    (batch,) = steps(Jets([parquet_shards[dataset]]), 1, features=features)
    assert batch.features.shape[2] == size and batch.features[batch.mask].isfinite().all()
    assert sorted(batch.label.unique().tolist()) == [0, 1]


@pytest.mark.parametrize(
    "dataset, features, message",
    [
        ("toplandscape", "kinpid", r"\['charge', 'id'\] .*'kinpid'.* it offers kin$"),
        ("quarkgluon", "full", r"\['d0', 'd0err', 'dz', 'dzerr'\] .* it offers kin, kinpid$"),
    ],
)
def test_features_that_a_data_set_lacks_are_refused(parquet_shards, dataset, features, message):
    jets = Jets([parquet_shards[dataset]])
    for batches in (
        train_batches(jets, BATCH, features, 0, "cpu"),
        eval_batches(jets, BATCH, features, "cpu"),
    ):
        with pytest.raises(InputError, match=f"{dataset}.h5: expected columns {message}"):
            next(batches)


def test_ahead_keeps_order_and_needs_no_items():
    assert list(ahead(lambda x: x * x, range(5))) == [0, 1, 4, 9, 16]
    assert list(ahead(abs, [])) == []
