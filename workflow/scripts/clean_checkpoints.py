"""The folder of the results in; what killed jobs left there and nothing needs, deleted."""

from pathlib import Path

from jetbench.monitoring import leftovers
from jetbench.monitoring.doubts import doubts
from jetbench.scripting import run


def clean_checkpoints(results, config):
    """Delete what is spent, and print what that was."""
    kept = doubts(config, leftovers.finished(Path(results)))
    for path, why in kept.items():
        print(f"kept the checkpoints of {path}: {why}", flush=True)
    for line in leftovers.clean(Path(results), kept):
        print(line, flush=True)


if __name__ == "__main__":
    run(clean_checkpoints, snakemake, config=snakemake.config)
