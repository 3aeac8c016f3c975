"""Which charged particles leave a track, and how well it is measured."""

from typing import NamedTuple

import numpy as np

from jetbench.simulation.events import Particles
from jetbench.simulation.propagation import Flight
from jetbench.simulation.tables import impact_resolution

ELECTRON, MUON = 11, 13


class Tracks(NamedTuple):
    """Reconstructed tracks; `row` points into the particles. GeV, mm."""

    row: np.ndarray
    pt: np.ndarray
    resolution: np.ndarray  # relative, of the momentum, as the calorimeter is told
    d0: np.ndarray
    d0_error: np.ndarray
    dz: np.ndarray
    dz_error: np.ndarray


class Response(NamedTuple):
    """Tracking of one kind of particle, in the regions |eta| <= 0.5, 1.5, 2.5."""

    constant: tuple[float, float, float]  # resolution^2 = constant^2 + (slope pT)^2
    slope: tuple[float, float, float]  # 1 / GeV
    pt_edges: tuple[float, ...]  # GeV, of the efficiencies
    barrel: tuple[float, ...]  # |eta| <= 1.5
    endcap: tuple[float, ...]


HADRON_SLOPE = (1.3e-3, 1.7e-3, 3.1e-3)
HADRONS = Response((0.06, 0.10, 0.25), HADRON_SLOPE, (0.1, 1.0), (0, 0.70, 0.95), (0, 0.60, 0.85))
ELECTRONS = Response(
    (0.03, 0.05, 0.15), HADRON_SLOPE, (0.1, 1.0, 100), (0, 0.73, 0.95, 0.99), (0, 0.5, 0.83, 0.9)
)
MUONS = Response(
    (0.01, 0.015, 0.025), (1e-4, 1.5e-4, 3.5e-4), (0.1, 1.0), (0, 0.75, 0.99), (0, 0.70, 0.98)
)
ETA_EDGES = np.array((0.5, 1.5, 2.5))
TRACKER_ETA = 2.5
TEV = 1000.0


def efficiency(response: Response, pt, eta):
    """Probability to find a track, by pT at production and |eta| of the calorimeter hit."""
    step = np.searchsorted(response.pt_edges, pt)  # (lower, upper]
    barrel, endcap = np.array(response.barrel), np.array(response.endcap)
    found = np.where(np.abs(eta) <= 1.5, barrel[step], endcap[step])
    if response is MUONS:
        found *= np.where(pt > TEV, np.exp(0.5 - 5e-4 * pt), 1.0)
    return np.where(np.abs(eta) <= TRACKER_ETA, found, 0.0)


def momentum_resolution(response: Response, pt, eta):
    """sigma(pT) / pT = sqrt(constant^2 + (slope pT)^2), at most 1."""
    region = np.minimum(np.searchsorted(ETA_EDGES, np.abs(eta)), 2)
    constant, slope = np.array(response.constant)[region], np.array(response.slope)[region]
    return np.minimum(np.hypot(constant, slope * pt), 1.0)


def log_normal(mean, sigma, noise):
    """Log-normal variable of this mean and standard deviation, from standard normal noise."""
    mean = np.asarray(mean, dtype=float)
    safe = np.where(mean > 0, mean, 1.0)
    width = np.sqrt(np.log1p((sigma / safe) ** 2))
    return np.where(mean > 0, safe * np.exp(width * noise - 0.5 * width**2), 0.0)


def impact_errors(pt, eta):
    """sigma(d0), sigma(dz) in mm by pT and |eta| of the momentum."""
    table = impact_resolution()
    eta_bin = np.searchsorted(table.eta_upper, np.abs(eta))
    pt_bin = np.searchsorted(table.pt_lower, pt)  # 0 below the first edge
    return table.d0[eta_bin, pt_bin], table.dz[eta_bin, pt_bin]


def by_kind(function, codes, pt, eta):
    """`function(response, pt, eta)` with the response of electrons, muons or hadrons."""
    kinds = [codes == ELECTRON, codes == MUON]
    return np.select(
        kinds,
        [function(ELECTRONS, pt, eta), function(MUONS, pt, eta)],
        function(HADRONS, pt, eta),
    )


def track(particles: Particles, flight: Flight, keep_smearing: bool, rng) -> Tracks:
    """Tracks of the charged particles that are found.

    The card smears the momentum and then rebuilds the track from the true one: the smeared pT only
    picks the impact parameter errors, and the resolution told to the calorimeter is 0.
    `keep_smearing` undoes this quirk.
    """
    row = np.flatnonzero(particles.charge)
    pt = np.hypot(particles.px[row], particles.py[row])
    codes = np.abs(particles.id[row])
    found = rng.random(len(row)) < by_kind(efficiency, codes, pt, flight.eta[row])
    row, pt, codes = row[found], pt[found], codes[found]

    resolution = by_kind(momentum_resolution, codes, pt, flight.eta[row])
    noise = rng.standard_normal((3, len(row)))
    smeared = log_normal(pt, resolution * pt, noise[0])
    d0_error, dz_error = impact_errors(smeared, np.arcsinh(particles.pz[row] / pt))
    return Tracks(
        row,
        smeared if keep_smearing else pt,
        resolution if keep_smearing else np.zeros_like(pt),
        flight.d0[row] + d0_error * noise[1],
        d0_error,
        flight.dz[row] + dz_error * noise[2],
        dz_error,
    )
