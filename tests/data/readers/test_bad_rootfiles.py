"""Bad ROOT files of JetClass: what does not fit is refused by file, branch and entry."""

import awkward as ak
import numpy as np
import pytest
import uproot

from jetbench.data.readers import rootfiles
from jetbench.data.readers.rootfiles import open_chunks, read_chunks
from jetbench.errors import InputError
from tests.data.helpers import toy_branches, toy_root, write_root

JETS = 12


@pytest.fixture
def refuse(tmp_path):
    """Call that expects jets with these changes to branches to be refused with this message."""

    def check(message, **changes):
        branches = toy_branches("HToBB", JETS) | changes
        write_root(tmp_path / "HToBB_000.root", branches)
        with pytest.raises(InputError, match=f"HToBB_000.root: {message}"):
            list(read_chunks(tmp_path / "HToBB_000.root"))

    return check


def changed(name, jet, particle, value):
    """A particle branch with one other value."""
    values = toy_branches("HToBB", JETS)[name]
    counts = ak.num(values)
    flat = ak.to_numpy(ak.flatten(values)).copy()
    flat[ak.sum(counts[:jet]) + particle] = value
    return {name: ak.unflatten(flat, counts)}


def test_missing_branch(tmp_path):
    branches = toy_branches("HToBB", JETS)
    del branches["part_dzerr"]
    write_root(tmp_path / "a.root", branches)
    with pytest.raises(InputError, match=r"a.root: expected branches \['part_dzerr'\]"):
        open_chunks(tmp_path / "a.root")


def test_other_type_of_a_branch(refuse):
    wrong = ak.values_astype(toy_branches("HToBB", JETS)["part_px"], np.float64)
    refuse(r"branch part_px: expected float32\[\], got float64\[\]", part_px=wrong)


def test_one_value_a_jet_for_a_particle_branch(refuse):
    refuse(r"branch part_d0val: expected float32\[\], got float32", part_d0val=np.zeros(JETS, "f4"))


def test_other_type_of_a_label(refuse):
    refuse("branch label_Hbb: expected .*, got float64", label_Hbb=np.ones(JETS))


def test_label_that_is_not_one_hot(refuse):
    refuse(r"branch label_\*, entry 0: expected exactly one", label_Tbl=np.ones(JETS, "i4"))


def test_jet_without_a_label(refuse):
    refuse(r"branch label_\*, entry 0: expected exactly one", label_Hbb=np.zeros(JETS, bool))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_value_that_is_not_finite(refuse, value):
    message = f"branch part_dphi, entry 3: expected finite values, got {value}"
    refuse(message, **changed("part_dphi", 3, 5, value))


def test_jet_value_that_is_not_finite(refuse):
    pt = toy_branches("HToBB", JETS)["jet_pt"]
    pt[7] = np.nan
    refuse("branch jet_pt, entry 7: expected finite values", jet_pt=pt)


def test_entries_count_from_the_head_of_the_file(refuse, monkeypatch):
    monkeypatch.setattr(rootfiles, "CHUNK", 4)
    refuse("branch part_px, entry 9", **changed("part_px", 9, 2, np.nan))


@pytest.mark.parametrize("value", [0.0, -1.5])
def test_energy_that_is_not_positive(refuse, value):
    message = f"branch part_energy, entry 2: expected positive values, got {value}"
    refuse(message, **changed("part_energy", 2, 0, value))


@pytest.mark.parametrize("name", ["jet_pt", "jet_energy"])
def test_jet_value_that_is_not_positive(refuse, name):
    values = toy_branches("HToBB", JETS)[name]
    values[6] = -1
    refuse(f"branch {name}, entry 6: expected positive values, got -1", **{name: values})


def test_particle_without_transverse_momentum(refuse):
    nothing = changed("part_px", 3, 2, 0.0) | changed("part_py", 3, 2, 0.0)
    refuse("branch part_px, entry 3: expected positive pT, got 0.0", **nothing)


@pytest.mark.parametrize("charge", [0.5, -2.0])
def test_charge_that_is_none(refuse, charge):
    message = f"branch part_charge, entry 1: expected -1, 0 or 1, got {charge}"
    refuse(message, **changed("part_charge", 1, 1, charge))


def test_particles_out_of_order(refuse):
    message = r"particles in descending pT, got 10000\.\d* after \d+\.\d+$"
    refuse(f"branch part_px, entry 4: expected {message}", **changed("part_px", 4, 9, 1e4))


def test_flag_of_two(refuse):
    refuse("branch part_isMuon, entry 1: expected 0 or 1", **changed("part_isMuon", 1, 1, 2))


def test_particle_with_two_identities(refuse):
    flag = ak.ones_like(toy_branches("HToBB", JETS)["part_isMuon"])
    refuse(r"branch part_is\*, entry 0: expected at most one flag", part_isMuon=flag)


def test_branches_of_unequal_length(refuse):
    short = toy_branches("HToBB", JETS)["part_dzval"][:, :-1]
    refuse("branch part_dzval, entry 0: expected as many particles as part_px", part_dzval=short)


def test_jet_without_particles(refuse):
    branches = toy_branches("HToBB", JETS)
    none = np.where(np.arange(JETS) == 5, 0, 10**6)
    names = rootfiles.datasets.PARTICLE_BRANCHES
    cut = {name: branches[name][ak.local_index(branches[name]) < none] for name in names}
    refuse("branch part_px, entry 5: expected at least one particle, got 0", **cut)


def test_file_without_jets(tmp_path):
    toy_root(tmp_path / "a.root", "HToBB", jets=0)
    with pytest.raises(InputError, match="a.root: expected at least one jet"):
        open_chunks(tmp_path / "a.root")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_file(tmp_path, share):
    toy_root(tmp_path / "a.root", "HToBB", JETS)
    content = (tmp_path / "a.root").read_bytes()
    (tmp_path / "a.root").write_bytes(content[: int(share * len(content))])
    sizes = f"{len(content)} bytes, got {(tmp_path / 'a.root').stat().st_size}"
    with pytest.raises(InputError, match=f"a.root: expected {sizes}: truncated; replace it"):
        list(read_chunks(tmp_path / "a.root"))


@pytest.mark.parametrize("content", [b"", b"no ROOT file at all"])
def test_file_of_another_kind(tmp_path, content):
    (tmp_path / "a.root").write_bytes(content)
    with pytest.raises(InputError, match="a.root: expected a whole ROOT file"):
        open_chunks(tmp_path / "a.root")


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"a.root: expected a whole ROOT file.*FileNotFound"):
        open_chunks(tmp_path / "a.root")


def test_tree_of_another_name(tmp_path):
    write_root(tmp_path / "a.root", toy_branches("HToBB", JETS), tree="Events")
    with pytest.raises(
        InputError, match="a.root: expected a whole ROOT file with the TTree `tree`"
    ):
        open_chunks(tmp_path / "a.root")


def test_file_without_a_tree(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["values"] = np.histogram([1, 2])
    with pytest.raises(InputError, match="a.root: expected a whole ROOT file with the TTree"):
        open_chunks(tmp_path / "a.root")


def test_two_trees_of_other_names(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        for name in ("one", "other"):
            file.mktree(name, {"x": "f4"}).extend({"x": np.zeros(3, "f4")})
    with pytest.raises(InputError, match="a.root: expected a whole ROOT file with the TTree"):
        open_chunks(tmp_path / "a.root")


def test_tree_of_another_kind(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["tree"] = np.histogram([1, 2])
    with pytest.raises(InputError, match="expected `tree` to be a TTree, got TH1D"):
        open_chunks(tmp_path / "a.root")


def test_ntuple_of_the_new_kind(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file.mkrntuple("tree", {"jet_pt": np.ones(3)})
    with pytest.raises(InputError, match="expected `tree` to be a TTree, got ROOT::RNTuple"):
        open_chunks(tmp_path / "a.root")
