"""Calorimeter jets from hand-made particles."""

import numpy as np
import pytest

from jetbench.simulation.btag_jets import (
    cluster,
    deposits,
    is_electron,
    measured_energy,
    nearest_jet,
    pairs_within,
)
from tests.simulation.btag_events import ELECTRON, MUON, PHOTON, PION, chain, jets
from tests.simulation.helpers import NoNoise

ORIGIN = (0, 0, 0)


def seen(*particles):
    """Transverse momenta that the calorimeter measures of (id, charge, pT, eta), without noise."""
    record = chain(*((code, 0, 0, ORIGIN, pt, eta, 0.0) for code, _, pt, eta in particles))
    charge = np.array([charge for _, charge, _, _ in particles])
    rows = np.arange(1, len(particles) + 1)
    return deposits(record, rows, charge, NoNoise())[1]["px"]


def test_photons_and_hadrons_are_measured_in_their_direction():
    particles = ((PHOTON, 0, 5.0, 1.0), (PION, 1, 7.0, -2.0))
    np.testing.assert_allclose(seen(*particles), [5.0, 7.0], rtol=1e-9)


@pytest.mark.parametrize(
    "particle", [(MUON, -1, 50.0, 0.0), (PION, 1, 0.3, 0.0), (PHOTON, 0, 9.0, 3.3)]
)
def test_muons_curling_and_forward_particles_are_not_measured(particle):
    assert not len(seen(particle))


@pytest.mark.parametrize(("electromagnetic", "width"), [(True, 0.1 + 0.0), (False, 0.5)])
def test_energy_is_smeared_by_its_root(electromagnetic, width):
    rng = np.random.default_rng(1)
    energy = measured_energy(np.full(20_000, 25.0), np.full(20_000, electromagnetic), rng)
    constant = 0.007 if electromagnetic else 0.03
    assert np.std(energy) == pytest.approx(25 * np.hypot(width / 5, constant), rel=0.03)
    assert np.mean(energy) == pytest.approx(25, rel=0.003)


def momenta(pt, eta, phi):
    """Columns of massless particles."""
    pt, eta, phi = (np.array(values) for values in (pt, eta, phi))
    return {
        "px": pt * np.cos(phi),
        "py": pt * np.sin(phi),
        "pz": pt * np.sinh(eta),
        "E": pt * np.cosh(eta),
    }


def test_jets_collect_what_is_near_event_by_event():
    columns = momenta([15.0, 10.0, 30.0], [0.0, 0.1, 0.0], [0.0, 0.1, 0.0])
    found = cluster(np.array([0, 0, 2]), columns, 3)
    np.testing.assert_array_equal(found.event, [0, 2])
    np.testing.assert_allclose(found.pt, [25.0, 30.0], atol=0.05)
    assert found.mass[0] == pytest.approx(np.sqrt(2 * 150 * (np.cosh(0.1) - np.cos(0.1))))


@pytest.mark.parametrize(("pt", "eta"), [(19.9, 0.0), (90.0, 2.6)])
def test_soft_and_forward_jets_are_dropped(pt, eta):
    assert not len(cluster(np.array([0]), momenta([pt], [eta], [0.0]), 1).pt)


def test_pairs_are_of_one_event_and_close_across_the_cut_in_phi():
    targets = jets([0.0, 0.0, 0.0], [3.1, 0.0, 3.1], event=[0, 0, 1])
    thing, jet, distance = pairs_within(
        np.array([0, 1]), np.zeros(2), np.array([-3.1, 3.0]), targets, 0.4
    )
    assert thing.tolist() == [0, 1] and jet.tolist() == [0, 2]
    np.testing.assert_allclose(distance, [2 * np.pi - 6.2, 0.1])


def test_a_thing_goes_to_the_nearest_of_two_jets():
    targets = jets([0.0, 0.5], 0.0)
    thing, jet = nearest_jet(
        np.zeros(3, dtype=int), np.array([0.2, 0.3, 1.2]), np.zeros(3), targets, 0.4
    )
    assert thing.tolist() == [0, 1] and jet.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("code", "pt", "place", "is_one"),
    [
        (ELECTRON, 60.0, ORIGIN, True),
        (ELECTRON, 40.0, ORIGIN, False),
        (ELECTRON, 60.0, (0.1, 0, 0), False),  # of a bottom decay
        (MUON, 60.0, ORIGIN, False),
    ],
)
def test_a_jet_that_is_mostly_one_prompt_electron_is_an_electron(code, pt, place, is_one):
    record = chain((code, 0, 0, place, pt, 0.1, 0.0))
    assert is_electron(record, np.array([1]), jets([0.0, 2.0], 0.0)).tolist() == [is_one, False]
