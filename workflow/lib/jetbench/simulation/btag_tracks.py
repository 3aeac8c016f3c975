"""Tracks as an inner detector in a 2 T solenoid measures them: perigee parameters and errors.

Efficiencies are those of the Delphes card of JetClass, which depend on pT and |eta|, not on where
the particle was made. Resolutions are of the size of ATLAS's, one term for the detector's
granularity and one for multiple scattering; nothing else is correlated or non-Gaussian.
"""

from typing import NamedTuple

import numpy as np

from jetbench.simulation.btag_jets import direction, momenta
from jetbench.simulation.btag_truth import decay_point, makers
from jetbench.simulation.events import Record
from jetbench.simulation.propagation import RADIUS, perigee, signed_radius
from jetbench.simulation.tracking import TRACKER_ETA, by_kind, efficiency

FIELD = 2.0  # T
PT_MIN = 0.5  # GeV


class Perigee(NamedTuple):
    """Track parameters at the closest approach to the beam line; mm, GeV."""

    d0: np.ndarray  # the closest point is d0 (sin phi, -cos phi)
    z0: np.ndarray
    phi: np.ndarray
    ctgtheta: np.ndarray
    pt: np.ndarray


def true_perigee(place: np.ndarray, px, py, pz, charge) -> Perigee:
    """Perigee of charged particles made at `place`, (n, 3) in mm."""
    x, y, z = 1e-3 * place.T
    r = signed_radius(px, py, charge, FIELD)
    _, phi, d0, z0, _ = perigee(x, y, z, px, py, pz, r)
    pt = np.hypot(px, py)
    return Perigee(1e3 * d0, 1e3 * z0, phi, pz / pt, pt)


def errors(pt, ctgtheta) -> Perigee:
    """Standard deviations of the parameters.

    In mm, mrad and GeV, with s = sin theta: d0: 0.01 (+) 0.09 / (pT s^0.5),
    z0: 0.02 (+) 0.1 / (pT s^1.5), phi: 0.07 (+) 1 / pT, theta: 0.15 (+) 1 / pT,
    pT: (0.01 (+) 0.0004 pT) pT.
    """
    sine = 1 / np.sqrt(1 + ctgtheta**2)
    return Perigee(
        np.hypot(0.010, 0.090 / (pt * np.sqrt(sine))),
        np.hypot(0.020, 0.100 / (pt * sine**1.5)),
        1e-3 * np.hypot(0.07, 1 / pt),
        1e-3 * np.hypot(0.15, 1 / pt) / sine**2,  # d cot theta = d theta / sin^2 theta
        pt * np.hypot(0.01, 4e-4 * pt),
    )


def smear(true: Perigee, sigma: Perigee, rng) -> Perigee:
    """Parameters with independent Gaussian errors; phi stays within (-pi, pi]."""
    noise = rng.standard_normal((len(Perigee._fields), len(true.pt)))
    measured = Perigee(*(t + s * n for t, s, n in zip(true, sigma, noise, strict=True)))
    return measured._replace(phi=np.pi - np.remainder(np.pi - measured.phi, 2 * np.pi))


def leaves_track(codes, charge, place, px, py, pz, rng) -> np.ndarray:
    """True for charged particles with pT > 0.5 GeV and |eta| < 2.5 that are found, by chance.

    Those made beyond the tracker, at a radius above 1.29 m, leave no track.
    """
    pt, eta, _ = direction(px, py, pz)
    visible = (charge != 0) & (pt > PT_MIN) & (np.abs(eta) < TRACKER_ETA)
    visible &= np.hypot(place[:, 0], place[:, 1]) < 1e3 * RADIUS
    return visible & (rng.random(len(pt)) < by_kind(efficiency, np.abs(codes), pt, eta))


class Tracks(NamedTuple):
    """Measured tracks; `row` and `maker` point into the record, `place` is where each began."""

    row: np.ndarray
    maker: np.ndarray
    place: np.ndarray
    charge: np.ndarray
    measured: Perigee
    sigma: Perigee


def measure(record: Record, rows: np.ndarray, charge: np.ndarray, lifetime_of, rng) -> Tracks:
    """Tracks of the charged ones among these particles."""
    rows, charge = rows[charge != 0], charge[charge != 0]
    maker = makers(record, rows, lifetime_of)
    place = decay_point(record, maker)
    found = leaves_track(record.id[rows], charge, place, *momenta(record, rows), rng)
    rows, maker, place, charge = (values[found] for values in (rows, maker, place, charge))
    true = true_perigee(place, *momenta(record, rows), charge)
    sigma = errors(true.pt, true.ctgtheta)
    return Tracks(rows, maker, place, charge, smear(true, sigma, rng), sigma)


def take_tracks(tracks: Tracks, index: np.ndarray) -> Tracks:
    """The tracks of these indices."""
    parameters = (Perigee(*(values[index] for values in part)) for part in tracks[4:])
    return Tracks(*(values[index] for values in tracks[:4]), *parameters)
