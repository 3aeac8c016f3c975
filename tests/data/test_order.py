"""The order of training: complete, random, and known without what lies before."""

from itertools import islice

import numpy as np
import pytest

from jetbench.data import order

EDGES = np.array([0, 10, 20, 25, 35, 37])  # blocks of two shards of 25 and 12 jets


def positions(size, count, seed=0, number=0):
    """Jets of `count` pools of `size` from pool `number` on, in order."""
    pools = islice(order.pools(EDGES, size, seed, number), count)
    return [np.concatenate([np.arange(a, b) for a, b in pool]) for pool in pools]


@pytest.mark.parametrize("size", [1, 7, 37, 50, 100])
def test_every_pass_holds_every_jet_once(size):
    stream = np.concatenate(positions(size, -(-3 * 37 // size)))[: 3 * 37]
    for one_pass in stream.reshape(3, 37):
        np.testing.assert_array_equal(np.sort(one_pass), np.arange(37))


def test_pools_hold_what_they_should():
    assert [len(pool) for pool in positions(50, 4)] == [50] * 4


def test_pool_can_be_found_without_those_before():
    for number, pool in enumerate(positions(11, 20)):
        np.testing.assert_array_equal(positions(11, 1, number=number)[0], pool)


def test_passes_and_seeds_differ():
    first, second = positions(37, 2)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, positions(37, 1, seed=1)[0])


def test_ranges_stay_within_blocks():
    for pool in islice(order.pools(EDGES, 11, 0, 0), 20):
        block = np.searchsorted(EDGES, pool[:, 0], side="right")
        assert (pool[:, 1] <= EDGES[block]).all() and (pool[:, 0] < pool[:, 1]).all()


def test_batches_hold_every_jet_of_the_pool_once():
    batches = order.batches(6400, 64, [0])
    assert batches.shape == (100, 64)
    np.testing.assert_array_equal(np.sort(batches, axis=None), np.arange(6400))


def test_batches_are_random_samples():
    classes = np.arange(6400) // 640  # ten classes, sorted
    drawn = np.stack([np.bincount(classes[b], minlength=10) for b in order.batches(6400, 64, [0])])
    assert drawn.std() == pytest.approx(np.sqrt(64 * 0.1 * 0.9), rel=0.1)  # as of a multinomial


def test_batches_follow_from_the_seed():
    first, again, other = (order.batches(6400, 64, [seed]) for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_jets_beyond_the_last_whole_batch_are_not_cut():
    with pytest.raises(ValueError, match="reshape"):
        order.batches(65, 64, [0])
