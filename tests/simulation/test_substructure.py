"""Soft drop and N-subjettiness in cases worked by hand."""

import numpy as np
import pytest

from jetbench.simulation.jets import ragged
from jetbench.simulation.substructure import substructure


def of_jet(*particles):
    """(soft-drop mass, tau_1 .. tau_4) of one jet of massless (pT, eta, phi)."""
    pt, eta, phi = (np.array(column, dtype=float) for column in zip(*particles, strict=True))
    momenta = {
        "px": pt * np.cos(phi),
        "py": pt * np.sin(phi),
        "pz": pt * np.sinh(eta),
        "E": pt * np.cosh(eta),
    }
    mass, taus = substructure(ragged(momenta, np.array([len(pt)])))
    return mass[0], taus[0]


def pair_mass(pt1, pt2, distance):
    """Mass of two massless particles at equal eta."""
    return np.sqrt(2 * pt1 * pt2 * (1 - np.cos(distance)))


def test_balanced_prongs_keep_their_mass():
    assert of_jet((300, 0, 0.2), (300, 0, -0.2))[0] == pytest.approx(pair_mass(300, 300, 0.4))


def test_soft_prong_below_a_tenth_is_dropped():
    mass, _ = of_jet((300, 0, 0.05), (300, 0, -0.05), (40, 0.0, 0.6))
    assert mass == pytest.approx(pair_mass(300, 300, 0.1))


def test_soft_prong_above_a_tenth_is_kept():
    mass, _ = of_jet((300, 0, 0.0), (40, 0.0, 0.6))
    assert mass == pytest.approx(pair_mass(300, 40, 0.6))


def test_tau_1_of_two_equal_particles_is_half_their_distance_over_the_radius():
    _, taus = of_jet((300, 0, 0.2), (300, 0, -0.2))
    assert taus == pytest.approx([0.2 / 0.8, 0, 0, 0], abs=1e-6)


def test_tau_2_of_two_prongs_and_a_soft_particle():
    _, taus = of_jet((300, 0, 0.3), (300, 0, -0.3), (6, 0.1, 0.3))
    assert taus[1] == pytest.approx(6 * 0.1 / (606 * 0.8), rel=0.01)


def test_jet_of_one_particle_has_no_mass_and_no_taus():
    mass, taus = of_jet((600, 0.3, 0.1))
    assert mass == pytest.approx(0, abs=1e-3) and not taus.any()


def test_no_jets_give_no_values():
    mass, taus = substructure(
        ragged({k: np.zeros(0) for k in ("px", "py", "pz", "E")}, np.zeros(0, int))
    )
    assert mass.shape == (0,) and taus.shape[0] == 0
