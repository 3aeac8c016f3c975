"""Real and simulated jets side by side; the simulated ones are made once and kept in a folder."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import uproot

from jetbench.data.columns import PARTICLE_IDS
from jetbench.data.datasets import CLASSES, PROCESSES
from jetbench.simulation.detector import DELPHES, TEXTBOOK
from jetbench.simulation.production import file_seed, simulate_jets
from jetbench.simulation.writing import write_root

DETECTORS = {"delphes": DELPHES, "textbook": TEXTBOOK}
NUMBERS = {"delphes": 1000, "textbook": 1001}  # beyond the numbers of every split
JETS = {"delphes": 1000, "textbook": 400}  # of each class
KINEMATICS = ("px", "py", "pz", "energy", "deta", "dphi")
RENAMED = {"charge": "charge", "d0": "d0val", "d0err": "d0err", "dz": "dzval", "dzerr": "dzerr"}
FEWEST_SLOTS = 32
FLAGS = {kind: f"part_is{kind.title().replace('_', '')}" for kind in PARTICLE_IDS[1:]}


class Sample(NamedTuple):
    """Jets: flat particle columns under the names of the shards, particles a jet, labels."""

    particles: dict[str, np.ndarray]
    count: np.ndarray
    label: np.ndarray

    def sums(self, name: str) -> np.ndarray:
        """Sum of one particle column in each jet."""
        first = np.cumsum(self.count) - self.count
        return np.add.reduceat(self.particles[name].astype(float), first)

    def slots(self, jets: np.ndarray) -> np.ndarray:
        """Slots for the chosen jets; no fewer than ParticleNet wants neighbours."""
        return np.arange(max(self.count[jets].max(), FEWEST_SLOTS))

    def padded(self, name: str, jets: np.ndarray) -> np.ndarray:
        """(B, P) column of the chosen jets; empty slots repeat the first particle."""
        slot = self.slots(jets)
        first = (np.cumsum(self.count) - self.count)[jets, None]
        return self.particles[name][first + np.where(slot < self.count[jets, None], slot, 0)]

    def mask(self, jets: np.ndarray) -> np.ndarray:
        """(B, P), True for particles."""
        return self.slots(jets) < self.count[jets, None]


def make_file(root: Path, process: str, detector: str) -> None:
    """Simulate the jets of one process, unless the folder already holds them."""
    if not root.exists():
        seed = file_seed(process, NUMBERS[detector])
        write_root(root, simulate_jets(process, JETS[detector], seed, DETECTORS[detector]))


def make_sample(folder: Path, detector: str) -> list[Path]:
    """Files of all classes in the order of the labels, made on all cores."""
    files = [folder / detector / f"{process}.root" for process in PROCESSES]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for job in [pool.submit(make_file, file, file.stem, detector) for file in files]:
            job.result()
    return files


def read_simulated(files: list[Path]) -> Sample:
    """All jets of the files."""
    branches = [f"part_{name}" for name in (*KINEMATICS, *RENAMED.values())] + list(FLAGS.values())
    ragged = [uproot.open(file)["tree"].arrays(branches, library="ak") for file in files]
    flat = {
        name: np.concatenate([part[name].layout.content.data for part in ragged])
        for name in branches
    }
    particles = {name: flat[f"part_{name}"] for name in KINEMATICS}
    particles |= {name: flat[f"part_{branch}"] for name, branch in RENAMED.items()}
    particles["id"] = 1 + np.stack([flat[name] for name in FLAGS.values()]).argmax(axis=0)
    count = np.concatenate([np.diff(part["part_px"].layout.offsets.data) for part in ragged])
    label = np.repeat(np.arange(len(CLASSES)), [len(part) for part in ragged])
    return Sample(particles, count, label)


def read_real(file: Path) -> Sample:
    """The real jets at hand; only kinematics are known of them."""
    jets = np.load(file)
    assert tuple(jets["classes"]) == CLASSES
    particles = {name: jets[name] for name in KINEMATICS}
    return Sample(particles, jets["count"].astype(int), jets["label"].astype(int))
