"""Top pairs: decays of the W and the filter of hard events."""

import numpy as np
import pytest
from pythia8mc import Event

from jetbench.simulation.btag_generator import W_DECAYS, HeavyQuarkFilter, TopPairs
from jetbench.simulation.events import next_record

W, FINAL = 24, 23


@pytest.fixture(scope="module")
def record():
    return next_record(TopPairs(17), 61)


def w_products(record, charge):
    """Absolute codes of the first decay products of W+ or W-."""
    rows = np.flatnonzero(record.id == charge * W)
    first = record.id[record.first[record.event[rows]] + record.daughter1[rows]]
    return np.sort(np.abs(first[np.abs(first) != W]))


def test_shares_of_w_decays_add_up():
    assert sum(W_DECAYS.values()) == pytest.approx(1)


def test_w_of_either_charge_gives_charm_and_light_quarks_and_no_tau(record):
    for charge in (-1, 1):
        products = w_products(record, charge)
        assert len(products) == 60 and {1, 3} <= set(products) <= {1, 2, 3, 4, 11, 12, 13, 14}


def test_every_event_has_two_tops(record):
    tops = np.unique(record.event[np.abs(record.id) == 6])
    assert len(tops) == 60


@pytest.mark.parametrize(
    ("quarks", "dropped"),
    [
        ([(5, 30, 0), (-5, 30, 1), (4, 25, 2)], False),
        ([(5, 30, 0), (-5, 30, 1), (3, 90, 0)], True),
        ([(5, 30, 0), (-5, 30, 1), (4, 19, 0)], True),
        ([(5, 30, 0), (-5, 30, 1), (4, 90, 2.6)], True),
    ],
)
def test_filter_wants_three_heavy_quarks_in_acceptance(quarks, dropped):
    event = Event()
    for code, pt, eta in quarks:
        event.append(code, FINAL, 0, 0, pt, 0.0, pt * np.sinh(eta), pt * np.cosh(eta), 0.0)
    assert HeavyQuarkFilter().doVetoProcessLevel(event) == dropped
