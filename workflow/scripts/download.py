"""URL and checksum in, the archive out."""

from jetbench.data import archives
from jetbench.scripting import run


def download(archive, source):
    """Fetch one entry of resources/archives.yaml: `source` holds its url and md5."""
    archives.download(source["url"], archive, source["md5"])


if __name__ == "__main__":
    run(download, snakemake)
