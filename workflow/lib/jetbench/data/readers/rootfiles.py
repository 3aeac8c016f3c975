"""JetClass ROOT files -> columns of a shard, a bounded number of jets at a time, checked.

What a shard could not hold as it is, or a network not digest, is refused here with the file, the
branch and the entry: missing branches, other types, labels that are not one-hot, particles with two
identities, jets without particles, particle branches of unequal length, NaN and infinities.
Branches beyond the published 41 are left alone.
"""

import os
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import numpy as np
import uproot

from jetbench.data import datasets
from jetbench.data.columns import JET_COLUMNS
from jetbench.data.readers.baskets import ListBranch, Lists
from jetbench.data.readers.checks import Lost, Place, charges, check_momenta, identities
from jetbench.data.readers.formats import Format, check_size
from jetbench.errors import InputError

CHUNK = 2_500  # jets in memory at once: a column of theirs fits into the cache of a core

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
PARTICLES = list(datasets.PARTICLE_BRANCHES)
LABELS = list(datasets.LABEL_BRANCHES)  # in the order of CLASSES
WHOLE = Format("a whole ROOT file with the TTree `tree`", Exception)  # one flipped bit, any of them
HEAD = struct.Struct(">4siiQ")  # name, version, start, size of the file
LARGE = 1_000_000  # versions from here on have the size in 8 bytes, others in 4


@contextmanager
def open_tree(path: str | os.PathLike, branches: Collection[str]) -> Iterator[uproot.TTree]:
    """The TTree `tree` of a file, which has these branches and at least one jet."""
    with WHOLE.reading(path):
        check_size(path, told_size(path))
        file = uproot.open(path)
        tree = file["tree"]
    with file:
        if not isinstance(tree, uproot.TTree):
            raise InputError(f"{path}: expected `tree` to be a TTree, got {tree.classname}")
        missing = sorted(set(branches) - set(tree.keys()))
        if missing:
            raise InputError(f"{path}: expected branches {missing}, got a tree without them")
        if tree.num_entries == 0:
            raise InputError(f"{path}: expected at least one jet, got an empty tree")
        yield tree


def told_size(path: str | os.PathLike) -> int:
    """Bytes of a whole file, by its first ones; 0 where they do not tell."""
    with open(path, "rb") as file:
        head = file.read(HEAD.size)
    if len(head) < HEAD.size or head[:4] != b"root":
        return 0
    _, version, _, size = HEAD.unpack(head)
    return size if version >= LARGE else size >> 32


def check_types(path: str | os.PathLike, tree: uproot.TTree) -> None:
    """Refuse branches of other types."""
    for name, allowed in TYPES.items():
        if (got := type_of(tree[name])) not in allowed:
            expected = " or ".join(sorted(allowed))
            raise InputError(f"{path}: branch {name}: expected {expected}, got {got}")


def type_of(branch: uproot.TBranch) -> str:
    """Type of a branch as float32 (one value a jet) or float32[] (one a particle)."""
    content = branch.interpretation
    jagged = isinstance(content, uproot.AsJagged)
    content = content.content if jagged else content
    if not isinstance(content, uproot.AsDtype):
        return branch.typename
    return content.to_dtype.name + "[]" * jagged


def read_chunks(path: str | os.PathLike) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and of their particles, at most CHUNK jets at a time, in file order.

    `first` starts at 0 in each chunk. Raises InputError for what the head of this file names.
    """
    return open_chunks(path)[1]


def open_chunks(path: str | os.PathLike) -> tuple[int, Iterator[tuple[dict, dict]]]:
    """Number of jets in a file, and their columns as by `read_chunks`; the file is opened once."""
    chunks = number_and_chunks(path)
    return next(chunks), chunks


def number_and_chunks(path: str | os.PathLike) -> Iterator:
    """The number of jets, then chunk after chunk of them."""
    entry, lost = 0, Lost(path)
    with open_tree(path, TYPES) as tree, open(path, "rb") as file:
        check_types(path, tree)
        yield tree.num_entries
        with WHOLE.reading(path):
            branches = {name: ListBranch(tree[name], file) for name in PARTICLES}
            chunks = WHOLE.each(path, read_branches(tree, branches))
        for jets, lists in chunks:
            columns, particles = to_columns(path, entry, jets, lists)
            lost.compare(entry, jets["jet_nparticles"], columns["first"])
            yield columns, particles
            entry += len(columns["label"])
    lost.warn()


def read_branches(tree: uproot.TTree, lists: dict[str, ListBranch]) -> Iterator[tuple[dict, dict]]:
    """Branches of jets, and those of particles, CHUNK jets at a time."""
    entry = 0
    for jets in jet_chunks(tree):
        stop = entry + len(jets["jet_pt"])
        yield jets, {name: branch.read(entry, stop) for name, branch in lists.items()}
        entry = stop


def jet_chunks(tree: uproot.TTree) -> Iterator[dict[str, np.ndarray]]:
    """Branches with one value a jet, CHUNK jets at a time; read many more at once, being small."""
    names = [*JET_SOURCES.values(), *LABELS, "jet_nparticles"]
    for branches in tree.iterate(names, step_size=20 * CHUNK, library="np"):
        for start in range(0, len(branches["jet_pt"]), CHUNK):
            yield {name: values[start : start + CHUNK] for name, values in branches.items()}


def to_columns(
    path: str | os.PathLike, entry: int, jets: dict[str, np.ndarray], lists: dict[str, Lists]
) -> tuple[dict, dict]:
    """Columns (jets, particles) of the shard from one chunk of branches."""
    counts = lists["part_px"].counts()
    place = Place(path, entry, np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]))
    place.check(counts > 0, counts, "part_px", "at least one particle")
    words, branches = {}, {name: jets[name] for name in JET_SOURCES.values()}
    for name, some in lists.items():
        found = some.counts()
        place.check(found == counts, found, name, "as many particles as part_px")
        if some.header not in words:
            words[some.header] = some.words()
        branches[name] = some.values(words[some.header])
    for name, values in branches.items():
        if values.dtype.kind == "f":
            place.check(np.isfinite(values), values, name, "finite values")
    check_momenta(place, branches)
    columns = {name: branches[branch] for name, branch in JET_SOURCES.items()}
    particles = {name: branches[branch] for name, branch in PARTICLE_SOURCES.items()}
    columns |= {"label": one_hot_label(place, jets), "first": place.first}
    particles |= {"charge": charges(place, branches), "id": identities(place, branches)}
    return columns, particles


def one_hot_label(place: Place, jets: dict[str, np.ndarray]) -> np.ndarray:
    """Index in CLASSES of the one label branch that is 1; found by name, whatever their order."""
    labels = np.stack([jets[name].astype(np.float32) for name in LABELS], 1)  # (jets, classes)
    one_hot = ((labels == 0) | (labels == 1)).all(1) & (labels.sum(1) == 1)
    place.check(one_hot, labels, "label_*", "exactly one label of 1 among zeros")
    return labels.argmax(1).astype(np.uint8)
