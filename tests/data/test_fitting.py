"""Quantiles of particles: against numpy and scikit-learn, and the file that they lie in."""

import h5py
import numpy as np
import pytest
from sklearn.preprocessing import QuantileTransformer

from jetbench.data.fitting import fit_quantiles, quantiles_of, read_fit, read_particles, write_fit
from jetbench.data.jets import Jets
from jetbench.data.shards import read_shard
from jetbench.errors import InputError
from jetbench.training.fits import read_fits
from tests.data.helpers import toy_shard
from workflow.scripts.fit_quantiles import fit_quantiles as script


@pytest.fixture(scope="module")
def shard(tmp_path_factory):
    path = tmp_path_factory.mktemp("toy") / "000.h5"
    toy_shard(path, jets=300, seed=2)
    return path


@pytest.fixture(scope="module")
def particles(shard):
    return read_particles(Jets([shard]))


@pytest.mark.parametrize("size", [1, 2, 499, 500, 501, 10_007])
def test_quantiles_are_those_of_numpy(size):
    values = np.random.default_rng(size).standard_t(1.5, size).astype(np.float32).round(1)
    expected = np.quantile(values.astype(float), np.linspace(0, 1, 500))
    np.testing.assert_allclose(quantiles_of(values, 500), expected, rtol=1e-12, atol=1e-12)


def test_fit_is_that_of_scikit_learn_with_impact_parameters_of_tracks_only(particles):
    values = particles[:, :7].astype(float)
    values[:, 1:3] = values[:, 1:3].clip(-0.8, 0.8)
    values[np.isin(particles[:, 7], (0, 2)), 3:] = np.nan
    peer = QuantileTransformer(n_quantiles=500, subsample=None).fit(values)
    np.testing.assert_allclose(fit_quantiles(particles), peer.quantiles_, rtol=1e-12, atol=1e-12)


def test_all_particles_of_the_first_jets_are_read(shard):
    first = read_shard(shard).jets["first"]
    read = read_particles(Jets([shard], 100, max_particles=30))
    assert len(read) == np.minimum(np.diff(first[:101]), 30).sum()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(particles, value):
    damaged = particles.copy()
    damaged[7, 2] = value
    with pytest.raises(InputError, match="part_dphi: expected finite values"):
        fit_quantiles(damaged)


def test_too_few_particles_are_refused(particles):
    with pytest.raises(InputError, match="part_pt: expected at least 500 particles, got 400"):
        fit_quantiles(particles[:400])


def test_too_few_tracks_are_refused(particles):
    neutral = particles[np.isin(particles[:, 7], (0, 2))]
    with pytest.raises(InputError, match="part_d0_signed: expected at least 500 charged .*got 0"):
        fit_quantiles(neutral)


def test_the_script_writes_the_same_bytes_again(shard, tmp_path):
    for name in ("a.h5", "b.h5"):
        script([shard], tmp_path / name, 300)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_the_file_is_what_a_training_reads(shard, tmp_path, particles):
    script([shard], tmp_path / "quantiles.h5", 300)
    [fit] = read_fits([tmp_path / "quantiles.h5"])
    assert fit.kind == "quantiles"
    np.testing.assert_array_equal(fit.arrays["quantiles"], fit_quantiles(particles))


def test_the_file_says_what_it_is_from(shard, tmp_path, particles):
    script([shard], tmp_path / "quantiles.h5", 200)
    with h5py.File(tmp_path / "quantiles.h5") as file:
        told = dict(file.attrs)
    sample = Jets([shard], 200)
    assert (told["jets"], told["features"]) == (200, "lifetime")
    assert told["particles"] == len(read_particles(sample))
    assert told["data_digest"] == sample.digest


def test_quantiles_tell_their_columns_units_and_levels(shard, tmp_path):
    script([shard], tmp_path / "quantiles.h5", 300)
    with h5py.File(tmp_path / "quantiles.h5") as file:
        told = dict(file["quantiles"].attrs)
    impact = ["part_d0_signed", "part_d0err_raw", "part_dz_signed", "part_dzerr_raw"]
    assert told["columns"].tolist() == ["part_pt", "part_deta", "part_dphi", *impact]
    assert told["units"].tolist() == ["GeV", "1", "rad", *["mm"] * 4]
    np.testing.assert_allclose(told["levels"], np.arange(500) / 499)


def test_other_arrays_have_another_digest(tmp_path):
    told = []
    for values in (np.arange(3), np.arange(3) + 1):
        write_fit(tmp_path / "fit.h5", "form", {"values": values})
        told.append(h5py.File(tmp_path / "fit.h5").attrs["digest"])
    assert told[0] != told[1]


def test_another_file_is_refused(tmp_path):
    write_fit(tmp_path / "k.h5", "jetbench-centroids", {})
    with pytest.raises(InputError, match="expected a fitted file, got the format 'jetbench-c"):
        read_fit(tmp_path / "k.h5", "jetbench-quantiles")


@pytest.mark.parametrize("content", [b"", b"text"])
def test_what_is_no_file_of_arrays_is_refused(tmp_path, content):
    (tmp_path / "q.h5").write_bytes(content)
    with pytest.raises(InputError, match="q.h5: .* got a damaged one; delete the file and repeat"):
        read_fit(tmp_path / "q.h5", "jetbench-quantiles")


def test_arrays_that_are_gone_are_noticed(tmp_path):
    write_fit(tmp_path / "k.h5", "form", {"centroids": np.ones(3), "occupancy": np.ones(3)})
    with h5py.File(tmp_path / "k.h5", "a") as file:
        del file["occupancy"]
    told = r"k.h5: expected arrays of digest .*, got damaged ones \(centroids \(3,\)\); delete the"
    with pytest.raises(InputError, match=told):
        read_fit(tmp_path / "k.h5", "form")


@pytest.mark.parametrize("instead", [h5py.SoftLink("/gone"), None])
def test_what_is_no_array_is_noticed(tmp_path, instead):
    write_fit(tmp_path / "k.h5", "form", {"centroids": np.ones(3)})
    with h5py.File(tmp_path / "k.h5", "a") as file:
        del file["centroids"]
        if instead:
            file["centroids"] = instead
        else:
            file.create_group("centroids")
    with pytest.raises(InputError, match="got a damaged one"):
        read_fit(tmp_path / "k.h5", "form")
