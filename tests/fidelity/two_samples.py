"""Classifier two-sample test: can boosted trees tell two samples of jets apart?

Jets are compared class by class, by kinematic features alone: of the real jets at hand nothing
else is known.
"""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from jetbench.simulation.jets import ragged
from jetbench.simulation.substructure import substructure
from tests.fidelity.samples import Sample

PT_STEPS = (1, 2, 5, 10, 30, 100)  # GeV
RINGS = (0.05, 0.1, 0.2, 0.3, 0.5)
LEADING = 10
MEASURABLE = 60.0  # GeV; above, single precision does not resolve a particle's mass
MASS_WINDOWS = ((-0.05, 0.005), (0.005, 0.015), (0.015, 0.03), (0.15, 0.35), (0.7, 1.1))  # GeV^2


def substructure_features(sample: Sample) -> list[np.ndarray]:
    """Soft-drop mass and N-subjettiness ratios, from the stored particles."""
    names = {"px": "px", "py": "py", "pz": "pz", "E": "energy"}
    momenta = {name: sample.particles[column].astype(float) for name, column in names.items()}
    mass, tau = substructure(ragged(momenta, sample.count))
    ratios = tau[:, 1:] / np.maximum(tau[:, :-1], 1e-9)
    return [mass, tau[:, 0], *ratios.T]


def jet_features(sample: Sample) -> list[np.ndarray]:
    """Multiplicity, pT, |eta|, mass and mass / pT of the jets."""
    px, py, pz, energy = (sample.sums(name) for name in ("px", "py", "pz", "energy"))
    pt = np.hypot(px, py)
    mass = np.sqrt(np.maximum(energy**2 - pt**2 - pz**2, 0))
    return [sample.count, pt, np.abs(np.arcsinh(pz / pt)), mass, mass / pt]


def particle_features(sample: Sample) -> list[np.ndarray]:
    """Spectra, shapes and kinds of the particles, one column a quantity."""
    jets = np.arange(len(sample.count))
    px, py, pz, energy, deta, dphi = (
        sample.padded(name, jets).astype(float)
        for name in ("px", "py", "pz", "energy", "deta", "dphi")
    )
    real = sample.mask(jets)
    pt, distance = np.hypot(px, py) * real, np.hypot(deta, dphi)
    share = pt / pt.sum(axis=1, keepdims=True)
    log_pt = np.log(np.where(real, pt, 1.0))
    mean = log_pt.sum(axis=1) / sample.count
    soft = real & (energy < MEASURABLE)
    mass2 = energy**2 - px**2 - py**2 - pz**2
    in_window = [soft & (low < mass2) & (mass2 <= high) for low, high in MASS_WINDOWS]
    return [
        *[np.sum(pt > step, axis=1) for step in PT_STEPS],
        *share[:, :LEADING].T,
        *[np.sum(share * distance**power, axis=1) for power in (0.5, 1, 2)],
        np.sum(share**2, axis=1),
        *[np.sum(share * (distance < ring), axis=1) for ring in RINGS],
        *[np.sum(real & (distance < ring), axis=1) for ring in RINGS[1:4]],
        mean,
        np.sqrt(np.sum(real * (log_pt - mean[:, None]) ** 2, axis=1) / sample.count),
        np.where(real, pt, np.inf).min(axis=1),
        np.where(real, distance, 0).max(axis=1),
        *[window.sum(axis=1) for window in in_window],
        *[np.sum(share * window, axis=1) for window in in_window[:2]],
    ]


def features(sample: Sample) -> np.ndarray:
    """(N, F) kinematic features and, last, the class."""
    columns = jet_features(sample) + particle_features(sample) + substructure_features(sample)
    return np.stack([*columns, sample.label], axis=1)


def draw(label: np.ndarray, counts: np.ndarray, rng) -> np.ndarray:
    """Indices of `counts[c]` random jets of each class c, none twice."""
    chosen = [rng.permutation(np.flatnonzero(label == c))[:n] for c, n in enumerate(counts)]
    return np.concatenate(chosen)


def auc(one: np.ndarray, other: np.ndarray, seed: int) -> float:
    """Mean AUC of the five folds of boosted trees that tell `one` from `other`; 0.5 is chance."""
    x = np.concatenate((one, other))
    y = np.repeat((0, 1), (len(one), len(other)))
    areas = []
    for fit, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y):
        trees = HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=100, max_leaf_nodes=8, random_state=seed
        ).fit(x[fit], y[fit])
        areas.append(roc_auc_score(y[test], trees.predict_proba(x[test])[:, 1]))
    return float(np.mean(areas))
