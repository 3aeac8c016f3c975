"""Rank 0 and its followers: one job, whoever of them dies."""

import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from jetbench.training import followers as module
from jetbench.training.followers import Follower, leading
from tests.training.dying import die, outlive
from tests.training.helpers import RUN, rows, same_outcome, train_toy

STEP = "jetbench.training.watch:Watch.after_step"
NAME = RUN.split("/", 1)[-1]


def followers():
    """The ranks that this process leads."""
    return [thread for thread in threading.enumerate() if isinstance(thread, Follower)]


def lose(*_):
    """End the followers as the kernel does when memory runs out."""
    for follower in followers():
        follower.process.kill()


def lose_in_a_kernel(*_):
    """Lose them while nothing ends the waiting for them, as in a kernel of NCCL."""
    module.PATIENCE = 0.1
    lose()
    time.sleep(60)


def die_alone(watch, state):
    """Die, having written down which processes are left behind."""
    pids = [str(follower.process.pid) for follower in followers()]
    (watch.checkpoints.newest.parent / "followers").write_text(" ".join(pids))
    die()


def take_data_away(task):
    """Let a follower find no shard."""
    module.PATIENCE = 0.1
    Path(task["run"]["val_shards"][0]).unlink()


def terminate_all(*_):
    """Send SIGTERM to every process of the job, as Slurm does."""
    for follower in followers():
        follower.process.send_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)


def log(folder):
    """Lines that the job has written."""
    return (folder / "train.log").read_text().splitlines()


@pytest.fixture(scope="module")
def pair(shards, tmp_path_factory):
    """Folder of a training of two ranks, with dropout, that nothing disturbed."""
    folder = tmp_path_factory.mktemp("pair")
    assert outlive(folder, shards, gpus=2) == 0
    return folder


@pytest.fixture(scope="module")
def undropped(shards, tmp_path_factory):
    """Folder of a training of one process, without dropout, that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undropped")
    train_toy(folder, shards, dropout=0.0)
    return folder


def numbers(folder):
    """History without the times."""
    return np.loadtxt(rows(folder)[1:], delimiter=",")


def test_one_job_with_one_log_one_bar_and_no_chatter(pair):
    written = {"weights.safetensors", "history.csv", "checkpoint.pt", "train.log"}
    assert {path.name for path in pair.glob("[!.]*")} == written
    device, first, *others = log(pair)
    assert device == "device: cpu, 2 processes, 32-true"
    assert first.startswith(f"{NAME}: 0/20,") and others[-1].startswith(f"{NAME}: 20/20,")
    assert all(line.startswith(f"{NAME}: ") for line in [first, *others])


def test_signal_to_all_saves_and_goes_on_bit_by_bit(pair, shards, tmp_path):
    assert outlive(tmp_path, shards, (STEP, 5, terminate_all), gpus=2) == 143
    said = f"{RUN}: SIGTERM: saved; the same command goes on from step 5 of 20"
    assert said in log(tmp_path)
    assert outlive(tmp_path, shards, gpus=2) == 0
    assert any("going on from step 5" in line for line in log(tmp_path))
    assert same_outcome(tmp_path, pair)


@pytest.mark.parametrize(("first", "then"), [(1, 2), (2, 1)])
def test_another_number_of_gpus_goes_on(first, then, undropped, shards, tmp_path):
    terminated = (STEP, 13, "terminate")
    assert outlive(tmp_path, shards, terminated, gpus=first, dropout=0.0) == 143
    assert outlive(tmp_path, shards, gpus=then, dropout=0.0) == 0
    assert any("going on from step 13" in line for line in log(tmp_path))
    np.testing.assert_allclose(numbers(tmp_path), numbers(undropped), rtol=1e-5)


def test_a_follower_that_dies_ends_the_job(shards, tmp_path):
    begun = time.monotonic()
    assert outlive(tmp_path, shards, (STEP, 5, lose), gpus=2, checkpoint_seconds=1e-9) == 1
    assert time.monotonic() - begun < 120
    assert (tmp_path / "checkpoint.pt").exists() and not (tmp_path / "history.csv").exists()


def test_a_follower_that_dies_ends_a_job_that_cannot_notice(shards, tmp_path):
    assert outlive(tmp_path, shards, (STEP, 5, lose_in_a_kernel), gpus=2) == 1
    assert log(tmp_path)[-1] == "error: rank 1 of 2 ended with SIGKILL"


def test_bad_input_of_a_follower_is_told(shards, tmp_path):
    own = [shutil.copy(path, tmp_path / path.name) for path in shards]
    start = ("jetbench.training.followers:start_process", 1, take_data_away)
    assert outlive(tmp_path, own, start, gpus=2) == 1
    assert log(tmp_path)[-1].startswith(f"error: {own[1]}: expected a whole HDF5 file")


@pytest.fixture
def sleeping(monkeypatch):
    """Followers that only sleep, and of which the third cannot be started."""
    processes = []

    def start(task):
        if task["place"]["rank"] == 3:
            raise OSError("no more processes")
        pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        processes.append(subprocess.Popen(["sleep", "600"], **pipes))
        return processes[-1]

    monkeypatch.setattr(module, "start_process", start)
    monkeypatch.setattr(module, "TO_END", 0.1)
    monkeypatch.setattr(module, "TO_FAIL", 0.1)
    return processes


def test_a_follower_that_ends_slowly_does_not_fail_a_finished_training(sleeping):
    with leading({}, 2):
        pass
    assert [process.returncode for process in sleeping] == [-signal.SIGKILL]


def test_of_followers_that_cannot_all_be_started_none_stays(sleeping):
    with pytest.raises(OSError, match="no more processes"), leading({}, 4):
        pass
    assert [process.returncode for process in sleeping] == 2 * [-signal.SIGKILL]


def test_followers_die_with_their_leader(shards, tmp_path):
    assert outlive(tmp_path, shards, (STEP, 5, die_alone), gpus=2) == -signal.SIGKILL
    (pid,) = (tmp_path / "followers").read_text().split()
    deadline = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(pid)


def is_alive(pid):
    """Whether a process is more than an entry that nobody has asked for yet."""
    try:
        os.kill(int(pid), 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
