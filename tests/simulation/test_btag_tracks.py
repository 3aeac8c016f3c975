"""Track parameters against geometry worked by hand."""

import numpy as np
import pytest

from jetbench.simulation.btag_tracks import Perigee, errors, leaves_track, smear, true_perigee
from tests.simulation.btag_events import PION
from tests.simulation.helpers import NoNoise

STRAIGHT, CURVED = 1e6, 2.0  # GeV


def perigee(place, pt, phi, eta=0.0, charge=1.0):
    """True parameters of one track."""
    momentum = (pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta))
    columns = (np.array([value], dtype=float) for value in (*momentum, charge))
    return true_perigee(np.array([place], dtype=float), *columns)


def lifetime_sign(track, jet):
    """sign[(jet x track) . (track x (-dm))] with dm = (d0 sin phi, -d0 cos phi, z0)."""
    d0, z0, phi, slope, _ = (values[0] for values in track)
    direction = np.array((np.cos(phi), np.sin(phi), slope))
    place = np.array((d0 * np.sin(phi), -d0 * np.cos(phi), z0))
    return np.sign(np.cross(jet, direction) @ np.cross(direction, -place))


@pytest.mark.parametrize("phi", [0.3, 2.0, -2.5])
def test_the_closest_point_of_a_straight_track_is_d0_sin_phi_minus_cos_phi(phi):
    point = np.array((np.sin(phi), -np.cos(phi))) * 0.7
    place = point + 4.0 * np.array((np.cos(phi), np.sin(phi)))
    track = perigee((*place, 5.0), STRAIGHT, phi, eta=0.5)
    assert track.d0[0] == pytest.approx(0.7, abs=1e-6)
    assert track.z0[0] == pytest.approx(5.0 - 4.0 * np.sinh(0.5), abs=1e-6)
    assert track.phi[0] == pytest.approx(phi, abs=1e-6)


@pytest.mark.parametrize("charge", [-1, 1])
def test_the_closest_point_of_a_curved_track_lies_on_its_circle(charge):
    track = perigee((3.0, 4.0, 0.0), CURVED, 0.4, charge=charge)
    radius = 1e3 * CURVED / (0.299792458 * charge * 2.0)
    centre = np.array((3.0 + radius * np.sin(0.4), 4.0 - radius * np.cos(0.4)))
    assert track.d0[0] == pytest.approx(np.sign(radius) * np.hypot(*centre) - radius)


@pytest.mark.parametrize("pt", [STRAIGHT, CURVED])
@pytest.mark.parametrize("charge", [-1, 1])
@pytest.mark.parametrize("angle", [-0.3, 0.3])
@pytest.mark.parametrize("eta", [-1.5, 1.5])
def test_a_decay_downstream_along_the_jet_has_a_positive_lifetime_sign(pt, charge, angle, eta):
    jet = np.array((np.cos(1.0), np.sin(1.0), np.sinh(eta)))
    assert lifetime_sign(perigee(3.0 * jet, pt, 1.0 + angle, eta, charge), jet) == 1
    assert lifetime_sign(perigee(-3.0 * jet, pt, 1.0 + angle, eta, charge), jet) == -1


def test_tracks_of_the_primary_vertex_have_no_impact_parameter():
    track = perigee((0.0, 0.0, 0.0), CURVED, 0.4, 1.0)
    assert abs(track.d0[0]) < 1e-9 and abs(track.z0[0]) < 1e-9


def test_errors_of_a_central_track_of_one_gev():
    expected = (np.hypot(0.01, 0.09), np.hypot(0.02, 0.1), 1.00245e-3, 1.01119e-3, 0.010008)
    central = errors(np.array([1.0]), np.array([0.0]))
    np.testing.assert_allclose(np.ravel(central), expected, rtol=1e-4)


def test_error_of_cot_theta_is_that_of_theta_by_its_slope():
    slope = np.sinh(2.0)
    theta = np.arctan2(1, slope)
    shifted = 1 / np.tan(theta - 1e-7)
    ratio = errors(1.0, slope).ctgtheta / errors(1.0, 0.0).ctgtheta
    assert ratio == pytest.approx((shifted - slope) / 1e-7, rel=1e-4)


def test_pulls_have_width_one():
    size = 20_000
    true = Perigee(*np.zeros((5, size)))
    sigma = Perigee(*(np.full(size, width) for width in (0.1, 0.2, 1e-3, 1e-3, 0.01)))
    measured = smear(true, sigma, np.random.default_rng(3))
    pulls = np.array(measured) / np.array(sigma)
    np.testing.assert_allclose(pulls.std(axis=1), 1, atol=0.02)
    np.testing.assert_allclose(np.corrcoef(pulls), np.eye(5), atol=0.03)


def test_phi_stays_within_a_turn():
    true = Perigee(*np.zeros((2, 3)), np.array([3.2, -3.2, np.pi]), *np.zeros((2, 3)))
    phi = smear(true, Perigee(*np.zeros((5, 3))), NoNoise()).phi
    np.testing.assert_allclose(phi, [3.2 - 2 * np.pi, 2 * np.pi - 3.2, np.pi])


@pytest.mark.parametrize(
    ("charge", "pt", "eta", "radius", "found"),
    [
        (1, 0.6, 0.0, 0.0, True),
        (-1, 5.0, 2.4, 1000.0, True),
        (0, 5.0, 0.0, 0.0, False),
        (1, 0.4, 0.0, 0.0, False),
        (1, 5.0, 2.6, 0.0, False),
        (1, 5.0, 0.0, 1300.0, False),
    ],
)
def test_charged_particles_in_acceptance_leave_tracks(charge, pt, eta, radius, found):
    columns = (np.array([v]) for v in (PION, charge))
    place = np.array([[radius, 0.0, 0.0]])
    momentum = (np.array([v]) for v in (pt, 0.0, pt * np.sinh(eta)))
    assert leaves_track(*columns, place, *momentum, NoNoise()).tolist() == [found]


def test_one_track_in_twenty_is_lost_above_one_gev():
    size = 20_000
    columns = (np.full(size, PION), np.ones(size), np.zeros((size, 3)))
    momentum = (np.full(size, 5.0), np.zeros(size), np.zeros(size))
    found = leaves_track(*columns, *momentum, np.random.default_rng(5))
    assert found.mean() == pytest.approx(0.95, abs=0.005)
