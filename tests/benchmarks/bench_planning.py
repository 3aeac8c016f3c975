"""Time of `snakemake -n --profile slurm all` with more and more seeds, processor and wall.

python tests/benchmarks/bench_planning.py [turns]

All studies at paper scale, in a copy of the project without results, with 1, 5, 9 and 18 seeds:
about 240 to 2000 jobs. Medians over turns, in each of which every number of seeds is planned once.
Beside them the time of `snakemake --version`, which no workflow can save, and that of reading the
rules and the configuration alone (`--list-rules`).
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.workflow.project import Project, copy_project  # noqa: E402

SEEDS = (1, 5, 9, 18)
LIMIT = 10  # seconds, what planning 1000 jobs may take


def plan(seeds: int) -> list[str]:
    """Arguments of a dry run with so many seeds."""
    chosen = f"seeds=[{','.join(map(str, range(1, seeds + 1)))}]"
    return ["--dry-run", "--profile", "slurm", "all", "--config", chosen]


def measure(project: Project, arguments: list[str]) -> tuple[float, float, int]:
    """Processor seconds, wall seconds and number of jobs of one run of Snakemake."""
    before, start = os.times(), time.monotonic()
    command = [sys.executable, "-m", "snakemake", *arguments]
    output = subprocess.run(
        command,
        cwd=project.folder,
        env=project.environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ).stdout
    wall, after = time.monotonic() - start, os.times()
    user = after.children_user - before.children_user
    system = after.children_system - before.children_system
    total = re.search(r"^total +(\d+)$", output, flags=re.M)
    return user + system, wall, int(total[1]) if total else 0


def main(turns: int) -> None:
    """Measure in turns and print the medians."""
    runs = {"snakemake --version": ["--version"], "parsing": ["--list-rules"]}
    runs |= {f"{seeds} seeds": plan(seeds) for seeds in SEEDS}
    measured = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder))
        for _ in range(turns):
            for name, arguments in runs.items():
                measured[name].append(measure(project, arguments))
    print(f"{'':20} {'jobs':>6} {'CPU s':>7} {'wall s':>7}    median of {turns}")
    for name, values in measured.items():
        cpu, wall, jobs = map(median, zip(*values, strict=True))
        late = f"  more than {LIMIT} s" if wall > LIMIT else ""
        print(f"{name:20} {jobs:6.0f} {cpu:7.2f} {wall:7.2f}{late}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
