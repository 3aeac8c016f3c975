"""Files fetched or found: what is recorded, linked, held, and survives being killed."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

from jetbench.data.fetch import partial
from jetbench.data.fetch.downloads import download
from jetbench.errors import InputError
from jetbench.files import held
from tests.conftest import ROOT
from tests.serving import Answer, served

CONTENT = bytes(range(256)) * 2048
CHECKSUMS = {
    "md5": hashlib.md5(CONTENT).hexdigest(),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "git_blob": hashlib.sha1(b"blob %d\0" % len(CONTENT) + CONTENT).hexdigest(),
}
MD5 = {"md5": CHECKSUMS["md5"]}


@pytest.fixture
def server():
    """A site with CONTENT, and an entry with its address and no checksum."""
    with served(CONTENT) as (site, address):
        yield site, {"urls": [f"{address}/a.tar"]}


@pytest.fixture
def folder(tmp_path):
    """Folder of downloads with a file a.tar, which nobody may write to."""
    folder = tmp_path / "downloads"
    (folder / "jets").mkdir(parents=True)
    (folder / "jets" / "a.tar").write_bytes(CONTENT)
    for path in (folder / "jets", folder):
        path.chmod(0o555)
    yield folder
    for path in (folder, folder / "jets"):
        path.chmod(0o755)


@pytest.mark.parametrize("kind", CHECKSUMS)
@pytest.mark.parametrize("kept", [0, 1000])
def test_checksums_are_made_while_the_bytes_come(server, tmp_path, monkeypatch, kind, kept):
    monkeypatch.delattr(partial, "checksum")  # which would read the file again
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:kept])
    download(server[1] | {kind: CHECKSUMS[kind]}, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == CONTENT


def test_a_name_by_git_waits_for_the_size(server, tmp_path):
    server[0].usual = Answer(length=False)
    download(server[1] | {"git_blob": CHECKSUMS["git_blob"]}, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == CONTENT


@pytest.mark.parametrize("kind", CHECKSUMS)
def test_another_checksum_is_refused(server, tmp_path, kind):
    wrong = "0" * len(CHECKSUMS[kind])
    with pytest.raises(InputError, match=f"expected {kind} {wrong}, got {CHECKSUMS[kind]}"):
        download(server[1] | {kind: wrong}, tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


def test_bytes_that_were_kept_are_checked_with_progress(server, tmp_path, capsys):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    download(server[1] | MD5, tmp_path / "a.tar")
    assert "check what is kept of a.tar: 100%" in capsys.readouterr().err


def test_the_credit_is_printed(server, tmp_path, capsys):
    credit = {"page": "https://jets.example", "licence": "CC BY", "citation": "A. Author, 2020"}
    download(server[1] | MD5, tmp_path / "a.tar", credit=credit)
    message = capsys.readouterr().err
    assert all(value in message for value in credit.values())


def test_the_first_download_is_recorded(server, tmp_path):
    download(server[1], tmp_path / "a.tar")
    record = (tmp_path / "a.tar.sha256").read_text()
    assert record == f"{CHECKSUMS['sha256']}  a.tar\n"


def test_the_second_download_must_match_the_record(server, tmp_path):
    download(server[1], tmp_path / "a.tar")
    download(server[1], tmp_path / "a.tar")
    (tmp_path / "a.tar").unlink()
    server[0].content = CONTENT[::-1]
    message = f"expected sha256 {CHECKSUMS['sha256']} .as {tmp_path}/a.tar.sha256 .*, got "
    with pytest.raises(InputError, match=message):
        download(server[1], tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


def test_without_checksum_and_length_nothing_is_recorded(server, tmp_path):
    server[0].usual = Answer(length=False, stop=200_000)
    with pytest.raises(InputError, match="expected a size or a checksum"):
        download(server[1], tmp_path / "a.tar")
    assert not (tmp_path / "a.tar.sha256").exists()


@pytest.mark.parametrize("below", ["", "jets"])
def test_a_file_that_lies_there_is_linked(server, tmp_path, folder, below):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    download(server[1] | MD5, tmp_path / "a.tar", folder / below)
    assert (tmp_path / "a.tar").readlink() == folder / "jets" / "a.tar"
    assert not server[0].asked and not (tmp_path / "a.tar.partial").exists()


def test_nothing_is_written_where_it_lies(server, tmp_path, folder):
    download(server[1], tmp_path / "a.tar", folder)
    assert sorted(folder.rglob("*")) == [folder / "jets", folder / "jets" / "a.tar"]
    assert (tmp_path / "a.tar.sha256").read_text().startswith(CHECKSUMS["sha256"])


def test_a_wrong_file_that_lies_there_is_refused(server, tmp_path, folder):
    wrong = server[1] | {"md5": "0" * 32}
    message = f"{folder}/jets/a.tar: expected md5 0{{32}}, got {CHECKSUMS['md5']}"
    with pytest.raises(InputError, match=message):
        download(wrong, tmp_path / "a.tar", folder)
    assert not server[0].asked and not (tmp_path / "a.tar").is_symlink()


def test_a_file_that_begins_wrongly_is_not_linked(tmp_path, folder):
    (folder / "jets").chmod(0o755)
    (folder / "jets" / "a.h5").write_bytes(b"hello")
    with pytest.raises(InputError, match=r"jets/a.h5: expected b'.x89HDF' as the first bytes"):
        download({"urls": []}, tmp_path / "a.h5", folder)
    assert not (tmp_path / "a.h5.sha256").exists()


def test_of_several_files_the_right_one_is_linked(server, tmp_path):
    for name, content in [("a", b"other"), ("b", CONTENT)]:
        (tmp_path / "downloads" / name).mkdir(parents=True)
        (tmp_path / "downloads" / name / "a.tar").write_bytes(content)
    download(server[1] | MD5, tmp_path / "a.tar", tmp_path / "downloads")
    assert (tmp_path / "a.tar").resolve() == tmp_path / "downloads" / "b" / "a.tar"
    with pytest.raises(InputError, match="expected one file .*a/a.tar, .*b/a.tar"):
        download(server[1], tmp_path / "a.tar", tmp_path / "downloads")


def test_what_does_not_lie_there_is_fetched(server, tmp_path, folder):
    download({"urls": [server[1]["urls"][0]]} | MD5, tmp_path / "b.tar", folder)
    assert (tmp_path / "b.tar").read_bytes() == CONTENT and not (tmp_path / "b.tar").is_symlink()


def test_a_folder_of_downloads_that_is_not_there_is_refused(server, tmp_path):
    with pytest.raises(InputError, match="nowhere: expected the folder of downloads, got none"):
        download(server[1] | MD5, tmp_path / "a.tar", tmp_path / "nowhere")


def test_files_of_one_folder_are_held_one_by_one(server, tmp_path):
    with held(tmp_path, "download of b.tar", ".b.tar.held"):
        download(server[1] | MD5, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").exists()


@pytest.fixture
def halfway(server, tmp_path):
    """A process that has fetched 300000 bytes and waits for more."""
    server[0].answers = [Answer(stop=300_000, stall=True)]
    source = server[1] | MD5
    code = f"from jetbench.data.fetch.downloads import download; download({source!r}, 'a.tar')"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow/lib")}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment)
    while not ((path := tmp_path / "a.tar.partial").exists() and path.stat().st_size > 200_000):
        time.sleep(0.01)
    yield process
    process.kill()
    process.wait()


def test_two_processes_do_not_fetch_one_file(halfway, server, tmp_path):
    with pytest.raises(InputError, match=f"another download of a.tar .*process {halfway.pid}"):
        download(server[1] | MD5, tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


def test_a_killed_download_goes_on(halfway, server, tmp_path):
    halfway.send_signal(signal.SIGKILL)
    halfway.wait()
    assert not (tmp_path / "a.tar").exists()
    download(server[1] | MD5, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == CONTENT
    assert int(server[0].asked[1][1].strip("bytes=-")) > 200_000
