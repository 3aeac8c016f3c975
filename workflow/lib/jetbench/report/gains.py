"""What pre-training gains over an untrained encoder under the same head, seed by seed."""

import numpy as np
import pandas as pd

ABOUT = ["model", "train_jets"]  # what a row has in common with the one it is compared with


def with_gains(results: pd.DataFrame) -> pd.DataFrame:
    """The results with columns gain, gain_error and gain_seeds, if a row has an untrained encoder.

    They are NaN for the untrained rows themselves and for those without one to compare with.
    """
    untrained = results[results["start"] == "untrained"]
    bases = {tuple(row[ABOUT]): row for _, row in untrained.iterrows()}
    if not bases:
        return results
    rows = [gain(row, bases.get(tuple(row[ABOUT]))) for _, row in results.iterrows()]
    return results.assign(**pd.DataFrame(rows, index=results.index))


def gain(row: pd.Series, base: pd.Series | None) -> dict[str, float]:
    """Mean over seeds of accuracy(seed) - untrained accuracy(seed), and its error.

    The error is the standard error of that mean, s / sqrt(n), for n > 1 seeds in common; of a
    single one the root of the sum of the two squared binomial errors.
    """
    if base is None or row["start"] == "untrained":
        return {"gain": np.nan, "gain_error": np.nan, "gain_seeds": np.nan}
    ours, theirs = by_seed(row), by_seed(base)
    differences = np.array([ours[seed] - theirs[seed] for seed in ours if seed in theirs])
    seeds = len(differences)
    error = np.hypot(row["accuracy_error"], base["accuracy_error"])
    if seeds > 1:
        error = differences.std(ddof=1) / np.sqrt(seeds)
    value = differences.mean() if seeds else np.nan
    return {"gain": value, "gain_error": error if seeds else np.nan, "gain_seeds": seeds}


def by_seed(row: pd.Series) -> dict[str, float]:
    """Accuracy of each seed of a row."""
    return dict(zip(row["seed"].split(), map(float, row["accuracies"].split()), strict=True))
