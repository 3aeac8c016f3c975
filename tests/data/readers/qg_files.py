"""Toy files in the layout of EnergyFlow's, and what the authors of JetClass make of such files."""

import numpy as np

from tests.data.helpers import FLAGS

CODES = np.array([11, -11, 13, -13, 22, 130, 211, -211, 321, -321, 2112, -2112, 2212, -2212])
NEUTRAL, CHARGED = (130, 2112), (211, 321, 2212)


def toy_arrays(jets: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """X and y of toy jets of both classes, particles in no order."""
    generator = np.random.default_rng(seed)
    counts = generator.integers(1, 60, jets)
    x = np.zeros((jets, counts.max(), 4))
    real = np.arange(counts.max()) < counts[:, None]
    size = counts.sum()
    axis = np.repeat(generator.uniform((-1.7, 0), (1.7, 2 * np.pi), (jets, 2)), counts, axis=0)
    angles = axis + generator.normal(0, 0.1, (size, 2))
    pt, pid = generator.pareto(1.5, size) + 0.1, generator.choice(CODES, size)
    x[real] = np.column_stack([pt, angles, pid])
    return x, generator.permutation(np.arange(jets) % 2).astype(float)


def write_qg(path, x: np.ndarray, y: np.ndarray) -> None:
    """Write the arrays as EnergyFlow does."""
    np.savez_compressed(path, X=x, y=y)


def one_jet(*particles: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """X and y of a jet of these pT, y, phi, PDG codes, and of the same as another class."""
    return np.array([particles, particles], float), np.array([0.0, 1.0])


def converted_table(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of the parquet file that the public converter makes: y taken for eta, no masses.

    Its last jet would be lost; here it is kept, so that all can be compared.
    """
    order = np.argsort(-x[:, :, 0], axis=1, kind="stable")
    x = np.take_along_axis(x, order[:, :, None], axis=1)
    counts = (x[:, :, 0] > 0).sum(1)
    pt, eta, phi, pid = x[x[:, :, 0] > 0].T
    part = {"px": pt * np.cos(phi), "py": pt * np.sin(phi)}
    part |= {"pz": pt * np.sinh(eta), "energy": pt * np.cosh(eta)}
    jet = np.repeat(np.arange(len(x)), counts)
    px, py, pz, energy = (np.bincount(jet, values) for values in part.values())
    jet_pt, jet_phi = np.hypot(px, py), np.arctan2(py, px)
    jet_eta = np.arcsinh(pz / jet_pt)
    part["deta"] = (eta - jet_eta[jet]) * np.where(jet_eta < 0, -1, 1)[jet]
    part["dphi"] = (phi - jet_phi[jet] + np.pi) % (2 * np.pi) - np.pi
    part |= {"pid": pid, "charge": charge(pid)}
    kinds = (np.isin(abs(pid), CHARGED), np.isin(abs(pid), NEUTRAL))
    kinds += tuple(abs(pid) == code for code in (22, 11, 13))
    part |= {f"is{flag}": kind.astype(float) for flag, kind in zip(FLAGS, kinds, strict=True)}
    table = {f"part_{name}": values for name, values in part.items()}
    table |= {"jet_pt": jet_pt, "jet_eta": jet_eta, "jet_phi": jet_phi, "jet_energy": energy}
    return table | {"label": y, "jet_nparticles": counts}


def charge(pid: np.ndarray) -> np.ndarray:
    """Charge by the PDG code; leptons of positive code are negative."""
    sign = np.where(np.isin(abs(pid), (11, 13)), -1, np.isin(abs(pid), CHARGED))
    return sign * np.sign(pid)
