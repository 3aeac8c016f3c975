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
from jetbench.data.readers.rootfiles import JET_SOURCES, PARTICLE_SOURCES, readable, type_of
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
    """A ROOT file, its branches unchecked.

    Raises InputError for a file without a TTree of jets, and, also while reading, for one that is
    truncated.
    """
    with readable(path):
        file = uproot.open(path)
        trees = file.keys(cycle=False, filter_classname="TTree")
    with file:
        with readable(path):
            tree = file["tree" if "tree" in trees or not trees else trees[0]]
        if not isinstance(tree, uproot.TTree) or not tree.num_entries:
            raise InputError(f"{path}: expected a TTree of at least one jet, got {tree}")
        family = family_of(path, tree)
        faults = {name: fault(tree, name, branch) for name, branch in BRANCHES[family].items()}
        readables = {name: BRANCHES[family][name] for name, why in faults.items() if why is None}
        lines = remarks({BRANCHES[family][name]: why for name, why in faults.items()})
        if tree.name != "tree":
            lines.append(f"the TTree is called {tree.name}, not tree")
        with readable(path):
            classes, labels = labels_of(tree) if family == "jetclass" else flavours_of(tree)
        about = {"format": "ROOT", "branches": family}
        read = partial(read_block, path, tree, readables)
        yield Raw(about, family, classes, labels, readables, read, lines)


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


def labels_of(tree: uproot.TTree) -> tuple[tuple[str, ...], np.ndarray]:
    """Classes that have a branch label_{class}, ours first, and the label of every jet."""
    names = [name.removeprefix("label_") for name in tree.keys(filter_name="label_*")]
    known = [name for name in CLASSES if name in names]
    classes = (*known, *sorted(set(names) - set(known)))
    flags = [np.asarray(tree[f"label_{name}"].array(library="np"), float) for name in classes]
    if not flags:
        return (), np.full(tree.num_entries, -1)
    flags = np.stack(flags, 1)
    one_hot = np.isin(flags, (0, 1)).all(1) & (flags.sum(1) == 1)
    return classes, np.where(one_hot, flags.argmax(1), -1)


def flavours_of(tree: uproot.TTree) -> tuple[tuple[str, ...], np.ndarray]:
    """Classes of BTag, and the label of every jet by its flavour."""
    if fault(tree, "jets/label", "jet_flav"):
        return (), np.full(tree.num_entries, -1)
    flavour = tree["jet_flav"].array(library="np")
    known = [flavour == code for code in FLAVOURS]
    return DATASETS["btag"].classes, np.select(known, range(len(known)), -1)


def read_block(
    path: str | os.PathLike, tree: uproot.TTree, names: dict[str, str], start: int, stop: int
) -> Block:
    """The jets from `start` to `stop` whose branches agree in the number of particles."""
    with readable(path):
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
