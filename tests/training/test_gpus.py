"""Jobs of one host, each with its own GPUs: no GPU is needed to see who holds which."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest
import torch

from jetbench.errors import InputError
from jetbench.training import gpus
from jetbench.training.gpus import claim
from tests.conftest import ROOT

UUIDS = ["GPU-aa11", "GPU-aa22", "GPU-bb33"]
uuids, ask_driver = gpus.uuids, gpus.driven  # the tests replace them
JOB = """
import sys
from jetbench.training import gpus
from jetbench.training.gpus import claim
gpus.confirm = list  # starting PyTorch takes seconds
gpus.uuids = list
with claim(int(sys.argv[1])) as names:
    print(*names, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def host(tmp_path, monkeypatch):
    """A host without a driver, on which no job holds a GPU; two are visible."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(gpus, "uuids", list)
    monkeypatch.setattr(gpus, "driven", list)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(gpus, "PAUSE", 0.01)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # put back after a claim has set it


@pytest.fixture
def job():
    """Start a job in a process of its own that claims some GPUs and keeps them."""
    processes = []

    def start(number=1):
        process = subprocess.Popen(
            [sys.executable, "-c", JOB, str(number)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "workflow/lib")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def names(process):
    """GPUs that a job says are its own."""
    return process.stdout.readline().split()


def waits(process):
    """What a job that has to wait says."""
    line = process.stderr.readline()
    assert line.startswith("waiting for"), line
    return line


def driver(monkeypatch, visible):
    """A driver that shows three GPUs, and what CUDA_VISIBLE_DEVICES says."""
    monkeypatch.setattr(gpus, "uuids", lambda: UUIDS)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)


def test_two_jobs_never_have_the_same_gpu(job):
    assert [names(job()), names(job())] == [["0"], ["1"]]


def test_many_jobs_at_once_share_nothing(job, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2,3,4,5")
    jobs = [job(number) for number in (2, 1, 1, 2)]
    assert sorted(sum(map(names, jobs), [])) == list("012345")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_dead_job_frees_its_gpu(job, end):
    first, second = job(), job()
    freed, _ = names(first), names(second)
    waiting = job()
    waits(waiting)
    first.send_signal(end)
    assert names(waiting) == freed


def test_a_waiting_job_says_once_who_holds_what_and_obeys_sigterm(job):
    holders = {names(holder)[0]: holder.pid for holder in (job(), job())}
    waiting = job()
    said = ", ".join(
        f"{name} is held by process {holders[name]} on {os.uname().nodename}" for name in "01"
    )
    assert waits(waiting) == f"waiting for 1 of the GPUs 0,1: {said}\n"
    waiting.terminate()
    assert waiting.communicate()[1] == "" and waiting.returncode == -signal.SIGTERM


def test_several_gpus_are_taken_together_or_not_at_all(job):
    first = job(1)
    assert names(first) == ["0"]
    both = job(2)
    assert "0 is held by" in waits(both) and names(job(1)) == ["1"]


def test_cuda_sees_the_claimed_gpus_alone_and_the_log_says_which(capsys):
    with claim(1), pytest.raises(InputError, match="at most 1 GPUs .0., got 2"), claim(2):
        pass
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
    assert capsys.readouterr().err == "GPU 0, of 2: 0,1\n"


def test_a_gpu_is_free_again_after_its_job():
    for _ in range(2):
        with claim(2) as names:
            assert names == ["0", "1"]


def test_a_job_that_asks_for_none_sees_none():
    with claim(0) as names:
        assert (names, os.environ["CUDA_VISIBLE_DEVICES"]) == ([], "")


@pytest.mark.parametrize("nothing", ["", "-1", "NoDevFiles"])
def test_without_a_gpu_the_cpu_computes(nothing, monkeypatch, capsys):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", nothing)
    with claim(1) as names:
        assert (names, os.environ["CUDA_VISIBLE_DEVICES"]) == ([], nothing)
    assert capsys.readouterr().err == ""


def test_slurm_jobs_do_not_wait_for_each_other(job, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    names(job())
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with claim(1) as mine:
        assert mine == ["0"]


@pytest.mark.parametrize(
    "visible, devices",
    [
        (None, {"0": "GPU-aa11", "1": "GPU-aa22", "2": "GPU-bb33"}),
        ("2, 0", {"2": "GPU-bb33", "0": "GPU-aa11"}),
        ("GPU-bb,GPU-aa11", {"GPU-bb": "GPU-bb33", "GPU-aa11": "GPU-aa11"}),
        ("1,3,0", {"1": "GPU-aa22"}),  # as in CUDA, nothing after one that does not exist
        ("GPU-aa,1", {}),  # two begin so
        ("MIG-GPU-aa11/1/0", {"MIG-GPU-aa11/1/0": "MIG-GPU-aa11-1-0"}),
    ],
)
def test_devices_are_known_by_what_they_are(visible, devices, monkeypatch):
    driver(monkeypatch, visible)
    assert gpus.visible() == devices


def test_a_number_and_a_uuid_of_one_gpu_are_the_same(monkeypatch):
    driver(monkeypatch, "GPU-aa11")
    with claim(1):
        driver(monkeypatch, "0,1")
        with claim(1) as names:
            assert names == ["1"]


SAYS_NONE = "echo 'No devices were found'\nexit 6"


@pytest.mark.parametrize(
    "program, expected", [("echo 'GPU-a\nGPU-b'", ["GPU-a", "GPU-b"]), (SAYS_NONE, []), (None, [])]
)
def test_the_driver_is_asked_without_cuda(program, expected, tmp_path, monkeypatch):
    install(program, tmp_path, monkeypatch)
    assert ask_driver() == expected


def install(program, folder, monkeypatch):
    """Make this shell script the only nvidia-smi there is."""
    monkeypatch.setenv("PATH", str(folder))
    if program:
        (folder / "nvidia-smi").write_text(f"#!/bin/sh\n{program}\n")
        (folder / "nvidia-smi").chmod(0o755)


def test_a_torch_without_cuda_uses_none_of_what_the_driver_shows(monkeypatch, capsys):
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(gpus, "driven", lambda: UUIDS)
    monkeypatch.setattr(gpus, "uuids", uuids)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    with claim(1) as names:
        assert names == []
    told = f"the driver shows 3 GPUs, torch {torch.__version__} (built without CUDA) sees none"
    assert capsys.readouterr().err == f"warning: {told}: computing on the CPU\n"


def test_a_gpu_that_only_pytorch_does_not_see_is_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(gpus, "driven", lambda: UUIDS)
    said = "GPU 0: expected a PyTorch .* got torch .* .built for CUDA 13.0., which .* --nv"
    with pytest.raises(InputError, match=said), claim(1):
        pass


def test_a_gpu_that_no_driver_knows_is_warned_of(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with claim(2) as names:
        assert names == ["0", "1"]
    warning = capsys.readouterr().err.splitlines()[1]
    assert warning.startswith(f"warning: a GPU was allotted (0,1), torch {torch.__version__} ")


def test_a_driver_that_does_not_answer_is_named(tmp_path, monkeypatch):
    install("exec /bin/sleep 60", tmp_path, monkeypatch)
    monkeypatch.setattr(gpus, "PATIENCE", 0.1)
    with pytest.raises(InputError, match="^nvidia-smi --query-gpu=uuid .* expected an answer"):
        ask_driver()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(gpus, "uuids", ask_driver)
    assert gpus.visible() == {}


def test_a_folder_that_somebody_planted_is_refused(tmp_path):
    with claim(1):
        (folder,) = tmp_path.glob("jetbench-gpus-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="expected a folder of this user"), claim(1):
        pass
