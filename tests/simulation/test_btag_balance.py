"""Balancing of flavours, on jets made by hand."""

import numpy as np
import pytest

from jetbench.simulation.btag_balance import CELLS, cells, complete, tally
from jetbench.simulation.btag_truth import FLAVOURS


def random_jets(size):
    """Flavours in unequal numbers, in a few cells."""
    rng = np.random.default_rng(7)
    flavour = rng.choice(FLAVOURS, size, p=(0.5, 0.2, 0.3))
    return flavour, rng.integers(0, 5, size)


def test_a_triple_is_complete_when_a_cell_has_one_of_each():
    flavour = np.array([0, 0, 5, 4, 4, 0, 5])
    cell = np.array([1, 2, 2, 1, 2, 2, 1])
    np.testing.assert_array_equal(complete(flavour, cell), [[1, 4, 2], [0, 3, 6]])


def test_nothing_is_complete_without_one_flavour():
    assert complete(np.array([0, 4, 4]), np.zeros(3, dtype=int)).shape == (0, 3)


def test_triples_hold_each_flavour_once_and_no_jet_twice():
    flavour, cell = random_jets(500)
    triples = complete(flavour, cell)
    assert (flavour[triples] == FLAVOURS).all() and len(np.unique(triples)) == triples.size
    assert (cell[triples] == cell[triples[:, :1]]).all()


def test_counts_tell_how_many_triples_there_are():
    flavour, cell = random_jets(500)
    parts = tally(flavour[:300], cell[:300]) + tally(flavour[300:], cell[300:])
    assert parts.min(axis=1).sum() == len(complete(flavour, cell)) > 0


def test_more_jets_only_add_triples():
    flavour, cell = random_jets(500)
    fewer = complete(flavour[:200], cell[:200])
    np.testing.assert_array_equal(complete(flavour, cell)[: len(fewer)], fewer)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((31.0, 0.3, 5), (44.0, -0.7, 6), True),
        ((31.0, 0.3, 6), (46.0, 0.3, 6), False),
        ((31.0, 0.3, 6), (31.0, 1.3, 6), False),
        ((31.0, 0.3, 6), (31.0, 0.3, 7), False),
    ],
)
def test_cells_part_pt_and_absolute_eta_and_tracks(one, other, same):
    both = cells(*(np.array(column) for column in zip(one, other, strict=True)))
    assert (both[0] == both[1]) == same


def test_every_jet_has_a_cell():
    extremes = cells(np.array([20.0, 3000.0]), np.array([0.0, -2.49]), np.array([1, 15]))
    np.testing.assert_array_equal(extremes, [0, CELLS - 1])
