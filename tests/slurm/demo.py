"""The whole demo through a real Slurm, and what Slurm says about it.

    python -m tests.slurm.demo FOLDER

FOLDER must not exist yet. On two cores it takes the better part of an hour.
"""

import sys
import time
from pathlib import Path

from tests.slurm.cluster import Cluster
from tests.slurm.project import copy_to_cluster
from tests.slurm.records import idle, on_gpus, peak


def demo(folder):
    """Make the demo on a cluster; prints how that went."""
    folder.mkdir(parents=True)
    with Cluster(cores=4) as cluster:
        project = copy_to_cluster(folder, cluster)
        project.patience = 4 * 3600
        start = time.monotonic()
        process = project.snakemake("all", "--config", "scale=demo", check=False)
        jobs = project.records()
        (folder / "output.log").write_text(process.output)
    print(f"exit status {process.returncode}, {time.monotonic() - start:.0f} s")
    states = sorted({job["JobState"] for job in jobs})
    on = on_gpus(jobs)
    print(f"{len(jobs)} Slurm jobs ({', '.join(states)}), of which {len(on)} on GPUs")
    print(f"most on GPUs at once: {peak(on)}; seconds with a free GPU and a waiting job: ", end="")
    print(len(idle(on, slots=2)))
    for job in jobs:
        print(job["JobId"], job["Partition"], job["RunTime"], job["JobState"], job["Comment"])
    for kind in ("tables/*.md", "figures/*/*.png", "report.html"):
        print(kind, len(list(folder.glob(f"results/demo/{kind}"))))


if __name__ == "__main__":
    demo(Path(sys.argv[1]).resolve())
