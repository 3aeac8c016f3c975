"""Accuracy, AUC and background rejections of a tagger, each with its statistical error.

Dimensions: N jets, C classes. Conventions as in the ParT paper, arXiv:2202.03772.
"""

from typing import NamedTuple

import numpy as np

ZERO_PASSED_LIMIT = -np.log(0.05)  # 95 % upper limit of a Poisson mean when nothing was seen: 3.0


class Estimate(NamedTuple):
    """A number and its statistical error; None where it is not defined."""

    value: float | None
    error: float | None


class Rejection(NamedTuple):
    """Background rejection at a working point, with the counts behind it."""

    value: float | None  # background / passed; None if nothing passed or there was no signal
    error: float | None  # value / sqrt(passed)
    limit: float | None  # lower limit at 95 % confidence, only where nothing passed
    efficiency: float  # signal efficiency asked for
    reached: float | None  # signal efficiency at the threshold, at least the one asked for
    threshold: float | None  # jets pass with a discriminant of at least this
    passed: int  # background jets that pass
    background: int
    signal: int


def accuracy(scores: np.ndarray, label: np.ndarray) -> Estimate:
    """Share of jets whose highest score is that of their class, error sqrt(a (1 - a) / N).

    Of several equal highest scores the first class counts. The binomial error is 0 at a = 0 and 1.
    """
    value = np.count_nonzero(scores.argmax(axis=1) == label) / len(label)
    return Estimate(value, float(np.sqrt(value * (1 - value) / len(label))))


def auc(scores: np.ndarray, label: np.ndarray) -> Estimate:
    """Macro one-vs-one AUC: mean over class pairs (a, b) of [AUC_a(a, b) + AUC_b(b, a)] / 2.

    AUC_a(a, b) = P(s_a of a jet of a > s_a of a jet of b) + P(equal) / 2 with the raw score s_a;
    the same as scikit-learn's roc_auc_score(label, scores, multi_class="ovo").

    The error is DeLong's (Biometrics 44 (1988) 837) for the whole average: every jet contributes
    the mean of its wins over all pairs that it takes part in, and the variance is the sum over
    classes of var(contributions) / jets. Pairs that share jets are correlated; this counts it.

    Value None if a class has no jets, error None if one has a single jet.
    """
    members = [np.flatnonzero(label == index) for index in range(scores.shape[1])]
    if min(len(jets) for jets in members) == 0:
        return Estimate(None, None)
    wins = np.zeros(len(label))
    total = 0.0
    for a, ordered in enumerate(sorted_columns(scores, members)):
        for b in range(len(members)):
            if a != b:
                total += add_wins(wins, ordered[a], ordered[b])
    pairs = len(members) * (len(members) - 1)
    return Estimate(total / pairs, macro_error(wins / pairs, members))


def sorted_columns(scores: np.ndarray, members: list[np.ndarray]):
    """For each class a: [(jets, s_a of these jets)] of every class, sorted by s_a."""
    for a in range(len(members)):
        column = np.ascontiguousarray(scores[:, a])
        ordered = [jets[np.argsort(column[jets])] for jets in members]
        yield [(jets, column[jets]) for jets in ordered]


def add_wins(wins: np.ndarray, positive: tuple, negative: tuple) -> float:
    """AUC of a pair; each jet's share of won comparisons (a tie is half) is added to `wins`."""
    (above, high), (below, low) = positive, negative
    beaten = (low.searchsorted(high, "left") + low.searchsorted(high, "right")) / (2 * len(low))
    lost = (high.searchsorted(low, "left") + high.searchsorted(low, "right")) / (2 * len(high))
    wins[above] += beaten
    wins[below] += 1 - lost
    return float(beaten.mean())


def macro_error(contributions: np.ndarray, members: list[np.ndarray]) -> float | None:
    """sqrt( sum over classes of var(contributions of its jets) / jets )."""
    if min(len(jets) for jets in members) == 1:
        return None
    return float(np.sqrt(sum(contributions[j].var(ddof=1) / len(j) for j in members)))


def discriminant(signal: np.ndarray, background: np.ndarray) -> np.ndarray:
    """D = s_S / (s_S + s_B), in double precision as scores near 1 leave no digits in single.

    ASSUME D = 1/2 where both scores vanish, as for any other jet with equal scores: 0/0 says
    nothing about the two classes.
    """
    signal, total = signal.astype(np.float64), signal.astype(np.float64) + background
    return np.divide(signal, total, out=np.full(len(total), 0.5), where=total > 0)


def discriminants(
    scores: np.ndarray, label: np.ndarray, signal: int, background: int
) -> tuple[np.ndarray, np.ndarray]:
    """D of the signal jets and D of the background jets; jets of other classes do not count."""
    return tuple(
        discriminant(scores[label == index, signal], scores[label == index, background])
        for index in (signal, background)
    )


def rejection(signal: np.ndarray, background: np.ndarray, efficiency: float) -> Rejection:
    """1 / background efficiency at the highest threshold whose signal efficiency reaches the goal.

    `signal` and `background` hold D of the jets of the two classes. Jets at the threshold pass,
    ties included; counts are integers and nothing is interpolated. The error Rej / sqrt(passed)
    is that of the background count alone. With no signal there is no threshold.
    """
    counts = {"background": len(background), "signal": len(signal)}
    if len(signal) == 0:
        return Rejection(None, None, None, efficiency, None, None, 0, **counts)
    threshold = highest_threshold(signal, efficiency)
    reached = np.count_nonzero(signal >= threshold) / len(signal)
    passed = int(np.count_nonzero(background >= threshold))
    value = error = limit = None
    if passed:
        value = len(background) / passed
        error = value / float(np.sqrt(passed))
    elif len(background):
        limit = float(len(background) / ZERO_PASSED_LIMIT)
    return Rejection(value, error, limit, efficiency, reached, threshold, passed, **counts)


def highest_threshold(signal: np.ndarray, efficiency: float) -> float:
    """k-th highest value of `signal`, k the smallest count with k / N >= efficiency.

    The quotient is compared, not k with N * efficiency, whose rounding may ask for one jet more.
    """
    shares = np.arange(1, len(signal) + 1) / len(signal)
    place = len(signal) - 1 - int(np.searchsorted(shares, efficiency))
    return float(np.partition(signal, place)[place])
