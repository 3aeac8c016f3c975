"""Simulate the jets of one file: one process, one file number."""

from jetbench.scripting import run
from jetbench.simulation.production import file_seed, simulate_jets
from jetbench.simulation.writing import write_root


def simulate(root: str, process: str, number: str | int, jets: int) -> None:
    """Write `jets` jets of `process` as a ROOT file; the file number decides the events."""
    write_root(root, simulate_jets(process, jets, file_seed(process, number)))


if __name__ == "__main__":
    run(simulate, snakemake)
