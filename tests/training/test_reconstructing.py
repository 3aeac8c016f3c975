"""What is filled in for dropped particles, and how it is written."""

import h5py
import numpy as np
import pytest

from jetbench.errors import InputError
from jetbench.training.reconstructing import reconstruct_run
from jetbench.training.weights import load_weights
from tests.training.masked import pretraining, quantiles, tokeniser, train_small
from workflow.scripts.reconstruct import reconstruct

JETS = 40
TASKS = {"flow_matching": {"weight": 1.0, "hidden": 8}}
MATCHING = pretraining(TASKS)["pretraining"]
SET = {"method": "set_flow_matching", "decoder": {"width": 8, "depth": 1, "heads": 2}}
FILLED = {"original", "made", "dropped_jet", "kept", "kept_jet"}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Fitted quantiles."""
    return [quantiles(tmp_path_factory.mktemp("fits") / "q.h5")]


@pytest.fixture(scope="module")
def weights(shards, fitted, tmp_path_factory):
    """Weights of a pre-training."""
    return train_small(tmp_path_factory.mktemp("mpm"), shards, pretraining(), fitted, epochs=1)


@pytest.fixture(scope="module")
def found(weights, shards):
    """Its reconstructions of the first jets."""
    return reconstruct_run(weights, [shards[1]], JETS, seed=1)


def lengths(shard):
    """Particles of each jet of a shard."""
    with h5py.File(shard) as file:
        return np.diff(file["jets/first"][:])[:JETS]


def test_two_fifths_of_every_jet_are_dropped(found, shards):
    counts = lengths(shards[1])
    dropped = np.bincount(found.dropped_jet, minlength=JETS)
    kept = np.bincount(found.kept_jet, minlength=JETS)
    np.testing.assert_array_equal(dropped, np.floor(0.4 * counts + 1e-9))
    np.testing.assert_array_equal(dropped + kept, counts)


def test_dropped_and_kept_are_the_particles_of_the_shard(found, shards):
    """By pT, in GeV."""
    with h5py.File(shards[1]) as file:
        px, py = (file[f"particles/{name}"][: lengths(shards[1]).sum()] for name in ("px", "py"))
    pt = np.concatenate([found.original[:, 0], found.kept[:, 0]])
    np.testing.assert_allclose(np.sort(pt), np.sort(np.hypot(px, py)), rtol=1e-5)


def test_jets_stand_in_the_order_of_the_shard(found, shards):
    assert (np.diff(found.dropped_jet) >= 0).all() and (np.diff(found.kept_jet) >= 0).all()
    with h5py.File(shards[1]) as file:
        np.testing.assert_array_equal(found.label, file["jets/label"][:JETS])


def test_made_particles_are_in_physical_units(found, weights):
    """The fitted quantiles go from -50 to 50."""
    assert found.made.shape == (len(found.original), 7) and found.original.shape[1] == 8
    assert np.isfinite(found.made).all() and np.abs(found.made).max() <= 50


def test_seed_decides_what_is_dropped(found, weights, shards):
    again, other = (reconstruct_run(weights, [shards[1]], JETS, seed) for seed in (1, 2))
    for name in FILLED:
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))
    assert not np.array_equal(other.original, found.original)


@pytest.mark.parametrize("changes", [MATCHING, SET])
def test_a_seed_drops_the_same_for_another_model(found, shards, fitted, tmp_path, changes):
    model = pretraining() | {"pretraining": changes}
    weights = train_small(tmp_path, shards, model, fitted, epochs=1)
    other = reconstruct_run(weights, [shards[1]], JETS, seed=1)
    np.testing.assert_array_equal(other.original, found.original)
    assert not np.array_equal(other.made, found.made)
    assert other.attributes["rate"] == found.attributes["rate"] == 0.4


def test_file_holds_what_was_found(weights, shards, found, tmp_path):
    reconstruct(weights, [shards[1]], tmp_path / "r.h5", JETS)
    with h5py.File(tmp_path / "r.h5") as file:
        np.testing.assert_array_equal(file["made/features"], found.made)
        np.testing.assert_array_equal(file["dropped/features"], found.original)
        assert len(file["dropped/jet"]) == len(found.made) and len(file["label"]) == JETS
        assert file["kept/features"].shape == (len(file["kept/jet"]), 8)
        told = [file.attrs[name] for name in ("method", "seed", "rate")]
        assert told == ["part", 1, 0.4]
        assert file.attrs["weights_digest"] == load_weights(weights)[1]["digest"]
        assert list(file.attrs["features"])[0] == "part_pt"


@pytest.mark.parametrize("part", ["dropped", "kept", "made"])
def test_columns_have_names_and_units(weights, shards, tmp_path, part):
    reconstruct(weights, [shards[1]], tmp_path / "r.h5", JETS)
    with h5py.File(tmp_path / "r.h5") as file:
        features = file[f"{part}/features"]
        names, units = (features.attrs[name].tolist() for name in ("columns", "units"))
        assert names == list(file.attrs["features"])[: features.shape[1]]
        assert units == ["GeV", "1", "rad", *["mm"] * 4, "1"][: features.shape[1]]


@pytest.mark.parametrize("part", ["dropped", "kept"])
def test_charged_particles_are_those_that_have_impact_parameters(weights, shards, tmp_path, part):
    reconstruct(weights, [shards[1]], tmp_path / "r.h5", JETS)
    with h5py.File(tmp_path / "r.h5") as file:
        features, charged = file[f"{part}/features"][:], file[f"{part}/charged"][:]
    assert charged.dtype == bool and 0 < charged.mean() < 1
    assert not np.isin(features[charged, 7], (0, 2)).any()
    assert np.isin(features[~charged, 7], (0, 2)).all()


def test_what_makes_no_particles_is_refused(trained, shards, fitted, tmp_path):
    vqvae = train_small(tmp_path, shards, tokeniser(), fitted, epochs=1)
    for weights, name in ((trained.weights, "part"), (vqvae, "vqvae")):
        with pytest.raises(InputError, match=f"pre-training that makes particles, got {name}"):
            reconstruct_run(weights, [shards[1]], JETS, seed=1)


def test_no_more_jets_than_there_are(weights, shards):
    with pytest.raises(InputError, match="expected at least 91 jets, got 90"):
        reconstruct_run(weights, [shards[1]], 91, seed=1)
