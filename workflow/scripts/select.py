"""One shard of many classes in; one with the jets of a data set's few classes out."""

from jetbench.data import selection
from jetbench.scripting import run


def select(source, shard, dataset):
    """Write the jets of the classes of `dataset`, such as top_demo, as a shard of their own."""
    selection.select(source, shard, dataset)


if __name__ == "__main__":
    run(select, snakemake)
