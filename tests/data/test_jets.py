"""Jets of several shards as one list."""

import numpy as np
import pytest

from jetbench.data import jets as module
from jetbench.data.jets import Jets
from jetbench.data.shards import read_shard
from jetbench.errors import InputError


def test_length_is_that_of_all_shards_or_the_limit(shards):
    assert len(Jets(shards)) == 1201
    assert len(Jets(shards, limit=900)) == 900


def test_shards_beyond_the_limit_are_not_opened(shards, tmp_path):
    assert len(Jets([shards[0], tmp_path / "nowhere.h5"], limit=700)) == 700


def test_too_few_jets_are_refused(shards):
    with pytest.raises(InputError, match="expected at least 1202 jets, got 1201"):
        Jets(shards, limit=1202)


def test_no_shards_are_refused():
    with pytest.raises(InputError, match="expected at least 1 jets, got 0"):
        Jets([])


def test_blocks_do_not_reach_across_shards(shards, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 300)
    assert Jets(shards, limit=1100).edges.tolist() == [0, 300, 600, 700, 1000, 1100]


def test_ranges_are_read_in_turn(shards):
    counts, columns = Jets(shards).read([(710, 720), (5, 8)], ["particles/px", "jets/label"])
    first, second = (read_shard(path) for path in shards)
    a, b = second.jets["first"][[10, 20]]
    c, d = first.jets["first"][[5, 8]]
    expected = np.concatenate([second.particles["px"][a:b], first.particles["px"][c:d]])
    np.testing.assert_array_equal(columns["particles/px"], expected)
    assert counts.sum() == len(expected) and len(columns["jets/label"]) == 13


def test_digest_depends_on_what_is_read(shards):
    digests = {Jets(*of).digest for of in ((shards,), (shards[:1],), (shards[::-1],), (shards, 9))}
    assert len(digests) == 4 and Jets(shards).digest in digests
