"""One run carried out: a network is built, trained to the end and written with its history."""

import csv
import sys
from collections.abc import Callable
from os import PathLike
from pathlib import Path

import torch
from torch import nn

from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.networks.norms import share_norms
from jetbench.training.checkpoints import Checkpoints
from jetbench.training.devices import describe, launch
from jetbench.training.finetuning import take_over
from jetbench.training.fits import load_fits
from jetbench.training.followers import leading
from jetbench.training.learning import learning
from jetbench.training.loop import fit
from jetbench.training.ranks import Place, part
from jetbench.training.runs import Run
from jetbench.training.state import State
from jetbench.training.streams import Streams, open_streams
from jetbench.training.watch import Watch
from jetbench.training.weights import build_network, write_weights


def train_run(run: Run, folder: str | PathLike, gpus: int = 1) -> tuple[State, Checkpoints]:
    """Train to the end, from the checkpoint in `folder` if there is one of this run.

    With several `gpus`, a process on each of them, or as many on the CPU, take shares of every
    batch: the same training but for rounding, and for what is drawn at random in a step: by dropout
    and trimming, and in pre-training masks, times and noise.

    Raises:
        InputError: fewer GPUs than that, or batches that cannot be shared equally.
    """
    if run.recipe.batch % gpus:
        raise InputError(
            f"{run.name}: expected a batch that {gpus} GPUs share equally, got {run.recipe.batch}"
        )
    checkpoints = Checkpoints(Path(folder), run.configuration(), run.recipe.checkpoint_seconds)
    with leading(run.asked, gpus) as place:
        state, streams = begin(run, place, checkpoints.load)
        state.note(run.attempt(state.fabric), run.recipe.epochs)
        fit(state, run.recipe, streams, Watch(checkpoints, run.name, run.recipe.steps))
        if place.ranks > 1:
            part(state)
    return state, checkpoints


def begin(run: Run, place: Place, load: Callable[[], dict | None]) -> tuple[State, Streams]:
    """State of a rank, from what `load` finds on rank 0, and the rank's share of the data."""
    torch.manual_seed(run.seed)
    fabric = launch(run.recipe.precision, place)
    if fabric.global_rank == 0:
        print(describe(fabric, run.recipe.precision), file=sys.stderr)
    network = prepare(run)
    if place.ranks > 1:
        share_norms(network)
    what = learning(run.model, network, run.recipe.label_smoothing)
    state = State(network, run.recipe, fabric, what)
    if (saved := fabric.broadcast(load())) is not None:
        state.load_state_dict(saved)
    source = (run.train, run.val, run.recipe, run.model["features"], run.seed, fabric.device)
    return state, open_streams(*source, place.rank, place.ranks)


def prepare(run: Run) -> nn.Module:
    """Network of a run as its training begins: new and with what was fitted, or from its start.

    Raises:
        InputError: a start of another network, fitted files that are not those that the network
            asks for, or a network without an encoder to freeze.
    """
    network = build_network(run.model, len(run.classes))
    if run.start:
        take_over(network, run.model, run.start)
    else:
        load_fits(network, run.fits)
    if run.recipe.frozen:
        if not hasattr(network, "freeze"):
            name = type(network).__name__
            raise InputError(f"{run.name}: frozen: expected a network with an encoder, got {name}")
        network.freeze()
    return network


def write_run(run: Run, state: State, weights: str | PathLike, history: str | PathLike) -> None:
    """Write the weights of the best epoch and one row an epoch."""
    write_weights(weights, state.best.weights, run.metadata(state))
    with whole(history) as partial, open(partial, "w", newline="") as file:
        writer = csv.DictWriter(file, state.history[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(state.history)
