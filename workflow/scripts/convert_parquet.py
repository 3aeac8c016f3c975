"""One parquet file of TopLandscape or QuarkGluon in; one shard of shuffled jets out."""

from pathlib import Path

from jetbench.data import conversion
from jetbench.scripting import run


def convert_parquet(source, shard, dataset, split):
    """Convert the file to a shard; the number in the shard's name decides the order of the jets."""
    conversion.convert_parquet(source, shard, dataset, split, seed=int(Path(shard).stem))


if __name__ == "__main__":
    run(convert_parquet, snakemake)
