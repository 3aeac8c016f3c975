"""Jets per CPU-second of every class: PYTHONPATH=workflow/lib python -m tests.fidelity.speed"""

import time

from jetbench.data.datasets import JETCLASS
from jetbench.simulation.production import file_seed, simulate_jets

JETS = 400
NUMBER = 1002  # of no split


def main() -> None:
    """Simulate each class in turn and print its rate, Pythia's start included."""
    total = 0.0
    for jet_class in JETCLASS:
        start = time.process_time()
        simulate_jets(jet_class.process, JETS, file_seed(jet_class.process, NUMBER))
        spent = time.process_time() - start
        total += spent
        print(f"{jet_class.name:5} {JETS / spent:5.1f} jets per CPU-second", flush=True)
    print(f"mean  {JETS * len(JETCLASS) / total:5.1f}")


if __name__ == "__main__":
    main()
