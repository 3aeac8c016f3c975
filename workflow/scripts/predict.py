"""Weights and shards in, class scores of every jet out."""

from jetbench.scripting import run
from jetbench.training.predicting import predict_run, write_predictions


def predict(weights, shards, scores, top=None):
    """Score every jet of the shards; particles attend to their `top` largest scores only."""
    write_predictions(scores, predict_run(weights, shards, top))


if __name__ == "__main__":
    run(predict, snakemake)
