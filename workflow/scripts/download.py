"""URL and checksum in, the archive out."""

from jetbench.data import archives
from jetbench.scripting import run


def download(archive, source):
    """Fetch one entry of resources/archives.yaml: `source` holds its url and checksum."""
    archives.download(source, archive)


if __name__ == "__main__":
    run(download, snakemake)
