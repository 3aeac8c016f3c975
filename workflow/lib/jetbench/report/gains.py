"""What pre-training gains over an untrained encoder under the same head, seed by seed."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

ABOUT = ["model", "train_jets"]  # what a row has in common with the one it is compared with


def with_gains(results: pd.DataFrame, bases: Mapping[str, str]) -> pd.DataFrame:
    """The results with columns of `gain`, if a row has an untrained encoder.

    They are NaN for the untrained rows themselves and for those without one to compare with. A
    model in `bases` is compared with the untrained encoder of the model there: it has none of its
    own, since that would be the same.
    """
    untrained = results[results["start"] == "untrained"]
    known = {tuple(row[ABOUT]): row for _, row in untrained.iterrows()}
    if not known:
        return results
    sought = results[ABOUT].assign(model=results["model"].replace(dict(bases)))
    found = [known.get(about) for about in sought.itertuples(index=False, name=None)]
    rows = [gain(row, base) for (_, row), base in zip(results.iterrows(), found, strict=True)]
    return results.assign(**pd.DataFrame(rows, index=results.index))


def gain(row: pd.Series, base: pd.Series | None) -> dict[str, float | str]:
    """Mean over seeds of accuracy(seed) - untrained accuracy(seed), its error, and over whom.

    The error is the standard error of that mean, s / sqrt(n), for n > 1 seeds in common; what the
    test jets add, and all of that of a single one, comes from `paired`.
    """
    if base is None or row["start"] == "untrained":
        return dict.fromkeys(["gain", "gain_error", "gain_seeds", "gain_over"], np.nan)
    ours, theirs = by_seed(row), by_seed(base)
    differences = np.array([ours[seed] - theirs[seed] for seed in ours if seed in theirs])
    seeds = len(differences)
    error = differences.std(ddof=1) / np.sqrt(seeds) if seeds > 1 else np.nan
    value = differences.mean() if seeds else np.nan
    return {"gain": value, "gain_error": error, "gain_seeds": seeds, "gain_over": base["model"]}


def by_seed(row: pd.Series) -> dict[str, float]:
    """Accuracy of each seed of a row."""
    return dict(zip(row["seed"].split(), map(float, row["accuracies"].split()), strict=True))
