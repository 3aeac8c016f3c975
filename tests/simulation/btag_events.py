"""Hand-made decay chains and jets for flavour tagging."""

import numpy as np

from jetbench.simulation.btag_jets import Jets
from jetbench.simulation.events import Record

PION, KAON, ELECTRON, MUON, TAU, PHOTON = 211, 321, 11, 13, 15, 22
K0S, ETA, B0, D0, DSTAR, W = 310, 221, 511, 421, 413, 24
LIFETIMES = {K0S: 26.8, B0: 0.46, D0: 0.12, TAU: 0.087, ETA: 1.5e-7, DSTAR: 2.4e-9, PION: 7804.5}


def lifetime_of(code):
    """Mean proper lifetime of the particles above, mm / c."""
    return LIFETIMES.get(abs(code), 0.0)


def chain(*rows) -> Record:
    """One event from rows of (id, mother, first daughter, vertex, pT, eta, phi); row 0 is Pythia's.

    A particle without daughter is final.
    """
    rows = ((90, 0, 0, (0, 0, 0), 1e-3, 0, 0), *rows)
    id, mother, daughter, place, pt, eta, phi = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    size, zero = len(id), np.zeros(len(id))
    px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    status = np.where(daughter == 0, 1, -1)
    status[0] = -11
    integers = (np.zeros(size, dtype=int), id, status, daughter, daughter)
    energy = pt * np.cosh(eta)
    places = np.array(place, dtype=float).T
    return Record(
        np.array([0, size]), *integers, px, py, pz, energy, zero + 0.14, *places, mother, zero
    )


def jets(eta, phi, pt=100.0, event=0) -> Jets:
    """Jets with these axes."""
    columns = np.broadcast_arrays(*(np.atleast_1d(v) for v in (event, pt, eta, phi, 10.0)))
    return Jets(*columns)
