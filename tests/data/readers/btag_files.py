"""Toy BTag files in the published schema: the shape of the jets, and decays to tell origins by."""

import awkward as ak
import numpy as np

from jetbench.data.readers.btagfiles import read_chunks
from tests.data.helpers import write_root

B_HADRON, C_HADRON, STRANGE = 511, -421, 310  # B0, anti-D0, K0S
JETS = 30
WHOLE = ("trk_pdg_id", "trk_vtx_index", "trk_pythia_i", "trk_charge", "hadron_pdgid")
PLACES = [f"trk_{kind}_{axis}" for kind in ("prod", "dec") for axis in "xyz"]
ERRORS = [f"trk_{name}err" for name in ("d0", "z0", "phi", "ctgtheta", "pt")]


def toy_btag(jets: int = JETS, seed: int = 0) -> dict[str, np.ndarray | ak.Array]:
    """Branches of toy jets of all flavours in turn, one to twenty tracks each.

    Every jet has a B hadron, a C hadron and a K0S; its tracks come from their decays, from the
    primary vertex or from elsewhere, in turn.
    """
    generator = np.random.default_rng(seed)
    counts = generator.integers(1, 21, jets)
    branches = {"jet_flav": np.array([0, 4, 5])[np.arange(jets) % 3], "n_trks": counts}
    for name, low, high in (("pt", 20, 200), ("eta", -2.5, 2.5), ("phi", -np.pi, np.pi)):
        branches[f"jet_{name}"] = generator.uniform(low, high, jets)
    branches["jet_M"] = generator.uniform(0, 15, jets)
    decay = generator.exponential(3, (jets, 3)) * np.sign(branches["jet_eta"])[:, None]
    hadrons = {"pdgid": np.tile([B_HADRON, C_HADRON, STRANGE], (jets, 1)), "z": decay}
    branches |= {f"hadron_{name}": ragged(values.ravel(), 3) for name, values in hadrons.items()}
    branches |= {f"true_vtx_{name}": ragged(generator.normal(0, 1, 2 * jets), 2) for name in "xyz"}
    branches["true_vtx_L3D"] = ragged(generator.exponential(1, 2 * jets), 2)
    tracks = toy_tracks(generator, counts, branches, decay)
    branches |= {name: ragged(values, counts) for name, values in tracks.items()}
    return {name: typed(name, values) for name, values in branches.items()}


def toy_tracks(generator, counts, branches, decay) -> dict[str, np.ndarray]:
    """Track branches, jet after jet."""
    jet, size = np.repeat(np.arange(len(counts)), counts), counts.sum()
    source = np.arange(size) % 5  # B hadron, C hadron, K0S, primary vertex, elsewhere
    elsewhere = np.column_stack([decay[jet], np.zeros(size), generator.normal(0, 20, size)])
    eta = branches["jet_eta"][jet] + generator.normal(0, 0.1, size)
    tracks = {name: generator.normal(0, 1, size) for name in PLACES}
    tracks |= {name: generator.uniform(0.01, 0.1, size) for name in ERRORS}
    return tracks | {
        "trk_prod_z": elsewhere[np.arange(size), source],
        "trk_pt": generator.exponential(5, size) + 0.5,
        "trk_eta": eta,
        "trk_ctgtheta": np.sinh(eta) + generator.normal(0, 1e-3, size),
        "trk_phi": branches["jet_phi"][jet] + generator.normal(0, 0.1, size),
        "trk_d0": generator.normal(0, 1, size),
        "trk_z0": generator.normal(0, 1, size),
        "trk_charge": generator.choice([-1, 1], size),
        "trk_pdg_id": generator.choice([211, -211, 321, 2212, 11, -13], size),
        "trk_vtx_index": generator.integers(0, 3, size),
        "trk_pythia_i": np.arange(size),
    }


def ragged(values: np.ndarray, counts) -> ak.Array:
    """One list a jet, of these lengths."""
    return ak.from_regular(ak.unflatten(values, counts))


def typed(name: str, values: np.ndarray | ak.Array) -> np.ndarray | ak.Array:
    """The values as int32 or float32."""
    kind = np.int32 if name in (*WHOLE, "jet_flav", "n_trks") else np.float32
    return ak.values_astype(values, kind) if isinstance(values, ak.Array) else values.astype(kind)


def write_btag(path, jets: int = JETS, seed: int = 0, tree: str = "tree", **changes) -> dict:
    """Write a file of toy jets with changes to some branches; returns the branches."""
    branches = toy_btag(jets, seed) | changes
    write_root(path, branches, tree)
    return branches


def changed(name, jet, track, value):
    """A branch of toy jets with one other value, of a track or, if None, of the jet."""
    values = toy_btag(JETS)[name]
    if track is None:
        values[jet] = value
        return {name: values}
    counts = ak.num(values)
    flat = ak.to_numpy(ak.flatten(values)).copy()
    flat[ak.sum(counts[:jet]) + track] = value
    return {name: ragged(flat, counts)}


def without_tracks(jet):
    """Branches of toy jets where this jet has lost its tracks."""
    branches = toy_btag(JETS)
    names = [name for name in branches if name[:4] == "trk_"]
    none = np.where(np.arange(JETS) == jet, 0, 10**6)
    cut = {name: branches[name][ak.local_index(branches[name]) < none] for name in names}
    return cut | {"n_trks": np.where(none == 0, 0, branches["n_trks"]).astype(np.int32)}


def read(path):
    """Columns of all jets of a small file."""
    ((jets, particles),) = read_chunks(path, "btag")
    return jets, particles
