"""ROOT files of JetClass or BTag as they are: nothing is refused that can be read at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import awkward as ak
import numpy as np
import uproot

from jetbench.data.datasets import CLASSES, DATASETS
from jetbench.data.inspect.unchecked_shards import MISSING, Block, Raw, remarks
from jetbench.data.readers.btagfiles import FLAVOURS
from jetbench.data.readers.checks import FLAGS
from jetbench.data.readers.rootfiles import JET_SOURCES, PARTICLE_SOURCES, told_size, type_of
from jetbench.errors import InputError

BRANCHES = {  # by data set: column -> branch
    "jetclass": {
        **{f"jets/{name}": branch for name, branch in JET_SOURCES.items()},
        **{f"particles/{name}": branch for name, branch in PARTICLE_SOURCES.items()},
        "particles/charge": "part_charge",
        **{f"particles/{branch}": branch for branch in FLAGS},
    },
    "btag": {
        **{f"jets/{name}": f"jet_{name}" for name in ("pt", "eta", "phi")},
        "jets/mass": "jet_M",
        **{f"particles/{name}": f"trk_{name}" for name in ("pt", "eta", "phi", "d0", "d0err")},
        **{"particles/dz": "trk_z0", "particles/dzerr": "trk_z0err"},
        **{"particles/charge": "trk_charge", "particles/pid": "trk_pdg_id"},
    },
}
NUMBERS = {np.dtype(code).name for code in "?bBhHiIlLfd"}


@contextmanager
def open_raw_root(path: str | os.PathLike) -> Iterator[Raw]:
    """A ROOT file, its branches unchecked; of a truncated one the jets that are left.

    Raises InputError for a file without a TTree of jets, for one of which no particle is left, and,
    also while reading, for bytes that are corrupted.
    """
    with legible(path):
        file = uproot.open(path)
        trees = file.keys(cycle=False, filter_classname="TTree")
    with file:
        with legible(path):
            tree = file["tree" if "tree" in trees or not trees else trees[0]]
        if not isinstance(tree, uproot.TTree) or not tree.num_entries:
            raise InputError(f"{path}: expected a TTree of at least one jet, got {tree}")
        family = family_of(path, tree)
        faults = {name: fault(tree, name, branch) for name, branch in BRANCHES[family].items()}
        readables = {name: BRANCHES[family][name] for name, why in faults.items() if why is None}
        lines = remarks({BRANCHES[family][name]: why for name, why in faults.items()})
        if tree.name != "tree":
            lines.append(f"the TTree is called {tree.name}, not tree")
        jets, lost = whole_jets(path, tree, readables)
        readables = {name: branch for name, branch in readables.items() if branch not in lost}
        if not any(name.startswith("particles/") for name in readables):
            lacking = truncated(path) or "expected branches of particles"
            raise InputError(f"{path}: {lacking}, no particles can be read")
        if truncated(path):
            left = f"{jets} of {tree.num_entries} jets are left"
            of = f"without {', '.join(lost)}" if lost else "in all branches"
            lines = [f"{truncated(path)}; {left}, {of}", *lines]
        with legible(path):
            named = labels_of if family == "jetclass" else flavours_of
            classes, labels = named(tree, jets, lost)
        about = {"format": "ROOT", "branches": family}
        read = partial(read_block, path, tree, readables)
        yield Raw(about, family, classes, labels, readables, read, lines)


@contextmanager
def legible(path: str | os.PathLike) -> Iterator[None]:
    """Turn whatever uproot raises on a broken file into an InputError that says what is wrong."""
    try:
        yield
    except Exception as error:  # a byte out of place ends in almost any exception
        if lacking := truncated(path):
            raise InputError(f"{path}: {lacking}, what is left cannot be read") from error
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{path}: expected a ROOT file that can be read, got {type(error).__name__}: {reason}"
        ) from error


def truncated(path: str | os.PathLike) -> str | None:
    """The bytes that its head tells and those that a file has; None where no more are told."""
    if not os.path.isfile(path):
        return None
    told, size = told_size(path), os.path.getsize(path)
    return f"expected {told} bytes, got {size}: truncated" if told > size else None


def whole_jets(path: str | os.PathLike, tree: uproot.TTree, names: dict) -> tuple[int, list[str]]:
    """Jets of which all branches lie inside the file, and the branches of which nothing does."""
    size, labels = os.path.getsize(path), tree.keys(filter_name=["label_*", "jet_flav"])
    left = {name: entries_within(tree[name], size) for name in (*names.values(), *labels)}
    lost = [name for name, entries in left.items() if not entries]
    return min((entries for entries in left.values() if entries), default=0), lost


def entries_within(branch: uproot.TBranch, size: int) -> int:
    """Entries of the baskets before the first one that ends behind the byte `size`."""
    count = branch.num_baskets
    ends = branch.member("fBasketSeek")[:count] + branch.member("fBasketBytes")[:count]
    beyond = np.flatnonzero(ends > size)
    return int(branch.entry_offsets[beyond[0] if len(beyond) else -1])


def family_of(path: str | os.PathLike, tree: uproot.TTree) -> str:
    """The data set whose momenta the tree has; InputError for none."""
    for family, branch in (("jetclass", "part_px"), ("btag", "trk_pt")):
        if branch in tree.keys():  # noqa: SIM118, a TTree itself knows no `in`
            return family
    raise InputError(f"{path}: expected the branches part_px or trk_pt, got {tree.keys()[:8]} ...")


def fault(tree: uproot.TTree, name: str, branch: str) -> str | None:
    """Why a branch cannot be read, or None."""
    if branch not in tree.keys():  # noqa: SIM118
        return MISSING
    got, each = type_of(tree[branch]), "[]" if name.startswith("particles/") else ""
    if got.endswith(each) and got.removesuffix(each) in NUMBERS:
        return None
    return f"{got}, not one number a {'particle' if each else 'jet'}"


def labels_of(tree: uproot.TTree, jets: int, lost: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Classes that have a branch label_{class}, ours first, and the labels of the first jets."""
    names = [name.removeprefix("label_") for name in tree.keys(filter_name="label_*")]
    if not names or any(name.startswith("label_") for name in lost):
        return (), np.full(jets, -1)
    known = [name for name in CLASSES if name in names]
    classes = (*known, *sorted(set(names) - set(known)))
    read = tree.arrays([f"label_{name}" for name in classes], entry_stop=jets, library="np")
    flags = np.stack([np.asarray(read[f"label_{name}"], float) for name in classes], 1)
    one_hot = np.isin(flags, (0, 1)).all(1) & (flags.sum(1) == 1)
    return classes, np.where(one_hot, flags.argmax(1), -1)


def flavours_of(
    tree: uproot.TTree, jets: int, lost: list[str]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Classes of BTag, and the labels of the first jets by their flavour."""
    if "jet_flav" in lost or fault(tree, "jets/label", "jet_flav"):
        return (), np.full(jets, -1)
    flavour = tree["jet_flav"].array(entry_stop=jets, library="np")
    known = [flavour == code for code in FLAVOURS]
    return DATASETS["btag"].classes, np.select(known, range(len(known)), -1)


def read_block(
    path: str | os.PathLike, tree: uproot.TTree, names: dict[str, str], start: int, stop: int
) -> Block:
    """The jets from `start` to `stop` whose branches agree in the number of particles."""
    with legible(path):
        chunk = tree.arrays(list(names.values()), entry_start=start, entry_stop=stop)
    own = {name: branch for name, branch in names.items() if name.startswith("particles/")}
    counts = np.stack([ak.to_numpy(ak.num(chunk[branch])) for branch in own.values()])
    agree = (counts == counts[0]).all(0)
    chunk = chunk[agree]
    read = {"jets": {}, "particles": {}}
    for name, branch in names.items():
        group, column = name.split("/")
        values = ak.flatten(chunk[branch]) if name in own else chunk[branch]
        read[group][column] = ak.to_numpy(values)
    first = np.concatenate([[0], np.cumsum(counts[0][agree])])
    return Block(start + np.flatnonzero(agree), **read, first=first)
