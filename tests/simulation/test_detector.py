"""The whole detector, one kind of particle at a time."""

import numpy as np
import pytest

from jetbench.simulation.detector import DELPHES, TEXTBOOK, detect
from jetbench.simulation.events import Particles
from jetbench.simulation.propagation import propagate
from tests.simulation.helpers import particles

EVENTS = np.arange(400)


def seen(settings=DELPHES, **what):
    """Candidates of one such particle in each of many events."""
    return detect(particles(event=EVENTS, **what), settings, np.random.default_rng(3))


def test_muons_pass_with_their_true_momentum():
    found = seen(id=13, charge=-1, pt=20.0, eta=0.5, mass=0.1057)
    assert len(found.pt) > 380 and set(found.id) == {13}
    np.testing.assert_allclose(found.pt, 20.0)
    np.testing.assert_allclose(found.mass, 0.1057)


def test_long_lived_neutral_kaon_is_a_massless_neutral_hadron():
    found = seen(id=130, charge=0, pt=50.0, eta=0.5, mass=0.498)
    assert set(found.id) == {0} and not found.mass.any() and not found.charge.any()


def test_first_and_second_quirk_give_charged_hadrons_the_resolution_of_the_tower():
    delphes = seen(DELPHES, id=211, charge=1, pt=20.0, eta=0.3, mass=0.14)
    textbook = seen(TEXTBOOK, id=211, charge=1, pt=20.0, eta=0.3, mass=0.14)
    spread = [np.std(found.pt[found.charge > 0]) / 20.0 for found in (delphes, textbook)]
    assert spread[0] > 0.1 and spread[1] == pytest.approx(0.065, abs=0.01)


def test_second_quirk_removes_most_soft_hadrons():
    count = [
        len(seen(s, id=211, charge=1, pt=0.8, eta=0.3, mass=0.14).pt) for s in (DELPHES, TEXTBOOK)
    ]
    assert count[0] < 0.2 * count[1]


def test_third_quirk_stores_the_eta_of_the_hit():
    pion = {"id": 211, "charge": 1, "pt": 20.0, "eta": 0.3, "mass": 0.14, "vertex": (0, 0, 50)}
    hit = propagate(particles(**pion)).eta.item()
    delphes, textbook = seen(DELPHES, **pion), seen(TEXTBOOK, **pion)
    np.testing.assert_allclose(delphes.eta[delphes.charge > 0], hit)
    np.testing.assert_allclose(textbook.eta[textbook.charge > 0], 0.3)
    assert abs(hit - 0.3) > 0.03


def test_direction_of_a_track_is_that_at_the_beam_line():
    pion = {"id": 211, "charge": 1, "pt": 5.0, "eta": 0.3, "mass": 0.14, "vertex": (100, 0, 0)}
    found = seen(**pion)
    expected = propagate(particles(**pion)).perigee_phi.item()
    np.testing.assert_allclose(found.phi[found.charge > 0], expected)


def test_candidates_come_by_event():
    mixed = [
        particles(event=EVENTS, id=i, charge=c, pt=9.0, eta=1.0) for i, c in ((211, 1), (22, 0))
    ]
    both = Particles(*(np.concatenate(column) for column in zip(*mixed, strict=True)))
    found = detect(both, DELPHES, np.random.default_rng(1))
    assert np.all(np.diff(found.event) >= 0) and {22, 211} <= set(found.id)


def test_no_particles_give_no_candidates():
    nobody = Particles(*(column[:0] for column in particles(22, 0, 1.0, 0.0)))
    assert len(detect(nobody, DELPHES, np.random.default_rng(1)).pt) == 0
