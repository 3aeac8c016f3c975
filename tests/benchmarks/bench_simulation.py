"""Simulated jets per CPU-second of one core, with and without the start of Pythia.

python tests/benchmarks/bench_simulation.py

The start is the time to make the generators, taken by itself in front of each run; quark and gluon
jets have one generator each.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.datasets import PROCESSES  # noqa: E402
from jetbench.simulation.btag_generator import TopPairs  # noqa: E402
from jetbench.simulation.btag_production import btag_seed, simulate_btag_jets  # noqa: E402
from jetbench.simulation.jets import silence_banner  # noqa: E402
from jetbench.simulation.processes import Generator  # noqa: E402
from jetbench.simulation.production import file_seed, simulate_jets  # noqa: E402
from jetbench.simulation.quarkgluon import quarkgluon_seed, simulate_quarkgluon_jets  # noqa: E402
from jetbench.simulation.zjets import LABELS, ZJetGenerator  # noqa: E402

ASKED = (300, 3000, 10_000)  # jets of the BTag twin
ASKED_OF_OTHERS = 300


def seconds(call, *arguments) -> float:
    """CPU-seconds of a call."""
    start = time.process_time()
    call(*arguments)
    return time.process_time() - start


def btag(jets: int) -> tuple[float, float]:
    """CPU-seconds of the start and of a whole run of the BTag twin."""
    return seconds(TopPairs, btag_seed(1)), seconds(simulate_btag_jets, jets, btag_seed(1))


def quarkgluon(jets: int) -> tuple[float, float]:
    """CPU-seconds of the two starts and of a whole run of the quark-gluon twin."""
    seed = quarkgluon_seed(1)
    start = sum(seconds(ZJetGenerator, parton, seed) for parton in LABELS)
    return start, seconds(simulate_quarkgluon_jets, jets, seed)


def jetclass(process: str, jets: int) -> tuple[float, float]:
    """CPU-seconds of the start and of a whole run of one process of JetClass."""
    seed = file_seed(process, 1)
    return seconds(Generator, process, seed), seconds(simulate_jets, process, jets, seed)


def main() -> None:
    """Print the table of jets per CPU-second."""
    silence_banner()
    print("| twin | jets | start, s | run, s | jets/s with the start | without |")
    print("|---|---|---|---|---|---|")
    cases = [("btag", jets, btag, (jets,)) for jets in ASKED]
    cases.append(("qgreference", ASKED_OF_OTHERS, quarkgluon, (ASKED_OF_OTHERS,)))
    cases += [
        (f"jetclass {process}", ASKED_OF_OTHERS, jetclass, (process, ASKED_OF_OTHERS))
        for process in PROCESSES
    ]
    for name, jets, measure, arguments in cases:
        start, run = measure(*arguments)
        rates = f"{jets / run:.1f} | {jets / (run - start):.1f}"
        print(f"| {name} | {jets} | {start:.2f} | {run:.1f} | {rates} |", flush=True)
    print(f"load of the last 1, 5 and 15 minutes: {os.getloadavg()}")


if __name__ == "__main__":
    main()
