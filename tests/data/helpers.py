"""Toy jets: the shape of JetClass jets, none of their physics, and something to learn."""

import awkward as ak
import numpy as np
import uproot

from jetbench.data.datasets import (
    CLASSES,
    JET_BRANCHES,
    JETCLASS,
    LABEL_BRANCHES,
    PARTICLE_BRANCHES,
    PROCESSES,
    TRUTH_BRANCHES,
)
from jetbench.data.shards import write_shard

FLAGS = ("ChargedHadron", "NeutralHadron", "Photon", "Electron", "Muon")
CHARGED = (1, 4, 5)  # ids of charged hadrons, electrons, muons


def toy_columns(jets: int, seed: int = 0, label: int | None = None) -> tuple[dict, dict]:
    """Columns of a shard: `jets` toy jets of one class, or of all in turn, in random order.

    The higher the label, the wider the jet and the more particles it has.
    """
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.arange(jets) % len(CLASSES)) if label is None else label
    labels = np.full(jets, labels, dtype=np.uint8)
    counts = generator.normal(28 + 2 * labels, 8).clip(1, 128).astype(int)
    first = np.concatenate([[0], np.cumsum(counts)])
    pt = generator.uniform(500, 1000, jets)
    eta, phi = generator.uniform(-2, 2, jets), generator.uniform(-np.pi, np.pi, jets)
    particles = toy_particles(generator, first, pt, eta, phi, 0.05 + 0.015 * labels)
    columns = {"label": labels, "pt": pt, "eta": eta, "phi": phi}
    columns["energy"] = np.add.reduceat(particles["energy"], first[:-1])
    columns["sdmass"] = generator.uniform(20, 200, jets)
    columns |= {f"tau{n}": generator.uniform(0, 0.5 / n, jets) for n in (1, 2, 3, 4)}
    columns = {name: values.astype(np.float32) for name, values in columns.items()}
    return columns | {"label": labels, "first": first}, particles


def toy_particles(generator, first, jet_pt, jet_eta, jet_phi, width) -> dict:
    """Particles in descending pT around the axes of the jets."""
    counts, size = np.diff(first), first[-1]
    jet = np.repeat(np.arange(len(counts)), counts)
    share = generator.pareto(1.5, size) + 0.1
    share = share[np.lexsort((-share, jet))]
    pt = (share / np.add.reduceat(share, first[:-1])[jet]) * jet_pt[jet]
    deta, dphi = generator.normal(0, width[jet]), generator.normal(0, width[jet])
    eta, phi = jet_eta[jet] + deta * np.sign(jet_eta[jet]), jet_phi[jet] + dphi
    code = generator.choice(6, size, p=[0.01, 0.55, 0.1, 0.3, 0.02, 0.02]).astype(np.uint8)
    charged = np.isin(code, CHARGED)
    columns = {
        "px": pt * np.cos(phi),
        "py": pt * np.sin(phi),
        "pz": pt * np.sinh(eta),
        "energy": pt * np.cosh(eta),
        "deta": deta,
        "dphi": dphi,
        "d0": np.where(charged, generator.normal(0, 1, size), 0),
        "d0err": np.where(charged, generator.uniform(0, 0.1, size), 0),
        "dz": np.where(charged, generator.normal(0, 1, size), 0),
        "dzerr": np.where(charged, generator.uniform(0, 0.1, size), 0),
    }
    columns = {name: values.astype(np.float32) for name, values in columns.items()}
    charge = (generator.choice([-1, 1], size) * charged).astype(np.int8)
    return columns | {"charge": charge, "id": code}


def toy_shard(path, jets: int = 200, seed: int = 0) -> None:
    """Write a shard of toy jets of all classes."""
    attributes = {"dataset": "toy", "split": "train", "classes": list(CLASSES)}
    write_shard(path, *toy_columns(jets, seed), attributes)


def toy_branches(process: str, jets: int, seed: int = 0) -> dict[str, ak.Array]:
    """The 41 branches of toy jets of one process."""
    label = PROCESSES.index(process)
    columns, particles = toy_columns(jets, seed, label)
    counts = np.diff(columns["first"])
    particles |= {"d0val": particles["d0"], "dzval": particles["dz"]}
    particles |= {f"is{flag}": particles["id"] == code for code, flag in enumerate(FLAGS, start=1)}
    columns["nparticles"] = counts
    branches = {f"jet_{name}": columns.get(name) for name in columns}
    branches |= {f"part_{name}": values for name, values in particles.items()}
    branches |= {f"label_{c.name}": np.full(jets, c.process == process) for c in JETCLASS}
    branches |= {name: np.zeros(jets) for name in TRUTH_BRANCHES}
    types = PARTICLE_BRANCHES | LABEL_BRANCHES | JET_BRANCHES | TRUTH_BRANCHES
    branches = {name: branches[name].astype(dtype) for name, dtype in types.items()}
    return {
        name: ak.unflatten(values, counts) if name in PARTICLE_BRANCHES else values
        for name, values in branches.items()
    }


def write_root(path, branches: dict[str, ak.Array], tree: str = "tree") -> None:
    """Write branches as JetClass does, but for one counter branch that uproot adds to each."""
    types = {
        name: values.type.content if isinstance(values, ak.Array) else values.dtype
        for name, values in branches.items()
    }
    with uproot.recreate(path) as file:
        file.mktree(tree, types)
        if len(branches["jet_pt"]):
            file[tree].extend(branches)


def toy_root(path, process: str = "HToBB", jets: int = 50, seed: int = 0) -> None:
    """Write a ROOT file of toy jets of one process."""
    write_root(path, toy_branches(process, jets, seed))
