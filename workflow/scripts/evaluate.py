"""Scores of one run in, its metrics and ROC curves out."""

import csv
import json

from jetbench.evaluation.scores import read_scores
from jetbench.evaluation.summary import roc_points, summarise
from jetbench.files import whole
from jetbench.provenance import code_version, software
from jetbench.scripting import run


def evaluate(scores, metrics, curves, background, working_points):
    """Metrics of `scores` (HDF5) as JSON, and the thinned ROC curves as CSV.

    `working_points`: by key, the signal class and the signal efficiency of each rejection.
    """
    tagger = read_scores(scores)
    summary = summarise(tagger, background, working_points)
    made = {"code_version": code_version()} | software("numpy")
    summary["provenance"]["evaluation"] = made
    with whole(curves) as partial, open(partial, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["class", "signal_efficiency", "background_efficiency"])
        writer.writerows(roc_points(tagger, background, working_points))
    with whole(metrics) as partial:
        partial.write_text(json.dumps(summary, indent=2, allow_nan=False) + "\n")


if __name__ == "__main__":
    run(evaluate, snakemake)
