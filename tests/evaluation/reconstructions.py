"""Toy reconstructions: jets of two prongs, and backbones that fill in more or less well."""

import json

import h5py
import numpy as np

CLASSES = ("QCD", "Hbb", "Wqq")


def toy_jets(jets, rng):
    """Features (N, 8) of all particles, and the jet of each; pT falls within a jet."""
    sizes = rng.integers(20, 60, jets)
    jet = np.repeat(np.arange(jets), sizes)
    identity = rng.choice(8, len(jet), p=[0.4, 0.24, 0.1, 0.22, 0.01, 0.01, 0.01, 0.01])
    prong = np.where(rng.random(len(jet)) < 0.5, 0.25, -0.25) * (jet % 3 > 0)
    angle = rng.normal(0, 0.08, (2, len(jet))) + [prong, 0.5 * prong]
    impact = rng.standard_t(1.2, (2, len(jet))) * 0.03
    errors = rng.lognormal(-3.5, 0.5, (2, len(jet)))
    tracks = np.stack([impact[0], errors[0], impact[1], errors[1]])
    tracks[:, np.isin(identity, (0, 2))] = 0
    pt = rng.lognormal(1.8, 1.2, len(jet))
    rows = np.stack([pt, *angle, *tracks, identity], axis=1)
    return rows[np.lexsort([-pt, jet])].astype(np.float32), jet


def write_reconstruction(path, method="mpm_kmeans", blur=0.05, jets=30, seed=1, width=7):
    """File as `reconstruct` writes it: features are drawn towards their mean and blurred."""
    rng = np.random.default_rng(seed)
    rows, jet = toy_jets(jets, rng)
    dropped = rng.random(len(jet)) < 0.4
    own = np.random.default_rng(len(method))
    made = rows[dropped, :width].copy()
    made[:, 0] *= own.lognormal(0, blur, len(made))
    made[:, 1:] *= own.normal(1 - blur, blur, (len(made), width - 1))
    with h5py.File(path, "w") as file:
        file["dropped/features"], file["dropped/jet"] = rows[dropped], jet[dropped]
        file["kept/features"], file["kept/jet"] = rows[~dropped], jet[~dropped]
        file["made/features"] = made
        file["label"] = np.arange(jets) % len(CLASSES)
        file.attrs["method"], file.attrs["classes"] = method, list(CLASSES)
        learned = "set_flow_matching" if method.startswith("mpm_set") else "masked"
        file.attrs["pretraining"] = json.dumps({"method": learned})
        file.attrs["run"] = f"demo/pretraining/{method}/scratch/10k/1"
    return path
