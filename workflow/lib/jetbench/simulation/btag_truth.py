"""Where tracks truly come from: long-lived ancestors, heavy hadrons, vertices, jet flavour.

Rows point into a `Record`. A vertex is the decay point of one long-lived particle, or the primary
vertex at (0, 0, 0). What flies less than a micrometre on average (pi0, eta, Sigma0, D*) decays in
place: otherwise every Dalitz pair would be a vertex of its own, nanometres from the primary one.
"""

import numpy as np

from jetbench.simulation.btag_jets import Jets, direction, momenta, pairs_within
from jetbench.simulation.events import Record, look_up

LIGHT, CHARM, BOTTOM = 0, 4, 5
FLAVOURS = (LIGHT, CHARM, BOTTOM)
SHORTEST_FLIGHT = 1e-3  # mm, of the mean proper lifetime times c
LABEL_PT, LABEL_RADIUS = 5.0, 0.3
PRIMARY = -1  # stands for the maker of tracks from the primary vertex


def hadron_flavour(codes: np.ndarray) -> np.ndarray:
    """5 for bottom hadrons, 4 for open charm ones, else 0, by PDG code."""
    codes = np.abs(codes)
    charm = ((codes > 410) & (codes < 436)) | ((codes > 4120) & (codes < 4445))
    bottom = ((codes > 510) & (codes < 546)) | ((codes > 5120) & (codes < 5555))
    return np.where(bottom, BOTTOM, np.where(charm, CHARM, LIGHT))


def mothers(record: Record, rows: np.ndarray) -> np.ndarray:
    """Rows of the (first) mothers."""
    return record.first[record.event[rows]] + record.mother1[rows]


def vertex(record: Record, rows: np.ndarray) -> np.ndarray:
    """(n, 3) production points, mm."""
    return np.stack((record.x[rows], record.y[rows], record.z[rows]), axis=1)


def decay_point(record: Record, rows: np.ndarray) -> np.ndarray:
    """(n, 3) points where these decay, mm: their first daughters' production; 0 for PRIMARY."""
    daughter = record.first[record.event[rows]] + record.daughter1[rows]
    return np.where((rows == PRIMARY)[:, None], 0.0, vertex(record, daughter))


def makers(record: Record, rows: np.ndarray, lifetime_of) -> np.ndarray:
    """Row of the nearest long-lived ancestor of each particle, or PRIMARY.

    `lifetime_of` gives the mean proper lifetime of one PDG code, mm / c.
    """
    maker = np.full(len(rows), PRIMARY)
    at = np.flatnonzero(vertex(record, rows).any(axis=1))
    ancestor = mothers(record, rows[at])
    while len(at):
        flies = look_up(lifetime_of, record.id[ancestor]) > SHORTEST_FLIGHT
        maker[at[flies]] = ancestor[flies]
        going_on = ~flies & vertex(record, ancestor).any(axis=1)
        at, ancestor = at[going_on], mothers(record, ancestor[going_on])
    return maker


def heavy_hadrons(record: Record, lifetime_of) -> np.ndarray:
    """Rows of the bottom and charm hadrons that fly, in the order of the record."""
    rows = np.flatnonzero(hadron_flavour(record.id))
    return rows[look_up(lifetime_of, record.id[rows]) > SHORTEST_FLIGHT]


def jet_flavours(record: Record, hadrons: np.ndarray, jets: Jets) -> np.ndarray:
    """5 for jets with a bottom hadron of pT > 5 GeV within 0.3, else 4 with a charm one, else 0."""
    pt, eta, phi = direction(*momenta(record, hadrons))
    hadron, jet, _ = pairs_within(record.event[hadrons], eta, phi, jets, LABEL_RADIUS)
    hard = pt[hadron] > LABEL_PT
    flavour = np.zeros(len(jets.pt), dtype=int)
    np.maximum.at(flavour, jet[hard], hadron_flavour(record.id[hadrons[hadron[hard]]]))
    return flavour


def number_vertices(jet: np.ndarray, maker: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(vertex number of each track, tracks that open a secondary vertex); tracks ordered by jet.

    Number 0 is the primary vertex, 1 and on are those that `maker`s made, in each jet in the order
    in which its tracks first come from them.
    """
    number = np.zeros(len(jet), dtype=int)
    secondary = np.flatnonzero(maker != PRIMARY)
    pairs = np.stack((jet[secondary], maker[secondary]), axis=1)
    _, opens, which = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(opens)
    opened = secondary[opens[order]]
    in_jet = np.arange(len(opened)) - np.searchsorted(jet[opened], jet[opened])
    number[secondary] = (in_jet + 1)[np.argsort(order)][which.ravel()]
    return number, opened
