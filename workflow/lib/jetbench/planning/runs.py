"""Studies and a scale in, the names of runs and shards out. A run is one training."""

from itertools import product
from math import ceil

from jetbench.errors import InputError
from jetbench.planning.counts import count

CLASSES_PER_SHARD = 10  # a shard holds one file of each class
FIRST_FILE = {"train": 0, "test": 100, "val": 120}  # JetClass numbers its files through the splits
LAST_FILE = {"train": 99, "test": 119, "val": 124}


def dataset(scale: dict) -> str:
    """Name of the data that a scale uses; simulated jets never share a folder with real ones."""
    return "jetclass" if scale["source"] == "downloaded" else f"jetclass_{scale['name']}"


def numbers(scale: dict, split: str, jets: str | int) -> list[str]:
    """Numbers of the shards that hold the first `jets` jets of a split: ["000", "001", ...]."""
    first, last = FIRST_FILE[split], LAST_FILE[split]
    needed = ceil(count(jets) / (CLASSES_PER_SHARD * scale["jets_per_file"][split]))
    if first + needed - 1 > last:
        most = (last - first + 1) * CLASSES_PER_SHARD * scale["jets_per_file"][split]
        raise InputError(f"scale {scale['name']}: expected at most {most} {split} jets, got {jets}")
    return [f"{number:03d}" for number in range(first, first + needed)]


def shards(scale: dict, split: str, jets: str | int) -> list[str]:
    """Paths of those shards."""
    folder = f"results/data/{dataset(scale)}/{split}"
    return [f"{folder}/{number}.h5" for number in numbers(scale, split, jets)]


def runs(study: dict, scale: dict) -> list[str]:
    """Runs of a study at a scale: {scale}/{task}/{model}/{start}/{jets}/{seed}."""
    axes = (study["models"], study["starts"], study["sizes"], scale["seeds"])
    return [
        f"{scale['name']}/{study['task']}/{model}/{start}/{scale['train_jets'][size]}/{seed}"
        for model, start, size, seed in product(*axes)
    ]
