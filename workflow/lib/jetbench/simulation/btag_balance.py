"""As many bottom as charm as light jets, alike in pT, |eta| and number of tracks."""

import numpy as np

from jetbench.simulation.btag_truth import FLAVOURS

PT_EDGES = (30.0, 45.0, 65.0, 100.0, 160.0)  # GeV
ETA_EDGES = (1.2,)
TRACK_EDGES = (3, 5, 7, 9, 12)
CELLS = (len(PT_EDGES) + 1) * (len(ETA_EDGES) + 1) * (len(TRACK_EDGES) + 1)


def cells(pt, eta, tracks) -> np.ndarray:
    """Cell of each jet in pT, |eta| and number of tracks."""
    axes = ((pt, PT_EDGES), (np.abs(eta), ETA_EDGES), (tracks, TRACK_EDGES))
    cell = 0
    for values, edges in axes:
        cell = cell * (len(edges) + 1) + np.searchsorted(edges, values, side="right")
    return cell


def tally(flavour: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """(cells, 3) numbers of jets of each flavour; min over flavours, summed: how many triples."""
    group = cell * len(FLAVOURS) + np.searchsorted(FLAVOURS, flavour)
    return np.bincount(group, minlength=CELLS * len(FLAVOURS)).reshape(CELLS, -1)


def complete(flavour: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """(triples, 3) indices of jets of the three flavours, paired off within each cell.

    The n-th jet of each flavour in a cell makes its n-th triple. Triples come in the order in which
    their last jet does, so that more jets only add triples at the end. The jets in excess are left.
    """
    kind = np.searchsorted(FLAVOURS, flavour)
    group = cell * len(FLAVOURS) + kind
    counts = tally(flavour, cell)
    starts = np.cumsum(counts) - counts.ravel()
    order = np.argsort(group, kind="stable")
    rank = np.empty(len(group), dtype=int)
    rank[order] = np.arange(len(group)) - np.repeat(starts, counts.ravel())
    wanted = np.flatnonzero(rank < counts.min(axis=1)[cell])
    by_triple = np.lexsort((kind[wanted], rank[wanted], cell[wanted]))
    triples = wanted[by_triple].reshape(-1, len(FLAVOURS))
    return triples[np.argsort(triples.max(axis=1))]
