"""The original top files: what is in them arrives."""

import pickle

import numpy as np
import pytest

from jetbench.data.columns import schema
from jetbench.data.readers import topfiles
from jetbench.data.readers.topfiles import count_jets, read_chunks
from tests.data.helpers import toy_columns
from tests.data.readers.top_files import blocks_of, one_jet, toy_jets, toy_top, write_top

JETS = 12


@pytest.fixture
def path(tmp_path):
    """Where a test writes its file."""
    return tmp_path / "a.h5"


def read(path):
    """Columns of a file of one chunk."""
    ((jets, particles),) = read_chunks(path, "topreference")
    return jets, particles


def in_python_2(names):
    """The pickle that Python 2 made of a list of str."""
    return (
        b"(lp0\n" + b"".join(b"S'%s'\np%d\na" % (n.encode(), i) for i, n in enumerate(names)) + b"."
    )


def test_particles_are_those_of_the_file(path):
    toy_top(path, JETS)
    jets, particles = read(path)
    expected, of_particles = toy_columns(JETS)
    np.testing.assert_array_equal(jets["first"], expected["first"])
    np.testing.assert_array_equal(jets["label"], expected["label"] % 2)
    for name in ("px", "py", "pz", "energy"):
        np.testing.assert_array_equal(particles[name], of_particles[name])


def test_columns_have_the_types_of_the_schema(path):
    toy_top(path, JETS)
    for found, types in zip(read(path), schema("topreference"), strict=True):
        assert {name: values.dtype for name, values in found.items()} == types


def test_a_jet_is_the_sum_of_its_particles(path):
    write_top(path, blocks_of(one_jet((5, 3, 0, 4), (13, 0, 5, -12)), [0, 1]))
    jets, _ = read(path)
    expected = {"pt": 34**0.5, "eta": np.arcsinh(-8 / 34**0.5), "phi": np.arctan2(5, 3)}
    for name, value in (expected | {"energy": 18}).items():
        assert jets[name] == pytest.approx([value, value], rel=1e-6)


@pytest.mark.parametrize("eta, sign", [(1.0, 1), (-1.0, -1)])
def test_deta_is_measured_away_from_the_beam_axis(path, eta, sign):
    etas = np.array([eta, eta + 0.5])
    particles = [(np.cosh(e), 1, 0, np.sinh(e)) for e in etas]
    write_top(path, blocks_of(one_jet(*particles), [0, 1]))
    jets, found = read(path)
    assert found["deta"][:2] == pytest.approx(sign * (etas - jets["eta"][0]), abs=1e-5)


def test_deta_of_a_jet_at_eta_zero_keeps_its_sign(path):
    write_top(path, blocks_of(one_jet((5, 3, 0, 4), (5, 3, 0, -4)), [0, 1]))
    assert (read(path)[1]["deta"] > 0).tolist() == [True, False] * 2


def test_dphi_goes_the_short_way_round(path):
    angles = np.pi + np.array([-0.1, 0.2])
    write_top(path, blocks_of(one_jet(*[(1, np.cos(a), np.sin(a), 0) for a in angles]), [0, 1]))
    assert read(path)[1]["dphi"][:2] == pytest.approx([-0.15, 0.15], abs=1e-6)


def test_chunks_together_are_the_file_and_the_last_jet_is_there(path, monkeypatch):
    toy_top(path, JETS)
    whole = read(path)[0]
    monkeypatch.setattr(topfiles, "CHUNK", 5)
    chunks = [jets for jets, _ in read_chunks(path, "topreference")]
    assert [len(jets["pt"]) for jets in chunks] == [5, 5, 2] and count_jets(path, "") == JETS
    np.testing.assert_array_equal(np.concatenate([jets["pt"] for jets in chunks]), whole["pt"])


@pytest.mark.parametrize(
    "names", [in_python_2, *(lambda n, p=p: pickle.dumps(n, p) for p in range(5))]
)
def test_names_are_found_in_pickles_of_all_kinds(path, names):
    toy_top(path, JETS)
    expected = read(path)[1]["px"]
    write_top(path, blocks_of(*toy_jets(JETS)), names)
    np.testing.assert_array_equal(read(path)[1]["px"], expected)


def test_columns_and_blocks_may_come_in_another_order(path):
    toy_top(path, JETS)
    expected = read(path)
    (names, values), labels = blocks_of(*toy_jets(JETS)).values()
    order = np.random.default_rng(0).permutation(len(names))
    shuffled = [names[at] for at in order], values[:, order]
    write_top(path, {"values_block_0": labels, "values_block_1": shuffled})
    for found, known in zip(read(path), expected, strict=True):
        assert all(np.array_equal(found[name], known[name]) for name in known)


def test_a_jet_that_is_not_sorted_is_sorted(path):
    write_top(path, blocks_of(one_jet((3, 3, 0, 0), (9, 9, 0, 0), (3, 0, 3, 0)), [0, 1]))
    particles = read(path)[1]
    assert particles["energy"][:3].tolist() == [9, 3, 3] and particles["py"][1] == 0


def test_a_jet_that_is_sorted_but_for_rounding_keeps_its_order(path):
    write_top(path, blocks_of(one_jet((9, 9, 0, 0), (9.001, 9.001, 0, 0)), [0, 1]))
    assert read(path)[1]["px"][0] == 9


def test_what_has_no_energy_is_no_particle(path):
    write_top(path, blocks_of(one_jet((9, 9, 0, 0), (0, 0, 0, 0), (3, 0, 3, 0)), [0, 1]))
    assert read(path)[0]["first"].tolist() == [0, 2, 4]


@pytest.mark.parametrize("codec", ["blosc", "zlib", None])
def test_files_that_pandas_writes_are_read(path, codec):
    pytest.importorskip("tables")
    pandas = pytest.importorskip("pandas")
    momenta, labels = toy_jets(JETS)
    (names, values), (others, whole) = blocks_of(momenta, labels).values()
    frames = pandas.DataFrame(values, columns=names), pandas.DataFrame(whole, columns=others)
    frame = pandas.concat(frames, axis=1)
    frame.to_hdf(path, key="table", format="table", complib=codec, complevel=codec and 5)
    jets, particles = read(path)
    np.testing.assert_array_equal(particles["py"], momenta[momenta[:, :, 0] > 0][:, 2])
    np.testing.assert_array_equal(jets["label"], labels)
