"""Hand-made particles, events and jets."""

import numpy as np

from jetbench.simulation.events import Particles, Record
from jetbench.simulation.jets import Jets


class NoNoise:
    """Random numbers without chance: 0 for normal variables, one half for uniform ones."""

    @staticmethod
    def random(size):
        return np.full(size, 0.5)

    @staticmethod
    def standard_normal(size):
        return np.zeros(size)


def particles(id, charge, pt, eta, phi=0.0, mass=0.0, vertex=(0.0, 0.0, 0.0), event=0) -> Particles:
    """Particles from pT, eta, phi, mass (GeV) and one vertex (mm); numbers are repeated."""
    columns = np.broadcast_arrays(*(np.atleast_1d(v) for v in (event, id, charge, pt, eta, phi)))
    event, id, charge, pt, eta, phi = columns
    px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    mass = np.full(len(pt), mass)
    energy = np.sqrt(px**2 + py**2 + pz**2 + mass**2)
    place = (np.full(len(pt), v, dtype=float) for v in vertex)
    return Particles(event, id, charge.astype(float), px, py, pz, energy, mass, *place)


def record(*rows) -> Record:
    """One event from rows of (id, daughter1, daughter2, pT, eta, phi)."""
    id, daughter1, daughter2, pt, eta, phi = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    zero = np.zeros(len(id))
    px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    integers = (np.zeros(len(id), dtype=int), id, np.ones(len(id), dtype=int))
    first = np.array([0, len(id)])
    unused = (*[zero] * 5, np.zeros(len(id), dtype=int), zero)  # vertices, mothers, lifetimes
    return Record(first, *integers, daughter1, daughter2, px, py, pz, *unused)


def jets(eta, phi) -> Jets:
    """Jets of event 0 with these axes and no constituents."""
    eta, phi = np.atleast_1d(eta).astype(float), np.atleast_1d(phi).astype(float)
    size = len(eta)
    pt = np.full(size, 600.0)
    first, rows = np.zeros(size + 1, dtype=int), np.zeros(0, dtype=int)
    return Jets(np.zeros(size, dtype=int), pt, eta, phi, pt, first, rows)
