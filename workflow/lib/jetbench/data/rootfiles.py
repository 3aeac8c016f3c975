"""JetClass ROOT files -> columns of a shard, a bounded number of jets at a time, checked.

What a shard could not hold as it is, or a network not digest, is refused here with the file, the
branch and the entry: missing branches, other types, labels that are not one-hot, particles with two
identities, jets without particles, particle branches of unequal length, NaN and infinities.
Branches beyond the published 41 are left alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import awkward as ak
import numpy as np
import uproot

from jetbench.data import datasets
from jetbench.data.checks import Place, charges, check_momenta, identities
from jetbench.data.columns import JET_COLUMNS
from jetbench.errors import InputError

CHUNK = 10_000  # jets in memory at once, about 40 MB of branches

PARTICLE_SOURCES = {  # column -> branch; float32 in both
    **{name: f"part_{name}" for name in ("px", "py", "pz", "energy", "deta", "dphi")},
    **{"d0": "part_d0val", "d0err": "part_d0err", "dz": "part_dzval", "dzerr": "part_dzerr"},
}
JET_SOURCES = {name: f"jet_{name}" for name in JET_COLUMNS if name not in ("label", "first")}
TYPES = {  # branch -> the types of it that are read
    **{name: {f"{kind}[]"} for name, kind in datasets.PARTICLE_BRANCHES.items()},
    **{name: {"float32", "bool", "int32"} for name in datasets.LABEL_BRANCHES},
    **{name: {kind} for name, kind in (datasets.JET_BRANCHES | datasets.TRUTH_BRANCHES).items()},
}
READ = [*datasets.PARTICLE_BRANCHES, *datasets.LABEL_BRANCHES, *JET_SOURCES.values()]


@contextmanager
def readable(path: str | os.PathLike) -> Iterator[None]:
    """Turn whatever uproot raises on a broken file into an InputError that names the file."""
    try:
        yield
    except Exception as error:  # a byte out of place ends in almost any exception
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{path}: expected a whole ROOT file with the TTree `tree`; delete it to have it made"
            f" again; got {type(error).__name__}: {reason}"
        ) from error


@contextmanager
def open_tree(path: str | os.PathLike, check: Callable) -> Iterator[uproot.TTree]:
    """The TTree `tree` of a file, after check(path, tree)."""
    with readable(path):
        file = uproot.open(path)
        tree = file["tree"]
    with file:
        if file.file.fEND > os.path.getsize(path):
            size = os.path.getsize(path)
            raise InputError(f"{path}: expected {file.file.fEND} bytes, got {size}: truncated")
        check(path, tree)
        yield tree


def check_schema(path: str | os.PathLike, tree: uproot.TTree) -> None:
    """Refuse another kind of tree, an empty one, missing branches and other types."""
    if not isinstance(tree, uproot.TTree):
        raise InputError(f"{path}: expected `tree` to be a TTree, got {type(tree).__name__}")
    missing = sorted(TYPES.keys() - tree.keys())
    if missing:
        raise InputError(f"{path}: expected branches {missing}, got a tree without them")
    for name, allowed in TYPES.items():
        if (got := type_of(tree[name])) not in allowed:
            expected = " or ".join(sorted(allowed))
            raise InputError(f"{path}: branch {name}: expected {expected}, got {got}")
    if tree.num_entries == 0:
        raise InputError(f"{path}: expected at least one jet, got an empty tree")


def type_of(branch: uproot.TBranch) -> str:
    """Type of a branch as float32 (one value a jet) or float32[] (one a particle)."""
    content = branch.interpretation
    jagged = isinstance(content, uproot.AsJagged)
    content = content.content if jagged else content
    if not isinstance(content, uproot.AsDtype):
        return branch.typename
    return content.to_dtype.name + "[]" * jagged


def count_jets(path: str | os.PathLike) -> int:
    """Number of jets in a file. Raises InputError as `read_chunks`."""
    with open_tree(path, check_schema) as tree:
        return tree.num_entries


def read_chunks(path: str | os.PathLike) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and of their particles, at most CHUNK jets at a time, in file order.

    `first` starts at 0 in each chunk. Raises InputError for what the head of this file names.
    """
    entry = 0
    with open_tree(path, check_schema) as tree:
        chunks = tree.iterate(READ, step_size=CHUNK)
        while True:
            with readable(path):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield to_columns(path, entry, chunk)
            entry += len(chunk)


def to_columns(path: str | os.PathLike, entry: int, chunk: ak.Array) -> tuple[dict, dict]:
    """Columns (jets, particles) of the shard from one chunk of branches."""
    counts = ak.to_numpy(ak.num(chunk["part_px"]))
    place = Place(path, entry, np.concatenate([[0], np.cumsum(counts)]))
    place.check(counts > 0, counts, "part_px", "at least one particle")
    branches = {}
    for name in datasets.PARTICLE_BRANCHES:
        found = ak.to_numpy(ak.num(chunk[name]))
        place.check(found == counts, found, name, "as many particles as part_px")
        branches[name] = ak.to_numpy(ak.flatten(chunk[name]))
    branches |= {name: ak.to_numpy(chunk[name]) for name in JET_SOURCES.values()}
    for name, values in branches.items():
        place.check(np.isfinite(values), values, name, "finite values")
    check_momenta(place, branches)
    jets = {name: branches[branch] for name, branch in JET_SOURCES.items()}
    particles = {name: branches[branch] for name, branch in PARTICLE_SOURCES.items()}
    jets |= {"label": one_hot_label(place, chunk), "first": place.first}
    return jets, particles | {"charge": charges(place, branches), "id": identities(place, branches)}


def one_hot_label(place: Place, chunk: ak.Array) -> np.ndarray:
    """Index in CLASSES of the one label branch that is 1; found by name, whatever their order."""
    labels = [ak.to_numpy(chunk[name]).astype(np.float32) for name in datasets.LABEL_BRANCHES]
    labels = np.stack(labels, 1)  # (jets, classes)
    one_hot = np.isin(labels, (0, 1)).all(1) & (labels.sum(1) == 1)
    place.check(one_hot, labels, "label_*", "exactly one label of 1 among zeros")
    return labels.argmax(1).astype(np.uint8)
