"""The folder of the results in; what killed jobs left there and nothing needs, deleted."""

from pathlib import Path

from jetbench.monitoring import leftovers, states
from jetbench.planning.dag import dry_run
from jetbench.scripting import run


def clean_checkpoints(results, config):
    """Delete what is spent, and print what that was."""
    weights = leftovers.finished(Path(results))
    jobs = dry_run(config, weights) if weights else []  # without targets it would be `all`
    unsure = [path for job in jobs if states.INCOMPLETE in job.reason for path in job.outputs]
    for line in leftovers.clean(Path(results), unsure):
        print(line, flush=True)


if __name__ == "__main__":
    run(clean_checkpoints, snakemake, config=snakemake.config)
