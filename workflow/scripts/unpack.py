"""All archives of a split in, its ROOT files out."""

from jetbench.data import archives as tar
from jetbench.scripting import run


def unpack(archives, files):
    """Write each of `files` from the archive that holds it."""
    tar.unpack(archives, files)


if __name__ == "__main__":
    run(unpack, snakemake)
