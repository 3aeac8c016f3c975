"""Where the quantiles of a file are not those of the reference, by more than makes sense.

Two rules, neither of which looks at the extremes. A file that holds all classes of JetClass in like
numbers is held to its distributions: no quantile from 5 to 95 % may be another quantile of the
reference, by more than SHIFT and three statistical errors. Any other file, of one class or another
data set, may differ in shape; but the range between its outer quantiles may not differ by FACTOR,
as it does in another unit. By measurement: the ten simulated classes together stay within 0.03, one
class alone within a shift of 0.19 and a factor of 3.
"""

from os import PathLike

import numpy as np
import pandas as pd

from jetbench.errors import InputError

SHIFT = 0.05
FACTOR = 10
ERRORS = 3
INNER = (0.05, 0.95)
ALIKE = {"jetclass", "top"}  # data sets whose jets are selected as those of the reference


def read_reference(path: str | PathLike) -> pd.DataFrame:
    """Reference quantiles: a row a level, a column a quantity; InputError unless they rise."""
    try:
        table = pd.read_csv(path, comment="#").set_index("quantile").astype(float)
    except (ValueError, KeyError) as error:
        raise InputError(f"{path}: expected a column quantile and numbers, got: {error}") from None
    for name, values in {"quantile": table.index.to_series(), **table}.items():
        if not values.dropna().is_monotonic_increasing:
            raise InputError(f"{path}: {name}: expected rising values, got {list(values)}")
    return table


def compared(summary, reference: pd.DataFrame) -> dict[str, pd.Series]:
    """Reference quantiles of the quantities of a file that may be compared with it.

    Jets of other data sets are selected otherwise: their pT, masses and multiplicities are not.
    """
    of_jets = {"multiplicity"} | {name for name in reference if name.startswith("jet_")}
    left_out = set() if summary.family in ALIKE else of_jets
    names = [name for name in reference if name in summary.quantiles and name not in left_out]
    return {name: reference[name].dropna() for name in names}


def deviations(summary, reference: pd.DataFrame) -> dict[str, str]:
    """By quantity, how it differs from the reference, in words; only those that differ too much."""
    found = {}
    for name, expected in compared(summary, reference).items():
        got = pd.Series(summary.quantiles[name], summary.levels)[expected.index]
        if got.isna().any():  # not one value is finite, which is said elsewhere
            continue
        words = stretched(got, expected)
        if words is None and summary.mixed:
            words = shifted(got, expected, summary.read)
        if words:
            found[name] = words
    return found


def inner(levels: pd.Index) -> pd.Index:
    """The levels that are compared: not the extremes, which depend on the number of jets."""
    chosen = levels[(levels >= INNER[0]) & (levels <= INNER[1])]
    return chosen if len(chosen) > 1 else levels[(levels > 0) & (levels < 1)]


def stretched(got: pd.Series, expected: pd.Series) -> str | None:
    """How much wider or narrower the range between the outer quantiles is, if too much."""
    low, high = inner(expected.index)[[0, -1]]
    ratio = (got[high] - got[low]) / (expected[high] - expected[low])
    if 1 / FACTOR < ratio < FACTOR:
        return None
    return f"from {low:.0%} to {high:.0%} it spans {ratio:.2g} times the reference: another unit?"


def shifted(got: pd.Series, expected: pd.Series, jets: int) -> str | None:
    """Which quantile is furthest from its place in the reference, if too far."""
    level = inner(expected.index).to_series()
    place = pd.Series(np.interp(got[level], expected, expected.index), level)
    excess = (place - level).abs() - SHIFT - ERRORS * np.sqrt(level * (1 - level) / jets)
    at = excess.idxmax()
    if excess[at] <= 0:
        return None
    return f"{got[at]:.4g} is its {at:.0%} quantile, but the {place[at]:.0%} one of the reference"
