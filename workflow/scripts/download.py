"""Name of a data set in, one of its published files out."""

from pathlib import Path

from jetbench.data.fetch import downloads as files
from jetbench.planning.validation import expect, read_yaml
from jetbench.scripting import run


def download(archive, dataset, archives, downloads=None):
    """Fetch the file that the list `archives` has under this name, or find it in `downloads`."""
    entry, name = read_yaml(Path(archives))[dataset], Path(archive).name
    expect(name, entry["files"], archives, f"file of {dataset}")
    files.download(entry["files"][name], archive, downloads, credit=entry)


if __name__ == "__main__":
    # No params: another address or citation must not fetch 200 GB again.
    run(
        download,
        snakemake,
        archives="resources/archives.yaml",
        downloads=snakemake.config.get("downloads"),
    )
