"""Shards in, the weights of the best epoch and the history of all epochs out."""

from pathlib import Path

from jetbench.files import held
from jetbench.scripting import run as run_script
from jetbench.training.runs import open_run, train_run, write_run


def train(train_shards, val_shards, weights, history, model, jets, seed, run):
    """Train the network `model` on the first `jets` jets; goes on from its last checkpoint."""
    this = open_run(run, model, seed, jets, train_shards, val_shards)
    folder = Path(weights).parent
    with held(folder, "training"):
        state, checkpoints = train_run(this, folder)
        write_run(this, state, weights, history)
        checkpoints.remove()


if __name__ == "__main__":
    run_script(train, snakemake)
