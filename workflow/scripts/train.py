"""Shards in, the weights that are kept and the history of all epochs out."""

from pathlib import Path

from jetbench.files import held
from jetbench.scripting import run as run_script
from jetbench.training.checkpoints import forget
from jetbench.training.gpus import claim
from jetbench.training.running import train_run, write_run
from jetbench.training.runs import open_run


# Eleven arguments: two files, two lists of shards, four values that a training is named by.
def train(
    train_shards, val_shards, weights, history, model, jets, seed, run, start=None, gpus=1, fits=()
):
    """Train or pre-train `model` on the first `jets` jets; goes on from its last checkpoint.

    `start` is the weight file to begin with, none or an empty list to train from scratch; `fits`
    are fitted files that the network asks for. With several `gpus` as many processes train it
    together. Deletes the checkpoints of what it begins with: Snakemake has accepted those weights.
    """
    this = open_run(run, model, seed, jets, train_shards, val_shards, start, fits or ())
    for path in filter(None, [start, *(fits or ())]):
        forget(Path(path).parent)
    folder = Path(weights).parent
    with held(folder, "training"), claim(gpus):
        state, checkpoints = train_run(this, folder, gpus)
        write_run(this, state, weights, history)
        checkpoints.remove()


if __name__ == "__main__":
    run_script(train, snakemake, gpus=snakemake.resources.gpu)
