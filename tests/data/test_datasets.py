"""Data sets: every public file has its shard, and names lead to descriptions."""

import pytest

from jetbench.data.datasets import (
    CLASSES,
    DATASETS,
    PROCESSES,
    described,
    published_files,
    source_files,
)
from jetbench.errors import InputError

WHOLE = [name for name in DATASETS if DATASETS[name].files]


def shards_of(name):
    """Split and number of every published shard of a data set."""
    return [(split, f"{n:03d}") for split, known in DATASETS[name].numbers.items() for n in known]


@pytest.mark.parametrize("name", DATASETS)
def test_no_two_shards_come_from_the_same_file(name):
    files = [file for shard in shards_of(name) for file in source_files(name, *shard)]
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("name", WHOLE)
def test_every_published_file_is_one_shard(name):
    files = [file for shard in shards_of(name) for file in source_files(name, *shard)]
    assert files == published_files(name)


@pytest.mark.parametrize(
    "shard, expected",
    [
        (("toplandscape", "train", "000"), "train_file.parquet"),
        (("toplandscape", "test", "000"), "test_file.parquet"),
        (("quarkgluon", "train", "015"), "train_file_15.parquet"),
        (("quarkgluon", "val", "016"), "train_file_16.parquet"),
        (("quarkgluon", "test", "019"), "test_file_1.parquet"),
        (("topreference", "val", "000"), "val.h5"),
        (("qgreference", "train", "000"), "QG_jets.npz"),
        (("qgreference", "test", "019"), "QG_jets_19.npz"),
        (("qgreference_demo", "test", "019"), "test/019.npz"),
        (("btag", "val", "001"), "validate_small.root"),
        (("btag_demo", "val", "001"), "val/001.root"),
    ],
)
def test_shard_comes_from_the_file_that_the_page_says(shard, expected):
    assert source_files(*shard) == [expected]


def test_shard_of_jetclass_comes_from_a_file_a_class():
    files = source_files("jetclass_demo", "val", "120")
    assert files == [f"val/{process}_120.root" for process in PROCESSES]


@pytest.mark.parametrize("dataset, known", [("quarkgluon", "016 to 017"), ("jetclass", "120 to 1")])
def test_shard_of_another_split_is_refused(dataset, known):
    with pytest.raises(InputError, match=f"{dataset} val: expected a shard from {known}.*got 003"):
        source_files(dataset, "val", "003")


def test_simulated_data_sets_are_described_as_their_models():
    assert described("jetclass_demo").classes == CLASSES
    assert described("top_demo") is DATASETS["top"]


def test_unknown_data_set_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'toplandscape'"):
        described("toplandscpe")
