"""Codecs of the particle columns of a shard: bytes a jet, time to write and to read a jet.

python tests/benchmarks/bench_codecs.py shard

Processor times, medians over turns in which the codecs take their places one after the other.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import h5py
import hdf5plugin

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.shards import ALIKE_BITS, CHUNK, CODECS, WHOLE_VALUES, read_shard  # noqa: E402

TURNS = 7


def blosc2(name: str, level: int, filters: str):
    """A codec of Blosc2."""
    return hdf5plugin.Blosc2(cname=name, clevel=level, filters=getattr(hdf5plugin.Blosc2, filters))


GZIP = {"compression": "gzip", "compression_opts": 4, "shuffle": True}
CANDIDATES = {  # codec of momenta, angles, charges and identities; codec of impact parameters
    "none": ({}, {}),
    "gzip-4 shuffle": (GZIP, GZIP),
    "Blosc2 zstd-1 shuffle, zstd-3": (
        blosc2("zstd", 1, "SHUFFLE"),
        blosc2("zstd", 3, "NOFILTER"),
    ),
    "Blosc2 lz4-5 shuffle, lz4-5": (blosc2("lz4", 5, "SHUFFLE"), blosc2("lz4", 5, "NOFILTER")),
    "Blosc2 lz4-5 bitshuffle, lz4-5": (
        blosc2("lz4", 5, "BITSHUFFLE"),
        blosc2("lz4", 5, "NOFILTER"),
    ),
    "Bitshuffle LZ4 for all": (ALIKE_BITS, ALIKE_BITS),
    "Bitshuffle LZ4, Blosc2 zstd-1": (ALIKE_BITS, blosc2("zstd", 1, "NOFILTER")),
    "ours: Bitshuffle LZ4, LZ4": (ALIKE_BITS, WHOLE_VALUES),
}


def write(path: Path, particles: dict, codecs: tuple) -> float:
    """Seconds to write the columns with two codecs, of which the second is for displacements."""
    start = time.process_time()
    with h5py.File(path, "w", libver="v110") as file:
        for name, values in particles.items():
            options = codecs[f"particles/{name}" in CODECS]
            chunks = (min(CHUNK, len(values)),)
            file.create_dataset(name, data=values, chunks=chunks, fletcher32=True, **options)
    return time.process_time() - start


def read(path: Path) -> float:
    """Seconds to read all columns."""
    start = time.process_time()
    with h5py.File(path) as file:
        for name in file:
            file[name][...]
    return time.process_time() - start


def main() -> None:
    """Print the table of codecs."""
    shard = read_shard(sys.argv[1])
    jets = len(shard.jets["label"])
    sizes, times = {}, {name: [] for name in CANDIDATES}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codec.h5"
        for _ in range(TURNS):
            for name, codecs in CANDIDATES.items():
                times[name].append((write(path, shard.particles, codecs), read(path)))
                sizes[name] = path.stat().st_size / jets
    print(f"{jets} jets of {len(shard.particles['px']) / jets:.1f} particles")
    print("| codec | bytes a jet | write, us a jet | read, us a jet |\n|---|---|---|---|")
    for name, pairs in times.items():
        writing, reading = (
            1e6 * statistics.median(some) / jets for some in zip(*pairs, strict=True)
        )
        print(f"| {name} | {sizes[name]:.0f} | {writing:.2f} | {reading:.2f} |")


if __name__ == "__main__":
    main()
