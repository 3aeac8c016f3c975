"""All archives of a split, or of a data set, in; its ROOT or parquet files out."""

from jetbench.data.fetch import archives as tar
from jetbench.scripting import run


def unpack(archives, files):
    """Write each of `files` from the archive that holds it."""
    tar.unpack(archives, files)


if __name__ == "__main__":
    run(unpack, snakemake)
