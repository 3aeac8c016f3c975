"""Columns of a shard: their names and types, and what is refused at the door."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jetbench.errors import InputError

JET_COLUMNS = {
    "label": "uint8",  # index in the attribute `classes`
    "pt": "float32",
    "eta": "float32",
    "phi": "float32",
    "energy": "float32",
    "sdmass": "float32",
    "tau1": "float32",
    "tau2": "float32",
    "tau3": "float32",
    "tau4": "float32",
    "first": "int64",  # offsets into /particles, one more than there are jets
}
PARTICLE_COLUMNS = {
    "px": "float32",
    "py": "float32",
    "pz": "float32",
    "energy": "float32",
    "deta": "float32",
    "dphi": "float32",
    "d0": "float32",
    "d0err": "float32",
    "dz": "float32",
    "dzerr": "float32",
    "charge": "int8",
    "id": "uint8",  # index in PARTICLE_IDS
}
UNITS = {  # of the features of the set `lifetime`; "1": numbers without a unit
    "part_pt": "GeV",
    "part_deta": "1",
    "part_dphi": "rad",
    "part_d0_signed": "mm",
    "part_d0err_raw": "mm",
    "part_dz_signed": "mm",
    "part_dzerr_raw": "mm",
    "part_identity": "1",
}
PARTICLE_IDS = ("none", "charged_hadron", "neutral_hadron", "photon", "electron", "muon")


class Schema(NamedTuple):
    """Columns that the shards of a data set have, with their types; a shard may have more."""

    jets: dict[str, str]
    particles: dict[str, str]

    def names(self) -> list[str]:
        """Full names of the columns."""
        return [f"{group}/{name}" for group in self._fields for name in getattr(self, group)]


JETCLASS = Schema(JET_COLUMNS, PARTICLE_COLUMNS)
MOMENTA = Schema(  # what every data set can say of its jets
    {name: JET_COLUMNS[name] for name in ("label", "pt", "eta", "phi", "energy", "first")},
    {name: PARTICLE_COLUMNS[name] for name in ("px", "py", "pz", "energy", "deta", "dphi")},
)
PID = {"charge": "int8", "id": "uint8", "pid": "int32"}
TRACKS = {name: PARTICLE_COLUMNS[name] for name in ("d0", "d0err", "dz", "dzerr", "charge", "id")}
SCHEMAS = {
    "topreference": MOMENTA,
    "toplandscape": MOMENTA,
    "qgreference": Schema(MOMENTA.jets, MOMENTA.particles | PID),
    "quarkgluon": Schema(MOMENTA.jets, MOMENTA.particles | PID),
    "btag": Schema(
        MOMENTA.jets | {"mass": "float32", "vertices": "uint8"},  # vertices but the primary one
        MOMENTA.particles | TRACKS | {"vertex": "int16", "origin": "uint8"},
    ),
}
ORIGINS = ("primary", "charm", "bottom", "other")  # column origin: where a track comes from


def schema(dataset: str | None) -> Schema:
    """Columns of a data set, also of a simulated one, such as btag_demo: JetClass's by default."""
    return SCHEMAS.get((dataset or "").split("_")[0], JETCLASS)


def named(features: Sequence[str]) -> dict[str, list[str]]:
    """Attributes `columns` and `units` of a dataset with a column for each of these features."""
    return {"columns": list(features), "units": [UNITS[name] for name in features]}


def check_columns(path: str, jets: dict, particles: dict, expected: Schema = JETCLASS) -> None:
    """Refuse missing columns, other types or lengths, empty jets, NaN and infinities."""
    first = jets["first"]
    check_offsets(path, first)
    for name in expected.jets | jets:
        size = len(first) - (name != "first")
        check_column(f"{path}: jets/{name}", jets.get(name), expected.jets.get(name), size)
    for name in expected.particles | particles:
        where = f"{path}: particles/{name}"
        check_column(where, particles.get(name), expected.particles.get(name), int(first[-1]))


def check_offsets(path: str, first: np.ndarray) -> None:
    """Refuse offsets that do not start at 0 or leave a jet without particles."""
    if first[0] != 0:
        raise InputError(f"{path}: jets/first: expected to start at 0, got {first[0]}")
    empty = np.flatnonzero(np.diff(first) <= 0)
    if len(empty):
        raise InputError(f"{path}: jet {empty[0]}: expected at least one particle, got none")


def check_column(where: str, values: np.ndarray | None, dtype: str | None, size: int) -> None:
    """Refuse a column that is missing, of another type or size, or not finite."""
    if values is None:
        raise InputError(f"{where}: expected {dtype} values, got no such column")
    if dtype and values.dtype != dtype:
        raise InputError(f"{where}: expected {dtype}, got {values.dtype}")
    if values.shape != (size,):
        raise InputError(f"{where}: expected {size} values, got shape {values.shape}")
    finite = np.isfinite(values)
    if not finite.all():
        at = int(np.argmin(finite))
        raise InputError(f"{where}: expected finite values, got {values[at]} at {at}")
