"""What a batch holds: the values of the shard, and zeros."""

from itertools import islice

import numpy as np
import pytest
import torch

from jetbench.data.features import SETS
from jetbench.data.jets import Jets
from jetbench.data.loading import eval_batches, train_batches
from jetbench.data.shards import read_shard
from tests.data.helpers import toy_columns, write_shard

BATCH = 32


def steps(jets, count, seed=0, start_step=0, features="full"):
    return list(islice(train_batches(jets, BATCH, features, seed, "cpu", start_step), count))


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


@pytest.mark.parametrize("features", SETS)
def test_points_are_deta_and_dphi(shards, features):
    particles = read_shard(shards[0]).particles
    index, batch = next(eval_batches(Jets(shards[:1]), 700, features, "cpu"))
    points = batch.points[index.argsort()][batch.mask[index.argsort()]].numpy()
    np.testing.assert_array_equal(points, np.stack([particles["deta"], particles["dphi"]], 1))


def test_real_particles_come_first(shards):
    for batch in steps(Jets(shards), 5):
        assert (batch.mask[:, :-1] >= batch.mask[:, 1:]).all() and batch.mask[:, 0].all()


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
