"""Trainings of the workflow that take as long as a test needs to disturb them."""

import json
import os
import time

from jetbench.files import whole
from jetbench.holders import process_alive
from tests.training.helpers import toy_shard


def weights(seed):
    """Target of Snakemake: the weights of one training."""
    return f"results/tiny/jetclass/pfn/scratch/40/{seed}/weights.safetensors"


def prolong(project):
    """Give a project toy jets and trainings of 500 steps that save a checkpoint every second.

    They may pause at each step: see `pace`.
    """
    recipe = "epochs: 10\n  jets_per_epoch: 800"
    project.replace("config/scales/tiny.yaml", "epochs: 2\n  jets_per_epoch: 32", recipe)
    precision = "  precision: float32\n"
    project.replace("config/models/pfn.yaml", precision, f"{precision}  checkpoint_seconds: 1\n")
    let_pause(project)
    for number, shard in enumerate(("train/000.h5", "val/120.h5")):
        path = project.folder / "results/data/jetclass_tiny" / shard
        path.parent.mkdir(parents=True)
        toy_shard(path, seed=number)


def let_pause(project):
    """Let trainings read from a file how long they pause at a step, which changes no number."""
    watch, step = "workflow/lib/jetbench/training/watch.py", "        self.bar.update()\n"
    pause = "        time.sleep(float(open('pause').read()))\n"
    project.replace(watch, step, step + pause)
    pace(project, 0)


def pace(project, seconds):
    """Let all trainings of a project pause so long at each of their steps, also those at work."""
    with whole(project.folder / "pause") as file:
        file.write_text(str(seconds))


class Training:
    """One training of a project, from outside."""

    def __init__(self, project, seed):
        self.folder = (project.folder / weights(seed)).parent

    @property
    def process(self):
        """Number of the process that trains; None if none does."""
        try:
            process = json.loads((self.folder / ".held").read_text())["process"]
        except (OSError, ValueError):
            return None
        return process if process_alive(process) else None

    def is_under_way(self):
        """Whether it trains and has something to lose."""
        return self.process is not None and (self.folder / "checkpoint.pt").exists()

    def kill(self):
        """End it as the kernel does when memory runs out."""
        os.kill(self.process, 9)

    def said(self):
        """What all attempts wrote to their logs, the last one last."""
        logs = sorted(self.folder.glob("train.attempt-*.log"))
        return "".join(
            log.read_text() for log in [*logs, self.folder / "train.log"] if log.exists()
        )


def eventually(condition, seconds=120):
    """Whether it comes to hold."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()
