"""Tracking against the numbers of the card."""

import numpy as np
import pytest

from jetbench.simulation.propagation import propagate
from jetbench.simulation.tracking import (
    ELECTRONS,
    HADRONS,
    MUONS,
    efficiency,
    impact_errors,
    log_normal,
    momentum_resolution,
    track,
)
from tests.simulation.helpers import NoNoise, particles

PION = 211


@pytest.mark.parametrize(
    ("response", "pt", "eta", "expected"),
    [
        (HADRONS, 0.1, 0.0, 0.0),
        (HADRONS, 1.0, 1.5, 0.70),
        (HADRONS, 1.01, -1.51, 0.85),
        (HADRONS, 5.0, 2.51, 0.0),
        (ELECTRONS, 150.0, 0.0, 0.99),
        (ELECTRONS, 50.0, 2.0, 0.83),
        (MUONS, 50.0, 2.0, 0.98),
        (MUONS, 2000.0, 0.0, 0.99 * np.exp(-0.5)),
    ],
)
def test_efficiency_is_that_of_the_card(response, pt, eta, expected):
    assert efficiency(response, np.array([pt]), np.array([eta])) == pytest.approx(expected)


def test_momentum_resolution_grows_with_pt_up_to_one():
    resolution = momentum_resolution(
        HADRONS, np.array([1.0, 100.0, 1e4]), np.array([0.2, 1.0, 2.0])
    )
    np.testing.assert_allclose(resolution, [np.hypot(0.06, 1.3e-3), np.hypot(0.10, 0.17), 1.0])


@pytest.mark.parametrize(
    ("pt", "eta", "d0", "dz"),
    [
        (1.0, 0.5, 0.0753, 0.1113),
        (0.9041, -0.5, 0.0893, 0.1351),
        (200, 1.0, 0.0095, 0.031),
        (0.18, 0.0, 0.0, 0.0),
        (5.0, 2.6, 0.0, 0.0),
    ],
)
def test_impact_errors_are_those_of_the_table(pt, eta, d0, dz):
    assert impact_errors(np.array([pt]), np.array([eta])) == (d0, dz)


def test_log_normal_has_the_mean_and_deviation_asked_for():
    values = log_normal(
        np.full(200_000, 5.0), 2.0, np.random.default_rng(1).standard_normal(200_000)
    )
    assert values.mean() == pytest.approx(5.0, abs=0.02)
    assert values.std() == pytest.approx(2.0, abs=0.03)


def test_log_normal_of_nothing_is_nothing():
    assert log_normal(np.zeros(1), 1.0, np.ones(1)) == 0


def test_first_quirk_tracks_keep_the_true_momentum_and_claim_no_error():
    pions = particles(PION, 1, np.full(500, 3.0), 0.3, mass=0.14)
    tracks = track(pions, propagate(pions), keep_smearing=False, rng=np.random.default_rng(1))
    np.testing.assert_allclose(tracks.pt, 3.0)
    assert np.all(tracks.resolution == 0) and len(set(tracks.d0_error)) > 1


def test_textbook_tracks_are_smeared_and_know_it():
    pions = particles(PION, 1, np.full(5000, 3.0), 0.3, mass=0.14)
    tracks = track(pions, propagate(pions), keep_smearing=True, rng=np.random.default_rng(1))
    assert tracks.pt.std() / 3.0 == pytest.approx(np.hypot(0.06, 3 * 1.3e-3), rel=0.05)
    assert tracks.resolution[0] == pytest.approx(np.hypot(0.06, 3 * 1.3e-3))


def test_without_noise_the_impact_parameter_is_the_true_one():
    pion = particles(PION, 1, 3.0, 0.3, vertex=(0.0, 0.5, 1.0))
    flight = propagate(pion)
    tracks = track(pion, flight, keep_smearing=False, rng=NoNoise())
    assert tracks.d0 == flight.d0 and tracks.dz == flight.dz
