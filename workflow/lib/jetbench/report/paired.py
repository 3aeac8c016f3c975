"""Errors of the gains of a single seed, from the test jets that both encoders were scored on."""

from os import PathLike

import numpy as np
import pandas as pd

from jetbench.errors import InputError
from jetbench.evaluation.scores import read_scores
from jetbench.report.runs import run_of

JETS = 100_000  # the first ones tell how often two taggers differ; more would only be slower


def with_paired_errors(results: pd.DataFrame, scores: list) -> pd.DataFrame:
    """The results with the `gain_error` of rows with one seed, as `paired` gives it.

    `scores` are files of scores of the runs of these rows, none if all have several seeds.

    InputError if the scores of a row are missing, or of other jets than those of the other run.
    """
    if "gain" not in results:
        return results
    paths = {run_of(path)[2:6]: path for path in scores}
    errors = results["gain_error"].copy()
    for place, row in results[results["gain_seeds"] == 1].iterrows():
        about = row["train_jets"], row["seed"]
        runs = (row["model"], row["start"], *about), (row["gain_over"], "untrained", *about)
        if missing := ["/".join(run) for run in runs if run not in paths]:
            raise InputError(f"expected the scores of {', '.join(missing)}, got none")
        errors[place] = paired(*(paths[run] for run in runs), row["test_jets"])
    return results.assign(gain_error=errors)


def paired(ours: str | PathLike, theirs: str | PathLike, jets: int) -> float:
    """s(d) / sqrt(N) of the N test jets; d = 1, 0, -1 if ours alone, both or neither, or theirs
    alone is right about a jet (as in McNemar's test).

    s is that of the first JETS.
    """
    one, other = (read_scores(path, JETS) for path in (ours, theirs))
    if not np.array_equal(one.label, other.label):
        raise InputError(f"{ours}: expected scores of the same test jets as {theirs}")
    right = [each.scores.argmax(axis=1) == each.label for each in (one, other)]
    return float((right[0].astype(int) - right[1]).std() / np.sqrt(jets))
