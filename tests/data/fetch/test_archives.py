"""Archives: unpacked whole, or refused before anything is written."""

import io
import re
import tarfile

import pytest

from jetbench.data.datasets import published_files
from jetbench.data.fetch import space
from jetbench.data.fetch.archives import unpack
from jetbench.errors import InputError


def member(name, content=b"", **attributes):
    """A member of a tar archive with its content."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    return info, io.BytesIO(content)


def tar_of(path, files, *more):
    """A tar archive of files {name: content} and of more members."""
    with tarfile.open(path, "w") as tar:
        for info, content in [member(*file) for file in files.items()] + list(more):
            tar.addfile(info, content)
    return path


def refused(folder, message, *archives):
    """Whether two files are refused with this message, and nothing is written."""
    with pytest.raises(InputError, match=message):
        unpack(archives, [folder / "raw" / "a_000.root", folder / "raw" / "b_000.root"])
    return set(folder.iterdir()) == set(archives)


GOOD = {"a_000.root": b"1", "b_000.root": b"2"}


def test_files_come_from_whichever_archive_holds_them(tmp_path):
    archives = [
        tar_of(tmp_path / "0.tar", {"train_100M/TTBar_000.root": b"t", "README": b"read me"}),
        tar_of(tmp_path / "1.tar", {"HToBB_000.root": b"h"}),
    ]
    files = [tmp_path / "raw" / "HToBB_000.root", tmp_path / "raw" / "TTBar_000.root"]
    unpack(archives, files)
    assert [file.read_bytes() for file in files] == [b"h", b"t"]
    assert len(list((tmp_path / "raw").iterdir())) == 2


@pytest.mark.parametrize("dataset", ["toplandscape", "quarkgluon"])
def test_parquet_files_come_from_the_one_archive(tmp_path, dataset):
    names = published_files(dataset)
    tar_of(tmp_path / "0.tar", {f"Set/{name}": name.encode() for name in names})
    unpack([tmp_path / "0.tar"], [tmp_path / "raw" / name for name in names])
    assert all((tmp_path / "raw" / name).read_bytes() == name.encode() for name in names)


def test_what_nobody_asked_for_is_left_in_the_archive(tmp_path):
    files = {"x/a_000.root": b"1", "x/._a_000.root": b"apple", "README": b"a", "x/README": b"b"}
    archives = [tar_of(tmp_path / "0.tar", files, member("x", type=tarfile.DIRTYPE))]
    unpack(archives, [tmp_path / "raw" / "a_000.root"])
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["a_000.root"]
    assert (tmp_path / "raw" / "a_000.root").read_bytes() == b"1"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a_000.root": b"1"}, "0.tar: expected 2 files, 1 missing: b_000.root"),
        (GOOD | {"x/a_000.root": b"3"}, "0.tar: expected a_000.root once, got it from .*0.tar too"),
        (GOOD | {"c_000.root": b"3"}, "0.tar: expected none but the files asked for, got c_000"),
        (GOOD | {"c.parquet": b"3"}, "0.tar: expected none but the files asked for, got c.parquet"),
    ],
)
def test_archives_with_other_files_are_refused(tmp_path, files, message):
    assert refused(tmp_path, message, tar_of(tmp_path / "0.tar", files))


def test_a_file_in_two_archives_is_refused(tmp_path):
    archives = [tar_of(tmp_path / f"{n}.tar", {"a_000.root": b"1"}) for n in range(2)]
    assert refused(tmp_path, "1.tar: expected a_000.root once, got it from .*0.tar too", *archives)


@pytest.mark.parametrize("name", ["../a_000.root", "x/../../a_000.root", "../._a", "/a_000.root"])
def test_names_that_leave_the_folder_are_refused(tmp_path, name):
    message = f"0.tar: {re.escape(name)}: expected a (relative name|name inside)"
    assert refused(tmp_path, message, tar_of(tmp_path / "0.tar", GOOD | {name: b"3"}))


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        (tarfile.SYMTYPE, "b_000.root", "a symbolic link"),
        (tarfile.SYMTYPE, "/etc/passwd", "a symbolic link"),
        (tarfile.LNKTYPE, "b_000.root", "a hard link"),
        (tarfile.LNKTYPE, "../../secret", "a hard link"),
        (tarfile.CHRTYPE, "", "a device"),
        (tarfile.BLKTYPE, "", "a device"),
        (tarfile.FIFOTYPE, "", "a named pipe"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path, kind, target, words):
    odd = member("x/a_000.root", type=kind, linkname=target)
    message = f"0.tar: x/a_000.root: expected a file or a folder, got {words}"
    assert refused(tmp_path, message, tar_of(tmp_path / "0.tar", GOOD, odd))


@pytest.mark.parametrize("end", [0, 100, 512, 1000, 50_000, 102_400, 102_500, 205_000])
def test_an_archive_that_is_cut_short_is_refused(tmp_path, end):
    files = {"a_000.root": b"1" * 101_888, "b_000.root": b"2" * 101_888}
    archive = tar_of(tmp_path / "0.tar", files)
    archive.write_bytes(archive.read_bytes()[:end])
    message = "0.tar: expected (a whole tar, uncompressed|the zeros that end a tar)"
    assert refused(tmp_path, message, archive)


@pytest.mark.parametrize("content", [b"<html>" * 1000, b"\x1f\x8b" + bytes(1000), b"r" * 20_000])
def test_what_is_no_tar_is_refused(tmp_path, content):
    (tmp_path / "0.tar").write_bytes(content)
    assert refused(tmp_path, "0.tar: expected a whole tar, uncompressed", tmp_path / "0.tar")


def test_a_damaged_header_is_refused(tmp_path):
    archive = tar_of(tmp_path / "0.tar", GOOD)
    content = bytearray(archive.read_bytes())
    content[1024:1030] = b"damage"  # of the name of the second file
    archive.write_bytes(content)
    assert refused(tmp_path, "0.tar: expected the zeros that end a tar", archive)


def huge(path, size):
    """An archive with one file of `size` bytes, nearly all of which are a hole on the disk."""
    info = member("a_000.root")[0]
    info.size = size
    with open(path, "wb") as file:
        file.write(info.tobuf())
        file.truncate(file.tell() + size + 1024)
    return path


def test_only_headers_are_read_before_unpacking(tmp_path):
    archive = huge(tmp_path / "0.tar", 2**40)  # reading it would take an hour
    with pytest.raises(InputError, match=r"expected 1110.507 GB of free disk, got"):
        unpack([archive], [tmp_path / "raw" / "a_000.root"])
    assert not (tmp_path / "raw").exists()


def test_what_does_not_fit_is_not_begun(tmp_path, monkeypatch):
    usage = space.shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    message = f"{tmp_path}: expected 0.000 GB of free disk, got 0.000 GB"
    assert refused(tmp_path, message, tar_of(tmp_path / "0.tar", GOOD))


def test_progress_is_that_of_the_bytes(tmp_path, capsys):
    archive = tar_of(tmp_path / "0.tar", {"a_000.root": bytes(2_000_000), "README": bytes(9)})
    unpack([archive], [tmp_path / "a_000.root"])
    assert re.search(r"unpack 0.tar: 100%.*2.00M/2.00M", capsys.readouterr().err)
