"""Files of data sets: fetched, or taken from a folder where they lie already."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from jetbench.data.fetch.checksums import Expected, checksum, expected_of, write_record
from jetbench.data.fetch.credits import credit_lines
from jetbench.data.fetch.partial import Partial
from jetbench.data.fetch.states import state_of
from jetbench.data.fetch.transfers import fetch
from jetbench.errors import InputError
from jetbench.files import held, whole


def download(
    source: Mapping,
    archive: str | os.PathLike,
    downloads: str | os.PathLike | None = None,
    credit: Mapping[str, str] | None = None,
) -> None:
    """Put the file that `source` describes at `archive`, which appears when it is whole and right.

    Args:
        source: `urls`, and perhaps a checksum (checksums.KINDS) and a `size`: an entry of
            resources/archives.yaml. Without a checksum that of the first download is recorded in
            {archive}.sha256, and later ones must match it.
        downloads: folder in which, or in whose folders, a file of this name may lie already: then
            `archive` becomes a link to it. Nothing is written there.
        credit: page, licence and citation, which are printed.

    What has come lies in {archive}.partial, and the next call goes on from there: without a
    checksum only where the server says that the file is still the same. Raises InputError if no
    address gives the file, the disk is too small, another process is at it, or the file in
    `downloads` is another one.
    """
    archive = Path(archive)
    if credit is not None:
        print(f"{archive.name}:\n{credit_lines(credit)}", file=sys.stderr)
    try:
        with held(archive.parent, f"download of {archive.name}", f".{archive.name}.held"):
            expected = expected_of(source, archive)
            copies = find_copies(downloads, archive.name) if downloads else []
            if copies:
                link(copies, archive, expected)
            else:
                transfer(source, archive, expected)
    except OSError as error:  # of the disk: those of the network do not come here
        raise InputError(f"{archive}: {error}") from None


def transfer(source: Mapping, archive: Path, expected: Expected) -> None:
    """Fetch a file from its addresses."""
    with Partial(Path(f"{archive}.partial"), expected, source.get("size")) as partial:
        got = fetch(source["urls"], partial)
    if not partial.known:
        write_record(archive, got)
    partial.finish(archive)


def find_copies(downloads: str | os.PathLike, name: str) -> list[Path]:
    """Files of a name in the folder `downloads` and in the folders in it."""
    folder = Path(downloads).resolve()
    if not folder.is_dir():
        raise InputError(f"{downloads}: expected the folder of downloads, got none")
    return [path / name for path in (folder, *sorted(folder.iterdir())) if (path / name).is_file()]


def link(copies: list[Path], archive: Path, expected: Expected) -> None:
    """Make `archive` a link to the first of `copies` that has the expected checksum."""
    copy, got = agreeing(copies, expected)
    if expected.value is None:
        write_record(archive, got)
    with whole(archive) as partial:
        partial.unlink(missing_ok=True)
        partial.symlink_to(copy)
    left = Path(f"{archive}.partial")
    left.unlink(missing_ok=True)
    state_of(left).unlink(missing_ok=True)


def agreeing(copies: list[Path], expected: Expected) -> tuple[Path, str]:
    """The first copy with the expected checksum, and its checksum.

    Raises:
        InputError: none has it; or the checksum is not known, and there are several or the one
            does not begin as its suffix promises.
    """
    if expected.value is None and len(copies) > 1:
        names = ", ".join(map(str, copies))
        raise InputError(f"expected one file of a name without a known checksum, got {names}")
    mismatches = []
    for copy in copies:
        got = checksum(expected.kind, copy)
        mismatch = expected.mismatch(got, copy, copy.name)
        if mismatch is None:
            return copy, got
        mismatches.append(f"{copy}: {mismatch}")
    raise InputError("; ".join(mismatches))
