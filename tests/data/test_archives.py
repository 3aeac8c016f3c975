"""Archives: fetched from a server on this machine, broken in every way that was thought of."""

import hashlib
import io
import re
import tarfile

import pytest
import yaml

from jetbench.data.archives import download, git_blob, unpack
from jetbench.data.datasets import DATASETS, FILE_NUMBERS, published_files
from jetbench.errors import InputError
from tests.conftest import ROOT
from tests.serving import served

CONTENT = bytes(range(256)) * 4096
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def server():
    """The handler, whose class attributes a test may change, and a source with its address."""
    with served(CONTENT) as (handler, address):
        yield handler, {"url": f"{address}/a.tar", "md5": MD5}


def test_file_arrives_alone(server, tmp_path):
    download(server[1], tmp_path / "new" / "a.tar")
    assert (tmp_path / "new" / "a.tar").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.tar"]


def test_broken_transfer_goes_on_where_it_stopped(server, tmp_path):
    server[0].stop = 300_000
    with pytest.raises(InputError, match="300000 bytes are kept, run again"):
        download(server[1], tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()
    server[0].stop = None
    download(server[1], tmp_path / "a.tar")
    assert server[0].asked == [None, "bytes=300000-"]
    assert (tmp_path / "a.tar").read_bytes() == CONTENT


def test_server_without_ranges_sends_all_again(server, tmp_path):
    server[0].ranges = False
    (tmp_path / "a.tar.partial").write_bytes(CONTENT[:1000])
    download(server[1], tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == CONTENT


def test_complete_partial_file_is_only_checked(server, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(CONTENT)
    download(server[1], tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_bytes() == CONTENT


def test_other_checksum_is_refused_and_deleted(server, tmp_path):
    (tmp_path / "a.tar.partial").write_bytes(b"something else")
    with pytest.raises(InputError, match=f"expected md5 {MD5}, got .* start afresh"):
        download(server[1], tmp_path / "a.tar")
    assert not list(tmp_path.iterdir())


def git_named(url):
    """The source of CONTENT with the name that git gives to it, worked out here once more."""
    name = hashlib.sha1(b"blob %d\0" % len(CONTENT) + CONTENT).hexdigest()
    return {"url": url, "git_blob": name}


def test_file_named_by_git_arrives_in_two_pieces(server, tmp_path):
    source = git_named(server[1]["url"])
    server[0].stop = 300_000
    with pytest.raises(InputError, match="300000 bytes are kept"):
        download(source, tmp_path / "a.pt")
    server[0].stop = None
    download(source, tmp_path / "a.pt")
    assert server[0].asked == [None, "bytes=300000-"]
    assert (tmp_path / "a.pt").read_bytes() == CONTENT


def test_git_blob_is_what_git_says(tmp_path):
    """`printf 'hello\\n' | git hash-object --stdin`"""
    (tmp_path / "a").write_bytes(b"hello\n")
    assert git_blob(tmp_path / "a") == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_other_git_blob_is_refused_and_deleted(server, tmp_path):
    source = git_named(server[1]["url"])
    wrong = source | {"git_blob": "0" * 40}
    with pytest.raises(InputError, match=f"expected git_blob 0{{40}}, got {source['git_blob']}"):
        download(wrong, tmp_path / "a.pt")
    assert not list(tmp_path.iterdir())


def test_source_without_checksum_is_not_fetched(server, tmp_path):
    with pytest.raises(InputError, match=r"a.tar: expected a checksum \(md5 or git_blob\)"):
        download({"url": server[1]["url"]}, tmp_path / "a.tar")
    assert not server[0].asked


def test_unreachable_server_is_named(tmp_path):
    with pytest.raises(InputError, match="http://127.0.0.1:9/a.tar: .*refused.* 0 bytes are kept"):
        download({"url": "http://127.0.0.1:9/a.tar", "md5": MD5}, tmp_path / "a.tar")


def tar_of(path, members):
    """A tar archive of files {name: content}."""
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


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


@pytest.mark.parametrize(
    "members, message",
    [
        ({"a_000.root": b"1"}, "expected 2 files, 1 missing: b_000.root"),
        ({"a_000.root": b"1", "b_000.root": b"2", "x/a_000.root": b"3"}, "a_000.root once"),
        ({"a_000.root": b"1", "b_000.root": b"2", "c_000.root": b"3"}, "got c_000.root"),
        ({"a_000.root": b"1", "b_000.root": b"2", "c.parquet": b"3"}, "got c.parquet"),
        ({"../a_000.root": b"1", "b_000.root": b"2"}, "whole and harmless tar file.*outside"),
    ],
)
def test_other_content_is_refused_before_anything_is_written(tmp_path, members, message):
    archive = tar_of(tmp_path / "0.tar", members)
    with pytest.raises(InputError, match=message):
        unpack([archive], [tmp_path / "raw" / "a_000.root", tmp_path / "raw" / "b_000.root"])
    assert [path.name for path in tmp_path.iterdir()] == ["0.tar"]


def test_truncated_archive_is_refused(tmp_path):
    archive = tar_of(tmp_path / "0.tar", {"a_000.root": b"1" * 100_000})
    archive.write_bytes(archive.read_bytes()[:50_000])
    with pytest.raises(InputError, match="0.tar: expected a whole and harmless tar file"):
        unpack([archive], [tmp_path / "a_000.root"])


def test_list_of_archives_is_complete():
    entries = yaml.safe_load((ROOT / "resources" / "archives.yaml").read_text())["jetclass"]
    assert {entry["split"] for entry in entries.values()} == set(FILE_NUMBERS)
    assert len({entry["md5"] for entry in entries.values()}) == len(entries) == 12
    for name, entry in entries.items():
        assert entry["url"].endswith(f"/{name}.tar") and re.fullmatch("[0-9a-f]{32}", entry["md5"])


def test_list_of_official_weights_is_complete():
    entries = yaml.safe_load((ROOT / "resources" / "archives.yaml").read_text())["official"]
    names = [
        f"{net}_{set_}" for net in ("ParT", "ParticleNet") for set_ in ("full", "kin", "kinpid")
    ]
    assert list(entries) == names
    for name, entry in entries.items():
        assert entry["url"].startswith("https://") and entry["url"].endswith(f"/models/{name}.pt")
        assert re.fullmatch("[0-9a-f]{40}", entry["git_blob"])


@pytest.mark.real
@pytest.mark.parametrize("name", ["ParticleNet_full", "ParticleNet_kin"])
def test_official_weights_at_hand_are_the_listed_ones(name, real):
    entries = yaml.safe_load((ROOT / "resources" / "archives.yaml").read_text())["official"]
    assert git_blob(real / f"{name}.pt") == entries[name]["git_blob"]


@pytest.mark.parametrize("dataset", [name for name in DATASETS if DATASETS[name].files])
def test_archive_of_a_data_set_in_parquet_files_is_listed(dataset):
    entries = yaml.safe_load((ROOT / "resources" / "archives.yaml").read_text())[dataset]
    ((name, entry),) = entries.items()
    assert name.lower() == dataset and "split" not in entry
    assert entry["url"].endswith(f"/{name}.tar") and re.fullmatch("[0-9a-f]{32}", entry["md5"])
