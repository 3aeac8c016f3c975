"""Metrics of a study in, its table out: ours beside the published numbers."""

from jetbench.report.captions import caption
from jetbench.report.results import collect
from jetbench.report.tables import TABLES
from jetbench.report.taggers import arrange, labels, read_taggers
from jetbench.report.writers import Document, write
from jetbench.scripting import run


def tabulate(metrics, costs, published, taggers, study, scale, **tables):
    """Table of `study` at `scale`, written to each of `tables` in the format of its suffix."""
    looks = read_taggers(taggers)
    results = arrange(collect(metrics, costs, published, study, scale), looks)
    rows = TABLES[study["table"]](results, labels(results, looks))
    document = Document(results, rows, caption(study, scale, results))
    for path in tables.values():
        write(path, document)


if __name__ == "__main__":
    run(tabulate, snakemake)
