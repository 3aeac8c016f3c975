"""Batches: every jet, the right values, the same stream from wherever it is entered."""

from itertools import islice

import numpy as np
import pytest
import torch

from jetbench.data import loading
from jetbench.data.conversion import convert
from jetbench.data.features import SETS
from jetbench.data.jets import Jets
from jetbench.data.loading import ahead, eval_batches, train_batches
from jetbench.data.shards import read_shard
from jetbench.errors import InputError
from tests.data.helpers import toy_columns, write_shard
from tests.data.parquet_files import toy_parquet

BATCH = 32


@pytest.fixture(params=[2**16, 200])
def pool(request, monkeypatch):
    """One pool for all jets, and many."""
    monkeypatch.setattr(loading, "POOL", request.param)


def steps(jets, count, seed=0, start_step=0, features="full"):
    return list(islice(train_batches(jets, BATCH, features, seed, "cpu", start_step), count))


def identity(batch):
    """One number a jet that no two jets share: px of the leading particle."""
    return batch.vectors[:, 0, 0]


def equal(batch, other):
    return all(torch.equal(a, b) for a, b in zip(batch, other, strict=True))


def test_shapes_and_types(shards):
    batch = steps(Jets(shards), 1)[0]
    length = batch.mask.sum(1).max()
    shapes = [tuple(tensor.shape) for tensor in batch]
    assert shapes == [(BATCH, length, n) for n in (2, 17, 4)] + [(BATCH, length), (BATCH,)]
    types = [tensor.dtype for tensor in batch]
    assert types == [torch.float32] * 3 + [torch.bool, torch.int64]


@pytest.mark.parametrize("features", SETS)
def test_padding_is_zero_and_values_are_finite(shards, features):
    for batch in steps(Jets(shards), 40, features=features):
        for tensor in (batch.points, batch.features, batch.vectors):
            assert tensor.isfinite().all() and not tensor[~batch.mask].any()


def test_values_are_those_of_the_shard(shards):
    first = read_shard(shards[0])
    index, batch = next(eval_batches(Jets(shards[:1]), BATCH, "kin", "cpu"))
    for row, jet in enumerate(index.tolist()):
        span = slice(*first.jets["first"][jet : jet + 2])
        for slot, name in enumerate(("px", "py", "pz", "energy")):
            got = batch.vectors[row, batch.mask[row], slot].numpy()
            np.testing.assert_array_equal(got, first.particles[name][span])
        assert batch.label[row] == first.jets["label"][jet]


def test_real_particles_come_first(shards):
    for batch in steps(Jets(shards), 5):
        assert (batch.mask[:, :-1] >= batch.mask[:, 1:]).all() and batch.mask[:, 0].all()


def test_batches_are_always_full(shards, pool):
    assert all(len(batch.label) == BATCH for batch in steps(Jets(shards), 100))


def test_no_jet_is_lost_over_passes(shards, pool):
    jets = Jets(shards, limit=1000)
    seen = torch.cat([identity(batch) for batch in steps(jets, 1000 * 4 // BATCH)])
    times = seen.unique(return_counts=True)[1]
    assert len(times) == 1000 and times.min() >= 3 and times.max() <= 5


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


def test_evaluation_pads_little(shards):
    batches = [batch for _, batch in eval_batches(Jets(shards), BATCH, "kin", "cpu")]
    slots = sum(batch.mask.numel() for batch in batches)
    assert slots < 1.1 * sum(batch.mask.sum() for batch in batches)


@pytest.mark.parametrize("particles", [1, 300])
def test_jet_of_any_length_is_cut_to_its_leading_particles(tmp_path, particles):
    jets, columns = toy_columns(1)
    columns = {name: np.repeat(values[:1], particles) for name, values in columns.items()}
    columns["px"] = np.arange(particles, 0, -1, dtype=np.float32)
    jets["first"] = np.array([0, particles])
    write_shard(tmp_path / "a.h5", jets, columns, {})
    ((_, batch),) = eval_batches(Jets([tmp_path / "a.h5"]), BATCH, "full", "cpu")
    expected = np.arange(particles, 0, -1)[:128]
    np.testing.assert_array_equal(batch.vectors[0, batch.mask[0], 0].numpy(), expected)


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
