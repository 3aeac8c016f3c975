"""Clustering and selection of jets."""

import numpy as np
import pytest

from jetbench.simulation.detector import Candidates
from jetbench.simulation.jets import cluster, four_momenta, pick


def candidates(*rows) -> Candidates:
    """Massless candidates from rows of (event, pT, eta, phi), ordered by event."""
    event, pt, eta, phi = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    zero = np.zeros(len(pt))
    return Candidates(event.astype(int), zero, zero, pt, pt * np.sinh(eta), phi, eta, *[zero] * 5)


def clustered(*rows, events=2):
    found = candidates(*rows)
    return cluster(found, four_momenta(found), events)


def test_particles_within_the_radius_join_and_others_do_not():
    jets = clustered((0, 100, 0.5, 0.0), (0, 500, 0.0, 0.0), (0, 550, 0.0, 2.0), (0, 3, 1.5, 0.0))
    assert sorted(np.diff(jets.first)) == [1, 2]


def test_jet_momentum_is_the_sum_of_its_constituents():
    jets = clustered((0, 300, 0.2, 0.1), (0, 400, -0.2, 0.1))
    assert jets.pt == pytest.approx(700) and jets.phi == pytest.approx(0.1)
    pz = 300 * np.sinh(0.2) - 400 * np.sinh(0.2)
    assert jets.eta == pytest.approx(np.arcsinh(pz / 700))
    assert jets.energy == pytest.approx(700 * np.cosh(0.2))


@pytest.mark.parametrize(
    ("pt", "eta", "kept"),
    [
        (499, 0, 0),
        (500, 0, 0),
        (501, 0, 1),
        (999, 0, 1),
        (1000, 0, 0),
        (600, 1.99, 1),
        (600, -2.01, 0),
    ],
)
def test_jets_are_selected_in_pt_and_eta(pt, eta, kept):
    assert len(clustered((0, pt, eta, 0.0)).pt) == kept


def test_constituents_come_by_falling_pt_and_point_into_their_event():
    jets = clustered((0, 600, 0, 0), (1, 10, 0, 0.1), (1, 600, 0, 0), (1, 20, 0, -0.1))
    assert jets.event.tolist() == [0, 1]
    assert jets.rows.tolist() == [0, 2, 3, 1]


def test_events_without_candidates_give_no_jets():
    assert clustered((3, 600, 0, 0), events=5).event.tolist() == [3]


def test_picking_jets_keeps_their_constituents():
    jets = clustered((0, 600, 0, 0), (1, 10, 0, 0.1), (1, 600, 0, 0))
    chosen = pick(jets, np.array([False, True]))
    assert chosen.rows.tolist() == [2, 1] and chosen.first.tolist() == [0, 2]
