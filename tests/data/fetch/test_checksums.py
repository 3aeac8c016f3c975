import shutil
import subprocess

import pytest

from jetbench.data.fetch.checksums import checksum, expected_of, git_blob, record_of, write_record
from jetbench.errors import InputError

HELLO = {  # `printf 'hello\n' | md5sum`, `sha256sum`, `git hash-object --stdin`
    "md5": "b1946ac92492d2347c6235b4d2611184",
    "sha256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
    "git_blob": "ce013625030ba8dba906f756967f9e9ca394464a",
}


@pytest.fixture
def hello(tmp_path):
    (tmp_path / "hello").write_bytes(b"hello\n")
    return tmp_path / "hello"


@pytest.mark.parametrize("kind", HELLO)
def test_checksums_are_those_of_the_usual_tools(hello, kind):
    assert checksum(kind, hello) == HELLO[kind]


def test_git_blob_is_what_git_says(hello):
    assert git_blob(hello) == HELLO["git_blob"]


@pytest.mark.parametrize("kind", HELLO)
def test_the_entry_says_what_is_expected(hello, kind):
    write_record(hello, "0" * 64)
    expected = expected_of({"urls": [], kind: HELLO[kind]}, hello)
    assert expected.mismatch(HELLO[kind], hello, "a.root") is None
    assert expected.mismatch("f", hello, "a.root") == f"expected {kind} {HELLO[kind]}, got f"


def test_without_entry_and_record_anything_will_do(hello):
    assert expected_of({"urls": []}, hello).mismatch("f", hello, "hello") is None


def test_a_record_is_expected_and_named(hello):
    write_record(hello, HELLO["sha256"])
    mismatch = expected_of({"urls": []}, hello).mismatch("f", hello, "hello")
    assert f"{HELLO['sha256']} (as {hello}.sha256 has it from the first download), got" in mismatch


def test_the_message_says_how_a_record_becomes_binding(hello, capsys):
    write_record(hello, HELLO["sha256"])
    message = capsys.readouterr().err
    assert f"{hello}.sha256: " in message and f"sha256: {HELLO['sha256']}\n" in message
    assert "resources/archives.yaml" in message


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_a_record(hello):
    write_record(hello, HELLO["sha256"])
    command = ["sha256sum", "-c", record_of(hello).name]
    assert subprocess.run(command, cwd=hello.parent, capture_output=True).stdout == b"hello: OK\n"


@pytest.mark.parametrize("content", ["", "soon\n", f"{HELLO['md5']}  hello\n"])
def test_what_is_no_record_is_refused(hello, content):
    record_of(hello).write_text(content)
    with pytest.raises(InputError, match="hello.sha256: expected a SHA-256 and the name of a file"):
        expected_of({"urls": []}, hello)
