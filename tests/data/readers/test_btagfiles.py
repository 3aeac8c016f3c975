"""BTag files: jets and tracks arrive as they are, jets without tracks are left out."""

import awkward as ak
import numpy as np
import pytest

from jetbench.data import conversion
from jetbench.data.columns import SCHEMAS
from jetbench.data.readers import btagfiles
from jetbench.data.readers.btagfiles import count_jets, read_chunks
from jetbench.data.shards import read_shard
from tests.data.helpers import write_root
from tests.data.readers.btag_files import JETS, read, toy_btag, without_tracks, write_btag


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a.root"


def kept(branches, name):
    """The leading 15 values of each jet, flat."""
    return ak.to_numpy(ak.flatten(branches[name][:, :15])).astype(float)


def test_columns_and_types_are_those_of_the_schema(file):
    write_btag(file)
    for got, types in zip(read(file), SCHEMAS["btag"], strict=True):
        assert {name: values.dtype for name, values in got.items()} == types


def test_jets_are_those_of_the_file(file):
    branches = write_btag(file)
    jets, _ = read(file)
    for column, branch in (("pt", "pt"), ("eta", "eta"), ("phi", "phi"), ("mass", "M")):
        np.testing.assert_array_equal(jets[column], branches[f"jet_{branch}"])
    np.testing.assert_array_equal(np.array([0, 4, 5])[jets["label"]], branches["jet_flav"])
    pt, eta, mass = (branches[f"jet_{name}"].astype(float) for name in ("pt", "eta", "M"))
    np.testing.assert_allclose(jets["energy"], np.sqrt((pt * np.cosh(eta)) ** 2 + mass**2), 1e-6)


def test_leading_fifteen_tracks_in_the_order_of_the_file(file):
    branches = write_btag(file)
    jets, particles = read(file)
    assert branches["n_trks"].max() > 15
    np.testing.assert_array_equal(np.diff(jets["first"]), np.minimum(branches["n_trks"], 15))
    for column, branch in (("d0", "d0"), ("d0err", "d0err"), ("dz", "z0"), ("dzerr", "z0err")):
        np.testing.assert_array_equal(particles[column], kept(branches, f"trk_{branch}"))
    for column, branch in (("charge", "charge"), ("vertex", "vtx_index")):
        np.testing.assert_array_equal(particles[column], kept(branches, f"trk_{branch}"))


def test_momenta_are_those_of_pions_by_pt_phi_eta(file):
    branches = write_btag(file)
    _, particles = read(file)
    pt, eta, phi = (kept(branches, f"trk_{name}") for name in ("pt", "eta", "phi"))
    expected = {"px": pt * np.cos(phi), "py": pt * np.sin(phi), "pz": pt * np.sinh(eta)}
    expected["energy"] = np.sqrt((pt * np.cosh(eta)) ** 2 + 0.13957**2)
    for name, values in expected.items():
        np.testing.assert_allclose(particles[name], values, rtol=1e-6, atol=1e-6)


def test_deta_is_plain_for_jets_of_either_sign(file):
    branches = write_btag(file)
    jets, particles = read(file)
    jet_eta = np.repeat(jets["eta"], np.diff(jets["first"]))
    assert (jet_eta < 0).any() and (jet_eta > 0).any()
    expected = kept(branches, "trk_eta") - jet_eta
    np.testing.assert_allclose(particles["deta"], expected, atol=1e-6)


def test_dphi_goes_the_short_way(file):
    jets = toy_btag(JETS)
    write_btag(file, jet_phi=np.full(JETS, 3.1, "f4"), trk_phi=ak.zeros_like(jets["trk_phi"]) - 3.1)
    np.testing.assert_allclose(read(file)[1]["dphi"], 2 * np.pi - 6.2, atol=1e-6)


def test_vertices_are_those_besides_the_primary_one(file):
    branches = write_btag(file)
    expected = ak.max(branches["trk_vtx_index"][:, :15], axis=1)
    np.testing.assert_array_equal(read(file)[0]["vertices"], ak.to_numpy(expected))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.uint8, np.int16])
def test_numbers_of_any_type_are_read(file, kind):
    whole = {"jet_flav": toy_btag(JETS)["jet_flav"].astype(kind)}
    whole["trk_vtx_index"] = ak.values_astype(toy_btag(JETS)["trk_vtx_index"], kind)
    write_btag(file)
    expected = read(file)
    write_btag(file, **whole)
    for got, known in zip(read(file), expected, strict=True):
        assert all((got[name] == known[name]).all() for name in known)


def test_double_precision_is_read(file):
    doubles = {
        name: ak.values_astype(values, np.float64) if isinstance(values, ak.Array) else values
        for name, values in toy_btag(JETS).items()
    }
    write_btag(file)
    expected = read(file)[1]
    write_btag(file, **doubles)
    for name, values in read(file)[1].items():
        np.testing.assert_array_equal(values, expected[name])


def test_jets_without_tracks_are_left_out_and_counted(file, capsys):
    branches = write_btag(file, **without_tracks(5))
    jets, _ = read(file)
    np.testing.assert_array_equal(jets["pt"], np.delete(branches["jet_pt"], 5))
    assert "a.root: 1 of 30 jets left out, which have no tracks" in capsys.readouterr().err
    assert count_jets(file, "btag") == JETS - 1


def test_nothing_is_said_where_every_jet_has_tracks(file, capsys):
    write_btag(file)
    read(file)
    assert capsys.readouterr().err == ""


def test_chunks_together_are_the_file(file, monkeypatch):
    write_btag(file, **without_tracks(5))
    whole = read(file)
    monkeypatch.setattr(btagfiles, "CHUNK", 7)
    chunks = list(read_chunks(file, "btag"))
    assert [len(jets["label"]) for jets, _ in chunks] == [6, 7, 7, 7, 2]
    assert all(jets["first"][0] == 0 for jets, _ in chunks)
    for part, columns in enumerate(whole):
        for name in set(columns) - {"first"}:
            together = np.concatenate([chunk[part][name] for chunk in chunks])
            np.testing.assert_array_equal(together, columns[name])


def test_no_chunk_is_empty(file, monkeypatch):
    write_btag(file, **without_tracks(5))
    monkeypatch.setattr(btagfiles, "CHUNK", 1)
    assert sum(len(jets["label"]) == 1 for jets, _ in read_chunks(file, "btag")) == JETS - 1
    assert all(len(jets["label"]) for jets, _ in read_chunks(file, "btag"))


def test_a_shard_is_made_of_it(file, tmp_path, monkeypatch):
    monkeypatch.setitem(conversion.READERS, "btag", btagfiles)
    branches = write_btag(file, **without_tracks(5))
    conversion.convert([file], tmp_path / "000.h5", "btag_toy", "train", seed=0)
    shard = read_shard(tmp_path / "000.h5")
    assert sorted(shard.jets["pt"]) == sorted(np.delete(branches["jet_pt"], 5))
    assert list(shard.attributes["classes"]) == ["light", "charm", "bottom"]


def test_unneeded_branches_may_lack(file):
    branches = toy_btag(JETS)
    needed = {*btagfiles.JETS, *btagfiles.TRACK, *btagfiles.HADRON}
    write_root(file, {name: values for name, values in branches.items() if name in needed})
    assert count_jets(file, "btag") == JETS
