"""Jets of one process in the columns of a JetClass file."""

import awkward as ak
import numpy as np

from jetbench.data.datasets import (
    JETCLASS,
    LABEL_BRANCHES,
    PARTICLE_BRANCHES,
    PROCESSES,
)
from jetbench.errors import InputError
from jetbench.progress import track
from jetbench.simulation.detector import DELPHES, Candidates, DetectorSettings, detect
from jetbench.simulation.events import next_record, visible_particles
from jetbench.simulation.jets import Jets, cluster, four_momenta, pick, ragged, silence_banner
from jetbench.simulation.matching import Truth, match
from jetbench.simulation.processes import Generator, find_process
from jetbench.simulation.substructure import substructure

EVENTS_PER_BATCH = 64
LARGEST_SEED = 900_000_000  # of Pythia


def file_seed(process: str, number: int) -> int:
    """Seed of one file: 1 + 10 number + index of the process, so no two files share an event."""
    find_process(process)
    seed = 1 + len(PROCESSES) * int(number) + PROCESSES.index(process)
    if not 0 < seed <= LARGEST_SEED:
        raise InputError(f"{process}: expected a file number from 0 to 89999999, got {number}")
    return seed


def particle_columns(candidates: Candidates, jets: Jets) -> dict[str, np.ndarray]:
    """The part_* branches, flat: candidates as Delphes stores them, (pT, stored eta, phi, mass)."""
    part = Candidates(*(values[jets.rows] for values in candidates))
    jet = np.repeat(np.arange(len(jets.pt)), np.diff(jets.first))
    code = np.abs(part.id)
    pz = part.pt * np.sinh(part.eta)
    dphi = np.remainder(part.phi - jets.phi[jet] + np.pi, 2 * np.pi) - np.pi
    columns = {
        "part_px": part.pt * np.cos(part.phi),
        "part_py": part.pt * np.sin(part.phi),
        "part_pz": pz,
        "part_energy": np.sqrt(part.pt**2 + pz**2 + part.mass**2),
        "part_deta": np.where(jets.eta[jet] > 0, 1, -1) * (part.eta - jets.eta[jet]),
        "part_dphi": dphi,
        "part_d0val": part.d0,
        "part_d0err": part.d0_error,
        "part_dzval": part.dz,
        "part_dzerr": part.dz_error,
        "part_charge": part.charge,
        "part_isChargedHadron": np.isin(code, (211, 321, 2212)),
        "part_isNeutralHadron": code == 0,
        "part_isPhoton": code == 22,
        "part_isElectron": code == 11,
        "part_isMuon": code == 13,
    }
    return {name: columns[name].astype(kind) for name, kind in PARTICLE_BRANCHES.items()}


def jet_columns(jets: Jets, truth: Truth, mass: np.ndarray, taus: np.ndarray, label: str) -> dict:
    """The label_*, jet_* and aux_* branches."""
    columns = {
        f"label_{c.name}": np.full(len(jets.pt), c.name == label, dtype=c.label_type)
        for c in JETCLASS
    }
    columns |= {
        "jet_pt": jets.pt,
        "jet_eta": jets.eta,
        "jet_phi": jets.phi,
        "jet_energy": jets.energy,
        "jet_nparticles": np.diff(jets.first),
        "jet_sdmass": mass,
        **{f"jet_tau{n + 1}": taus[:, n] for n in range(4)},
        "aux_genpart_eta": truth.eta,
        "aux_genpart_phi": truth.phi,
        "aux_genpart_pid": truth.id,
        "aux_genpart_pt": truth.pt,
        "aux_truth_match": truth.code,
    }
    floats = [name for name in columns if name not in LABEL_BRANCHES]
    return columns | {name: columns[name].astype(np.float32) for name in floats}


def batch_columns(pythia, process: str, settings: DetectorSettings, rng) -> dict:
    """Matched jets of the next batch of events, as columns."""
    record = next_record(pythia, EVENTS_PER_BATCH)
    particles = visible_particles(record, pythia.particleData.charge)
    candidates = detect(particles, settings, rng)
    momenta = four_momenta(candidates)
    jets = cluster(candidates, momenta, len(record.first) - 1)
    truth = match(record, jets, find_process(process).resonance)
    matched = truth.code > 0
    jets, truth = pick(jets, matched), Truth(*(values[matched] for values in truth))

    sizes = np.diff(jets.first)
    mass, taus = substructure(ragged({k: v[jets.rows] for k, v in momenta.items()}, sizes))
    flat = particle_columns(candidates, jets)
    label = JETCLASS[PROCESSES.index(process)].name
    return {name: ak.unflatten(values, sizes) for name, values in flat.items()} | jet_columns(
        jets, truth, mass, taus, label
    )


def simulate_jets(
    process: str, jets: int, seed: int, settings: DetectorSettings = DELPHES
) -> dict[str, ak.Array | np.ndarray]:
    """Exactly `jets` jets of `process`: the 41 branches of a JetClass file, by name, in order.

    The same seed gives the same jets; a larger number of jets only adds to them. InputError for an
    unknown process.
    """
    silence_banner()
    pythia = Generator(process, seed)
    rng = np.random.default_rng(seed)
    batches, done = [], 0
    with track(None, f"simulate {process}", total=jets, unit="jet") as bar:
        while done < jets:
            batches.append(batch_columns(pythia, process, settings, rng))
            found = min(len(batches[-1]["jet_pt"]), jets - done)
            done += found
            bar.update(found)
    joined = {
        name: (ak if name in PARTICLE_BRANCHES else np).concatenate([b[name] for b in batches])
        for name in batches[0]
    }
    return {name: values[:jets] for name, values in joined.items()}
