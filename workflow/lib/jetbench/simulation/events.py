"""Pythia events as flat arrays, a batch at a time.

Reading a batch through Pythia's awkward interface costs 0.1 ms an event; asking for the same
particles one by one costs 2.5 ms.
"""

from typing import NamedTuple

import awkward as ak
import numpy as np

NEUTRINOS = (12, 14, 16)


class Record(NamedTuple):
    """Every particle of a batch of events; the rows of event k start at `first[k]`.

    Momenta, energies and masses in GeV, production vertices and proper lifetimes in mm. Mothers and
    daughters count from the first row of the event, as in Pythia.
    """

    first: np.ndarray
    event: np.ndarray
    id: np.ndarray
    status: np.ndarray
    daughter1: np.ndarray
    daughter2: np.ndarray
    px: np.ndarray
    py: np.ndarray
    pz: np.ndarray
    energy: np.ndarray
    mass: np.ndarray
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    mother1: np.ndarray
    lifetime: np.ndarray  # mm / c, drawn for particles that do not decay, too


class Particles(NamedTuple):
    """Final-state visible particles, ordered by event: what reaches the detector (GeV, mm)."""

    event: np.ndarray
    id: np.ndarray
    charge: np.ndarray
    px: np.ndarray
    py: np.ndarray
    pz: np.ndarray
    energy: np.ndarray
    mass: np.ndarray
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray


def next_record(pythia, size: int) -> Record:
    """The next `size` - 1 events.

    `nextBatch` of pythia8mc 8.317 inserts one dummy vertex an event and cuts the list at the end:
    the vertex of particle i of event k stands at flat row i + k + 1, and the last event loses
    `size` of them. Hence the shift, and one event fewer than asked for.
    """
    events = pythia.nextBatch(size).prt
    first = np.concatenate(([0], np.cumsum(ak.to_numpy(ak.num(events)))))
    kept = first[-2]
    event = np.repeat(np.arange(len(events) - 1), np.diff(first[:-1]))
    rows = ak.flatten(events)
    vertex = np.arange(kept) + event + 1

    def column(values) -> np.ndarray:
        return ak.to_numpy(values)[:kept]

    def vertices(values) -> np.ndarray:
        return ak.to_numpy(ak.fill_none(values, 0.0))[vertex]

    return Record(
        first[:-1],
        event,
        *(column(rows[name]) for name in ("id", "status", "daughter1", "daughter2")),
        *(column(rows.p[name]) for name in ("px", "py", "pz", "e")),
        column(rows.m),
        *(vertices(rows.vProd[name]) for name in ("px", "py", "pz")),
        column(rows.mother1),
        column(rows.tau),
    )


def visible_rows(record: Record) -> np.ndarray:
    """Rows of the final-state particles but neutrinos."""
    return np.flatnonzero((record.status > 0) & ~np.isin(np.abs(record.id), NEUTRINOS))


def look_up(property_of, codes: np.ndarray) -> np.ndarray:
    """`property_of(code)`, such as the charge, of every particle; asked once for each PDG code."""
    known, which = np.unique(codes, return_inverse=True)
    return np.array([property_of(int(code)) for code in known], dtype=float)[which]


def visible_particles(record: Record, charge_of) -> Particles:
    """The final-state particles but neutrinos; `charge_of` gives the charge of one PDG code."""
    final = visible_rows(record)
    kinematics = (record.px, record.py, record.pz, record.energy, record.mass)
    return Particles(
        record.event[final],
        record.id[final],
        look_up(charge_of, record.id[final]),
        *(values[final] for values in (*kinematics, record.x, record.y, record.z)),
    )
