"""Simulate the jets of one quark-gluon file: one file number."""

import numpy as np

from jetbench.files import whole
from jetbench.scripting import run
from jetbench.simulation.quarkgluon import quarkgluon_seed, simulate_quarkgluon_jets


def simulate_quarkgluon(npz: str, number: str | int, jets: int) -> None:
    """Write `jets` jets as EnergyFlow's files have them; the file number decides the events."""
    x, y = simulate_quarkgluon_jets(jets, quarkgluon_seed(number))
    with whole(npz) as partial:
        np.savez_compressed(partial, X=x, y=y)


if __name__ == "__main__":
    run(simulate_quarkgluon, snakemake)
