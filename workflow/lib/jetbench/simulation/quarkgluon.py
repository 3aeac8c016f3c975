"""Quark and gluon jets without a detector, in the arrays of EnergyFlow's files."""

from typing import NamedTuple

import awkward as ak
import fastjet
import numpy as np

from jetbench.errors import InputError
from jetbench.progress import track
from jetbench.simulation.events import Particles, Record, next_record, visible_particles
from jetbench.simulation.jets import ragged, silence_banner
from jetbench.simulation.zjets import (
    ANTI_KT,
    CONE,
    HARD,
    LABELS,
    LIGHT,
    PT_MAX,
    PT_MIN,
    RAPIDITY_MAX,
    ZJetGenerator,
)

EVENTS_PER_BATCH = 64
FIRST_SEED = 500_000_000  # far from the seeds of the other data sets
NUMBERS = 10_000_000


class Jets(NamedTuple):
    """Selected jets; particles of jet j: `rows[first[j]:first[j + 1]]` of the events' particles."""

    momenta: np.ndarray  # (jets, 4) px, py, pz, E in GeV, the sum of the particles
    first: np.ndarray
    rows: np.ndarray


def quarkgluon_seed(number: str | int) -> int:
    """Seed of one file: 500 000 000 + number, so that no two files share an event."""
    if not 0 <= int(number) < NUMBERS:
        raise InputError(f"qgreference: expected a number from 0 to {NUMBERS - 1}, got {number}")
    return FIRST_SEED + int(number)


def rapidity_and_phi(momenta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """y = atanh(pz / E) and phi from 0 to 2 pi of (n, 4) four-momenta."""
    px, py, pz, energy = momenta.T
    return np.arctanh(pz / energy), np.arctan2(py, px) % (2 * np.pi)


def hard_partons(record: Record) -> np.ndarray:
    """(events, 4) momentum of the quark or gluon that leaves the hard process beside the Z."""
    rows = np.flatnonzero((record.status == -HARD) & np.isin(np.abs(record.id), LIGHT))
    return np.stack((record.px, record.py, record.pz, record.energy), axis=1)[rows]


def leading_jets(record: Record, particles: Particles) -> Jets:
    """The jet of highest pT of each event, if 500 < pT < 550 GeV, |y| < 1.7, near its parton.

    Near is within Delta R = 0.4 of the hard parton's rapidity and phi.
    """
    events = len(record.first) - 1
    counts = np.bincount(particles.event, minlength=events)
    components = {"px": particles.px, "py": particles.py, "pz": particles.pz, "E": particles.energy}
    found = fastjet.ClusterSequence(ragged(components, counts), ANTI_KT).constituent_index(PT_MIN)
    event = np.repeat(np.arange(events), ak.to_numpy(ak.num(found)))
    members = ak.flatten(found)
    sizes = ak.to_numpy(ak.num(members))
    jet = np.repeat(np.arange(len(sizes)), sizes)
    rows = ak.to_numpy(ak.flatten(members)) + (np.cumsum(counts) - counts)[event[jet]]
    momenta = np.stack(
        [np.bincount(jet, values[rows], len(sizes)) for values in components.values()], axis=1
    )

    chosen = selected(momenta, event, hard_partons(record))
    return Jets(momenta[chosen], np.concatenate(([0], np.cumsum(sizes[chosen]))), rows[chosen[jet]])


def selected(momenta: np.ndarray, event: np.ndarray, partons: np.ndarray) -> np.ndarray:
    """Which jets are the leading ones of their events and pass the cuts."""
    pt = np.hypot(momenta[:, 0], momenta[:, 1])
    highest = np.zeros(len(partons))
    np.maximum.at(highest, event, pt)
    (y, phi), (parton_y, parton_phi) = rapidity_and_phi(momenta), rapidity_and_phi(partons[event])
    distance = np.hypot(y - parton_y, (phi - parton_phi + np.pi) % (2 * np.pi) - np.pi)
    inside = (pt > PT_MIN) & (pt < PT_MAX) & (np.abs(y) < RAPIDITY_MAX)
    return (pt == highest[event]) & inside & (distance < CONE)


def particle_columns(particles: Particles, jets: Jets) -> list[np.ndarray]:
    """(particles, 4) pT, y, phi, PDG code of each jet, phi within pi of the jet's."""
    part = Particles(*(values[jets.rows] for values in particles))
    pt = np.hypot(part.px, part.py)
    y = np.arcsinh(part.pz / np.hypot(pt, part.mass))
    axis = np.repeat(rapidity_and_phi(jets.momenta)[1], np.diff(jets.first))
    phi = axis + (np.arctan2(part.py, part.px) - axis + np.pi) % (2 * np.pi) - np.pi
    return np.split(np.stack((pt, y, phi, part.id), axis=1), jets.first[1:-1])


def simulate_class(parton: str, jets: int, seed: int) -> list[np.ndarray]:
    """Exactly `jets` jets of a gluon or quark, each as in `particle_columns`."""
    pythia = ZJetGenerator(parton, seed)
    done = []
    with track(None, f"simulate {parton} jets", total=jets, unit="jet") as bar:
        while len(done) < jets:
            record = next_record(pythia, EVENTS_PER_BATCH)
            particles = visible_particles(record, pythia.particleData.charge)
            found = leading_jets(record, particles)
            if len(found.momenta):
                done += particle_columns(particles, found)
            bar.update(min(len(done), jets) - bar.n)
    return done[:jets]


def simulate_quarkgluon_jets(jets: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """X (jets, particles, 4) and y (jets): as many quark as gluon jets, an odd one is a gluon.

    X holds pT, rapidity, phi and PDG code, filled up with zeros to the longest jet; y is 1 for
    quark and 0 for gluon. Jets are mixed; the same seed gives the same jets.
    """
    silence_banner()
    counts = {"gluon": jets - jets // 2, "quark": jets // 2}
    found = []
    for parton, count in counts.items():
        found += simulate_class(parton, count, seed + NUMBERS * LABELS.index(parton))
    y = np.repeat(np.arange(len(LABELS), dtype=float), list(counts.values()))
    order = np.random.default_rng(seed).permutation(jets)
    return pad([found[jet] for jet in order]), y[order]


def pad(jets: list[np.ndarray]) -> np.ndarray:
    """(jets, longest, 4) from (particles, 4) of each jet, zeros after the last particle."""
    sizes = np.array([len(jet) for jet in jets])
    padded = np.zeros((len(jets), sizes.max(initial=0), 4))
    padded[np.arange(padded.shape[1]) < sizes[:, None]] = np.concatenate(jets)
    return padded
