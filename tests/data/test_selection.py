"""Selection: the jets of some classes, whole, in order, under labels of their own."""

import numpy as np
import pytest

from jetbench.data import selection
from jetbench.data.datasets import CLASSES
from jetbench.data.selection import select
from jetbench.data.shards import read_shard, verify_shard, write_shard
from jetbench.errors import InputError
from tests.data.helpers import toy_columns

JETS = 500
QCD, TOP = CLASSES.index("QCD"), CLASSES.index("Tbqq")


def write_source(path, jets=JETS, classes=CLASSES, dataset="jetclass_demo", **changes):
    """Shard of toy jets of all classes, with a column that few shards have."""
    columns, particles = toy_columns(jets)
    columns |= {"vertices": np.arange(jets, dtype=np.int32)} | changes
    attributes = {"dataset": dataset, "split": "val", "seed": 7}
    write_shard(path, columns, particles, attributes | {"classes": list(classes)})


@pytest.fixture(params=[2**14, 64])
def shards(tmp_path, monkeypatch, request):
    """Paths of a shard of all classes and of the selection from it, made in one block or many."""
    monkeypatch.setattr(selection, "BLOCK", request.param)
    write_source(tmp_path / "120.h5")
    select(tmp_path / "120.h5", tmp_path / "top" / "120.h5", "top_demo")
    return tmp_path / "120.h5", tmp_path / "top" / "120.h5"


def test_jets_of_the_two_classes_are_all_there_in_order(shards):
    source, selected = map(read_shard, shards)
    rows = np.flatnonzero(np.isin(source.jets["label"], (QCD, TOP)))
    assert 0 < len(rows) < JETS
    for name in source.jets.keys() - {"label", "first"}:
        np.testing.assert_array_equal(selected.jets[name], source.jets[name][rows])
    np.testing.assert_array_equal(selected.jets["label"], source.jets["label"][rows] == TOP)


def test_particles_follow_their_jets(shards):
    source, selected = map(read_shard, shards)
    for name, values in source.particles.items():
        jets = np.split(values, source.jets["first"][1:-1])
        wanted = [jets[row] for row in selected.jets["vertices"]]
        np.testing.assert_array_equal(selected.particles[name], np.concatenate(wanted))
        np.testing.assert_array_equal(np.diff(selected.jets["first"]), list(map(len, wanted)))


def test_shard_says_what_it_is_and_what_it_is_made_of(shards):
    source, (_, _, attributes) = read_shard(shards[0]).attributes, read_shard(shards[1])
    assert list(attributes["classes"]) == ["QCD", "Tbqq"]
    assert [attributes[name] for name in ("dataset", "split")] == ["top_demo", "val"]
    assert attributes["source_dataset"] == "jetclass_demo"
    assert attributes["source_digest"] == source["digest"] != attributes["digest"]
    assert verify_shard(shards[1]) == attributes["digest"]


def test_selecting_again_gives_the_same_bytes(shards, tmp_path):
    select(shards[0], tmp_path / "again.h5", "top_demo")
    assert (tmp_path / "again.h5").read_bytes() == shards[1].read_bytes()


def test_shard_without_one_of_the_classes_is_refused(tmp_path):
    others = [name if name != "Tbqq" else "other" for name in CLASSES]
    write_source(tmp_path / "a.h5", classes=others, dataset="another")
    with pytest.raises(InputError, match=r"a.h5: expected the classes \('QCD', 'Tbqq'\), got"):
        select(tmp_path / "a.h5", tmp_path / "b.h5", "top")
    assert not (tmp_path / "b.h5").exists()


def test_shard_without_jets_of_one_of_the_classes_is_refused(tmp_path):
    write_source(tmp_path / "a.h5", label=np.full(JETS, QCD, np.uint8))
    with pytest.raises(InputError, match=r"a.h5: expected jets.*got none of \['Tbqq'\]"):
        select(tmp_path / "a.h5", tmp_path / "b.h5", "top")
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


def test_unknown_data_set_is_refused(tmp_path):
    write_source(tmp_path / "a.h5")
    with pytest.raises(InputError, match="topp: expected a data set.*did you mean 'top'"):
        select(tmp_path / "a.h5", tmp_path / "b.h5", "topp")
