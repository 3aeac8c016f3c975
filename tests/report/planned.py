"""A plan as the planning tells it, and its jobs as rows of a table."""

from collections import namedtuple

import pandas as pd

Total = namedtuple("Total", "what jobs gpu_hours cpu_hours longest")
Resumed = namedtuple("Resumed", "model trainings seconds slurm_jobs worst")
Basis = namedtuple("Basis", "words scaled")
Storage = namedtuple("Storage", "kinds temporary peak network")
DAY = 86400


def told(**values):
    """A plan, with other values over it."""
    site = {"gpu": "a100", "gpus": 8, "cores": 16, "watts": 700, "bandwidth": 50, "walltime": 1440}
    plan = {
        "scale": "paper",
        "studies": ["jetclass_taggers"],
        "site": site,
        "rules": [Total("train", 3, 262, 2100, 2.4 * DAY), Total("all", 5, 266, 2132, 2.4 * DAY)],
        "sources": [Total("measured here", 5, 266, 2132, 2.4 * DAY)],
        "basis": Basis("measured here", 0.0),
        "storage": Storage({"raw files": 177e9, "shards": 148e9}, 175e9, 360e9, 177e9),
        "makespan": 2.5 * DAY,
        "gap": 0.0012,
        "method": "list scheduling",
        "ended": "",
        "path": [("download", 300), ("train", 2.4 * DAY)],
        "others": {4: 3.5 * DAY},
        "kwh": 186.2,
        "resumed": [Resumed("part_l", 1, 2.4 * DAY, 3, 3)],
        "choice": None,
        "retries": 3,
        "seeds": None,
        "unseen": {},
    }
    return plan | values


def jobs(gpus=2, seeds=2, hours=10.0):
    """Download, conversion, and on each GPU a training, a fine-tuning and a prediction a seed."""
    rows = [row("download", "network", 0, 0.02, critical=True), row("convert", "core", 0.02, 0.05)]
    for gpu in range(gpus):
        for seed in range(1, seeds + 1):
            begin = 0.05 + (seed - 1) * hours
            names = {"task": "jetclass", "model": "part" if gpu % 2 else "pfn"}
            names |= {"jets": "100M", "seed": str(seed)}
            times = [begin + share * hours for share in (0, 0.6, 0.9, 1)]
            critical = gpu == 0
            rows += [
                row("train", "gpu", *times[:2], gpu, critical, start="scratch", **names),
                row("train", "gpu", *times[1:3], gpu, critical, start="jetclass", **names),
                row("predict", "gpu", *times[2:], gpu, critical, start="jetclass", **names),
            ]
    return pd.DataFrame([*rows, row("tabulate", "core", rows[-1]["end_hours"], hours * seeds + 1)])


def row(rule, pool, begin, end, unit=0, critical=False, **names):
    """One row of the table of jobs."""
    names = {"task": "", "model": "", "start": "", "jets": "", "seed": ""} | names
    times = {"begin_hours": begin, "end_hours": end}
    return {"rule": rule, "pool": pool, "units": str(unit), "critical": critical} | times | names
