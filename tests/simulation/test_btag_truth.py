"""Truth of hand-made decay chains."""

import numpy as np
import pytest

from jetbench.simulation.btag_truth import (
    PRIMARY,
    decay_point,
    hadron_flavour,
    heavy_hadrons,
    jet_flavours,
    makers,
    number_vertices,
)
from tests.simulation.btag_events import (
    B0,
    D0,
    DSTAR,
    ETA,
    K0S,
    KAON,
    PION,
    TAU,
    W,
    chain,
    jets,
    lifetime_of,
)

ORIGIN, NEAR, FAR = (0, 0, 0), (0.5, 0.2, 1.0), (0.8, 0.3, 2.0)
TINY = (0, 0, 3e-6)  # an energetic eta flies this far, mm


def only_maker(*rows):
    """Row of the maker of the last particle of a chain."""
    record = chain(*((*row, 10.0, 0.0, 0.0) for row in rows))
    return makers(record, np.array([len(rows)]), lifetime_of)[0]


def test_a_prompt_track_is_of_the_primary_vertex():
    assert only_maker((PION, 0, 0, ORIGIN)) == PRIMARY


def test_a_track_of_a_bottom_decay_is_made_by_the_bottom_hadron():
    assert only_maker((B0, 0, 2, ORIGIN), (KAON, 1, 0, NEAR)) == 1


def test_a_track_of_charm_from_bottom_is_made_by_the_charm_hadron():
    assert only_maker((B0, 0, 2, ORIGIN), (D0, 1, 3, NEAR), (KAON, 2, 0, FAR)) == 2


def test_what_decays_in_place_belongs_to_the_vertex_before():
    assert only_maker((B0, 0, 2, ORIGIN), (DSTAR, 1, 3, NEAR), (PION, 2, 0, NEAR)) == 1


@pytest.mark.parametrize("code", [K0S, TAU])
def test_a_long_lived_particle_from_charm_makes_its_own_vertex(code):
    assert only_maker((D0, 0, 2, ORIGIN), (code, 1, 3, NEAR), (PION, 2, 0, FAR)) == 2


def test_a_track_of_a_prompt_eta_is_of_the_primary_vertex():
    assert only_maker((ETA, 0, 2, ORIGIN), (PION, 1, 0, TINY)) == PRIMARY


def test_the_rounding_of_a_resonance_is_no_flight():
    assert only_maker((W, 0, 2, (0, 0, 1e-14)), (PION, 1, 0, (0, 0, 2e-14))) == PRIMARY


def test_decay_point_is_where_the_daughters_begin():
    record = chain((B0, 0, 2, ORIGIN, 9.0, 0, 0), (KAON, 1, 0, NEAR, 9.0, 0, 0))
    np.testing.assert_array_equal(decay_point(record, np.array([1, PRIMARY])), (NEAR, ORIGIN))


@pytest.mark.parametrize(
    ("flavour", "codes"),
    [
        (5, (511, -521, 531, 541, 5122, -5232, 5332)),
        (4, (411, -421, 431, 4122, 4132, 4232, -4332)),
        (0, (211, 321, 310, 3122, 443, 553, 15, 22)),
    ],
)
def test_hadrons_are_known_by_their_heaviest_quark(flavour, codes):
    assert set(hadron_flavour(np.array(codes))) == {flavour}


def test_heavy_hadrons_that_decay_in_place_are_left_out():
    record = chain(*((code, 0, 4, ORIGIN, 9.0, 0, 0) for code in (B0, DSTAR, D0, PION)))
    np.testing.assert_array_equal(heavy_hadrons(record, lifetime_of), [1, 3])


@pytest.mark.parametrize(
    ("flavour", "hadrons"),
    [
        (5, ((B0, 6.0, 0.1), (D0, 20.0, 0.0))),
        (4, ((B0, 4.0, 0.1), (D0, 6.0, 0.2))),
        (4, ((B0, 50.0, 0.31), (D0, 6.0, 0.29))),
        (0, ((D0, 4.9, 0.0),)),
    ],
)
def test_flavour_is_that_of_the_heaviest_hard_hadron_near_the_axis(flavour, hadrons):
    record = chain(*((code, 0, 1, ORIGIN, pt, eta, 0.0) for code, pt, eta in hadrons))
    rows = np.arange(1, len(hadrons) + 1)
    assert jet_flavours(record, rows, jets(0.0, 0.0))[0] == flavour


def test_vertices_are_numbered_as_their_first_tracks_come():
    jet = np.array([0, 0, 0, 0, 0, 1, 1])
    maker = np.array([9, PRIMARY, 3, 9, 3, 3, PRIMARY])
    number, opens = number_vertices(jet, maker)
    np.testing.assert_array_equal(number, [1, 0, 2, 1, 2, 1, 0])
    np.testing.assert_array_equal(opens, [0, 2, 5])


def test_jets_without_secondary_vertices_have_none():
    number, opens = number_vertices(np.array([0, 1]), np.full(2, PRIMARY))
    assert not number.any() and not len(opens)
