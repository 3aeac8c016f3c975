"""Archives of a data set: fetched so that a broken transfer goes on, unpacked with care."""

import hashlib
import http.client
import os
import shutil
import tarfile
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from pathlib import Path

from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.progress import track

PIECE = 2**20  # bytes
TIMEOUT = 60  # seconds without a byte
JETS = (".root", ".parquet")  # endings of files that hold jets


def download(source: Mapping[str, str], archive: str | os.PathLike) -> None:
    """Fetch the `url` of `source` to `archive`, which appears when it is whole and as expected.

    What is expected is the checksum in `source`, one of CHECKSUMS. What has come lies in
    `{archive}.partial`, and the next call goes on from there. Raises InputError if the transfer
    breaks, or ends with another checksum (the file is then deleted).
    """
    url, kind = source["url"], next((kind for kind in CHECKSUMS if kind in source), None)
    if kind is None:
        raise InputError(f"{url}: expected a checksum ({' or '.join(CHECKSUMS)}), got none")
    partial = Path(f"{archive}.partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        fetch(url, partial)
    except (OSError, http.client.HTTPException) as error:
        kept = partial.stat().st_size if partial.exists() else 0
        raise InputError(f"{url}: {error}; {kept} bytes are kept, run again to go on") from None
    # Of the file and not of the stream: a resumed transfer needs no second way.
    if (got := CHECKSUMS[kind](partial)) != source[kind]:
        partial.unlink()
        raise InputError(
            f"{url}: expected {kind} {source[kind]}, got {got}; deleted, run again to start afresh"
        )
    os.replace(partial, archive)


def fetch(url: str, partial: Path) -> None:
    """Add to `partial` what it lacks. OSError if the transfer breaks."""
    start = partial.stat().st_size if partial.exists() else 0
    try:
        response = open_url(url, start)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            return  # nothing is missing: killed before the checksum was compared
        raise
    with response:
        # A server that knows no ranges begins at the beginning.
        known = response.status == http.HTTPStatus.PARTIAL_CONTENT
        receive(response, partial, start if known else 0)


def receive(response: http.client.HTTPResponse, partial: Path, start: int) -> None:
    """Put what comes behind the first `start` bytes of `partial`. OSError if it is not all."""
    length = response.headers["Content-Length"]
    total = start + int(length) if length else None
    with (
        open(partial, "ab" if start else "wb") as file,
        track(None, partial.stem, total, initial=start, unit="B", unit_scale=True) as bar,
    ):
        while piece := response.read(PIECE):
            file.write(piece)
            bar.update(len(piece))
        if total is not None and file.tell() != total:
            raise OSError(f"expected {total} bytes, got {file.tell()}")


def open_url(url: str, start: int) -> http.client.HTTPResponse:
    """Response with the bytes from `start` on, or with all if the server knows no ranges."""
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    return urllib.request.urlopen(request, timeout=TIMEOUT)


def md5(path: Path) -> str:
    """MD5 of the content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def git_blob(path: Path) -> str:
    """SHA-1 of "blob {size}\\0{content}": the name that git gives to the content."""
    header = f"blob {path.stat().st_size}\0".encode()
    with open(path, "rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.sha1(header, usedforsecurity=False)
        ).hexdigest()


CHECKSUMS = {"md5": md5, "git_blob": git_blob}


def unpack(archives: list[str | os.PathLike], files: list[str | os.PathLike]) -> None:
    """Write each of `files` from the one member of the archives that has its name.

    Folders inside the archives are ignored. Before anything is written, InputError names what is
    missing or doubled, files of jets that nobody asked for, and members that would leave the
    folder.
    """
    wanted = {Path(file).name: Path(file) for file in files}
    check_members(archives, wanted)
    for archive in archives:
        extract(archive, wanted)


def check_members(archives: list[str | os.PathLike], wanted: Collection[str]) -> None:
    """Refuse archives that do not hold each wanted file once, and no other one of jets."""
    sources = {}
    for archive in archives:
        for member in list_members(archive):
            name = Path(member.name).name
            if name in sources:
                raise InputError(
                    f"{archive}: expected {name} once, got it from {sources[name]} too"
                )
            if name not in wanted and name.endswith(JETS):
                raise InputError(f"{archive}: expected none but the files asked for, got {name}")
            sources[name] = archive
    missing = sorted(set(wanted) - sources.keys())
    if missing:
        few = ", ".join(missing[:5])
        raise InputError(f"{archives}: expected {len(wanted)} files, {len(missing)} missing: {few}")


def list_members(archive: str | os.PathLike) -> list[tarfile.TarInfo]:
    """Regular files of a tar archive, none of which leaves the folder it is unpacked in."""
    try:
        with tarfile.open(archive) as tar:
            members = [tarfile.data_filter(member, "/nowhere") for member in tar]
    except (tarfile.TarError, EOFError) as error:
        raise InputError(f"{archive}: expected a whole and harmless tar file: {error}") from None
    return [member for member in members if member.isreg()]


def extract(archive: str | os.PathLike, wanted: dict[str, Path]) -> None:
    """Write the wanted members of an archive, each whole or not at all."""
    with tarfile.open(archive) as tar:
        for member in track(tar, f"unpack {Path(archive).name}", unit="file"):
            path = wanted.get(Path(member.name).name)
            if path is None or not member.isreg():
                continue
            with whole(path) as partial, open(partial, "wb") as file:
                shutil.copyfileobj(tar.extractfile(member), file, PIECE)
