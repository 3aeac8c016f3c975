"""The configuration in, a table of what is done, running, failed and stale out, on the terminal."""

from concurrent.futures import ThreadPoolExecutor

from jetbench.monitoring import overview, squeue, states
from jetbench.planning.dag import dry_run
from jetbench.scripting import run


def status(config):
    """Print the state of all jobs of the chosen studies."""
    with ThreadPoolExecutor() as pool:
        every = pool.submit(dry_run, config, ["all"], "--forceall")
        waiting = pool.submit(dry_run, config, ["all"])
        found = states.standings(every.result(), waiting.result(), squeue.queue())
    print(overview.overview(found))


if __name__ == "__main__":
    run(status, snakemake, config=snakemake.config)
