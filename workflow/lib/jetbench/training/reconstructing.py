"""What a pre-trained network fills in for particles that it does not see.

Dimensions: J jets, N of their particles kept and K dropped, F features, C of them continuous.
"""

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import NamedTuple

import h5py
import numpy as np
import torch
from torch import Tensor, nn

from jetbench.data.columns import named
from jetbench.data.features import SETS
from jetbench.data.jets import Jets
from jetbench.data.loading import Batch, eval_batches
from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.physics.identity import is_neutral
from jetbench.training.devices import pick_device
from jetbench.training.predicting import about
from jetbench.training.streams import seeded
from jetbench.training.watch import counted
from jetbench.training.weights import load_weights

MEANING = {  # of the datasets of the file
    "features": "in physical units; d0 and dz are 0 where charged is False",
    "made": "what is filled in for the same row of dropped/features, or, of a set that is made at "
    "once, for that jet; d0 and dz mean something only where dropped/charged is True, and are 0 "
    "where a set has a neutral particle",
    "charged": "False: a photon or a neutral hadron, without impact parameters",
    "jet": "the row of label, one a jet",
    "label": "class of the jet, an index in the attribute classes of the file",
}
BATCH = 500  # jets; of every model, so that one seed drops the same particles for all of them


class Reconstructions(NamedTuple):
    """Jet after jet in the order of the shards; `original` and `made` are of the same particles.

    `original` and `made` have a row for each dropped particle, in the order of its jet; where a
    whole set is made at once, rows of a jet belong together and not one by one.
    """

    original: np.ndarray  # (K, F) features of the dropped particles: GeV, rad, mm
    made: np.ndarray  # (K, C)
    dropped_jet: np.ndarray  # (K,) int64 number of the jet
    kept: np.ndarray  # (N, F)
    kept_jet: np.ndarray  # (N,)
    label: np.ndarray  # (J,) uint8
    attributes: dict


@torch.inference_mode()
def reconstruct_run(
    weights: str | PathLike, shards: Sequence[str | PathLike], jets: int, seed: int
) -> Reconstructions:
    """Drop particles of the first `jets` jets of the shards as in training, and make them again.

    Which are dropped is decided by `seed` and by the network's `rate`: that of its training, or,
    where the training drops another share of each jet, that of the other models.

    Raises:
        InputError: weights that cannot be used, or whose training makes no particles, or fewer
            jets than are asked for.
    """
    network, metadata = load_weights(weights)
    if not hasattr(network, "reconstruct"):
        name = metadata["model"]["network"]
        raise InputError(f"{weights}: expected a pre-training that makes particles, got {name}")
    device, jets = pick_device(), Jets(shards, limit=jets)
    network.to(device)
    batches = eval_batches(jets, BATCH, metadata["model"]["features"], device)
    batches = counted(seeded(batches, seed, 0, 0), f"{metadata['run']} particles", len(jets))
    parts = [filled_in(network, index, batch) for index, batch in batches]
    columns = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    original, made, dropped_jet, kept, kept_jet, label, number = columns
    dropped, others = (np.argsort(jet, kind="stable") for jet in (dropped_jet, kept_jet))
    return Reconstructions(
        *(column[dropped] for column in (original, made, dropped_jet)),
        *(column[others] for column in (kept, kept_jet)),
        label[np.argsort(number)],
        told(metadata, jets, device) | {"seed": seed, "rate": network.rate},
    )


def filled_in(network: nn.Module, index: Tensor, batch: Batch) -> list[np.ndarray]:
    """The columns of Reconstructions for one batch, and the numbers of its jets."""
    dropped, original, made = network.reconstruct(batch.features, batch.mask)
    kept = batch.mask & ~dropped
    number = index.to(dropped.device)
    jets = [number[at.nonzero()[:, 0]] for at in (dropped, kept)]
    columns = (original, made, jets[0], batch.features[kept], jets[1], batch.label, number)
    return [column.cpu().numpy() for column in columns]


def told(metadata: dict, jets: Jets, device: torch.device) -> dict:
    """What the file says of itself: the model and its training beside what scores say."""
    model = metadata["model"]
    return about(metadata, jets, device) | {
        "method": metadata["run"].split("/")[2],  # the name of the model
        "features": SETS[model["features"]],
        "pretraining": json.dumps(model["pretraining"]),
    }


def write_reconstructions(path: str | PathLike, found: Reconstructions) -> None:
    """Write HDF5: `features`, `charged` and `jet` of `dropped` and `kept`, `made`, and `label`."""
    names = found.attributes["features"]
    with whole(path) as partial, h5py.File(partial, "w") as file:
        parts = ("dropped", found.original, found.dropped_jet), ("kept", found.kept, found.kept_jet)
        for part, features, jet in parts:
            put(file, f"{part}/features", features, MEANING["features"], named(names))
            put(file, f"{part}/charged", ~is_neutral(features[:, -1]), MEANING["charged"])
            put(file, f"{part}/jet", jet, MEANING["jet"])
        columns = named(names[: found.made.shape[1]])
        put(file, "made/features", found.made, MEANING["made"], columns)
        put(file, "label", found.label, MEANING["label"])
        file.attrs.update(found.attributes)


def put(
    file: h5py.File, name: str, values: np.ndarray, meaning: str, columns: Mapping | None = None
) -> None:
    """Write a dataset with what it means and, if it has some, its columns and their units."""
    file[name] = values
    file[name].attrs.update({"description": meaning} | dict(columns or {}))
