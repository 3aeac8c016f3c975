"""ROOT files of JetClass: what is in them arrives in the columns of a shard."""

import awkward as ak
import numpy as np
import pytest
import uproot

from jetbench.data.readers import rootfiles
from jetbench.data.readers.rootfiles import open_chunks, read_chunks
from tests.data.helpers import toy_branches, toy_columns, toy_root, write_root

JETS = 12


def test_columns_are_those_of_the_file(tmp_path):
    toy_root(tmp_path / "a.root", "HToCC", JETS, seed=4)
    ((jets, particles),) = read_chunks(tmp_path / "a.root")
    for got, expected in zip((jets, particles), toy_columns(JETS, 4, label=2), strict=True):
        assert got.keys() == expected.keys()
        for name in expected:
            assert got[name].dtype == expected[name].dtype
            np.testing.assert_array_equal(got[name], expected[name])


def test_chunks_together_are_the_file(tmp_path, monkeypatch):
    toy_root(tmp_path / "a.root", "HToBB", JETS)
    ((jets, _),) = read_chunks(tmp_path / "a.root")
    monkeypatch.setattr(rootfiles, "CHUNK", 5)
    chunks = list(read_chunks(tmp_path / "a.root"))
    assert [len(jets["pt"]) for jets, _ in chunks] == [5, 5, 2]
    np.testing.assert_array_equal(np.concatenate([jets["pt"] for jets, _ in chunks]), jets["pt"])
    assert open_chunks(tmp_path / "a.root")[0] == JETS


def test_jets_of_one_and_of_300_particles_are_kept_whole(tmp_path):
    branches = toy_branches("HToBB", JETS)
    for name in rootfiles.datasets.PARTICLE_BRANCHES:
        one = branches[name][:, :1]
        branches[name] = ak.concatenate([ak.concatenate([one[:1]] * 300, axis=1), one[1:]])
    write_root(tmp_path / "a.root", branches)
    ((jets, _),) = read_chunks(tmp_path / "a.root")
    assert np.diff(jets["first"]).tolist() == [300] + [1] * (JETS - 1)


def test_one_warning_tells_of_other_numbers_of_particles(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rootfiles, "CHUNK", 5)
    branches = toy_branches("HToBB", JETS)
    counts = branches["jet_nparticles"].astype(int)
    branches["jet_nparticles"][[7, 8, 11]] += 1
    write_root(tmp_path / "a.root", branches)
    assert sum(len(jets["pt"]) for jets, _ in read_chunks(tmp_path / "a.root")) == JETS
    told = f"in 3 jets; first entry 7: {counts[7] + 1}, and {counts[7]} particles\n"
    message = capsys.readouterr().err
    assert message.endswith(told) and message.count("\n") == 1 and "a.root: jet_np" in message


def test_right_numbers_of_particles_are_not_told_of(tmp_path, capsys):
    toy_root(tmp_path / "a.root", "HToBB", JETS)
    list(read_chunks(tmp_path / "a.root"))
    assert capsys.readouterr().err == ""


def test_extra_branches_are_left_alone(tmp_path):
    write_root(tmp_path / "a.root", toy_branches("HToBB", JETS) | {"mine": np.arange(JETS)})
    assert open_chunks(tmp_path / "a.root")[0] == JETS


def test_labels_are_found_by_name_whatever_the_order(tmp_path):
    branches = toy_branches("TTBar", JETS)
    write_root(tmp_path / "a.root", dict(reversed(branches.items())))
    ((jets, _),) = read_chunks(tmp_path / "a.root")
    assert (jets["label"] == 8).all()


@pytest.mark.parametrize("kind", ["float32", "bool", "int32"])
def test_labels_of_any_published_type_are_read(tmp_path, kind):
    branches = toy_branches("ZToQQ", JETS)
    branches |= {name: branches[name].astype(kind) for name in rootfiles.LABELS}
    write_root(tmp_path / "a.root", branches)
    ((jets, _),) = read_chunks(tmp_path / "a.root")
    assert (jets["label"] == 6).all() and jets["label"].dtype == np.uint8


def test_another_tree_beside_ours_is_left_alone(tmp_path):
    toy_root(tmp_path / "a.root", "HToBB", JETS)
    with uproot.update(tmp_path / "a.root") as file:
        file.mktree("another", {"x": "f4"}).extend({"x": np.zeros(3, "f4")})
    assert open_chunks(tmp_path / "a.root")[0] == JETS
