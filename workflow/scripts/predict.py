"""Weights and shards in, class scores of every jet out."""

from pathlib import Path

from jetbench.scripting import run
from jetbench.training.checkpoints import forget
from jetbench.training.gpus import claim
from jetbench.training.predicting import predict_run, write_predictions


def predict(weights, shards, scores, top=None, gpus=1):
    """Score every jet of the shards; particles attend to their `top` largest scores only.

    Deletes the checkpoints of the training: Snakemake has accepted its weights.
    """
    forget(Path(weights).parent)
    with claim(gpus):
        write_predictions(scores, predict_run(weights, shards, top))


if __name__ == "__main__":
    run(predict, snakemake, gpus=snakemake.resources.gpu)
