"""A published checkpoint in, the weights of a run out."""

from jetbench.scripting import run as run_script
from jetbench.training.official import convert, metadata
from jetbench.training.weights import write_weights


def official(checkpoint, weights, model, run, classes, source):
    """Convert a checkpoint that `download` fetched; `source` is its entry in archives.yaml."""
    about = metadata(checkpoint, model, run, classes, source)
    write_weights(weights, convert(checkpoint, model, len(classes)), about)


if __name__ == "__main__":
    run_script(official, snakemake)
