"""Raw files in, one a class or one with all classes; one shard of shuffled jets out."""

from jetbench.data import conversion
from jetbench.scripting import run


def convert(sources, shard, dataset, split, seed):
    """Convert the sources to a shard; `seed` (such as "007") decides the order of the jets."""
    files = [sources] if isinstance(sources, str) else sources
    conversion.convert(files, shard, dataset, split, int(seed))


if __name__ == "__main__":
    run(convert, snakemake)
