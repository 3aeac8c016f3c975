"""Intervals of small counts, where value ± error says too little."""

import numpy as np
from scipy.special import gammaincinv, ndtr

TAIL = ndtr(-1)  # probability beyond one standard deviation on one side: an interval of 68.3 %


def poisson_interval(count: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(N >= count | low) = P(N <= count | high) = 15.87 %: Garwood's interval of a Poisson mean.

    Biometrika 28 (1936) 437; of whole counts it covers 68.3 % or more. The incomplete gamma
    function continues it to the fractional counts that a mean over seeds gives.
    """
    count = np.asarray(count, dtype=float)
    # gammaincinv(0, .) is not a number; nothing seen has no lower bound.
    low = np.where(count > 0, gammaincinv(np.maximum(count, np.finfo(float).tiny), TAIL), 0.0)
    return low, gammaincinv(count + 1, 1 - TAIL)


def rejection_interval(
    passed: float | np.ndarray, background: int
) -> tuple[np.ndarray, np.ndarray]:
    """background / Garwood's interval of the passing jets: (low, high), high inf if none passed.

    A rejection is at least 1, and so is its interval.
    """
    fewest, most = poisson_interval(passed)
    with np.errstate(divide="ignore"):
        return np.maximum(background / most, 1.0), np.maximum(background / fewest, 1.0)
