"""Jets per second of an exported tagger and of PyTorch, on the same jets in turns, on one thread.

python tests/benchmarks/bench_onnx.py [network ...]

Networks have their published sizes and random weights. Every turn scores the jets once with each,
so that both see the same load of the machine; the table gives medians, and the median of the ratios
of the turns. The time is that of the processor, not of the wall.
"""

import statistics
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.networks import NETWORKS  # noqa: E402
from jetbench.training.exporting import graph  # noqa: E402
from jetbench.training.verifying import ask, open_session, scores  # noqa: E402
from tests.benchmarks.bench_networks import CASES, JETS, seconds  # noqa: E402
from tests.networks import peers  # noqa: E402
from tests.networks.peers import jets  # noqa: E402

TURNS = 5
WARM_UP = 1


def each(answer, batches) -> None:
    """Score one batch after the other."""
    for batch in batches:
        answer(batch)


def compare(network, session, batches) -> tuple[float, float, float]:
    """Median jets/s of the file and of PyTorch, and the median ratio of the file to PyTorch."""
    answers = (lambda jets: ask(session, jets), lambda jets: scores(network, jets))
    turns = [[seconds(each, answer, batches) for answer in answers] for _ in range(WARM_UP + TURNS)]
    turns = turns[WARM_UP:]
    rates = [statistics.median(JETS / turn[side] for turn in turns) for side in range(2)]
    return *rates, statistics.median(torch_ / file for file, torch_ in turns)


def main(names: list[str]) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {JETS} jets, {TURNS} turns, one thread")
    print("| network | particles | file, jets/s | PyTorch, jets/s | ratio |")
    print("|---|---|---|---|---|")
    for name in names or NETWORKS:
        inputs = peers.INPUTS.get(name, 17)
        cases = {"39, alone": [jets([39], 39, inputs, seed) for seed in range(JETS)]}
        cases |= {case: [jets(*of, inputs)] for case, of in CASES.items()}
        network = peers.network(name).eval()
        session = open_session(graph(network, inputs).SerializeToString())
        for case, batches in cases.items():
            file, torch_, ratio = compare(network, session, batches)
            print(f"| {name} | {case} | {file:.0f} | {torch_:.0f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
