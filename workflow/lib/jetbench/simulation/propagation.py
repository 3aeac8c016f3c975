"""Flight of particles from where they are made to the calorimeter, in a solenoid field.

Lengths in mm outside, in m inside; momenta in GeV; q in units of e.
"""

from typing import NamedTuple

import numpy as np

from jetbench.simulation.events import Particles

RADIUS = 1.29  # m, of the cylinder on which the calorimeter lies
HALF_LENGTH = 3.0  # m
FIELD = 3.8  # T, along +z
GEV_PER_TESLA_METRE = 0.299792458  # pT = 0.3 q B r
SLOWEST_PT2 = 1e-9  # GeV^2


class Flight(NamedTuple):
    """Where particles hit the calorimeter, and how charged ones pass the beam line."""

    eta: np.ndarray  # pseudorapidity and azimuth of the hit, seen from the origin
    phi: np.ndarray
    perigee_phi: np.ndarray  # direction of flight at the closest approach to the beam line
    d0: np.ndarray  # mm, transverse impact parameter; 0 for neutral particles
    dz: np.ndarray  # mm, z of the closest approach; 0 for neutral particles


def inside(particles: Particles) -> np.ndarray:
    """True for particles made within the cylinder that move across the field."""
    radius = np.hypot(particles.x, particles.y) * 1e-3
    moving = particles.px**2 + particles.py**2 >= SLOWEST_PT2
    return (radius <= RADIUS) & (np.abs(particles.z) * 1e-3 <= HALF_LENGTH) & moving


def end_cap_path(z, pz, pt):
    """s = (+-3 m - z) pT / pz: transverse path to the end cap that lies ahead."""
    with np.errstate(divide="ignore"):
        return np.where(pz == 0, np.inf, (np.copysign(HALF_LENGTH, pz) - z) * pt / pz)


def straight_hit(x, y, z, px, py, pz):
    """Point where x + s p / pT leaves the cylinder: barrel or end cap, whichever comes first."""
    pt = np.hypot(px, py)
    along = (x * px + y * py) / pt
    across = (x * py - y * px) / pt
    barrel = np.sqrt(np.maximum(RADIUS**2 - across**2, 0)) - along
    s = np.minimum(barrel, end_cap_path(z, pz, pt))
    return x + s * px / pt, y + s * py / pt, z + s * pz / pt


def signed_radius(px, py, charge, field=FIELD):
    """r = pT / (0.3 q B) in m: the direction of flight turns by -s / r along the path s."""
    return np.hypot(px, py) / (GEV_PER_TESLA_METRE * charge * field)


def perigee(x, y, z, px, py, pz, r):
    """Closest approach to the z axis of circles of signed radius r.

    Returns the turn from there to here, the direction phi_d there,
    d0 = x_d sin phi_d - y_d cos phi_d, z_d, and the centre. Angles are taken modulo pi, the smaller
    turn winning, as Delphes does.
    """
    pt, phi = np.hypot(px, py), np.arctan2(py, px)
    x_centre, y_centre = x + r * np.sin(phi), y - r * np.cos(phi)
    turn = phi + np.arctan2(x_centre, y_centre)
    turn -= np.pi * np.round(turn / np.pi)
    phi_d = phi - turn
    x_d, y_d = x_centre - r * np.sin(phi_d), y_centre + r * np.cos(phi_d)
    d0 = x_d * np.sin(phi_d) - y_d * np.cos(phi_d)
    return turn, phi_d, d0, z + r * turn * pz / pt, (x_centre, y_centre)


def helix(x, y, z, px, py, pz, charge):
    """The hit (x, y, z) of a charged particle, and phi_d, d0 and z_d of its perigee."""
    pt, phi = np.hypot(px, py), np.arctan2(py, px)
    r = signed_radius(px, py, charge)
    turn, phi_d, d0, z_d, (x_centre, y_centre) = perigee(x, y, z, px, py, pz, r)
    r_centre = np.hypot(x_centre, y_centre)
    cosine = (r**2 + r_centre**2 - RADIUS**2) / (2 * np.abs(r) * r_centre)
    barrel = r * turn + np.abs(r) * np.arccos(np.clip(cosine, -1, 1))
    leaves_side = r_centre + np.abs(r) >= RADIUS
    end_cap = end_cap_path(z, pz, pt)
    s = np.where(leaves_side, np.minimum(barrel, end_cap), end_cap)
    phi_s = phi - s / r
    hit = (x_centre - r * np.sin(phi_s), y_centre + r * np.cos(phi_s), z + s * pz / pt)
    return hit, phi_d, d0, z_d


def propagate(particles: Particles) -> Flight:
    """Flight of every particle; all must be `inside`."""
    x, y, z = (1e-3 * length for length in (particles.x, particles.y, particles.z))
    px, py, pz = particles.px, particles.py, particles.pz
    charged = particles.charge != 0
    hits = np.array(straight_hit(x, y, z, px, py, pz))
    perigee_phi = np.arctan2(py, px)
    d0, dz = np.zeros_like(x), np.zeros_like(x)
    columns = (x, y, z, px, py, pz, particles.charge)
    hits[:, charged], perigee_phi[charged], d0[charged], dz[charged] = helix(
        *(values[charged] for values in columns)
    )
    eta = np.arcsinh(hits[2] / np.hypot(hits[0], hits[1]))
    return Flight(eta, np.arctan2(hits[1], hits[0]), perigee_phi, 1e3 * d0, 1e3 * dz)
