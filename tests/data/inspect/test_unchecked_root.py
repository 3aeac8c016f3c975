"""ROOT files as they are: what the door refuses is read, what cannot be read is named."""

import re

import awkward as ak
import numpy as np
import pytest
import uproot

from jetbench.data.datasets import CLASSES
from jetbench.data.inspect.unchecked_root import open_raw_root
from jetbench.data.readers.rootfiles import read_chunks
from jetbench.errors import InputError
from tests.data.helpers import toy_branches, write_root
from tests.data.readers.btag_files import write_btag

JETS = 12


@pytest.fixture
def opened(tmp_path):
    """Call that writes toy jets with these changes and opens them."""

    def change(tree="tree", without=(), **changes):
        branches = toy_branches("HToBB", JETS) | changes
        branches = {name: values for name, values in branches.items() if name not in without}
        write_root(tmp_path / "HToBB_000.root", branches, tree)
        return open_raw_root(tmp_path / "HToBB_000.root")

    return change


def test_a_block_is_what_the_reader_behind_the_door_reads(opened, tmp_path):
    with opened() as raw:
        block = raw.read(0, JETS)
    ((jets, particles),) = read_chunks(tmp_path / "HToBB_000.root")
    np.testing.assert_array_equal(block.first, jets["first"])
    for name in ("px", "dphi", "d0", "dzerr"):
        np.testing.assert_array_equal(block.particles[name], particles[name])
    assert raw.remarks == [] and (raw.labels == jets["label"]).all()


def test_what_is_no_number_arrives(opened):
    with opened(jet_pt=np.full(JETS, np.nan, "f4")) as raw:
        assert np.isnan(raw.read(2, 4).jets["pt"]).tolist() == [True, True]


def test_jets_whose_branches_differ_in_length_are_left_out(opened):
    cut = toy_branches("HToBB", JETS)["part_deta"]
    cut = ak.concatenate([cut[:3], cut[3:4][:, 1:], cut[4:]])
    with opened(part_deta=cut) as raw:
        block = raw.read(2, 6)
    assert block.entries.tolist() == [2, 4, 5]
    assert len(block.particles["px"]) == block.first[-1]


def test_missing_branches_and_other_types_are_named(opened):
    with opened(without=["part_dzval"], part_px=np.zeros(JETS), jet_eta=np.full(JETS, 1)) as raw:
        assert raw.remarks == [
            "missing: part_dzval",
            "part_px is float64, not one number a particle",
        ]


def test_another_name_of_the_tree_is_named(opened):
    with opened(tree="events") as raw:
        assert raw.remarks == ["the TTree is called events, not tree"]


def test_labels_that_are_not_one_hot_are_of_no_class(opened):
    labels = np.zeros(JETS, "i4")
    labels[1] = 1
    with opened(label_Tbl=labels) as raw:
        assert raw.labels.tolist() == [1, -1, *[1] * 10]


def test_labels_of_other_classes_come_behind_ours(opened):
    with opened(label_X=np.ones(JETS, "i4"), label_Hbb=np.zeros(JETS, bool)) as raw:
        assert raw.classes == (*CLASSES, "X") and (raw.labels == 10).all()


def test_btag_files_have_flavours(tmp_path):
    flavours = np.array([0, 4, 5, 15] * 3, "i4")
    write_btag(tmp_path / "train.root", 12, jet_flav=flavours)
    with open_raw_root(tmp_path / "train.root") as raw:
        assert (raw.family, raw.classes) == ("btag", ("light", "charm", "bottom"))
        assert raw.labels.tolist() == [0, 1, 2, -1] * 3
        assert {"pt", "eta", "dz", "pid"} <= raw.read(0, 12).particles.keys()


@pytest.mark.parametrize(
    ("name", "jets", "message"),
    [
        ("x", 3, "expected the branches part_px or trk_pt, got"),
        ("part_px", 0, "expected a TTree of at least one jet, got"),
        (None, 0, "expected a ROOT file that can be read, got"),
    ],
)
def test_files_without_jets_are_refused(tmp_path, name, jets, message):
    with uproot.recreate(tmp_path / "a.root") as file:
        if name:
            file.mktree("tree", {name: "float32"}).extend({name: np.zeros(jets, "f4")})
    with pytest.raises(InputError, match=f"a.root: {message}"), open_raw_root(tmp_path / "a.root"):
        pass


@pytest.fixture
def cut(tmp_path):
    """Call that writes toy jets in blocks of one basket a branch and keeps a part of the bytes."""

    def keep(part, blocks=4):
        branches = toy_branches("HToBB", JETS)
        types = {
            name: values.type.content if isinstance(values, ak.Array) else values.dtype
            for name, values in branches.items()
        }
        path = tmp_path / "HToBB_000.root"
        with uproot.recreate(path) as file:
            tree = file.mktree("tree", types)
            for _ in range(blocks):
                tree.extend(branches)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(part * len(whole))])
        return path, len(whole)

    return keep


def test_of_a_truncated_file_the_whole_blocks_are_read(cut):
    path, size = cut(0.8)
    with open_raw_root(path) as raw:
        block = raw.read(0, len(raw.labels))
    assert raw.remarks[0] == (
        f"expected {size} bytes, got {int(0.8 * size)}: truncated; "
        f"{len(raw.labels)} of {4 * JETS} jets are left, in all branches"
    )
    assert len(raw.labels) in (JETS, 2 * JETS, 3 * JETS) and (raw.labels == 1).all()
    np.testing.assert_array_equal(block.jets["pt"][:JETS], toy_branches("HToBB", JETS)["jet_pt"])


def test_of_a_truncated_block_the_whole_branches_are_read(cut):
    path, _ = cut(0.9, blocks=1)
    with open_raw_root(path) as raw:
        block = raw.read(0, JETS)
    left = re.search("12 of 12 jets are left, without (.*)", raw.remarks[0])[1].split(", ")
    assert left and set(left) & set(raw.names.values()) == set()
    assert block.particles.keys() == {n.split("/")[1] for n in raw.names if n[0] == "p"}


@pytest.mark.parametrize("part", [0.01, 0.1])
def test_a_truncated_file_without_a_block_is_refused_with_its_sizes(cut, part):
    path, size = cut(part)
    with (
        pytest.raises(InputError, match=f"expected {size} bytes, got {int(part * size)}: trunc"),
        open_raw_root(path),
    ):
        pass
