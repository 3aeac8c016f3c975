"""EnergyFlow's files: rapidity and mass make momenta; what the public converter does instead."""

import numpy as np
import pytest

from jetbench.data.columns import schema
from jetbench.data.readers import parquet, qgfiles
from jetbench.data.readers.qgfiles import count_jets, read_chunks
from tests.data.readers.parquet_files import write_parquet
from tests.data.readers.qg_files import CODES, converted_table, one_jet, toy_arrays, write_qg

JETS = 12
PROTON = 0.93827


@pytest.fixture
def path(tmp_path):
    """Where a test writes its file."""
    return tmp_path / "a.npz"


def read(path, x, y):
    """Columns of arrays, written and read."""
    write_qg(path, x, y)
    ((jets, particles),) = read_chunks(path, "qgreference")
    return jets, particles


def both(path, x, y):
    """Columns as read here, and through the parquet file of the public converter."""
    table = converted_table(x, y)
    write_parquet(path.with_suffix(".parquet"), table)
    (converted,) = parquet.read_chunks(path.with_suffix(".parquet"), "quarkgluon")
    return read(path, x, y), converted


def test_columns_have_the_types_of_the_schema(path):
    for found, types in zip(read(path, *toy_arrays(JETS)), schema("qgreference"), strict=True):
        assert {name: values.dtype for name, values in found.items()} == types


@pytest.mark.parametrize("code, mass", [(22, 0), (2212, PROTON), (-2112, 0.93957), (11, 0.000511)])
def test_momentum_follows_from_rapidity_and_mass(path, code, mass):
    _, found = read(path, *one_jet((2, 1.5, 0.3, code)))
    mt = (4 + mass**2) ** 0.5
    expected = {"px": 2 * np.cos(0.3), "py": 2 * np.sin(0.3)}
    expected |= {"pz": mt * np.sinh(1.5), "energy": mt * np.cosh(1.5)}
    for name, value in expected.items():
        assert found[name][0] == pytest.approx(value, rel=1e-6)


def test_mass_of_a_proton_comes_back(path):
    _, found = read(path, *one_jet((2, 1.5, 0.3, 2212)))
    px, py, pz, energy = (found[name][0].astype(float) for name in ("px", "py", "pz", "energy"))
    assert (energy**2 - px**2 - py**2 - pz**2) ** 0.5 == pytest.approx(PROTON, rel=1e-5)


@pytest.mark.parametrize(
    "code, kind, charge",
    [(211, 1, 1), (-321, 1, -1), (-2212, 1, -1), (130, 2, 0), (-2112, 2, 0), (22, 3, 0)]
    + [(11, 4, -1), (-11, 4, 1), (13, 5, -1), (-13, 5, 1)],
)
def test_kind_and_charge_follow_from_the_code(path, code, kind, charge):
    _, found = read(path, *one_jet((2, 1.5, 0.3, code)))
    assert [found[name][0] for name in ("id", "charge", "pid")] == [kind, charge, code]


def test_particles_are_sorted_by_pt(path):
    jets, found = read(path, *toy_arrays(JETS))
    pt = np.hypot(found["px"], found["py"])
    falls = np.append(True, pt[1:] <= pt[:-1] * (1 + 1e-6))
    falls[jets["first"][:-1]] = True
    assert falls.all()


def test_angles_are_those_of_the_momenta(path):
    jets, found = read(path, *toy_arrays(JETS))
    jet = np.repeat(np.arange(JETS), np.diff(jets["first"]))
    eta = np.arcsinh(found["pz"] / np.hypot(found["px"], found["py"]))
    sign = np.where(jets["eta"] < 0, -1, 1)[jet]
    assert {1, -1} == set(sign)
    np.testing.assert_allclose(found["deta"], (eta - jets["eta"][jet]) * sign, atol=1e-5)
    phi = np.arctan2(found["py"], found["px"]) - jets["phi"][jet]
    np.testing.assert_allclose(np.sin(found["dphi"]), np.sin(phi), atol=1e-5)
    assert (np.abs(found["dphi"]) <= np.float32(np.pi)).all()


def test_chunks_together_are_the_file_and_the_last_jet_is_there(path, monkeypatch):
    x, y = toy_arrays(JETS)
    whole, _ = read(path, x, y)
    monkeypatch.setattr(qgfiles, "CHUNK", 5)
    chunks = [jets for jets, _ in read_chunks(path, "qgreference")]
    assert [len(jets["pt"]) for jets in chunks] == [5, 5, 2] and count_jets(path, "") == JETS
    np.testing.assert_array_equal(np.concatenate([jets["pt"] for jets in chunks]), whole["pt"])
    np.testing.assert_array_equal(np.concatenate([jets["label"] for jets in chunks]), y)


@pytest.mark.parametrize("change", [np.asfortranarray, np.float32, lambda x: x.astype(">f8")])
def test_arrays_of_other_layouts_are_read(path, change):
    x, y = toy_arrays(JETS)
    expected = read(path, x, y)[1]["px"]
    np.testing.assert_allclose(read(path, change(x), y)[1]["px"], expected, rtol=1e-5, atol=1e-6)


def test_uncompressed_files_are_read(path):
    x, y = toy_arrays(JETS)
    expected = read(path, x, y)[1]["pid"]
    np.savez(path, X=x, y=y)
    ((_, particles),) = read_chunks(path, "qgreference")
    np.testing.assert_array_equal(particles["pid"], expected)


def test_the_converted_file_agrees_in_all_that_masses_do_not_touch(path):
    (jets, ours), (others, theirs) = both(path, *toy_arrays(JETS))
    for name in ("label", "first"):
        np.testing.assert_array_equal(jets[name], others[name])
    for name in ("pid", "id", "charge"):
        np.testing.assert_array_equal(ours[name], theirs[name])
    for name in ("px", "py", "dphi"):
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-5)


def test_massless_particles_are_the_same_in_the_converted_file(path):
    x, y = toy_arrays(JETS)
    x[:, :, 3] = np.where(x[:, :, 0] > 0, 22, 0)
    (jets, ours), (others, theirs) = both(path, x, y)
    for name in ("pz", "energy", "deta"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(jets["eta"], others["eta"], atol=1e-5)


def test_a_proton_of_the_converted_file_misses_its_transverse_mass(path):
    (jets, ours), (others, theirs) = both(path, *one_jet((2, 1.5, 0.3, 2212)))
    missing = 2 / (4 + PROTON**2) ** 0.5  # pT / mT
    for name in ("pz", "energy"):
        assert theirs[name] == pytest.approx(ours[name] * missing, rel=1e-5)
    assert others["eta"] == pytest.approx([1.5, 1.5]) and (jets["eta"] > others["eta"]).all()


def test_all_known_particles_are_read(path):
    x, y = one_jet(*((n + 1, 0, 0, code) for n, code in enumerate(CODES[::-1])))
    assert read(path, x, y)[1]["pid"][: len(CODES)].tolist() == CODES.tolist()
