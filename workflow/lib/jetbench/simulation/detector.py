"""From particles to energy-flow candidates: the emulation of the JetClass Delphes card.

Three quirks of Delphes shape the published jets and are kept:
1. tracks are rebuilt from the true momentum, and the calorimeter is told a resolution of 0;
2. therefore the tracks of a tower without significant excess are rescaled to its energy, and
   those of a tower that measures nothing vanish;
3. stored candidates carry the pseudorapidity of the calorimeter hit, not of the momentum.
"""

from typing import NamedTuple

import numpy as np

from jetbench.simulation.calorimeter import ECAL, HCAL, Flow, Hits, energy_flow
from jetbench.simulation.events import Particles
from jetbench.simulation.propagation import Flight, inside, propagate
from jetbench.simulation.tracking import ELECTRON, MUON, Tracks, track

PHOTON, NEUTRAL_HADRON = 22, 0


class DetectorSettings(NamedTuple):
    """What may differ between detectors."""

    smeared_tracks: bool = False  # tracks keep their smeared momentum and known resolution
    outer_eta: bool = True  # stored candidates carry the pseudorapidity of their calorimeter hit


DELPHES = DetectorSettings()
TEXTBOOK = DetectorSettings(smeared_tracks=True, outer_eta=False)  # without the quirks; a control


class Candidates(NamedTuple):
    """Energy-flow candidates ordered by event. GeV, mm; `eta` as stored, `pz` the true one."""

    event: np.ndarray
    id: np.ndarray
    charge: np.ndarray
    pt: np.ndarray
    pz: np.ndarray
    phi: np.ndarray
    eta: np.ndarray
    mass: np.ndarray
    d0: np.ndarray
    d0_error: np.ndarray
    dz: np.ndarray
    dz_error: np.ndarray


def track_scales(particles: Particles, flight: Flight, tracks: Tracks, rng):
    """Energy flow of both calorimeters: (factor on every track, photons, neutral hadrons)."""
    codes = np.abs(particles.id)
    row = tracks.row
    pz = particles.pz[row] * tracks.pt / np.hypot(particles.px[row], particles.py[row])
    energy = np.sqrt(tracks.pt**2 + pz**2 + particles.mass[row] ** 2)
    electromagnetic = (codes == ELECTRON) | (codes == PHOTON)
    scale = np.ones(len(row))
    flows = []
    for calorimeter, showers in (
        (ECAL, electromagnetic),
        (HCAL, ~electromagnetic & (codes != MUON)),
    ):
        at = np.flatnonzero(showers[row])
        place = (particles.event[row[at]], flight.eta[row[at]], flight.phi[row[at]])
        hits = (particles.event, flight.eta, flight.phi, particles.energy)
        flow = energy_flow(
            calorimeter,
            Hits(*(values[showers] for values in hits)),
            Hits(*place, energy[at]),
            tracks.resolution[at],
            rng,
        )
        scale[at] = flow.track_scale
        flows.append(flow)
    return scale, *flows


def charged_candidates(
    particles: Particles, flight: Flight, tracks: Tracks, scale, outer_eta: bool
) -> Candidates:
    """Tracks after energy flow; |p| follows the scale, the mass stays."""
    row = tracks.row
    slope = particles.pz[row] / np.hypot(particles.px[row], particles.py[row])
    pt = tracks.pt * scale
    return Candidates(
        particles.event[row],
        particles.id[row],
        particles.charge[row],
        pt,
        pt * slope,
        flight.perigee_phi[row],
        flight.eta[row] if outer_eta else np.arcsinh(slope),
        particles.mass[row],
        tracks.d0,
        tracks.d0_error,
        tracks.dz,
        tracks.dz_error,
    )


def neutral_candidates(flow: Flow, code: int) -> Candidates:
    """Massless candidates of PDG code `code` at the places of the towers."""
    zero = np.zeros_like(flow.energy)
    pt = flow.energy / np.cosh(flow.eta)
    codes = np.full(len(pt), code)
    return Candidates(
        flow.event, codes, zero, pt, pt * np.sinh(flow.eta), flow.phi, flow.eta, *[zero] * 5
    )


def detect(particles: Particles, settings: DetectorSettings, rng) -> Candidates:
    """Energy-flow candidates of a batch of events, with pT > 0."""
    reaching = inside(particles)
    particles = Particles(*(values[reaching] for values in particles))
    flight = propagate(particles)
    tracks = track(particles, flight, settings.smeared_tracks, rng)
    scale, photons, hadrons = track_scales(particles, flight, tracks, rng)
    parts = (
        charged_candidates(particles, flight, tracks, scale, settings.outer_eta),
        neutral_candidates(photons, PHOTON),
        neutral_candidates(hadrons, NEUTRAL_HADRON),
    )
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    kept = np.flatnonzero(columns[Candidates._fields.index("pt")] > 0)
    order = kept[np.argsort(columns[0][kept], kind="stable")]
    return Candidates(*(column[order] for column in columns))
