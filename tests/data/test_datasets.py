"""Data sets: every public file has its shard, and names lead to descriptions."""

from functools import partial

import pytest

from jetbench.data.datasets import CLASSES, DATASETS, described, published_files, source_file
from jetbench.errors import InputError

WHOLE = [name for name in DATASETS if DATASETS[name].files]


@pytest.mark.parametrize("name", DATASETS)
def test_no_two_shards_come_from_the_same_file(name):
    """Of JetClass the number says which; files of all classes have names of their own."""
    source = partial(source_file, name) if name in WHOLE else lambda split, number: number
    sources = [source(split, n) for split, known in DATASETS[name].numbers.items() for n in known]
    assert len(set(sources)) == len(sources)


@pytest.mark.parametrize("name", WHOLE)
def test_every_published_file_is_one_shard(name):
    shards = [(split, n) for split, known in DATASETS[name].numbers.items() for n in known]
    assert [source_file(name, *shard) for shard in shards] == published_files(name)


@pytest.mark.parametrize(
    "shard, expected",
    [
        (("toplandscape", "train", "000"), "train_file.parquet"),
        (("toplandscape", "test", "000"), "test_file.parquet"),
        (("quarkgluon", "train", "015"), "train_file_15.parquet"),
        (("quarkgluon", "val", "016"), "train_file_16.parquet"),
        (("quarkgluon", "test", "019"), "test_file_1.parquet"),
    ],
)
def test_shard_comes_from_the_file_that_the_page_says(shard, expected):
    assert source_file(*shard) == expected


def test_shard_of_another_split_is_refused():
    with pytest.raises(InputError, match="quarkgluon val: expected a shard from 016 to 017, got 3"):
        source_file("quarkgluon", "val", 3)


def test_simulated_data_sets_are_described_as_their_models():
    assert described("jetclass_demo").classes == CLASSES
    assert described("top_demo") is DATASETS["top"]


def test_unknown_data_set_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'toplandscape'"):
        described("toplandscpe")
