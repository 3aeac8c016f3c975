import h5py
import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from jetbench.errors import InputError
from jetbench.evaluation.reconstruction import (
    FEATURES,
    distance,
    distances,
    features_of,
    read_reconstruction,
    values,
)
from tests.evaluation.reconstructions import write_reconstruction


@pytest.fixture
def toy(tmp_path):
    return read_reconstruction(write_reconstruction(tmp_path / "reconstruction.h5"))


def test_shift_is_its_own_distance():
    dropped = np.array([1.0, 2.0, 5.0])
    found = distance("pt", dropped, dropped + 0.5)
    assert found.value == pytest.approx(0.5)
    assert found.relative == pytest.approx(0.5 / np.std([1, 2, 5])) and found.particles == 3


def test_order_of_the_particles_does_not_matter():
    dropped = np.random.default_rng(1).normal(size=100)
    assert distance("pt", dropped, dropped[::-1]).value == 0


@pytest.mark.parametrize("ordered", [False, True])
def test_floor_is_what_the_same_distribution_gives(ordered):
    """Also of particles that come in falling pT."""
    rng = np.random.default_rng(1)
    draws = rng.exponential(size=(400, 200))
    draws = -np.sort(-draws) if ordered else draws
    floors = [distance("pt", draw, draw).floor for draw in draws]
    truth = [wasserstein_distance(*pair) for pair in draws.reshape(200, 2, 200)]
    assert np.mean(floors) == pytest.approx(np.mean(truth), rel=0.1)


def test_impact_parameters_are_those_of_charged_particles_alone(toy):
    charged = ~np.isin(toy.dropped[:, 7], (0, 2))
    dropped, made = values(toy, "d0")
    assert np.array_equal(dropped, toy.dropped[charged, 3])
    assert np.array_equal(made, toy.made[charged, 3])
    assert len(values(toy, "pt")[0]) == len(toy.dropped) > charged.sum()


def test_every_feature_has_its_distance(toy):
    found = distances(toy)
    assert tuple(each.feature for each in found) == FEATURES
    assert found[1].value == wasserstein_distance(toy.dropped[:, 1], toy.made[:, 1])


def test_three_features_have_three_distances(tmp_path):
    path = write_reconstruction(tmp_path / "three.h5", width=3)
    assert features_of(read_reconstruction(path)) == FEATURES[:3]
    assert len(distances(read_reconstruction(path))) == 3


def test_no_charged_particle_is_no_distance():
    found = distance("d0", np.zeros(0), np.zeros(0))
    assert np.isnan(found.value) and found.particles == 0


def test_feature_without_spread_has_no_relative_distance():
    found = distance("dzerr", np.zeros(5), np.ones(5))
    assert found.value == 1 and np.isnan(found.relative)


def spoil(path, name, content):
    """Write something else under a name of the file."""
    with h5py.File(path, "a") as file:
        del file[name]
        file[name] = content
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("made/features", np.ones((3, 7)), r"made: expected \(\d+, up to 7\), got \(3, 7\)"),
        ("dropped/features", np.ones((3, 8)), r"dropped: expected shape \(\d+, 8\), got \(3, 8\)"),
        ("label", np.zeros(2), "dropped/jet: expected 0 to 1"),
        ("kept/jet", np.zeros(0, int), r"kept: expected shape \('some', 8\)"),
    ],
)
def test_shapes_that_disagree_are_refused(tmp_path, name, content, words):
    path = spoil(write_reconstruction(tmp_path / "r.h5"), name, content)
    with pytest.raises(InputError, match=f"r.h5: {words}"):
        read_reconstruction(path)


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    path = write_reconstruction(tmp_path / "r.h5")
    with h5py.File(path, "a") as file:
        file["made/features"][5, 2] = np.nan
    with pytest.raises(InputError, match="made: expected finite features, got 1 without"):
        read_reconstruction(path)


@pytest.mark.parametrize("content", [b"no HDF5", None])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "r.h5"
    if content:
        path.write_bytes(content)
    else:
        h5py.File(path, "w").close()
    with pytest.raises(InputError, match="r.h5: expected HDF5 .* got a damaged file; delete it"):
        read_reconstruction(path)
