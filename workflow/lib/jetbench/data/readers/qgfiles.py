"""The original quark and gluon jets of EnergyFlow (Zenodo 3164691) -> columns of a shard, checked.

A file QG_jets*.npz holds X (jets, particles, 4): pT, rapidity y, phi and PDG code, in no order and
filled up with zeros; and y (jets), 1 for quark and 0 for gluon. It is read as it lies in the
archive, a bounded number of jets at a time.

A particle has the mass m of its kind, mT = sqrt(pT^2 + m^2), pz = mT sinh y and energy = mT cosh y;
deta and the eta of jets are pseudorapidities of these momenta. Particles are those of which any
number is not 0, the jet is their sum, particles are sorted by falling pT. Refused are, with the
file, the column and the row: other shapes, values that are NaN or infinite, pT that is not
positive, unknown PDG codes, jets without particles, other labels than 0 and 1.
"""

import os
from collections.abc import Iterator

import numpy as np

from jetbench.data.columns import PARTICLE_IDS, Schema, schema
from jetbench.data.readers.checks import Place
from jetbench.data.readers.constituents import by_falling_pt, check_labels, momenta_columns, typed
from jetbench.data.readers.npzfiles import read_header, read_rows
from jetbench.errors import InputError

CHUNK = 10_000  # jets in memory at once, some 5 kB each in the file
COLUMNS = ("pt", "y", "phi", "pid")
KINDS = {  # |PDG code|: mass in GeV as Pythia has it, id, charge of the positive code
    11: (0.000511, "electron", -1),
    13: (0.10566, "muon", -1),
    22: (0.0, "photon", 0),
    130: (0.49761, "neutral_hadron", 0),
    211: (0.13957, "charged_hadron", 1),
    321: (0.49368, "charged_hadron", 1),
    2112: (0.93957, "neutral_hadron", 0),
    2212: (0.93827, "charged_hadron", 1),
}
CODES = np.array(sorted(KINDS))
MASSES = np.array([KINDS[code][0] for code in CODES])
IDS = np.array([PARTICLE_IDS.index(KINDS[code][1]) for code in CODES])
CHARGES = np.array([KINDS[code][2] for code in CODES])


def count_jets(path: str | os.PathLike, _) -> int:
    """Number of jets in a file. Raises InputError for arrays of other shapes and broken files."""
    x, y = read_header(path, "X").shape, read_header(path, "y").shape
    if len(x) != 3 or x[2] != len(COLUMNS) or y != x[:1]:
        raise InputError(f"{path}: expected X (jets, particles, 4) and y (jets), got {x} and {y}")
    if x[0] == 0:
        raise InputError(f"{path}: expected at least one jet, got an empty file")
    return x[0]


def read_chunks(path: str | os.PathLike, dataset: str) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and of their particles, at most CHUNK jets at a time, in file order.

    `first` starts at 0 in each chunk. Raises InputError for what the head of this file names, and
    in the end if all jets were of one class.
    """
    entry, labels, columns = 0, set(), schema(dataset)
    count_jets(path, dataset)
    arrays = (read_rows(path, name, CHUNK) for name in ("X", "y"))
    for padded, label in zip(*arrays, strict=True):
        jets, particles = to_columns(path, entry, padded, label, columns)
        labels.update(jets["label"].tolist())
        yield jets, particles
        entry += len(label)
    check_labels(path, labels, dataset)


def to_columns(
    path: str | os.PathLike, entry: int, padded: np.ndarray, label: np.ndarray, columns: Schema
) -> tuple[dict, dict]:
    """Columns (jets, particles) of the shard from (jets, particles, 4) of X and the labels."""
    real = padded.any(axis=2)  # all others go on to the checks
    counts = real.sum(1)
    place = Place(path, entry, np.concatenate([[0], np.cumsum(counts)]), ("column", "row"))
    place.check(counts > 0, counts, "pt", "at least one particle")
    place.check((label == 0) | (label == 1), label, "label y", "0 or 1")
    found = padded[real]  # (particles, 4)
    check_values(place, found)
    pt, y, phi, pid = found[by_falling_pt(found[:, 0], place.first)].T

    kind = np.searchsorted(CODES, np.abs(pid))
    jets, particles = momenta_columns(place, four_momenta(pt, y, phi, MASSES[kind]))
    particles |= {"pid": pid, "id": IDS[kind], "charge": CHARGES[kind] * np.sign(pid)}
    return typed(jets | {"label": label}, columns.jets), typed(particles, columns.particles)


def four_momenta(pt, y, phi, mass) -> np.ndarray:
    """(px, py, pz, E) = (pT cos phi, pT sin phi, mT sinh y, mT cosh y), mT^2 = pT^2 + m^2; (n, 4).

    y is the rapidity, not the pseudorapidity: the two are equal where the mass is zero.
    """
    mt = np.sqrt(pt * pt + mass * mass)
    return np.stack((pt * np.cos(phi), pt * np.sin(phi), mt * np.sinh(y), mt * np.cosh(y)), axis=1)


def check_values(place: Place, found: np.ndarray) -> None:
    """Refuse what is not finite, pT that is not positive, and particles of unknown mass."""
    for name, values in zip(COLUMNS, found.T, strict=True):
        place.check(np.isfinite(values), values, name, "finite values")
    pt, pid = found[:, 0], found[:, 3]
    place.check(pt > 0, pt, "pt", "positive values")
    known = ", ".join(map(str, CODES))
    place.check(np.isin(np.abs(pid), CODES), pid, "pid", f"one of the PDG codes +-{known}")
