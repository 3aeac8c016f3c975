"""Pre-trained weights and shards in, dropped particles and what is made in their place out."""

from pathlib import Path

from jetbench.scripting import run
from jetbench.training.checkpoints import forget
from jetbench.training.gpus import claim
from jetbench.training.reconstructing import reconstruct_run, write_reconstructions


def reconstruct(weights, shards, reconstruction, jets, seed=1, gpus=1):
    """Drop particles of the first `jets` jets of the shards and let the network fill them in.

    Deletes the checkpoints of the training: Snakemake has accepted its weights.
    """
    forget(Path(weights).parent)
    with claim(gpus):
        write_reconstructions(reconstruction, reconstruct_run(weights, shards, jets, seed))


if __name__ == "__main__":
    run(reconstruct, snakemake, gpus=snakemake.resources.gpu)
