"""ROOT files of one number, a class each, in; one shard of shuffled jets out."""

from jetbench.data import conversion
from jetbench.scripting import run


def convert(sources, shard, dataset, split, seed):
    """Convert the sources to a shard; `seed` (such as "007") decides the order of the jets."""
    conversion.convert(sources, shard, dataset, split, int(seed))


if __name__ == "__main__":
    run(convert, snakemake)
