"""Simulate the jets of one BTag file: top pairs, one file number."""

from jetbench.scripting import run
from jetbench.simulation.btag_production import btag_seed, simulate_btag_jets, write_btag


def simulate_btag(root: str, number: str | int, jets: int) -> None:
    """Write `jets` jets as a ROOT file; the file number decides the events."""
    write_btag(root, simulate_btag_jets(jets, btag_seed(number)))


if __name__ == "__main__":
    run(simulate_btag, snakemake)
