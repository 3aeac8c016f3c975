"""Jets per second in ready batches, ours and weaver's, from the same jets in turns, on two cores.

python tests/benchmarks/bench_loading.py [folder of ROOT files] [feature sets]

Without a folder, toy jets are made. The jets are repeated to 10 shards of ours, and to a file of
100 000 jets a class for weaver, with the codec and the baskets of JetClass (4 minutes), of which it
sees a tenth. Both train with batches of 512 and one torch thread a process. Weaver's settings:

published   fetches 1000 jets of every file at a time, as train_JetClass.sh
by files    fetches two files at a time: faster, but files of JetClass hold one class each
in memory   all jets padded in the first epoch, 12 kB each; the later epochs are timed

Processor time is that of all processes and threads. Medians over turns, and of the ratios within a
turn. Memory is that of this process after each turn of ours; of several feature sets, the first one
is alone with it.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
import torch
import uproot
import yaml
from torch.utils.data import DataLoader

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.conversion import convert  # noqa: E402
from jetbench.data.datasets import (  # noqa: E402
    JET_BRANCHES,
    LABEL_BRANCHES,
    PARTICLE_BRANCHES,
    PROCESSES,
)
from jetbench.data.jets import Jets  # noqa: E402
from jetbench.data.loading import POOL, train_batches  # noqa: E402
from tests.data.helpers import toy_root  # noqa: E402
from tests.data.weaver_peer import definition  # noqa: E402

BATCH = 512
TOYS = 1000  # jets of each class in the toy files
REPEATS = 10  # of the shard
FILE = 100_000  # jets of a file of weaver's, as of JetClass: opening one has its price
BASKET = 170  # jets of a basket, as ROOT's Snapshot with LZ4 makes them of JetClass
TURNS = 5
STEPS = 4 * (POOL // BATCH)  # of ours in a turn: whole pools, so that every stage is counted
PUBLISHED = {"fetch_by_files": False, "fetch_step": 1000 / FILE}
BY_FILES = {"fetch_by_files": True, "fetch_step": 2}
RANGE = ((0, 0.05), 1, 1)  # an epoch of weaver's: a tenth of its jets, each file named twice


def toy_files(folder: Path) -> None:
    """A ROOT file of toy jets of each process."""
    for seed, process in enumerate(PROCESSES):
        toy_root(folder / f"{process}_000.root", process, TOYS, seed)


def weaver_files(sources: list[Path], folder: Path) -> dict[str, list[str]]:
    """A file of each class with the jets of the source, again and again."""
    (folder / "weaver").mkdir()
    files = {}
    for source in sources:
        with uproot.open(source) as file:
            jets = file["tree"].arrays(
                filter_name=[*PARTICLE_BRANCHES, *JET_BRANCHES, *LABEL_BRANCHES]
            )
        jets = jets[np.resize(np.arange(len(jets)), FILE)]
        branches = {name: jets[name] for name in jets.fields}
        path = folder / "weaver" / source.name
        with uproot.recreate(path, compression=uproot.LZ4(4)) as file:
            file.mktree("tree", {name: of.type.content for name, of in branches.items()})
            for start in range(0, FILE, BASKET):
                some = slice(start, start + BASKET)
                file["tree"].extend({name: of[some] for name, of in branches.items()})
        files[source.stem] = [str(path)] * 2  # two workers want a file of each class each
    return files


def timed(sizes: Iterable[int]) -> list[float]:
    """Microseconds a jet, of processor and of wall time, to make batches of these sizes."""
    start, wall = sum(os.times()[:4]), time.perf_counter()
    jets = sum(sizes)
    spent = (sum(os.times()[:4]) - start, time.perf_counter() - wall)
    return [seconds / jets * 1e6 for seconds in spent]


def ours(shards: list[Path], features: str) -> Iterator[list[float]]:
    """Times of turns; the first pools, for which all memory is fresh, are not among them."""
    batches = train_batches(Jets(shards), BATCH, features, seed=1, device="cpu")
    sizes = (len(batch.label) for batch in batches)
    sum(islice(sizes, STEPS))
    while True:
        yield timed(islice(sizes, STEPS))


def weaver(dataset, workers: int) -> Iterator[list[float]]:
    """Times of turns: each an epoch, with the start of its workers."""
    loader = DataLoader(dataset, batch_size=BATCH, drop_last=True, num_workers=workers)
    while True:
        yield timed(len(inputs["pf_mask"]) for inputs, _, _ in loader)


def weaver_in_memory(dataset, steps: int) -> Iterator[list[float]]:
    """Times of turns after the first epoch; the loader has no end then."""
    sizes = (len(inputs["pf_mask"]) for inputs, _, _ in DataLoader(dataset, batch_size=BATCH))
    sum(islice(sizes, steps))
    while True:
        yield timed(islice(sizes, steps))


def weavers(files: dict[str, list[str]], config: Path) -> dict[str, Iterator[list[float]]]:
    """Its loaders by the name of their settings."""
    from weaver.utils.dataset import SimpleIterDataset

    def dataset(**settings):
        return SimpleIterDataset(files, str(config), load_range_and_fraction=RANGE, **settings)

    loaders = {
        f"weaver, {name}, {workers} workers": weaver(dataset(**settings), workers)
        for workers in (0, 2)
        for name, settings in (("published", PUBLISHED), ("by files", BY_FILES))
    }
    steps = len(files) * FILE // 10 // BATCH
    in_memory = weaver_in_memory(dataset(fetch_step=1, in_memory=True), steps)
    return loaders | {"weaver, in memory, 0 workers": in_memory}


def resident() -> int:
    """Memory of this process in MB; Linux alone says."""
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text().split()[1]) if statm.exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 10**6


def compare(features: str, shards: list[Path], files: dict, config: Path) -> None:
    """Print the rows of one feature set."""
    config.write_text(yaml.safe_dump(definition(features, None), sort_keys=False))
    own = ours(shards, features)
    memory = [(next(own), resident())[1] for _ in range(TURNS)]
    loaders = {"ours": own} | weavers(files, config)
    turns = [{name: next(loader) for name, loader in loaders.items()} for _ in range(TURNS)]
    for name in loaders:
        rates = [1e6 / median(turn[name][k] for turn in turns) for k in (0, 1)]
        ratios = [median(turn[name][k] / turn["ours"][k] for turn in turns) for k in (0, 1)]
        cells = [f"{x:.0f}" for x in rates] + [f"{x:.1f}" for x in ratios]
        print(f"| {features} | {name} | {' | '.join(cells)} |", flush=True)
    print(f"\nmemory {memory} MB, load {os.getloadavg()[0]:.1f}\n", flush=True)


def main() -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else folder
        if source is folder:
            toy_files(folder)
        sources = sorted(source.glob("*.root"))
        convert(sources, folder / "000.h5", "jetclass_benchmark", "train", seed=1)
        files, shards = weaver_files(sources, folder), [folder / "000.h5"] * REPEATS
        print(
            "| features | loader | jets/s processor | jets/s wall | ours is faster by | by wall |"
        )
        print("|---|---|---|---|---|---|")
        for features in sys.argv[2:] or ("kin", "kinpid", "full"):
            compare(features, shards, files, folder / f"{features}.yaml")


if __name__ == "__main__":
    main()
