"""A killed fit goes on from its last centroids, and from no other's."""

import numpy as np
import pytest

from jetbench.data.clustering import k_means
from jetbench.data.unfinished import Unfinished

POINTS = np.random.default_rng(1).normal(size=(2000, 3))
SOURCE = {"data_digest": "abc", "tokens": 30, "seed": 3}


def kept(folder, source=SOURCE, seconds=0):
    return Unfinished(folder / "kmeans.h5", source, seconds)


def fit(unfinished=None, passes=1000):
    return k_means(POINTS, 30, seed=3, passes=passes, unfinished=unfinished)


def test_a_killed_fit_ends_as_an_undisturbed_one(tmp_path, capfd):
    fit(kept(tmp_path), passes=5)
    found, undisturbed = fit(kept(tmp_path)), fit()
    assert "going on after 5 passes" in capfd.readouterr().err
    np.testing.assert_array_equal(found.centroids, undisturbed.centroids)
    assert found.passes == undisturbed.passes > 5


@pytest.mark.parametrize("name, value", [("data_digest", "def"), ("tokens", 31), ("seed", 4)])
def test_centroids_of_another_fit_are_passed_over(tmp_path, capfd, name, value):
    kept(tmp_path).save(POINTS[:30], passes=5)
    assert kept(tmp_path, SOURCE | {name: value}).load() is None
    assert f"not used: of another fit: {name}" in capfd.readouterr().err


def test_damaged_centroids_are_passed_over(tmp_path, capfd):
    unfinished = kept(tmp_path)
    unfinished.save(POINTS[:30], passes=5)
    unfinished.path.write_bytes(unfinished.path.read_bytes()[:-100])
    assert unfinished.load() is None and "not used: damaged" in capfd.readouterr().err


def test_centroids_are_kept_now_and_then_only(tmp_path):
    unfinished = kept(tmp_path, seconds=60)
    unfinished.save(POINTS[:30], passes=5)
    assert not unfinished.path.exists()
