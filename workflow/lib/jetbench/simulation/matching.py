"""Which jets hold the whole visible decay of a resonance: the labelling rules of makeNtuples.C.

A jet is labelled by a resonance if every visible decay product lies within Delta R < 0.8 of its
axis: quarks and gluons as first made, charged leptons and the resonances themselves as they are
after all radiation. Rows point into a `Record`; -1 stands for no particle.
"""

from typing import NamedTuple

import numpy as np

from jetbench.simulation.events import NEUTRINOS, Record
from jetbench.simulation.jets import Jets
from jetbench.simulation.processes import CHARGED_LEPTONS, HIGGS, TOP, W, Z

CONE = 0.8
GLUON, CHARM, BOTTOM, ELECTRON = 21, 4, 5, 11
QCD = 50


class Truth(NamedTuple):
    """What each jet was made by; `code` 0 where nothing matches, `id` and the rest 0 for QCD."""

    code: np.ndarray
    id: np.ndarray
    pt: np.ndarray
    eta: np.ndarray
    phi: np.ndarray


def daughters(record: Record, rows: np.ndarray) -> np.ndarray:
    """(n, 2) rows of the first and the last daughter; -1 where there is none."""
    pair = np.stack((record.daughter1[rows], record.daughter2[rows]), axis=1)
    shift = record.first[record.event[rows]][:, None]
    pair = np.where(pair > 0, pair + shift, -1)
    pair[pair[:, 0] == pair[:, 1], 1] = -1
    return np.where((rows >= 0)[:, None], pair, -1)


def final_copies(record: Record, rows: np.ndarray) -> np.ndarray:
    """Follow every particle down to its last copy, the one that decays or leaves."""
    rows = rows.copy()
    while True:
        pair = daughters(record, rows)
        same = (pair >= 0) & (record.id[pair] == record.id[rows][:, None])
        step = np.where(same[:, 0], pair[:, 0], np.where(same[:, 1], pair[:, 1], rows))
        if np.array_equal(step, rows):
            return rows
        rows = step


def resonances(record: Record, code: int) -> np.ndarray:
    """Rows of the last copies of all particles with this PDG code, in either charge."""
    rows = np.flatnonzero(np.abs(record.id) == code)
    return rows[final_copies(record, rows) == rows]


def prongs(record: Record, rows: np.ndarray) -> np.ndarray:
    """(n, 4) rows of the visible decay products; a W among the daughters gives its own two."""
    pair = daughters(record, rows)
    is_w = (pair >= 0) & (np.abs(record.id[pair]) == W)
    columns = []
    for side in (0, 1):
        child = np.where(is_w[:, side], final_copies(record, pair[:, side]), pair[:, side])
        grandchildren = daughters(record, child)
        columns += [np.where(is_w[:, side], grandchildren[:, 0], child)]
        columns += [np.where(is_w[:, side], grandchildren[:, 1], -1)]
    products = np.stack(columns, axis=1)
    code = np.where(products >= 0, np.abs(record.id[products]), 0)
    lepton = np.isin(code, CHARGED_LEPTONS)
    products[lepton] = final_copies(record, products[lepton])
    return np.where(np.isin(code, NEUTRINOS), -1, products)


def truth_codes(resonance: int, products: np.ndarray) -> np.ndarray:
    """Label code by the decay: (n, 4) absolute PDG codes of the visible products, 0 for none."""

    def count(*codes: int) -> np.ndarray:
        return np.isin(products, codes).sum(axis=1)

    bottoms, charms, gluons = count(BOTTOM), count(CHARM), count(GLUON)
    quarks, electrons, leptons = count(1, 2, 3, 4, 5), count(ELECTRON), count(*CHARGED_LEPTONS)
    heavy = bottoms + charms
    choices = {
        HIGGS: [
            (quarks == 4, 45),
            ((quarks == 2) & (leptons == 1), 46),
            (bottoms == 2, 41),
            (charms == 2, 42),
            (gluons == 2, 44),
        ],
        Z: [(bottoms == 2, 31), (charms == 2, 32), (quarks == 2, 33)],
        W: [((quarks == 2) & (heavy > 0), 21), (quarks == 2, 22)],
        TOP: [  # the bottom quark of the top counts as one heavy quark
            ((quarks == 3) & (heavy > 1), 11),
            (quarks == 3, 12),
            (electrons == 1, 15),
            (leptons == 1, 16),
        ],
    }
    conditions, codes = zip(*choices[resonance], strict=True)
    return np.select(conditions, codes, 0)


def directions(record: Record, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(pT, eta, phi) of particles."""
    pt = np.hypot(record.px[rows], record.py[rows])
    return pt, np.arcsinh(record.pz[rows] / pt), np.arctan2(record.py[rows], record.px[rows])


def match(record: Record, jets: Jets, resonance: int | None) -> Truth:
    """Truth of every jet, by the first resonance of its event that it holds whole."""
    size = len(jets.pt)
    if resonance is None:
        return Truth(np.full(size, QCD), *np.zeros((4, size)))
    rows = resonances(record, resonance)
    jet, candidate = np.nonzero(jets.event[:, None] == record.event[rows][None, :])
    products = prongs(record, rows)
    ids = np.where(products >= 0, np.abs(record.id[products]), 0)
    code = truth_codes(resonance, ids)[candidate]

    products = products[candidate]
    _, eta, phi = directions(record, np.where(products < 0, rows[candidate, None], products))
    dphi = np.remainder(phi - jets.phi[jet, None] + np.pi, 2 * np.pi) - np.pi
    near = np.hypot(eta - jets.eta[jet, None], dphi) < CONE
    whole = np.all(near | (products < 0), axis=1) & (code > 0)

    jet, first = np.unique(jet[whole], return_index=True)
    row = rows[candidate[whole][first]]
    values = np.zeros((5, size))
    values[:, jet] = (code[whole][first], record.id[row], *directions(record, row))
    return Truth(values[0].astype(int), *values[1:])
