import hashlib
import os

import pytest

from jetbench.errors import InputError
from jetbench.files import held, sha256, whole


def test_a_whole_file_appears_under_its_name(tmp_path):
    with whole(tmp_path / "a.txt") as partial:
        partial.write_text("all of it")
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "all of it"


def test_a_failed_write_leaves_nothing_and_keeps_the_old_file(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(RuntimeError), whole(tmp_path / "a.txt") as partial:
        partial.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_the_partial_file_keeps_the_suffix(tmp_path):
    with whole(tmp_path / "new" / "a.h5") as partial:
        assert partial.suffix == ".h5"
        partial.touch()


def test_sha256_is_that_of_the_content(tmp_path):
    (tmp_path / "a").write_bytes(b"jets")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"jets").hexdigest()


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path):
    with held(tmp_path, "training"):
        message = f"another training is at work here .process {os.getpid()}."
        with pytest.raises(InputError, match=message), held(tmp_path, "training"):
            pass
    with held(tmp_path, "training"):
        pass
