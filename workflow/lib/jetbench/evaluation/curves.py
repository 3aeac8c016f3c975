"""ROC curves, and curves thinned to the points that a figure needs."""

from typing import NamedTuple

import numpy as np


class Curve(NamedTuple):
    """Background efficiency against signal efficiency, from (0, 0) to (1, 1), both rising."""

    signal_efficiency: np.ndarray
    background_efficiency: np.ndarray


def roc(signal: np.ndarray, background: np.ndarray) -> Curve:
    """Efficiencies at every threshold at which a jet lies; equal jets pass together.

    Empty if there is no jet of either class.
    """
    if len(signal) == 0 or len(background) == 0:
        return Curve(np.empty(0), np.empty(0))
    thresholds = np.unique(np.concatenate([signal, background]))[::-1]
    return Curve(*(share_passing(values, thresholds) for values in (signal, background)))


def share_passing(values: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Share of `values` at or above each of the falling `thresholds`, with 0 put in front."""
    failed = np.sort(values).searchsorted(thresholds, "left")
    return np.concatenate([[0.0], (len(values) - failed) / len(values)])


def thin(curve: Curve, keep: tuple[float, ...] = (), points: int = 400) -> Curve:
    """At most `points` points of a curve: both ends, the working points in `keep`, and the rest
    spread evenly in signal efficiency and in the logarithm of the background efficiency.

    A working point is the first point whose signal efficiency reaches it.
    """
    signal, background = curve
    if len(signal) <= points:
        return curve
    half = (points - 2 - len(keep)) // 2
    positive = background[background > 0]
    chosen = [
        [0, len(signal) - 1],
        signal.searchsorted(keep),
        signal.searchsorted(np.linspace(0, 1, half)),
        background.searchsorted(np.geomspace(positive[0], 1, half)),
    ]
    chosen = np.unique(np.concatenate(chosen).astype(int))
    return Curve(signal[chosen], background[chosen])
