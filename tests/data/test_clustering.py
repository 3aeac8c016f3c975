"""K-means against scikit-learn, and the evenness of tokens by hand."""

import h5py
import numpy as np
import pytest
from sklearn.cluster import KMeans

from jetbench.data.clustering import assign, k_means, means, occupancy
from jetbench.data.fitting import write_fit
from jetbench.data.unfinished import Unfinished
from jetbench.errors import InputError
from jetbench.files import held
from jetbench.training.fits import read_fits
from tests.data.helpers import toy_shard
from workflow.scripts.fit_kmeans import fit_kmeans
from workflow.scripts.fit_quantiles import fit_quantiles


def points(size=2000, features=7, seed=1):
    return np.random.default_rng(seed).normal(size=(size, features)).astype(np.float32)


def test_passes_are_those_of_scikit_learn():
    x, start = points(), points(30, seed=2).astype(float)
    centroids = start
    for _ in range(8):
        centroids = means(assign(x, centroids), centroids)
    peer = KMeans(30, init=start, n_init=1, max_iter=8, tol=0).fit(x.astype(float))
    np.testing.assert_allclose(centroids, peer.cluster_centers_, atol=1e-9)


def test_it_ends_where_scikit_learn_does():
    x = points(4000, 3).astype(float)
    found = k_means(x, 60, seed=3)
    start = x[np.random.default_rng(3).choice(len(x), 60, replace=False)]
    peer = KMeans(60, init=start, n_init=1, max_iter=1000, tol=1e-4).fit(x)
    assert found.at_rest and found.passes == peer.n_iter_ > 30
    np.testing.assert_allclose(found.centroids, peer.cluster_centers_, atol=1e-6)


def test_centroids_are_the_means_of_what_is_nearest():
    x = points(3000, 3)
    found = k_means(x, 20, seed=3)
    distance = np.square(x[:, None] - found.centroids).sum(-1)
    nearest = distance.argmin(1)
    assert found.occupancy.tolist() == np.bincount(nearest, minlength=20).tolist()
    assert found.distance == pytest.approx(distance.min(1).mean(), rel=1e-5)
    steps = [x[nearest == token].mean(0) - c for token, c in enumerate(found.centroids)]
    assert np.square(steps).sum() < 1e-4  # at rest


def test_as_many_tokens_as_particles_are_the_particles():
    x = points(50)
    found = k_means(x, 50, seed=1)
    assert found.occupancy.tolist() == [1] * 50 and found.distance < 1e-9
    assert sorted(found.centroids.tolist()) == sorted(x.tolist())


def test_it_ends_when_the_centroids_rest():
    assert k_means(points(50), 50, seed=1, passes=100).passes == 1


def test_it_ends_after_the_passes_that_it_may_make():
    found = k_means(points(), 100, seed=1, passes=2)
    assert found.passes == 2 and not found.at_rest


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_seed_finds_the_same_tokens_with_any_number_of_cores(workers):
    first, again = (k_means(points(), 40, seed=5, workers=n) for n in (1, workers))
    np.testing.assert_array_equal(again.centroids, first.centroids)


def test_a_token_without_particles_stays_where_it_is():
    far = np.array([[0.0] * 7, [100.0] * 7])
    moved = means(assign(points(), far), far)
    assert moved[1].tolist() == far[1].tolist() and moved[0].any()


@pytest.mark.parametrize(
    "bad, tokens, message",
    [
        (points(10), 11, "expected at least 11 particles, got 10"),
        (np.full((10, 7), np.nan, np.float32), 5, "expected finite values"),
    ],
)
def test_bad_samples_are_refused(bad, tokens, message):
    with pytest.raises(InputError, match=message):
        k_means(bad, tokens, seed=1)


def test_even_tokens_are_all_effective():
    found = occupancy(np.full(8, 5))
    assert (found.effective, found.empty, found.rare) == (pytest.approx(8), 0, 0)
    assert found.weights == {"min": 1, "median": 1, "max": 1}


def test_uneven_tokens_by_hand():
    """Of 4 tokens one is empty; of 80 particles 40, 39 and 1: rare is what has fewer than 2."""
    found = occupancy(np.array([40, 0, 39, 1]))
    share = np.array([40, 39, 1]) / 80
    inverse = np.array([1 / 40, 1 / 39, 1]) * 3 / (1 / 40 + 1 / 39 + 1)
    assert (found.tokens, found.particles, found.empty, found.rare) == (4, 80, 0.25, 0.5)
    assert found.effective == pytest.approx(np.prod(share**-share))
    assert found.largest == 0.5
    assert list(found.weights.values()) == pytest.approx(inverse.tolist())


def test_tokens_without_any_particle_are_refused():
    with pytest.raises(InputError, match="only empty ones"):
        occupancy(np.zeros(4, int))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Folder with a toy shard and its quantiles."""
    folder = tmp_path_factory.mktemp("toy")
    toy_shard(folder / "000.h5", jets=100, seed=3)
    fit_quantiles([folder / "000.h5"], folder / "quantiles.h5", 100)
    return folder


@pytest.mark.parametrize("continuous", [3, 7])
def test_the_script_writes_tokens_that_a_training_reads(fitted, tmp_path, continuous):
    sources = [fitted / "000.h5"], fitted / "quantiles.h5"
    for name in ("a.h5", "b.h5"):
        fit_kmeans(*sources, tmp_path / name, 100, continuous, 16, seed=1, passes=None)
    [fit] = read_fits([tmp_path / "a.h5"])
    assert fit.kind == "centroids" and fit.arrays["centroids"].shape == (16, continuous)
    assert fit.arrays["occupancy"].sum() == fit.about["particles"]
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


@pytest.mark.parametrize("continuous", [3, 7])
def test_tokens_tell_their_columns_and_that_they_are_normal_scores(fitted, tmp_path, continuous):
    sources = [fitted / "000.h5"], fitted / "quantiles.h5"
    fit_kmeans(*sources, tmp_path / "k.h5", 100, continuous, 16, seed=1, passes=2)
    with h5py.File(tmp_path / "k.h5") as file, h5py.File(fitted / "quantiles.h5") as quantiles:
        told, columns = dict(file["centroids"].attrs), quantiles["quantiles"].attrs["columns"]
    assert told["columns"].tolist() == columns.tolist()[:continuous]
    assert set(told["units"]) == {"1"} and "normal scores" in told["description"]


def test_another_file_than_quantiles_is_refused(fitted, tmp_path):
    write_fit(tmp_path / "other.h5", "jetbench-centroids", {"centroids": np.zeros((2, 7))})
    with pytest.raises(InputError, match="expected a fitted file of quantiles"):
        fit_kmeans(
            [fitted / "000.h5"], tmp_path / "other.h5", tmp_path / "k.h5", 100, 7, 16, 1, None
        )


def test_a_scale_may_bound_the_passes(fitted, tmp_path):
    sources = [fitted / "000.h5"], fitted / "quantiles.h5"
    fit_kmeans(*sources, tmp_path / "k.h5", 100, 7, 16, seed=1, passes=2)
    with h5py.File(tmp_path / "k.h5") as file:
        assert file.attrs["passes"] == 2


def test_a_finished_fit_leaves_no_centroids_beside_its_tokens(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr(Unfinished.__init__, "__defaults__", (0,))  # keeps every pass
    fit_kmeans([fitted / "000.h5"], fitted / "quantiles.h5", tmp_path / "k.h5", 100, 7, 16, 1, 9)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".k.h5.held", "k.h5"]


def test_a_fit_is_held_by_one_process(fitted, tmp_path):
    """Those of other tokens are not."""
    sources = [fitted / "000.h5"], fitted / "quantiles.h5"
    with held(tmp_path, "fit", ".k.h5.held"):
        with pytest.raises(InputError, match="another fit is at work here"):
            fit_kmeans(*sources, tmp_path / "k.h5", 100, 7, 16, seed=1, passes=2)
        fit_kmeans(*sources, tmp_path / "other.h5", 100, 7, 16, seed=1, passes=2)
