"""Jets per second of our networks and weaver's, on the same batches in turns, on one thread.

python tests/benchmarks/bench_networks.py

Every turn runs one step of each, so that both see the same load of the machine; the table gives
medians, and the median of the ratios of the turns. The time is that of the processor, not of the
wall. With MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8589934592 in the environment glibc keeps freed
memory, which makes both ParticleNets a fifth to a third faster.
"""

import statistics
import sys
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.networks import build  # noqa: E402
from tests.networks.peers import call, jets, peer  # noqa: E402

JETS = 64
TURNS = 5
WARM_UP = 1
torch.manual_seed(1)
RANDOM = torch.randn(JETS).mul(16).add(39).clamp(2, 128).int().tolist()  # as in the demo's data
CASES = {  # particles of the jets, slots
    "bucketed, 36 to 43": (torch.randint(36, 44, (JETS,)).tolist(), 43),
    "random, N(39, 16)": (RANDOM, max(RANDOM)),
    "full, 128": ([128] * JETS, 128),
}


def train(model, forward, batch):
    """Forward and backward of one batch, without the optimiser."""
    model.zero_grad()
    cross_entropy(forward(batch), torch.arange(JETS) % 10).backward()


@torch.no_grad()
def infer(model, forward, batch):
    """Forward of one batch in eval mode."""
    forward(batch)


def seconds(step, *arguments) -> float:
    """Processor time of one step: on one thread the wall time of an idle machine."""
    start = time.process_time()
    step(*arguments)
    return time.process_time() - start


def compare(name: str, step, batch) -> tuple[float, float, float]:
    """Median jets/s of ours and of weaver's, and the median ratio of ours to weaver's."""
    mode = step is train
    ours, theirs = build(name, 17).train(mode), peer(name, trim=True).train(mode)
    theirs.trimmer.warmup_steps = 0  # it cuts padding, and in training particles, from step 6
    runs = (
        (step, ours, lambda batch: ours(*batch), batch),
        (step, theirs, lambda batch: call(theirs, name, batch), batch),
    )
    turns = [[seconds(*run) for run in runs] for _ in range(WARM_UP + TURNS)][WARM_UP:]
    rates = [statistics.median(JETS / turn[side] for turn in turns) for side in range(2)]
    return *rates, statistics.median(theirs / ours for ours, theirs in turns)


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {JETS} jets a batch, {TURNS} turns, one thread")
    print("| network | jets | step | ours, jets/s | weaver, jets/s | ratio |")
    print("|---|---|---|---|---|---|")
    for case, (counts, slots) in CASES.items():
        for name in ("part", "part_plain", "particlenet"):
            for step in (train, infer):
                rates = compare(name, step, jets(counts, slots))
                row = " | ".join(f"{rate:.1f}" for rate in rates)
                print(f"| {name} | {case} | {step.__name__} | {row} |", flush=True)


if __name__ == "__main__":
    main()
