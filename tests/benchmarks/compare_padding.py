"""Accuracy and time of training with the padding and trimming of the published code, and without.

python tests/benchmarks/compare_padding.py [folder of simulated jets: train/, val/ and test/]

ParT and ParticleNet learn by the demo's recipe with three seeds; a seed fixes the first weights and
the order of the jets whatever the padding, so that differences are taken seed by seed. Accuracy and
loss are those of the last epoch on all test jets; the time is that of the processor, one thread.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import torch
import yaml

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.jets import Jets  # noqa: E402
from jetbench.data.loading import eval_batches  # noqa: E402
from jetbench.training.loop import validate  # noqa: E402
from jetbench.training.running import train_run  # noqa: E402
from jetbench.training.runs import open_run  # noqa: E402

FOLDER = ROOT / "results" / "data" / "jetclass_demo"
JETS = 10_000
SEEDS = (1, 2, 3)
POLICIES = (("none", "none"), ("wrap", "none"), ("wrap", "random"))


class Outcome(NamedTuple):
    """What one training ends with."""

    accuracy: float
    loss: float
    seconds: float


def model(name: str, padding: str, trimming: str) -> dict:
    """Configuration of a model at demo scale; validation is not used, so it is kept short."""
    model = yaml.safe_load((ROOT / "config" / "models" / f"{name}.yaml").read_text())
    scale = yaml.safe_load((ROOT / "config" / "scales" / "demo.yaml").read_text())
    policy = {"val_jets": 64, "padding": padding, "trimming": trimming}
    return model | {"recipe": model["recipe"] | scale["recipe"] | policy}


def outcome(name: str, padding: str, trimming: str, seed: int, folder: Path) -> Outcome:
    """Train once and score the test jets."""
    train, val, test = (sorted((folder / split).glob("*.h5")) for split in ("train", "val", "test"))
    settings = model(name, padding, trimming)
    run = open_run(f"{padding}/{trimming}/{name}/{seed}", settings, seed, JETS, train, val)
    with tempfile.TemporaryDirectory() as checkpoints:
        start = time.process_time()
        state, _ = train_run(run, checkpoints)
        seconds = time.process_time() - start
    batches = eval_batches(Jets(test), run.recipe.batch, settings["features"], state.fabric.device)
    means = validate(state.learning, state.model, (batch for _, batch in batches)).means()
    return Outcome(means["accuracy"], means["loss"], seconds)


def spread(values: list[float]) -> str:
    """Mean and its standard error."""
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return f"{statistics.mean(values):.4f} +- {error:.4f}"


def show(name: str, found: dict[tuple[str, str], list[Outcome]]) -> None:
    """Print the rows of a network."""
    plain = found["none", "none"]
    for (padding, trimming), outcomes in found.items():
        more = [a.accuracy - b.accuracy for a, b in zip(outcomes, plain, strict=True)]
        accuracy, loss, seconds = zip(*outcomes, strict=True)
        columns = (spread(accuracy), spread(more), spread(loss), f"{statistics.mean(seconds):.0f}")
        print(f"| {name} | {padding} | {trimming} | {' | '.join(columns)} |", flush=True)


def main() -> None:
    """Print the table after each seed."""
    torch.set_num_threads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    found = {name: {policy: [] for policy in POLICIES} for name in ("part", "particlenet")}
    for number, seed in enumerate(SEEDS, 1):
        for name, outcomes in found.items():
            for policy, row in outcomes.items():
                row.append(outcome(name, *policy, seed, folder))
        print(f"\nseeds {SEEDS[:number]}, {JETS} jets to learn from")
        print("| network | padding | trimming | accuracy | more than none | loss | seconds |")
        print("|---|---|---|---|---|---|---|")
        for name, outcomes in found.items():
            show(name, outcomes)


if __name__ == "__main__":
    main()
