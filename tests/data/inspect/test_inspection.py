"""What is said of files: counts, quantiles, and what ails them."""

import subprocess
import sys

import awkward as ak
import h5py
import numpy as np
import pytest

from jetbench.data.datasets import CLASSES
from jetbench.data.inspect import inspection
from jetbench.data.inspect.inspection import inspect, spans
from jetbench.data.shards import write_shard
from jetbench.errors import InputError
from tests.conftest import ROOT
from tests.data.helpers import toy_branches, toy_columns, toy_root, toy_shard, write_root
from tests.data.readers.btag_files import write_btag

JETS = 40


@pytest.fixture
def shard(tmp_path):
    """A shard of toy jets of all classes."""
    toy_shard(tmp_path / "000.h5", JETS)
    return tmp_path / "000.h5"


@pytest.fixture
def look(tmp_path):
    """Call that inspects a ROOT file of toy jets with these changes."""

    def change(name="HToBB_000.root", **changes):
        write_root(tmp_path / name, toy_branches("HToBB", JETS) | changes)
        return inspect(tmp_path / name)

    return change


def faults(summary):
    """Those that some jets have."""
    return {name: jets for name, jets in summary.faults.items() if jets}


def test_a_good_file_has_no_faults(shard, look):
    for summary in (inspect(shard), look()):
        assert faults(summary) == {} and summary.broken == {} and summary.remarks == []


def test_quantiles_are_those_of_the_columns(shard):
    jets, particles = toy_columns(JETS)
    summary = inspect(shard)
    quantiles = {
        "jet_pt": jets["pt"],
        "multiplicity": np.diff(jets["first"]),
        "pt": np.hypot(particles["px"], particles["py"]),
        "d0err": particles["d0err"][particles["charge"] != 0],
    }
    for name, values in quantiles.items():
        method = "inverted_cdf" if name == "multiplicity" else "linear"
        expected = np.quantile(values, inspection.LEVELS, method=method)
        np.testing.assert_allclose(summary.quantiles[name], expected, rtol=1e-6)


def test_a_shard_and_its_source_are_the_same(tmp_path):
    toy_root(tmp_path / "HToCC_000.root", "HToCC", JETS)
    attributes = {"dataset": "jetclass_toy", "split": "train", "classes": list(CLASSES)}
    write_shard(tmp_path / "000.h5", *toy_columns(JETS, label=2), attributes)
    one, other = inspect(tmp_path / "HToCC_000.root"), inspect(tmp_path / "000.h5")
    for name, values in one.quantiles.items():
        np.testing.assert_array_equal(other.quantiles[name], values)
    assert one.shares == other.shares and one.counts == other.counts


def test_classes_are_counted_in_the_whole_file(shard):
    summary = inspect(shard, limit=10)
    assert summary.read == 10 and summary.counts == dict.fromkeys(CLASSES, JETS // 10)


def test_blocks_cover_all_jets_or_lie_spread_evenly(monkeypatch):
    monkeypatch.setattr(inspection, "BLOCK", 10)
    assert spans(25, 100) == [(0, 8), (8, 16), (16, 25)]
    assert spans(100, 30) == [(0, 10), (45, 55), (90, 100)]
    assert spans(100, 5) == [(0, 5)]


def test_blocks_together_say_what_one_does(shard, monkeypatch):
    whole = inspect(shard)
    monkeypatch.setattr(inspection, "BLOCK", 7)
    parts = inspect(shard)
    for name, values in whole.quantiles.items():
        np.testing.assert_array_equal(parts.quantiles[name], values)
    assert parts.shares == whole.shares and parts.read == whole.read


@pytest.mark.parametrize("dataset", ["jetclass_toy", "top_toy"])
def test_all_classes_of_jetclass_in_like_numbers_are_a_mixture(tmp_path, dataset):
    attributes = {"dataset": dataset, "split": "train", "classes": list(CLASSES)}
    write_shard(tmp_path / "000.h5", *toy_columns(JETS), attributes)
    assert inspect(tmp_path / "000.h5").mixed == (dataset == "jetclass_toy")


def test_one_class_is_no_mixture(look):
    assert not look().mixed


def test_nan_and_infinities_are_counted_by_branch(look):
    flat = toy_branches("HToBB", JETS)["part_dphi"]
    values = ak.to_numpy(ak.flatten(flat)).copy()
    values[[1, 2, 9]] = np.nan, np.inf, -np.inf
    summary = look(part_dphi=ak.unflatten(values, ak.num(flat)))
    assert summary.broken == {"part_dphi": (1, 2, 1, 0)}
    assert np.isfinite(summary.quantiles["dphi"]).all()


def test_quantiles_of_integers_are_observed_values():
    found = inspection.quantiles("multiplicity", np.array([3, 4, 8, 9]))
    assert found[inspection.LEVELS.index(0.25)] == 3 and set(found) <= {3, 4, 8, 9}


def test_pages_of_shards_need_neither_torch_nor_uproot():
    code = "import sys, jetbench.data.inspect.inspection as _; print(*sys.modules)"
    path = {"PYTHONPATH": str(ROOT / "workflow/lib")}
    done = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True)
    assert "numpy" in done.stdout.split()
    assert not {"torch", "uproot"} & set(done.stdout.split())


def test_a_column_of_nothing_but_nan_has_no_quantiles(look):
    summary = look(jet_pt=np.full(JETS, np.nan, "f4"))
    assert np.isnan(summary.quantiles["jet_pt"]).all() and "jet_pt" not in summary.histograms


def test_jets_of_another_class_than_the_name_tells(look):
    key = "another class than Hcc, after which the file is named"
    assert faults(look("HToCC_001.root")) == {key: JETS}


def test_jets_without_particles_and_out_of_order(look):
    branches = toy_branches("HToBB", JETS)
    particles = [name for name in branches if name.startswith("part_")]
    changes = {
        name: ak.concatenate(
            [branches[name][:1, ::-1], branches[name][1:2, :0], branches[name][2:]]
        )
        for name in particles
    }
    assert faults(look(**changes)) == {"no particles": 1, "particles not in descending pT": 1}


def test_labels_that_are_none(look):
    none = np.zeros(JETS, bool)
    summary = look(label_Hbb=none)
    assert faults(summary) == {"no label, or several": JETS}
    assert summary.counts["none or several"] == JETS


def test_no_jet_can_be_read_where_branches_differ_everywhere(look):
    summary = look(part_deta=toy_branches("HToBB", JETS)["part_deta"][:, 1:])
    assert faults(summary) == {"particle branches of unequal length": JETS}
    assert np.isnan(summary.quantiles["pt"]).all()


def test_identities_that_are_none_are_counted_apart(shard):
    with h5py.File(shard, "a") as file:
        file["particles/id"][:3] = 77
    assert inspect(shard).shares["id"]["unknown code"] == 3


def test_tracks_of_every_origin_are_counted():
    codes = np.repeat([0, 1, 2, 3], [4, 3, 2, 1])
    expected = {"primary": 4, "charm": 3, "bottom": 2, "other": 1}
    assert inspection.share(codes, inspection.CODES["origin"]) == expected


def test_btag_shows_fifteen_tracks(tmp_path):
    branches = write_btag(tmp_path / "train_small.root", JETS)
    summary = inspect(tmp_path / "train_small.root")
    tracks = ak.to_numpy(branches["n_trks"])
    assert summary.most == 15 and summary.beyond == np.count_nonzero(tracks > 15)
    assert sum(summary.shares["id"].values()) == np.minimum(tracks, 15).sum()


@pytest.mark.parametrize("name", ["a.h5", "a.root", "a.npz"])
def test_what_cannot_be_opened_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=rf"{name}: expected"):
        inspect(tmp_path / name)


@pytest.mark.real
def test_real_jets_have_the_multiplicities_that_were_published(real, tmp_path):
    jets = np.load(real / "jetclass_500.npz")
    first = np.concatenate([[0], np.cumsum(jets["count"], dtype=np.int64)])
    with h5py.File(tmp_path / "real.h5", "w") as file:
        file.attrs.update({"dataset": "jetclass", "classes": jets["classes"].tolist()})
        file["jets/first"], file["jets/label"] = first, jets["label"]
        for name in ("px", "py", "pz", "energy", "deta", "dphi"):
            file[f"particles/{name}"] = jets[name]
    summary = inspect(tmp_path / "real.h5")
    assert summary.quantiles["multiplicity"][4] == pytest.approx(38, abs=1)
    assert summary.quantiles["pt"][[3, 4, 5]] == pytest.approx([2.639, 5.862, 14.81], rel=0.05)
    assert faults(summary) == {} and summary.remarks[0].startswith("missing: jets/pt, ")
