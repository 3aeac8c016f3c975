"""Tar archives: looked through first, then unpacked, so that nothing half or harmful is written.

Only the headers of an uncompressed archive are read in the first pass, which seeks over the files.
"""

import tarfile
from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path, PurePosixPath

from jetbench.data.fetch.space import expect_space
from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.progress import track

PIECE = 2**20  # bytes
JETS = (".root", ".parquet")  # endings of files that hold jets
APPLE = "._"  # macOS packs its own attributes of a file as a second one, named so


KINDS = {
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a named pipe",
}
Archive = str | PathLike


def unpack(archives: list[Archive], files: list[str | PathLike]) -> None:
    """Write each of `files` from the one member of the archives that has its name.

    Folders inside the archives are ignored, and so are the files of attributes that macOS adds.

    Raises:
        InputError: before anything is written: an archive is cut short or no tar; a member is
            neither a file nor a folder, or would leave the folder; a file is missing or doubled; a
            file of jets is there that nobody asked for; the disk is too small.
    """
    wanted = {Path(file).name: Path(file) for file in files}
    members = {archive: list_members(archive) for archive in archives}
    found = find(members, wanted.keys())
    sizes = sum(member.size for chosen in found.values() for member in chosen.values())
    expect_space(Path(files[0]).parent, sizes)
    for archive, chosen in found.items():
        extract(archive, {wanted[name]: member for name, member in chosen.items()})


def list_members(archive: Archive) -> list[tarfile.TarInfo]:
    """Files of a tar archive, from its headers. InputError: harmful, cut short, or no tar."""
    try:
        with tarfile.open(archive, "r:") as tar:
            members = [member for member in tar if is_file(member, archive)]
            closed = is_closed(tar)
    except tarfile.TarError as error:
        raise InputError(f"{archive}: expected a whole tar, uncompressed: {error}") from None
    if not closed:
        raise InputError(
            f"{archive}: expected the zeros that end a tar: it is cut short or damaged"
        )
    return members


def is_file(member: tarfile.TarInfo, archive: Archive) -> bool:
    """Whether it is a file to be thought of; refuses what does not belong into an archive of them.

    Python's `data` filter takes the slash from absolute names and lets some links pass: they are
    refused here before.
    """
    place = f"{archive}: {member.name}"
    if not (member.isreg() or member.isdir()):
        kind = KINDS.get(member.type, f"a member of type {member.type!r}")
        raise InputError(f"{place}: expected a file or a folder, got {kind}")
    if PurePosixPath(member.name).is_absolute():
        raise InputError(f"{place}: expected a relative name, got an absolute one")
    try:
        tarfile.data_filter(member, "/nowhere")
    except tarfile.FilterError as error:
        raise InputError(f"{place}: expected a name inside the folder: {error}") from None
    return member.isreg() and not PurePosixPath(member.name).name.startswith(APPLE)


def is_closed(tar: tarfile.TarFile) -> bool:
    """Whether a block of zeros follows the last member; tarfile takes any rubbish for the end."""
    tar.fileobj.seek(tar.offset)
    return tar.fileobj.read(tarfile.BLOCKSIZE) == bytes(tarfile.BLOCKSIZE)


def find(
    members: Mapping[Archive, list[tarfile.TarInfo]], wanted: Collection[str]
) -> dict[Archive, dict[str, tarfile.TarInfo]]:
    """Wanted members of each archive, by name: every one once, and no other file of jets."""
    found, origin = {archive: {} for archive in members}, {}
    pairs = [(archive, member) for archive, listed in members.items() for member in listed]
    for archive, member in pairs:
        name = PurePosixPath(member.name).name
        if name in origin:
            raise InputError(f"{archive}: expected {name} once, got it from {origin[name]} too")
        if name in wanted:
            origin[name], found[archive][name] = archive, member
        elif name.endswith(JETS):
            raise InputError(f"{archive}: expected none but the files asked for, got {name}")
    missing = sorted(wanted - origin.keys())
    if missing:
        names, few = ", ".join(map(str, members)), ", ".join(missing[:5])
        raise InputError(f"{names}: expected {len(wanted)} files, {len(missing)} missing: {few}")
    return found


def extract(archive: Archive, chosen: Mapping[Path, tarfile.TarInfo]) -> None:
    """Write members of an archive to their paths, each whole or not at all."""
    total = sum(member.size for member in chosen.values())
    name = f"unpack {Path(archive).name}"
    with (
        tarfile.open(archive, "r:") as tar,
        track(None, name, total, unit="B", unit_scale=True) as bar,
    ):
        for path, member in chosen.items():
            with whole(path) as partial, open(partial, "wb") as file:
                content = tar.extractfile(member)
                while piece := content.read(PIECE):
                    file.write(piece)
                    bar.update(len(piece))
