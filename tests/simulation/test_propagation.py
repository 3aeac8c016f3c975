"""Flight through the field against geometry worked by hand."""

import numpy as np
import pytest

from jetbench.simulation.propagation import RADIUS, inside, propagate
from tests.simulation.helpers import particles

PION, PHOTON = 211, 22


def radius(pt):
    """Radius of the circle in m."""
    return pt / (0.299792458 * 3.8)


def steps(pt, eta, phi, charge, vertex, step=1e-4):
    """Points (m) and directions of a charged particle followed in small steps until r = 1.29 m."""
    place, points = np.array(vertex) * 1e-3, []
    while np.hypot(place[0], place[1]) < RADIUS:
        points.append((*place, phi))
        middle = phi - 0.5 * charge * step / radius(pt)
        place = place + step * np.array((np.cos(middle), np.sin(middle), np.sinh(eta)))
        phi -= charge * step / radius(pt)
    return np.array(points)


def test_neutral_particle_flies_straight():
    flight = propagate(particles(PHOTON, 0, 5.0, [0.4, 2.2], 0.7))
    np.testing.assert_allclose(flight.eta, [0.4, 2.2])
    np.testing.assert_allclose(flight.phi, 0.7)


def test_neutral_particle_from_a_displaced_vertex_hits_the_end_cap():
    flight = propagate(particles(PHOTON, 0, 5.0, 3.0, 0.0, vertex=(10.0, 0.0, 500.0)))
    reach = 0.010 + 2.5 / np.sinh(3.0)
    assert flight.eta == pytest.approx(np.arcsinh(3.0 / reach))


@pytest.mark.parametrize("charge", [-1, 1])
def test_helix_from_the_origin_bends_by_half_the_chord_angle(charge):
    flight = propagate(particles(PION, charge, 2.0, 0.3, 0.5))
    half = np.arcsin(RADIUS / (2 * radius(2.0)))
    assert flight.phi == pytest.approx(0.5 - charge * half)
    arc = 2 * radius(2.0) * half
    assert flight.eta == pytest.approx(np.arcsinh(arc * np.sinh(0.3) / RADIUS))


def test_track_from_the_origin_has_no_impact_parameter():
    flight = propagate(particles(PION, 1, [0.3, 5.0], 1.0))
    np.testing.assert_allclose(np.concatenate((flight.d0, flight.dz)), 0, atol=1e-9)


def test_looping_track_leaves_by_the_end_cap():
    flight = propagate(particles(PION, 1, 0.4, 0.8))
    turns = 3.0 / np.sinh(0.8) / radius(0.4)
    distance = 2 * radius(0.4) * abs(np.sin(turns / 2))
    assert flight.eta == pytest.approx(np.arcsinh(3.0 / distance))


@pytest.mark.parametrize("charge", [-1, 1])
def test_impact_parameter_is_signed_by_angular_momentum(charge):
    flight = propagate(particles(PION, charge, 10.0, 0.0, 0.0, vertex=(0.0, 2.0, 7.0)))
    assert flight.d0 == pytest.approx(-2.0) and flight.dz == pytest.approx(7.0)


@pytest.mark.parametrize("charge", [-1, 1])
def test_displaced_helix_agrees_with_small_steps(charge):
    pt, eta, phi, vertex = 1.5, 0.6, 1.1, (30.0, -20.0, 40.0)
    flight = propagate(particles(PION, charge, pt, eta, phi, vertex=vertex))
    last = steps(pt, eta, phi, charge, vertex)[-1]
    assert flight.phi == pytest.approx(np.arctan2(last[1], last[0]), abs=2e-4)
    assert flight.eta == pytest.approx(np.arcsinh(last[2] / RADIUS), abs=2e-4)
    back = steps(pt, -eta, phi + np.pi, -charge, vertex) - (0, 0, 0, np.pi)  # the way it came
    path = np.concatenate((back, steps(pt, eta, phi, charge, vertex)))
    x, y, z, direction = path[np.argmin(np.hypot(path[:, 0], path[:, 1]))]
    d0 = 1e3 * (x * np.sin(direction) - y * np.cos(direction))
    assert flight.d0 == pytest.approx(d0, abs=1e-2)
    assert flight.dz == pytest.approx(z * 1e3, abs=0.1)
    assert flight.perigee_phi == pytest.approx(direction, abs=2e-4)


@pytest.mark.parametrize(
    ("vertex", "pt", "reaches"),
    [
        ((0, 0, 0), 1.0, True),
        ((1300, 0, 0), 1.0, False),
        ((0, 0, -3100), 1.0, False),
        ((0, 0, 0), 1e-5, False),
    ],
)
def test_only_moving_particles_made_inside_count(vertex, pt, reaches):
    assert inside(particles(PION, 1, pt, 0.0, vertex=vertex)) == reaches
