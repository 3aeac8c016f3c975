import pytest

from jetbench.data.datasets import CLASSES, FILE_NUMBERS
from jetbench.errors import InputError
from jetbench.planning import runs

SCALE = {
    "name": "toy",
    "source": "simulated",
    "jets_per_file": {"train": 10, "val": 5, "test": 5},
    "train_jets": {"2M": "200", "100M": "1k"},
    "seeds": [1, 2],
}
STUDY = {
    "task": "jetclass",
    "models": ["pfn", "part"],
    "starts": ["scratch"],
    "sizes": ["2M", "100M"],
}


def test_a_study_is_every_model_size_and_seed():
    assert len(runs.runs(STUDY, SCALE)) == 2 * 2 * 2


def test_a_run_is_named_by_the_jets_of_its_scale():
    assert runs.runs(STUDY, SCALE)[0] == "toy/jetclass/pfn/scratch/200/1"


def test_shards_cover_the_jets():
    assert runs.shards(SCALE, "train", 201) == [
        "results/data/jetclass_toy/train/000.h5",
        "results/data/jetclass_toy/train/001.h5",
        "results/data/jetclass_toy/train/002.h5",
    ]


def test_validation_files_are_numbered_as_in_jetclass():
    assert runs.numbers(SCALE, "val", 60) == ["120", "121"]


def test_more_jets_than_there_are_files_is_refused():
    with pytest.raises(InputError, match="at most 250 val jets, got 300"):
        runs.numbers(SCALE, "val", 300)


def test_real_jets_have_a_folder_of_their_own():
    assert runs.dataset({**SCALE, "source": "downloaded"}) == "jetclass"


def test_splits_and_classes_are_those_of_the_data_set():
    first = {split: numbers[0] for split, numbers in FILE_NUMBERS.items()}
    last = {split: numbers[-1] for split, numbers in FILE_NUMBERS.items()}
    assert (first, last) == (runs.FIRST_FILE, runs.LAST_FILE)
    assert len(CLASSES) == runs.CLASSES_PER_SHARD
