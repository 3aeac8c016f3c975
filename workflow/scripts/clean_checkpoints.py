"""The folder of the results in; what killed jobs left there and nothing needs, deleted."""

from pathlib import Path

from jetbench.monitoring import leftovers
from jetbench.scripting import run


def clean_checkpoints(results):
    """Delete what is spent, and print what that was."""
    for line in leftovers.clean(Path(results)):
        print(line, flush=True)


if __name__ == "__main__":
    run(clean_checkpoints, snakemake)
