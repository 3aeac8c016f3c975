"""Conversion of a parquet file to a shard: jets per second, bytes a jet, memory at most.

python tests/benchmarks/bench_parquet.py [jets]

The file is made up: toy jets of 37 particles on average, all in one row group, as the public
files may be. Times are processor times.
"""

import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.conversion import convert  # noqa: E402
from tests.data.readers.parquet_files import toy_table, write_parquet  # noqa: E402

JETS = 200_000


def make(path: Path, dataset: str, jets: int) -> None:
    """Write the made-up file; in a process of its own, whose memory is not counted."""
    write_parquet(path, toy_table(dataset, jets), row_group_size=jets)


def main() -> None:
    """Convert a file of each data set, and print what it took."""
    jets = int(sys.argv[1]) if len(sys.argv) > 1 else JETS
    for dataset in ("toplandscape", "quarkgluon"):
        with tempfile.TemporaryDirectory() as folder:
            source, shard = Path(folder) / "train_file.parquet", Path(folder) / "000.h5"
            child = get_context("spawn").Process(target=make, args=(source, dataset, jets))
            child.start()
            child.join()
            start = time.process_time()
            convert([source], shard, dataset, "train", seed=0)
            rate = jets / (time.process_time() - start)
            sizes = [path.stat().st_size / jets for path in (source, shard)]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{dataset}: {jets} jets, {sizes[0]:.0f} bytes a jet in the file", flush=True)
            print(f"  {rate:.0f} jets/s, {sizes[1]:.0f} bytes a jet, {memory:.0f} MB at most")


if __name__ == "__main__":
    main()
