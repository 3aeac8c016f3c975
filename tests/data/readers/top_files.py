"""Toy files in the layout that pandas gave the original top tagging set."""

import pickle

import h5py
import hdf5plugin
import numpy as np

from tests.data.helpers import toy_columns

CONSTITUENTS = 200
AXES = ("E", "PX", "PY", "PZ")
TRUTH = ["truthE", "truthPX", "truthPY", "truthPZ"]
MOMENTA = [f"{axis}_{n}" for n in range(CONSTITUENTS) for axis in AXES] + TRUTH
LABELS = ["ttv", "is_signal_new"]


def toy_jets(jets: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(jets, 200, 4) E, PX, PY, PZ filled up with zeros, and the labels."""
    columns, particles = toy_columns(jets, seed)
    momenta = np.zeros((jets, CONSTITUENTS, 4), np.float32)
    real = np.arange(CONSTITUENTS) < np.diff(columns["first"])[:, None]
    momenta[real] = np.stack([particles[name] for name in ("energy", "px", "py", "pz")], axis=1)
    return momenta, columns["label"] % 2


def one_jet(*momenta: tuple[float, float, float, float]) -> np.ndarray:
    """(2, 200, 4): twice the jet of these E, PX, PY, PZ, so that there is one of each class."""
    jet = np.zeros((2, CONSTITUENTS, 4), np.float32)
    jet[:, : len(momenta)] = momenta
    return jet


def blocks_of(momenta: np.ndarray, labels: np.ndarray) -> dict[str, tuple[list, np.ndarray]]:
    """Names and values of the two blocks of columns of a file."""
    jets = len(momenta)
    values = np.concatenate([momenta.reshape(jets, 800), np.ones((jets, 4), np.float32)], axis=1)
    whole = np.stack([np.ones(jets), labels], axis=1).astype(np.int64)
    return {"values_block_0": (MOMENTA, values), "values_block_1": (LABELS, whole)}


def pickled_names(names: list[str]) -> bytes:
    """The list as PyTables keeps it."""
    return pickle.dumps(names, protocol=0)


def write_top(path, blocks: dict, names=pickled_names) -> None:
    """Write a table as PyTables does: one compound a row, the names of columns pickled."""
    size = len(next(iter(blocks.values()))[1])
    types = [(name, of.dtype, of.shape[1:]) for name, (_, of) in blocks.items()]
    rows = np.zeros(size, [("index", np.int64), *types])
    rows["index"] = np.arange(size)
    with h5py.File(path, "w") as file:
        for name, (_, values) in blocks.items():
            rows[name] = values
        table = file.create_dataset(
            "table/table", data=rows, chunks=(min(size, 40) or 1,), maxshape=(None,),
            **hdf5plugin.Blosc(),
        )  # fmt: skip
        table.attrs["index_kind"] = np.bytes_(b"integer")
        for name, (columns, _) in blocks.items():
            pickled = names(columns)
            kind = np.void if b"\0" in pickled else np.bytes_  # a text ends at its first zero
            table.attrs[f"{name}_kind"] = kind(pickled)


def toy_top(path, jets: int = 50, seed: int = 0) -> None:
    """Write a file of toy jets of both classes."""
    write_top(path, blocks_of(*toy_jets(jets, seed)))
