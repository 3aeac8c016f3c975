"""Scores of one run in, its metrics and ROC curves out."""

import csv
import json

from jetbench.evaluation.scores import read_scores
from jetbench.evaluation.summary import roc_points, summarise
from jetbench.files import whole
from jetbench.provenance import code_version
from jetbench.scripting import run


def evaluate(scores, metrics, curves, efficiencies):
    """Metrics of `scores` (HDF5) as JSON, and the thinned ROC curves as CSV.

    `efficiencies`: signal efficiency of the working point of each class, by name.
    """
    tagger = read_scores(scores)
    summary = summarise(tagger, efficiencies)
    summary["provenance"]["evaluated_with"] = code_version()
    with whole(curves) as partial, open(partial, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["class", "signal_efficiency", "background_efficiency"])
        writer.writerows(roc_points(tagger, efficiencies))
    with whole(metrics) as partial:
        partial.write_text(json.dumps(summary, indent=2, allow_nan=False) + "\n")


if __name__ == "__main__":
    run(evaluate, snakemake)
