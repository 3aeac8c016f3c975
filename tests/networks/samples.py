"""Batches of jets as physics makes them: real ones, and a few simulated on the spot."""

from pathlib import Path

import awkward as ak
import numpy as np
from torch import Tensor

from jetbench.simulation.detector import DELPHES
from jetbench.simulation.production import simulate_jets
from tests.fidelity.official import inputs
from tests.fidelity.samples import FLAGS, KINEMATICS, RENAMED, Sample, read_real


def batch(sample: Sample, features: str) -> tuple[Tensor, ...]:
    """All jets of a sample."""
    return inputs(sample, features, np.arange(len(sample.count)))


def real(folder: Path) -> tuple[np.ndarray, tuple[Tensor, ...]]:
    """Labels of the 500 real jets, and their batch with the 7 kinematic features.

    The jet is the sum of its particles here: the stored jets lack the branches of the jet itself.
    """
    sample = read_real(folder / "jetclass_500.npz")
    return sample.label, batch(sample, "kin")


def simulated(process: str, jets: int) -> Sample:
    """Jets of one process by Pythia and the emulated Delphes."""
    columns = simulate_jets(process, jets, seed=1, settings=DELPHES)
    names = {name: f"part_{name}" for name in KINEMATICS}
    names |= {name: f"part_{branch}" for name, branch in RENAMED.items()}
    particles = {name: ak.to_numpy(ak.flatten(columns[branch])) for name, branch in names.items()}
    flags = [ak.to_numpy(ak.flatten(columns[branch])) for branch in FLAGS.values()]
    particles["id"] = 1 + np.stack(flags).argmax(axis=0)
    return Sample(particles, ak.to_numpy(ak.num(columns["part_px"])), np.zeros(jets))
