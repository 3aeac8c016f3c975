"""Where a training runs, in which precision, and the state of its random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from jetbench.errors import InputError
from jetbench.training.ranks import ALONE, Place, meet

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def pick_device(place: Place = ALONE) -> torch.device:
    """The GPU of a rank among those that the job sees, the first for rank 0, else the CPU.

    Raises:
        InputError: the job sees GPUs, but fewer than ranks.
    """
    if not torch.cuda.is_available():
        return torch.device("cpu")
    if (seen := torch.cuda.device_count()) < place.ranks:
        raise InputError(f"expected {place.ranks} GPUs, got {seen} that the job may use")
    return torch.device("cuda", place.rank)


def fabric_precision(precision: str, device: torch.device) -> str:
    """Fabric's name of a recipe's precision on a device.

    bf16 means autocast with float32 weights, where the GPU computes in it; elsewhere float32. A
    CPU always computes in float32: there bf16 is slower and a resumed run must match bit by bit.
    """
    if precision == "bf16" and device.type == "cuda" and torch.cuda.is_bf16_supported():
        return "bf16-mixed"
    return "32-true"


def launch(precision: str, place: Place = ALONE) -> Fabric:
    """Fabric for this process on the device of `pick_device`, beside the other ranks if any."""
    # Imported here: it takes two seconds, which a job that only scores need not wait for.
    from lightning_fabric import Fabric
    from lightning_fabric.strategies import DDPStrategy

    from jetbench.training.environment import OneMachine

    device = pick_device(place)
    # Statistics of norms are the same on all ranks: there is nothing to broadcast every step.
    together = {"strategy": DDPStrategy(forward_sync_buffers=False)} if place.ranks > 1 else {}
    fabric = Fabric(
        accelerator=device.type,
        devices=place.ranks,
        precision=fabric_precision(precision, device),
        plugins=OneMachine(place),
        **together,
    )
    if place.ranks > 1:
        meet(place, device)
        fabric.launch()
    return fabric


def pytorch() -> str:
    """Version of PyTorch, and which CUDA it was built for."""
    cuda = f"for CUDA {torch.version.cuda}" if torch.version.cuda else "without CUDA"
    return f"torch {torch.__version__} (built {cuda})"


def describe(fabric: Fabric, precision: str) -> str:
    """Device, processes and precision of a training, as its log begins."""
    gpu = fabric.device.type == "cuda"
    device = torch.cuda.get_device_name(fabric.device) if gpu else "cpu"
    processes = f"{fabric.world_size} process{'es' if fabric.world_size > 1 else ''}"
    return f"device: {device}, {processes}, {fabric_precision(precision, fabric.device)}"


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
