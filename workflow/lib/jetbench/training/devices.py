"""Where a training runs, in which precision, and the state of its random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def pick_device() -> torch.device:
    """The GPU that the job sees first, else the CPU."""
    return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")


def fabric_precision(precision: str, device: torch.device) -> str:
    """Fabric's name of a recipe's precision on a device.

    bf16 means autocast with float32 weights, where the GPU computes in it; elsewhere float32. A
    CPU always computes in float32: there bf16 is slower and a resumed run must match bit by bit.
    """
    if precision == "bf16" and device.type == "cuda" and torch.cuda.is_bf16_supported():
        return "bf16-mixed"
    return "32-true"


def launch(precision: str) -> Fabric:
    """Fabric for one process on the device of `pick_device`."""
    # Imported here: it takes two seconds, which a job that only scores need not wait for.
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.environments import LightningEnvironment

    device = pick_device()
    return Fabric(
        accelerator=device.type,
        devices=1,
        precision=fabric_precision(precision, device),
        # Inside a Slurm job Fabric would take rank and world size from Slurm, but it is Snakemake
        # that starts the processes.
        plugins=LightningEnvironment(),
    )


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """States of the generators that draw initial weights and dropout masks."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_random_state(state: dict[str, torch.Tensor], device: torch.device) -> None:
    """Go on drawing where `random_state` was taken; a generator that was not there stays."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
