"""Errors of gains from the test jets, which both encoders, whatever the seed, were scored on."""

from os import PathLike

import numpy as np
import pandas as pd

from jetbench.errors import InputError
from jetbench.evaluation.scores import read_scores
from jetbench.report.runs import run_of

JETS = 100_000  # the first ones tell how often two taggers differ; more would only be slower


def with_paired_errors(results: pd.DataFrame, scores: list) -> pd.DataFrame:
    """The results with `paired` added in quadrature to their `gain_error`.

    All seeds are tested on the same jets, so the spread of their gains does not tell that part.
    `scores` are files of scores of the runs of these rows.

    InputError if the scores of a row are missing, or of other jets than those of another run.
    """
    if "gain" not in results:
        return results
    paths = {run_of(path)[2:6]: path for path in scores}
    untrained = results[results["start"] == "untrained"]
    untrained = untrained.groupby(["model", "train_jets"])["seed"].first()
    errors = results["gain_error"].copy()
    for place, row in results[results["gain_seeds"] > 0].iterrows():
        base, jets = row["gain_over"], row["train_jets"]
        seeds = [seed for seed in row["seed"].split() if seed in untrained[base, jets].split()]
        ours = [(row["model"], row["start"], jets, seed) for seed in seeds]
        theirs = [(base, "untrained", jets, seed) for seed in seeds]
        if missing := ["/".join(run) for run in ours + theirs if run not in paths]:
            raise InputError(f"expected the scores of {', '.join(missing)}, got none")
        files = ([paths[run] for run in runs] for runs in (ours, theirs))
        errors[place] = np.hypot(np.nan_to_num(errors[place]), paired(*files, row["test_jets"]))
    return results.assign(gain_error=errors)


def paired(ours: list[str | PathLike], theirs: list[str | PathLike], jets: int) -> float:
    """s(d) / sqrt(N) of the N test jets; d = 1, 0, -1 if ours alone, both or neither, or theirs
    alone is right about a jet (as in McNemar's test), the mean over the seeds.

    s is that of the first JETS.
    """
    label = read_scores(theirs[0], JETS).label
    pairs = zip(ours, theirs, strict=True)
    d = np.mean([right(one, label) - right(other, label) for one, other in pairs], axis=0)
    return float(d.std() / np.sqrt(jets))


def right(path: str | PathLike, label: np.ndarray) -> np.ndarray:
    """1 for each jet that a run is right about, else 0; InputError for jets of other labels."""
    found = read_scores(path, JETS)
    if not np.array_equal(found.label, label):
        raise InputError(f"{path}: expected scores of the same test jets as of the other runs")
    return (found.scores.argmax(axis=1) == label).astype(int)
