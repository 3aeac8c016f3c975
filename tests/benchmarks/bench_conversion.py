"""Conversion of ROOT files to a shard: jets per second, bytes a jet, memory; codecs side by side.

python tests/benchmarks/bench_conversion.py [folder of ROOT files]

Without a folder, toy jets are made; sizes mean something with simulated or real jets only. Times
are processor times. Codecs write and read the particle columns of the shard that was made.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.conversion import convert  # noqa: E402
from jetbench.data.shards import CHUNK, CODECS, SHUFFLED, Shard, read_shard  # noqa: E402
from tests.benchmarks.bench_loading import toy_files  # noqa: E402

TURNS = 5
BLOSC2 = hdf5plugin.Blosc2
ALIKE = {  # one codec for all columns, against ours, which has one for each
    "none": {},
    "gzip-4, shuffle": {"compression": "gzip", "compression_opts": 4, "shuffle": True},
    "LZF, shuffle": {"compression": "lzf", "shuffle": True},
    "bitshuffle, LZ4": hdf5plugin.Bitshuffle(),
    "Blosc2 zstd-5, bitshuffle": BLOSC2(cname="zstd", clevel=5, filters=BLOSC2.BITSHUFFLE),
    "Blosc2 zstd-1, shuffle": SHUFFLED,
}


def write(path: Path, particles: dict, codec: dict | None) -> float:
    """Seconds to write the columns; with our codecs if there is none."""
    start = time.process_time()
    with h5py.File(path, "w") as file:
        for name, values in particles.items():
            options = CODECS.get(f"particles/{name}", SHUFFLED) if codec is None else codec
            chunks = (min(CHUNK, len(values)),) if options else None
            file.create_dataset(name, data=values, chunks=chunks, **options)
    return time.process_time() - start


def read(path: Path) -> float:
    """Seconds to read all columns; the best of the turns."""
    seconds = []
    for _ in range(TURNS):
        start = time.process_time()
        with h5py.File(path) as file:
            for name in file:
                file[name][...]
        seconds.append(time.process_time() - start)
    return min(seconds)


def compare(shard: Shard, folder: Path) -> None:
    """Print the table of codecs."""
    jets = len(shard.jets["label"])
    print("| codec | bytes a jet, particles | write, jets/s | read, jets/s |\n|---|---|---|---|")
    for name, codec in {"ours": None, **ALIKE}.items():
        path = folder / "codec.h5"
        rates = jets / write(path, shard.particles, codec), jets / read(path)
        size = path.stat().st_size / jets
        print(f"| {name} | {size:.0f} | {rates[0]:.0f} | {rates[1]:.0f} |", flush=True)


def main() -> None:
    """Convert, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else folder
        if source is folder:
            toy_files(folder)
        start = time.process_time()
        convert(
            sorted(source.glob("*.root")), folder / "000.h5", "jetclass_benchmark", "train", seed=1
        )
        seconds = time.process_time() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        shard = read_shard(folder / "000.h5")
        jets, size = len(shard.jets["label"]), (folder / "000.h5").stat().st_size
        print(f"{jets} jets of {np.diff(shard.jets['first']).mean():.1f} particles")
        print(
            f"{jets / seconds:.0f} jets/s, {size / jets:.0f} bytes a jet, {memory:.0f} MB at most"
        )
        compare(shard, folder)


if __name__ == "__main__":
    main()
