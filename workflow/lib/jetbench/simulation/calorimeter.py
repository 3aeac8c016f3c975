"""Calorimeters with towers, and the energy flow that joins them with the tracks.

Follows Delphes' SimpleCalorimeter. Energies in GeV.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from jetbench.simulation.tables import Towers, towers
from jetbench.simulation.tracking import log_normal


class Calorimeter(NamedTuple):
    """Thresholds and energy resolution sigma(|eta|, E) of one calorimeter."""

    name: str
    energy_min: float
    significance_min: float
    sigma: Callable


class Hits(NamedTuple):
    """Energies at places: of particles that shower, or of tracks that point there."""

    event: np.ndarray
    eta: np.ndarray
    phi: np.ndarray
    energy: np.ndarray


class Flow(NamedTuple):
    """Energy flow of one calorimeter: a factor on every track, and the neutral candidates."""

    track_scale: np.ndarray
    event: np.ndarray
    eta: np.ndarray
    phi: np.ndarray
    energy: np.ndarray


def ecal_sigma(eta, energy):
    """sigma = f(eta) sqrt((0.008 E)^2 + 0.11^2 E + 0.4^2), coarser beyond |eta| = 2.5."""
    core = np.sqrt((0.008 * energy) ** 2 + 0.11**2 * energy + 0.40**2)
    forward = np.sqrt((0.107 * energy) ** 2 + 2.08**2 * energy)
    endcap = (2.16 + 5.6 * (eta - 2) ** 2) * core
    return np.select([eta <= 1.5, eta <= 2.5], [(1 + 0.64 * eta**2) * core, endcap], forward)


def hcal_sigma(eta, energy):
    """sigma = sqrt((0.05 E)^2 + 1.5^2 E), coarser beyond |eta| = 3."""
    core = np.sqrt((0.050 * energy) ** 2 + 1.50**2 * energy)
    forward = np.sqrt((0.130 * energy) ** 2 + 2.70**2 * energy)
    return np.where(eta <= 3.0, core, forward)


ECAL = Calorimeter("ecal", energy_min=0.5, significance_min=2.0, sigma=ecal_sigma)
HCAL = Calorimeter("hcal", energy_min=1.0, significance_min=1.0, sigma=hcal_sigma)


def tower_number(grid: Towers, hits: Hits) -> np.ndarray:
    """One number for each (event, eta cell, phi cell); -1 outside the calorimeter."""
    cell = np.searchsorted(grid.edges, hits.eta)
    inside = (cell > 0) & (cell < len(grid.edges))
    cell[~inside] = 1
    divisions = grid.divisions[cell]
    turn = ((hits.phi + np.pi) / (2 * np.pi) * divisions).astype(np.int64)
    turn = np.minimum(turn, divisions - 1)
    first = np.concatenate(([0], np.cumsum(grid.divisions)))
    return np.where(inside, hits.event * first[-1] + first[cell] + turn, -1)


def tower_place(grid: Towers, number: np.ndarray) -> tuple[np.ndarray, ...]:
    """(event, lower eta, upper eta, lower phi, upper phi) of towers."""
    first = np.concatenate(([0], np.cumsum(grid.divisions)))
    event, cell_number = np.divmod(number, first[-1])
    cell = np.searchsorted(first, cell_number, side="right") - 1
    width = 2 * np.pi / grid.divisions[cell]
    phi = (cell_number - first[cell]) * width - np.pi
    return event, grid.edges[cell - 1], grid.edges[cell], phi, phi + width


def measure(calorimeter: Calorimeter, eta, true, noise):
    """(energy, sigma) of towers: log-normal about the true energy, 0 below the thresholds."""
    energy = log_normal(true, calorimeter.sigma(eta, true), noise)
    sigma = calorimeter.sigma(eta, energy)
    seen = (energy >= calorimeter.energy_min) & (energy >= calorimeter.significance_min * sigma)
    return np.where(seen, energy, 0.0), sigma


def track_factor(energy, sigma, track_energy, track_sigma):
    """(w_t E_t + w_c E_c) / ((w_t + w_c) E_t), w = 1 / sigma^2, but w_t = 0 for sigma_t = 0.

    So perfect tracks take the energy of the tower, noise and zeros included: the second quirk.
    """
    known = track_sigma > 0
    weight = np.where(known, (sigma / np.where(known, track_sigma, 1.0)) ** 2, 0.0)  # w_t / w_c
    return (weight * track_energy + energy) / ((weight + 1) * track_energy)


def energy_flow(
    calorimeter: Calorimeter, showers: Hits, tracks: Hits, resolution: np.ndarray, rng
) -> Flow:
    """Towers of the showers, and what of them is not explained by the tracks.

    A tower with a significant excess over its tracks gives one neutral candidate at a random place
    within it, and leaves the tracks alone; any other tower rescales its tracks.
    """
    grid = towers(calorimeter.name)
    shower_tower, track_tower = tower_number(grid, showers), tower_number(grid, tracks)
    number, place = np.unique(np.concatenate((shower_tower, track_tower)), return_inverse=True)
    shower_place, track_place = np.split(place, [len(shower_tower)])

    def add(place, values) -> np.ndarray:
        return np.bincount(place, values, len(number))

    track_energy = add(track_place, tracks.energy)
    track_sigma = np.sqrt(add(track_place, (resolution * tracks.energy) ** 2))
    event, eta_low, eta_high, phi_low, phi_high = tower_place(grid, np.maximum(number, 0))
    centre = np.abs(0.5 * (eta_low + eta_high))
    noise, eta_spot, phi_spot = rng.standard_normal(len(number)), *rng.random((2, len(number)))
    energy, sigma = measure(calorimeter, centre, add(shower_place, showers.energy), noise)

    neutral = np.maximum(energy - track_energy, 0.0)
    excess = (neutral > calorimeter.energy_min) & (number >= 0)
    excess &= neutral > calorimeter.significance_min * np.hypot(track_sigma, sigma)
    rescaled = ~excess & (track_energy > 0) & (number >= 0)
    scale = np.ones(len(number))
    scale[rescaled] = track_factor(
        energy[rescaled], sigma[rescaled], track_energy[rescaled], track_sigma[rescaled]
    )
    eta = eta_low + (eta_high - eta_low) * eta_spot
    phi = phi_low + (phi_high - phi_low) * phi_spot
    return Flow(scale[track_place], event[excess], eta[excess], phi[excess], neutral[excess])
