import errno
import hashlib
import json
import os
import socket
from contextlib import nullcontext

import pytest

from jetbench.errors import InputError
from jetbench.files import held, sha256, whole
from jetbench.holders import Holder

HERE = socket.gethostname()


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


def test_a_full_disk_is_named_and_the_old_file_stays(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    message = "a.txt: expected room to write it, got: No space left on device; what was there"
    with pytest.raises(InputError, match=message), whole(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path, monkeypatch):
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    with held(tmp_path, "training"):
        message = f"another training is at work here .process {os.getpid()} on {HERE}.: .*kill"
        with pytest.raises(InputError, match=message), held(tmp_path, "training"):
            pass
    with held(tmp_path, "training"):
        pass


def test_what_a_killed_process_held_is_free_at_once(tmp_path):
    wrote = Holder(os.getpid(), HERE, "7")._asdict()  # a living process, but nothing is locked
    (tmp_path / ".held").write_text(json.dumps(wrote))
    with held(tmp_path, "training"):
        pass
    assert (tmp_path / ".held").read_text() == ""


def test_the_slurm_job_that_holds_a_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "45")
    with held(tmp_path, "training"):
        message = "in Slurm job 45.: wait for it or stop it: scancel 45$"
        with pytest.raises(InputError, match=message), held(tmp_path, "training"):
            pass


ALIVE = {"alive": True, "dead": False, "cannot be asked after": None}


@pytest.mark.parametrize("state", ALIVE)
@pytest.mark.parametrize("locks", [True, None], ids=["locks", "no locks"])
def test_a_holder_elsewhere_is_asked_after_and_a_lock_decides_for_the_silent(
    tmp_path, monkeypatch, state, locks
):
    """Locks may reach no further than one machine."""
    (tmp_path / ".held").write_text(json.dumps(Holder(1, "elsewhere", "7")._asdict()))
    monkeypatch.setattr(Holder, "alive", lambda self: ALIVE[state])
    monkeypatch.setattr("jetbench.files.lock", lambda file: locks)
    free = state == "dead" or (locks and state != "alive")
    expected = nullcontext() if free else pytest.raises(InputError, match="scancel 7")
    with expected, held(tmp_path, "training"):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_without_locks_a_living_process_is_not_pushed_out(tmp_path, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, "no locks here")

    monkeypatch.setattr("jetbench.files.fcntl.flock", refuse)
    with held(tmp_path, "training"):
        message = f"if it is dead, delete {tmp_path / '.held'}"
        with pytest.raises(InputError, match=message), held(tmp_path, "training"):
            pass
    with held(tmp_path, "training"):
        pass


def test_another_fault_of_locking_is_not_taken_for_a_file_system_without_locks(
    tmp_path, monkeypatch
):
    def fail(*_):
        raise OSError(errno.EIO, "the disk is dying")

    monkeypatch.setattr("jetbench.files.fcntl.flock", fail)
    with pytest.raises(OSError, match="dying"), held(tmp_path, "training"):
        pass
