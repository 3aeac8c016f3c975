"""Metrics of a study in, its table out: ours beside the published numbers."""

from jetbench.report.captions import caption
from jetbench.report.differences import Rows
from jetbench.report.distances import read_reconstructions, with_distances
from jetbench.report.origins import made_by, notes
from jetbench.report.paired import with_paired_errors
from jetbench.report.results import collect
from jetbench.report.tables import TABLES
from jetbench.report.taggers import arrange, labels, read_taggers
from jetbench.report.writers import Document, write
from jetbench.scripting import run


# Nine arguments and the tables: each is a file or a value of its own in the rule.
def tabulate(
    metrics, scores, costs, published, taggers, study, scale, reconstructions, showings, **tables
):
    """Table of `study` at `scale`, written to each of `tables` in the format of its suffix."""
    looks = read_taggers(taggers)
    results = arrange(collect(metrics, costs, published, study, scale), looks)
    results = with_paired_errors(results, scores)
    results = with_distances(results, read_reconstructions(reconstructions))
    names = labels(results, looks)
    made = Rows(results, names)
    rows = TABLES[study["table"]](results, names)
    words = (caption(study, scale, results, showings), notes(made), made_by(made))
    document = Document(results, rows, *words)
    for path in tables.values():
        write(path, document)


if __name__ == "__main__":
    run(tabulate, snakemake)
