"""Calorimeter jets of top-pair events, and what lies near them."""

from typing import NamedTuple

import awkward as ak
import fastjet
import numpy as np

from jetbench.simulation.events import Record
from jetbench.simulation.jets import ragged

ANTI_KT = fastjet.JetDefinition(fastjet.antikt_algorithm, 0.4)
PT_MIN, ETA_MAX = 20.0, 2.5
CALORIMETER_ETA = 3.2  # no jet within 2.5 reaches further
CURLING_PT = 0.35  # GeV: a smaller circle in 2 T does not reach a calorimeter at 1.15 m
ELECTRON, MUON, PHOTON = 11, 13, 22
ELECTROMAGNETIC = (0.10, 0.007)  # sigma(E) / E = a / sqrt(E) (+) b, E in GeV
HADRONIC = (0.50, 0.03)
ISOLATED = 0.5  # share of the jet's pT
PROMPT = 1e-6  # mm


class Jets(NamedTuple):
    """Jets ordered by event; GeV."""

    event: np.ndarray
    pt: np.ndarray
    eta: np.ndarray
    phi: np.ndarray
    mass: np.ndarray


def direction(px, py, pz) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(pT, eta, phi) of momenta."""
    pt = np.hypot(px, py)
    return pt, np.arcsinh(pz / np.maximum(pt, 1e-12)), np.arctan2(py, px)


def momenta(record: Record, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """px, py, pz of rows of the record."""
    return record.px[rows], record.py[rows], record.pz[rows]


def measured_energy(energy, electromagnetic, rng) -> np.ndarray:
    """E (1 + sigma noise), sigma = a / sqrt(E) (+) b, never negative."""
    stochastic, constant = (
        np.where(electromagnetic, *pair) for pair in zip(ELECTROMAGNETIC, HADRONIC, strict=True)
    )
    sigma = np.sqrt(stochastic**2 / energy + constant**2)
    return np.maximum(energy * (1 + sigma * rng.standard_normal(len(energy))), 0)


def deposits(record: Record, rows: np.ndarray, charge: np.ndarray, rng) -> tuple[np.ndarray, dict]:
    """(event, four-momenta) of what the calorimeter measures: massless, in the true direction."""
    px, py, pz = momenta(record, rows)
    pt, eta, _ = direction(px, py, pz)
    codes = np.abs(record.id[rows])
    seen = (np.abs(eta) < CALORIMETER_ETA) & (codes != MUON)
    seen &= (charge == 0) | (pt > CURLING_PT)
    energy = record.energy[rows][seen]
    measured = measured_energy(energy, np.isin(codes[seen], (ELECTRON, PHOTON)), rng)
    scale = measured / np.hypot(pt, pz)[seen]
    columns = {"px": px[seen] * scale, "py": py[seen] * scale, "pz": pz[seen] * scale}
    return record.event[rows][seen], columns | {"E": measured}


def cluster(event: np.ndarray, columns: dict, events: int) -> Jets:
    """Anti-kT jets of R = 0.4 with pT > 20 GeV and |eta| < 2.5."""
    particles = ragged(columns, np.bincount(event, minlength=events))
    found = fastjet.ClusterSequence(particles, ANTI_KT).inclusive_jets(PT_MIN)
    event = np.repeat(np.arange(events), ak.to_numpy(ak.num(found)))
    px, py, pz, energy = (ak.to_numpy(ak.flatten(found[name])) for name in columns)
    mass = np.sqrt(np.maximum(energy**2 - px**2 - py**2 - pz**2, 0))
    jets = Jets(event, *direction(px, py, pz), mass)
    return take(jets, np.abs(jets.eta) < ETA_MAX)


def take(jets: Jets, chosen: np.ndarray) -> Jets:
    """The jets for which `chosen` is True."""
    return Jets(*(values[chosen] for values in jets))


def pairs_within(event, eta, phi, jets: Jets, radius: float):
    """All pairs closer than `radius`, in order of things: (index of thing, index of jet, Delta R).

    Things, such as tracks, are given by the event that each lies in and by its direction.
    """
    events = max(event.max(initial=-1), jets.event.max(initial=-1)) + 1
    per_event = np.bincount(jets.event, minlength=events)
    first = np.cumsum(per_event) - per_event
    partners = per_event[event]
    thing = np.repeat(np.arange(len(event)), partners)
    start = np.repeat(np.cumsum(partners) - partners, partners)
    jet = np.arange(len(thing)) - start + first[event[thing]]
    dphi = np.remainder(phi[thing] - jets.phi[jet] + np.pi, 2 * np.pi) - np.pi
    distance = np.hypot(eta[thing] - jets.eta[jet], dphi)
    near = distance < radius
    return thing[near], jet[near], distance[near]


def nearest_jet(event, eta, phi, jets: Jets, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """(things with a jet within `radius`, the nearest such jet of each)."""
    thing, jet, distance = pairs_within(event, eta, phi, jets, radius)
    order = np.lexsort((distance, thing))
    thing, first = np.unique(thing[order], return_index=True)
    return thing, jet[order][first]


def is_electron(record: Record, rows: np.ndarray, jets: Jets) -> np.ndarray:
    """True for jets of which one electron from the primary vertex makes more than half."""
    distance = np.sqrt(record.x[rows] ** 2 + record.y[rows] ** 2 + record.z[rows] ** 2)
    rows = rows[(np.abs(record.id[rows]) == ELECTRON) & (distance < PROMPT)]
    pt, eta, phi = direction(*momenta(record, rows))
    electron, jet, _ = pairs_within(record.event[rows], eta, phi, jets, 0.4)
    fake = np.zeros(len(jets.pt), dtype=bool)
    fake[jet[pt[electron] > ISOLATED * jets.pt[jet]]] = True
    return fake
