"""ROOT files in the schema of JetClass."""

import os

import awkward as ak
import numpy as np
import uproot

from jetbench.data.datasets import JET_BRANCHES, LABEL_BRANCHES, PARTICLE_BRANCHES, TRUTH_BRANCHES
from jetbench.files import whole

COUNTER = "npart"


def write_root(path: str | os.PathLike, columns: dict[str, ak.Array | np.ndarray]) -> None:
    """Write the 41 branches to the tree `tree`, beside the counter of particles `npart`.

    uproot cannot write the std::vector<float> of the published files: the particle branches are
    float[npart], which ROOT, uproot and weaver read alike.
    """
    types = {name: f"var * {kind}" for name, kind in PARTICLE_BRANCHES.items()}
    types |= LABEL_BRANCHES | JET_BRANCHES | TRUTH_BRANCHES
    with whole(path) as partial, uproot.recreate(partial, compression=uproot.ZSTD(5)) as file:
        tree = file.mktree("tree", types, counter_name=lambda _: COUNTER)
        tree.extend({name: columns[name] for name in types})
