"""Addresses and checksum in, the file out."""

from jetbench.data import downloads as files
from jetbench.scripting import run


def download(archive, source, credit=None, downloads=None):
    """Fetch one file of resources/archives.yaml: `source` is its entry, `credit` its data set's."""
    files.download(source, archive, downloads, credit)


if __name__ == "__main__":
    run(download, snakemake, downloads=snakemake.config.get("downloads"))
