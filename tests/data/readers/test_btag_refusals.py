"""BTag files: what does not fit is refused by file, branch and entry."""

import awkward as ak
import numpy as np
import pytest

from jetbench.data.readers import btagfiles
from jetbench.data.readers.btagfiles import count_jets, read_chunks
from jetbench.errors import InputError
from tests.data.helpers import write_root
from tests.data.readers.btag_files import JETS, changed, toy_btag, write_btag


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a.root"


@pytest.fixture
def refuse(file):
    """Call that expects jets with these changes to branches to be refused with this message."""

    def check(message, **changes):
        write_btag(file, JETS, **changes)
        with pytest.raises(InputError, match=f"a.root: {message}"):
            list(read_chunks(file, "btag"))

    return check


@pytest.mark.parametrize("name", ["jet_flav", "trk_z0err", "hadron_z", "n_trks"])
def test_missing_branch(file, name):
    branches = toy_btag(JETS)
    del branches[name]
    write_root(file, branches)
    with pytest.raises(InputError, match=rf"a.root: expected branches \['{name}'\]"):
        count_jets(file, "btag")


def test_one_value_a_jet_for_a_track_branch(refuse):
    one = np.zeros(JETS, "f4")
    refuse("branch trk_d0: expected a list of numbers a jet, got float32", trk_d0=one)


def test_a_list_for_a_jet_branch(refuse):
    many = toy_btag(JETS)["trk_d0"]
    refuse(r"branch jet_M: expected a number a jet, got float32\[\]", jet_M=many)


def test_truth_values_for_numbers(refuse):
    flag = ak.values_astype(toy_btag(JETS)["trk_charge"], bool)
    refuse(r"branch trk_charge: expected a list of numbers a jet, got bool\[\]", trk_charge=flag)


@pytest.mark.parametrize("name", ["trk_d0", "hadron_z", "trk_prod_z"])
def test_branches_of_unequal_length(refuse, name):
    short = toy_btag(JETS)[name]
    short = short[ak.local_index(short) < ak.num(short) - (np.arange(JETS) == 4)]
    refuse(f"branch {name}, entry 4: expected as many values as in", **{name: short})


def test_number_of_tracks_that_is_not_theirs(refuse):
    refuse("branch n_trks, entry 6: expected the number of", **changed("n_trks", 6, None, 40))


@pytest.mark.parametrize("name", ["trk_d0", "trk_z0err", "trk_prod_z", "trk_phi"])
@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_value_that_is_not_finite(refuse, name, value):
    message = f"branch {name}, entry 3: expected finite values, got {value}"
    refuse(message, **changed(name, 3, 0, value))


@pytest.mark.parametrize("value", [0, -1])
def test_pt_that_is_not_positive(refuse, value):
    refuse("branch jet_pt, entry 2: expected positive", **changed("jet_pt", 2, None, value))
    refuse("branch trk_pt, entry 2: expected positive", **changed("trk_pt", 2, 0, value))


def test_flavour_of_a_tau(refuse):
    refuse("branch jet_flav, entry 8: expected 0, 4 or 5", **changed("jet_flav", 8, None, 15))


@pytest.mark.parametrize("value", [0, 2])
def test_charge_that_no_track_has(refuse, value):
    refuse("branch trk_charge, entry 1: expected -1 or 1", **changed("trk_charge", 1, 0, value))


@pytest.mark.parametrize("value", [-1, 256])
def test_vertex_index_that_is_none(refuse, value):
    message = "branch trk_vtx_index, entry 1: expected whole numbers"
    refuse(message, **changed("trk_vtx_index", 1, 0, value))


def test_vertex_index_of_a_half(refuse):
    halves = ak.values_astype(toy_btag(JETS)["trk_vtx_index"], np.float32) + 0.5
    refuse("branch trk_vtx_index, entry 0: expected whole numbers", trk_vtx_index=halves)


@pytest.mark.filterwarnings("ignore:overflow")
def test_track_along_the_beam(refuse):
    refuse("branch trk_eta, entry 2: expected an angle", **changed("trk_eta", 2, 0, 1e4))


def test_entries_count_from_the_head_of_the_file(refuse, monkeypatch):
    monkeypatch.setattr(btagfiles, "CHUNK", 4)
    refuse("branch trk_d0, entry 9", **changed("trk_d0", 9, 0, np.nan))


def test_a_file_in_which_no_jet_has_tracks_is_refused(file):
    branches = toy_btag(JETS)
    none = {name: values[:, :0] for name, values in branches.items() if name[:4] == "trk_"}
    write_btag(file, n_trks=np.zeros(JETS, "i4"), **none)
    with pytest.raises(InputError, match="a.root: expected jets with tracks, got 30 jets without"):
        list(read_chunks(file, "btag"))


def test_tree_of_another_name_is_refused_with_those_there(file):
    write_btag(file, tree="Events")
    with pytest.raises(InputError, match="a.root: expected a whole ROOT file.*'Events;1'"):
        count_jets(file, "btag")


def test_file_without_jets(file):
    write_root(file, {name: values[:0] for name, values in toy_btag(1).items()})
    with pytest.raises(InputError, match="a.root: expected at least one jet"):
        count_jets(file, "btag")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_file(file, share):
    write_btag(file)
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="a.root: expected"):
        list(read_chunks(file, "btag"))


def test_missing_file(file):
    with pytest.raises(InputError, match=r"a.root: expected a whole ROOT file.*FileNotFound"):
        count_jets(file, "btag")
