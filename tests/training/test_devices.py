"""Devices, precisions and random numbers."""

import pytest
import torch

from jetbench.training import devices
from jetbench.training.environment import OneMachine
from jetbench.training.ranks import Place


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_cpu_always_computes_in_float32(precision):
    assert devices.fabric_precision(precision, torch.device("cpu")) == "32-true"


@pytest.mark.parametrize(("able", "expected"), [(True, "bf16-mixed"), (False, "32-true")])
def test_bf16_where_the_gpu_has_it(able, expected, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: able)
    assert devices.fabric_precision("bf16", torch.device("cuda", 0)) == expected


def test_float32_stays_float32_on_a_gpu():
    assert devices.fabric_precision("float32", torch.device("cuda", 0)) == "32-true"


def test_one_process_whatever_slurm_says(monkeypatch):
    for name, value in {"JOB_ID": 7, "NTASKS": 4, "PROCID": 2, "LOCALID": 2, "NODEID": 0}.items():
        monkeypatch.setenv(f"SLURM_{name}", str(value))
    fabric = devices.launch("float32")
    assert (fabric.world_size, fabric.global_rank) == (1, 0)


def test_a_training_says_where_it_runs():
    fabric = devices.launch("bf16")
    assert devices.describe(fabric, "bf16") == "device: cpu, 1 process, 32-true"


def test_a_rank_is_what_it_was_started_as(monkeypatch):
    for name in ("SLURM_LOCALID", "SLURM_PROCID", "LOCAL_RANK", "NODE_RANK"):
        monkeypatch.setenv(name, "3")
    machine = OneMachine(Place(1, 2))
    assert (machine.local_rank(), machine.node_rank()) == (1, 0)
    assert machine.creates_processes_externally


def test_random_numbers_go_on_where_they_were():
    state = devices.random_state(torch.device("cpu"))
    first = torch.rand(3)
    devices.set_random_state(state, torch.device("cpu"))
    assert torch.equal(torch.rand(3), first)
