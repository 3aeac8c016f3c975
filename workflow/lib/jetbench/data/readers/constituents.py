"""Jets of which a file holds the constituents alone -> the columns that they make."""

import os

import numpy as np

from jetbench.data.datasets import described
from jetbench.data.readers.checks import Place
from jetbench.errors import InputError


def momenta_columns(place: Place, momenta: np.ndarray) -> tuple[dict, dict]:
    """p_jet = sum p; deta = s (eta - eta_jet), s = -1 where eta_jet < 0 and 1 elsewhere.

    Columns of the jets (all but the label) and of their particles, from (particles, 4) px, py, pz,
    energy in GeV. dphi = phi - phi_jet from -pi to pi. Raises InputError for a jet without pT.
    """
    first = place.first
    total = np.add.reduceat(momenta, first[:-1])
    pt, eta, phi = directions(total)
    place.check(pt > 0, pt, "of the sum of all particles", "positive pT")
    jet = np.repeat(np.arange(len(total)), np.diff(first))
    _, particle_eta, particle_phi = directions(momenta)
    particles = dict(zip(("px", "py", "pz", "energy"), momenta.T, strict=True))
    particles["deta"] = (particle_eta - eta[jet]) * np.where(eta < 0, -1, 1)[jet]
    particles["dphi"] = (particle_phi - phi[jet] + np.pi) % (2 * np.pi) - np.pi
    jets = {"pt": pt, "eta": eta, "phi": phi, "energy": total[:, 3], "first": first}
    return jets, particles


def directions(momenta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """pT, eta = asinh(pz / pT) and phi of (n, 4) four-momenta; eta is 0 where pT is 0."""
    px, py, pz, _ = momenta.T
    pt = np.sqrt(px * px + py * py)
    return (
        pt,
        np.arcsinh(np.divide(pz, pt, out=np.zeros_like(pz), where=pt > 0)),
        np.arctan2(py, px),
    )


def typed(values: dict, types: dict[str, str]) -> dict:
    """The columns of a schema, in its order and types."""
    return {name: values[name].astype(dtype) for name, dtype in types.items()}


def by_falling_pt(pt: np.ndarray, first: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
    """Order of the particles that sorts each jet by falling pT; equals keep their order.

    A jet in which pT nowhere rises by more than this share keeps its order altogether.
    """
    jet = np.repeat(np.arange(len(first) - 1), np.diff(first))
    rises = np.append(False, pt[1:] > pt[:-1] * (1 + tolerance))
    rises[first[:-1]] = False
    unsorted = np.bincount(jet[rises], minlength=len(first) - 1)[jet] > 0
    return np.lexsort((np.where(unsorted, -pt, 0), jet))


def check_labels(path: str | os.PathLike, labels: set, dataset: str) -> None:
    """Refuse a file of which all jets are of one class."""
    classes = described(dataset).classes
    if labels != set(range(len(classes))):
        got = [classes[label] for label in sorted(labels)]
        raise InputError(f"{path}: expected jets of the classes {classes}, got {got} alone")
