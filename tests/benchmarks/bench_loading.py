"""Jets per second in ready batches, ours and weaver's, from the same ROOT files in turns.

python tests/benchmarks/bench_loading.py [folder of ROOT files]

Without a folder, toy jets are made. Ours reads the shard that is converted from the files, weaver
the files themselves, both in training mode with batches of 512, without workers, on one thread.
Times are processor times of the whole process, threads included; medians over the turns.
"""

import statistics
import sys
import tempfile
import time
from functools import partial
from itertools import islice
from pathlib import Path

import torch
from torch.utils.data import DataLoader

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.conversion import convert  # noqa: E402
from jetbench.data.datasets import PROCESSES  # noqa: E402
from jetbench.data.features import COLUMNS, SETS  # noqa: E402
from jetbench.data.jets import Jets  # noqa: E402
from jetbench.data.loading import train_batches  # noqa: E402
from tests.data.helpers import toy_root  # noqa: E402
from tests.data.weaver_peer import weaver_dataset  # noqa: E402

BATCH = 512
TOY_JETS = 4000  # of each class
TURNS = 5


def toy_files(folder: Path) -> None:
    """A ROOT file of toy jets of each process."""
    for seed, process in enumerate(PROCESSES):
        toy_root(folder / f"{process}_000.root", process, TOY_JETS, seed)


def rate(count) -> float:
    """Jets per second of processor time of a function that returns how many jets it made."""
    start = time.process_time()
    jets = count()
    return jets / (time.process_time() - start)


def read(jets: Jets, features: str) -> int:
    """Raw columns of all jets."""
    names = ["jets/pt", "jets/energy", "jets/label"]
    jets.read([jets.edges[[0, -1]]], names + [f"particles/{name}" for name in COLUMNS[features]])
    return len(jets)


def ours(jets: Jets, features: str) -> int:
    """Four passes in batches on the device; what is read ahead counts little."""
    steps = 4 * len(jets) // BATCH
    batches = islice(train_batches(jets, BATCH, features, seed=1, device="cpu"), steps)
    return sum(len(batch.label) for batch in batches)


def theirs(dataset) -> int:
    """One pass in batches of weaver's."""
    loader = DataLoader(dataset, batch_size=BATCH, drop_last=True, num_workers=0)
    return sum(len(inputs["pf_mask"]) for inputs, _, _ in loader)


def compare(features: str, files: list[Path], shard: Path, folder: Path) -> list[float]:
    """Medians: jets/s read, jets/s in batches, weaver's jets/s, and the ratio of the two."""
    jets = Jets([shard])
    paths = {path.stem: [str(path)] for path in files}
    dataset = weaver_dataset(paths, features, folder, training=True)
    counts = (
        partial(read, jets, features),
        partial(ours, jets, features),
        partial(theirs, dataset),
    )
    turns = [[rate(count) for count in counts] for _ in range(TURNS)]
    ratio = statistics.median(turn[1] / turn[2] for turn in turns)
    return [statistics.median(rates) for rates in zip(*turns, strict=True)] + [ratio]


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else folder
        if source is folder:
            toy_files(folder)
        files = sorted(source.glob("*.root"))
        convert(files, folder / "000.h5", "jetclass_benchmark", "train", seed=1)
        print("| features | read, jets/s | batches, jets/s | weaver, jets/s | ratio |")
        print("|---|---|---|---|---|")
        for features in SETS:
            row = " | ".join(
                f"{x:.0f}" for x in compare(features, files, folder / "000.h5", folder)
            )
            print(f"| {features} | {row} |", flush=True)


if __name__ == "__main__":
    main()
