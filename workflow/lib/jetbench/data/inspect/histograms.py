"""Histograms of quantities whose range is not known before, damaged ones included."""

from typing import NamedTuple

import numpy as np

OUTSIDE = 0.002  # share of the values that may lie beyond either end of the axis
LINEAR_UP_TO = {"d0": 0.05, "dz": 0.1, "d0sig": 3.0}  # mm, mm, 1: signed with long tails
LOGARITHMIC = {"pt"}
INTEGER = {"multiplicity"}


class Histogram(NamedTuple):
    """Values in bins, by class, or under an empty name for those of all classes."""

    scale: tuple[str, float]  # of the axis, and where an asinh axis ceases to be linear
    edges: np.ndarray
    counts: dict[str, np.ndarray]


def histogram(
    name: str, values: np.ndarray, groups: dict[str, np.ndarray], bins: int = 50
) -> Histogram | None:
    """Histogram of a quantity, (N,), for each group of its values; None where none is finite.

    `groups`: by class, which of the values are of its jets, (N,) of bool.
    """
    finite = np.isfinite(values) & ((values > 0) if name in LOGARITHMIC else True)
    if not finite.any():
        return None
    scale, edges = axis(name, values[finite], bins)
    counts = {key: np.histogram(values[finite & own], edges)[0] for key, own in groups.items()}
    return Histogram(scale, edges, {key: count for key, count in counts.items() if count.any()})


def axis(name: str, values: np.ndarray, bins: int) -> tuple[tuple[str, float], np.ndarray]:
    """Scale of the axis of a quantity, and the edges of its bins."""
    low = float(np.quantile(values, OUTSIDE, method="lower"))  # the lowest of few values
    high = float(np.quantile(values, 1 - OUTSIDE, method="higher"))
    if name in INTEGER:
        step = max(1, round((high - low) / bins))
        return ("linear", 0), np.arange(np.floor(low), high + 1 + step, step) - 0.5
    margin = (abs(low) / 2 or 0.5) if low == high else 0
    low, high = low - margin, high + margin
    if name in LOGARITHMIC:
        return ("log", 0), np.geomspace(low, high, bins + 1)
    width = LINEAR_UP_TO.get(name)
    if width is None:
        return ("linear", 0), np.linspace(low, high, bins + 1)
    ends = np.arcsinh(np.array([low, high]) / width)
    return ("asinh", width), width * np.sinh(np.linspace(*ends, bins + 1))
