"""Conversion of ROOT files, the peer's way and ours: jets/s, bytes a jet, memory at most.

python tests/benchmarks/bench_conversion.py [folder of ROOT files, one a class] [turns]

Without a folder, toy jets are made; sizes mean something with simulated or real jets only. The
peer's first step makes a padded file of each ROOT file, with or without lifetime signs; its second
mixes the classes and shuffles, which ours does as it goes. Every measurement is a process of its
own; all take turns. Times are processor times without imports, medians over the turns.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.conversion import convert  # noqa: E402
from jetbench.data.datasets import PROCESSES  # noqa: E402
from jetbench.data.readers.rootfiles import open_chunks  # noqa: E402
from tests.benchmarks import peer_conversion as peer  # noqa: E402
from tests.data.helpers import toy_root  # noqa: E402

TURNS = 3
TOY_JETS = 4000  # of each class
JETCLASS = 125e6  # jets
CORES = 16


def toy_files(folder: Path) -> None:
    """A ROOT file of toy jets of each process."""
    for seed, process in enumerate(PROCESSES):
        toy_root(folder / f"{process}_000.root", process, TOY_JETS, seed)


def make(sources: list[Path], folder: Path, signed: bool = False) -> list[Path]:
    """The peer's first step."""
    targets = [folder / f"{source.stem}.h5" for source in sources]
    for source, target in zip(sources, targets, strict=True):
        peer.make(source, target, signed)
    return targets


def make_signed(sources: list[Path], folder: Path) -> list[Path]:
    """The peer's first step, with lifetime signs."""
    return make(sources, folder, signed=True)


def combine(sources: list[Path], folder: Path) -> list[Path]:
    """The peer's second step, of what the first has made."""
    peer.combine([folder / f"{source.stem}.h5" for source in sources], folder / "combined.h5")
    return [folder / "combined.h5"]


def ours(sources: list[Path], folder: Path) -> list[Path]:
    """One shard of all sources."""
    convert(sources, folder / "000.h5", "jetclass_benchmark", "train", seed=1)
    return [folder / "000.h5"]


def measure(function: Callable, sources: list[Path], folder: Path) -> tuple[float, int, float]:
    """Seconds of processor time, bytes written, MB of memory at most."""
    start = time.process_time()
    targets = function(sources, folder)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, sum(target.stat().st_size for target in targets), memory


def in_own_process(function: Callable, *arguments):
    """What a function returns when it runs in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def compare(sources: list[Path], turns: int) -> dict[str, tuple[float, float, float]]:
    """Medians of seconds, bytes and MB of each step."""
    found = {function: [] for function in (make_signed, make, combine, ours)}
    for _ in range(turns):
        with tempfile.TemporaryDirectory() as folder:
            for function, turn in found.items():
                turn.append(in_own_process(measure, function, sources, Path(folder)))
    return {
        function.__name__: tuple(statistics.median(column) for column in zip(*turn, strict=True))
        for function, turn in found.items()
    }


def show(jets: int, found: dict[str, tuple[float, float, float]]) -> None:
    """Print the table: rates, sizes, memory, and what the whole of JetClass would take."""
    (seconds, _, memory), ours = found["combine"], found["ours"]
    rows = {"padded files": found["make"], "padded files, signed": found["make_signed"]}
    rows |= {
        f"{name}, shuffled": (first[0] + seconds, first[1], max(first[2], memory))
        for name, first in rows.items()
    }
    print("| | jets/s a core | bytes a jet | MB at most | JetClass, 16 cores, h | JetClass, TB |")
    print("|---|---|---|---|---|---|")
    for name, (seconds, size, memory) in (rows | {"ours, a shuffled shard": ours}).items():
        rate, size = jets / seconds, size / jets
        hours, terabytes = JETCLASS / rate / CORES / 3600, JETCLASS * size / 1e12
        print(
            f"| {name} | {rate:.0f} | {size:.0f} | {memory:.0f} | {hours:.2f} | {terabytes:.3f} |"
        )
    for name, theirs in rows.items():
        print(
            f"against {name}: {theirs[0] / ours[0]:.1f} times the jets a second, "
            f"{ours[1] / theirs[1]:.2f} of the bytes, {ours[2] / theirs[2]:.2f} of the memory"
        )


def main() -> None:
    """Convert both ways, and print what it took."""
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else TURNS
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) < 2:
            in_own_process(toy_files, Path(folder))
        sources = sorted(Path(sys.argv[1] if len(sys.argv) > 1 else folder).glob("*.root"))
        jets = sum(open_chunks(source)[0] for source in sources)
        print(f"{jets} jets in {len(sources)} files", flush=True)
        show(jets, compare(sources, turns))


if __name__ == "__main__":
    main()
