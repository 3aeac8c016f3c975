"""How far what a backbone fills in is from the particles that were dropped, feature by feature.

Dimensions: K dropped and N kept particles, B jets, C features that are filled in (7, or the first
3). Features are physical: pT in GeV, impact parameters in mm.
"""

import json
from os import PathLike
from typing import NamedTuple

import h5py
import numpy as np
from scipy.stats import wasserstein_distance

from jetbench.errors import InputError
from jetbench.physics.identity import is_neutral

FEATURES = ("pt", "deta", "dphi", "d0", "d0err", "dz", "dzerr")
IMPACT = FEATURES[3:]  # of charged particles alone
SPLITS, SPLIT = 20, 2_000_000  # at most, of a sample; particles of all splits, more only for one
COLUMNS = len(FEATURES) + 1  # the last one is the identity


class Reconstruction(NamedTuple):
    """Dropped particles of some jets, what one backbone made of them, and what it saw."""

    method: str  # name of the model
    run: str
    dropped: np.ndarray  # (K, 8) features and identity
    made: np.ndarray  # (K, C)
    dropped_jet: np.ndarray  # (K,) which of the B jets
    kept: np.ndarray  # (N, 8)
    kept_jet: np.ndarray  # (N,)
    label: np.ndarray  # (B,) class of each jet
    classes: tuple[str, ...]  # their names; none in a file without them
    pretraining: dict  # its configuration, with the `method`


class Distance(NamedTuple):
    """Wasserstein-1 distance of one feature between the dropped particles and those made."""

    feature: str
    value: float  # in the unit of the feature
    relative: float  # over the standard deviation of the dropped
    floor: float  # value of as many particles drawn from the dropped themselves, by estimate
    particles: int


def read_reconstruction(path: str | PathLike) -> Reconstruction:
    """What a file holds; InputError if it cannot be used."""
    try:
        with h5py.File(path) as file:
            content = Reconstruction(
                method=str(file.attrs["method"]),
                run=str(file.attrs["run"]),
                dropped=file["dropped/features"][:],
                made=file["made/features"][:],
                dropped_jet=file["dropped/jet"][:],
                kept=file["kept/features"][:],
                kept_jet=file["kept/jet"][:],
                label=file["label"][:],
                classes=tuple(map(str, file.attrs.get("classes", ()))),
                pretraining=json.loads(file.attrs["pretraining"]),
            )
    except (OSError, KeyError, json.JSONDecodeError) as error:
        expected = f"{path}: expected HDF5 with reconstructions, got a damaged file"
        raise InputError(f"{expected}; delete it and repeat the command (HDF5: {error})") from error
    check(content, path)
    return content


def check(content: Reconstruction, where: str | PathLike) -> None:
    """Raise InputError unless shapes agree, all numbers are finite and every jet has a label."""
    dropped, made, kept = content.dropped, content.made, content.kept
    parts = (("dropped", dropped, content.dropped_jet), ("kept", kept, content.kept_jet))
    for name, values, rows in parts:
        if values.shape != (len(rows), COLUMNS) or not len(rows):
            shape = (len(rows) or "some", COLUMNS)
            raise InputError(f"{where}: {name}: expected shape {shape}, got {values.shape}")
        if rows.min() < 0 or rows.max() >= len(content.label):
            raise InputError(f"{where}: {name}/jet: expected 0 to {len(content.label) - 1}")
    if made.ndim != 2 or len(made) != len(dropped) or not 0 < made.shape[1] <= len(FEATURES):
        raise InputError(f"{where}: made: expected ({len(dropped)}, up to 7), got {made.shape}")
    for name, values in (("dropped", dropped), ("made", made), ("kept", kept)):
        if not np.isfinite(values).all():
            bad = np.count_nonzero(~np.isfinite(values).all(axis=1))
            raise InputError(f"{where}: {name}: expected finite features, got {bad} without")


def features_of(content: Reconstruction) -> tuple[str, ...]:
    """Names of the features that were filled in."""
    return FEATURES[: content.made.shape[1]]


def values(content: Reconstruction, feature: str) -> tuple[np.ndarray, np.ndarray]:
    """(dropped, made) values of a feature, of impact parameters those of charged particles."""
    column = FEATURES.index(feature)
    chosen = np.ones(len(content.dropped), dtype=bool)
    if feature in IMPACT:
        chosen = ~is_neutral(content.dropped[:, -1])
    return content.dropped[chosen, column], content.made[chosen, column]


def distances(content: Reconstruction) -> list[Distance]:
    """W1 = integral |F_dropped(x) - F_made(x)| dx of every feature that was filled in.

    The floor estimates what two equal distributions would give: it is W1 between random halves of
    the dropped particles, over sqrt(2), since these samples are half as large; the mean of some
    20 splits. (Rows at even and at odd places are alike: neighbours share their jet and their pT.)
    """
    return [distance(feature, *values(content, feature)) for feature in features_of(content)]


def distance(feature: str, dropped: np.ndarray, made: np.ndarray) -> Distance:
    """W1 of one feature; NaN without particles, relative NaN without spread."""
    if len(dropped) < 2:
        return Distance(feature, np.nan, np.nan, np.nan, len(dropped))
    value, spread = wasserstein_distance(dropped, made), dropped.std(dtype=float)
    relative = value / spread if spread else np.nan
    return Distance(feature, value, relative, chance(dropped), len(dropped))


def chance(dropped: np.ndarray) -> float:
    """W1 that two samples as large as `dropped` (n,) have by chance; the same in every call."""
    random, found = np.random.default_rng(1), []
    for _ in range(int(np.clip(SPLIT / len(dropped), 1, SPLITS))):
        halves = np.array_split(random.permutation(dropped), 2)
        found.append(wasserstein_distance(*halves) / np.sqrt(2))
    return float(np.mean(found))
