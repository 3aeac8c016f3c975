"""ROOT files in the schemas of JetClass and BTag."""

import os
from collections.abc import Callable

import awkward as ak
import numpy as np
import uproot

from jetbench.data.datasets import JET_BRANCHES, LABEL_BRANCHES, PARTICLE_BRANCHES, TRUTH_BRANCHES
from jetbench.files import whole

COUNTER = "npart"


def write_tree(
    path: str | os.PathLike, columns: dict, types: dict[str, str], counter_of: Callable[[str], str]
) -> None:
    """Write columns of these types to the tree `tree`.

    uproot cannot write the std::vector<float> of the published files: ragged branches are
    float[counter], which ROOT, uproot and weaver read alike; `counter_of` names the counter branch
    of a ragged one, and branches that share a counter are of one length.
    """
    with whole(path) as partial, uproot.recreate(partial, compression=uproot.ZSTD(5)) as file:
        tree = file.mktree("tree", types, counter_name=counter_of)
        tree.extend({name: columns[name] for name in types})


def write_root(path: str | os.PathLike, columns: dict[str, ak.Array | np.ndarray]) -> None:
    """Write the 41 branches of JetClass, beside the counter of particles `npart`."""
    types = {name: f"var * {kind}" for name, kind in PARTICLE_BRANCHES.items()}
    types |= LABEL_BRANCHES | JET_BRANCHES | TRUTH_BRANCHES
    write_tree(path, columns, types, lambda _: COUNTER)
