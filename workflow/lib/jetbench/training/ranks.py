"""The processes of one machine that train one network together, each on a GPU of its own.

Rank 0 is the process of the job. It holds the log, the folder and the checkpoints, and obeys
signals; the others only compute. What they share goes through torch.distributed, over loopback and
between the GPUs, never over a network.
"""

from __future__ import annotations

import gc
import os
import socket
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.distributed as dist

from jetbench.methods.outcome import Outcome
from jetbench.training.tally import Tally

if TYPE_CHECKING:
    from jetbench.training.state import State


class Place(NamedTuple):
    """Which of how many processes this one is, and the folder where they find each other."""

    rank: int = 0
    ranks: int = 1
    folder: str = ""


ALONE = Place()


def meet(place: Place, device: torch.device) -> None:
    """Wait until all ranks are there: NCCL between GPUs, gloo between CPUs."""
    loopback = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    for backend in ("GLOO", "NCCL"):  # they would choose an interface of the network
        os.environ.setdefault(f"{backend}_SOCKET_IFNAME", loopback)
    cuda = device.type == "cuda"
    dist.init_process_group(
        "nccl" if cuda else "gloo",
        # A file in a folder of our own: a port would be open to others, or taken.
        init_method=f"file://{place.folder}/meeting",
        rank=place.rank,
        world_size=place.ranks,
        device_id=device if cuda else None,
    )


def part(state: State) -> None:
    """Leave together, once nobody waits for anybody any more; `state` is as in one process then."""
    dist.barrier()
    # First the wrapper of the network: the last to hold a group of gloo ends its threads, and this
    # one does so with Python's lock in its hands, which those threads may be waiting for.
    state.model = state.network
    gc.collect()
    dist.destroy_process_group()


def pooled(outcome: Outcome, ranks: int) -> Outcome:
    """What the whole batch tells, from what this rank's share of it does; all ranks must ask.

    Every step, so that rank 0 can save and leave between any two without asking the others.
    """
    if ranks == 1:
        return outcome
    loss = outcome.loss.detach().unsqueeze(0)
    weight = torch.full_like(loss, outcome.weight)
    sums = torch.cat((loss * weight, weight, outcome.sums.detach().to(loss.dtype)))  # (2 + T,)
    dist.all_reduce(sums)
    total = sums[1]
    return Outcome(sums[0] / total.clamp(min=1), sums[2:], ranks * outcome.jets, total)


def share(outcome: Outcome, whole: Outcome, ranks: int) -> torch.Tensor:
    """Loss () of a rank, of which the mean over the ranks is that of the `whole` batch.

    Ranks drop different numbers of particles, and a mean of their means would not be that over all.
    """
    if ranks == 1:
        return outcome.loss
    return outcome.loss * (ranks * outcome.weight / whole.weight.clamp(min=1))


def total(tally: Tally, ranks: int, device: torch.device) -> Tally:
    """Add up the settled sums of all ranks; all ranks must ask."""
    if ranks > 1:
        counted = [tally.loss, tally.jets, tally.weight, *tally.sums]
        sums = torch.tensor(counted, dtype=torch.double)
        sums = sums.to(device)
        dist.all_reduce(sums)
        tally.loss, jets, tally.weight, *tally.sums = sums.tolist()
        tally.jets = int(jets)
    return tally
