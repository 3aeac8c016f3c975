"""K-means: centroids as tokens for particles, and how evenly particles fall on them.

Dimensions: N points, T tokens, C features.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from jetbench.data.unfinished import Unfinished
from jetbench.errors import InputError
from jetbench.progress import track

CHUNK = 2**18  # points at a time
REST = 1e-4  # of the variance of a feature
PASSES = {3: 100, 7: 1000}  # at most, as published for so many features (arXiv:2409.12589, code)


class Clusters(NamedTuple):
    """Centroids and what falls on them."""

    centroids: np.ndarray  # (T, C) float32
    occupancy: np.ndarray  # (T,) int64 points nearest to each
    distance: float  # mean squared distance of a point from its centroid
    passes: int  # over the points
    at_rest: bool  # whether the centroids came to rest, or the passes ended before


class Assignment(NamedTuple):
    """Sums over the points of each token."""

    counts: np.ndarray  # (T,)
    sums: np.ndarray  # (T, C)
    distance: float  # squared, mean over the points


def k_means(
    points: np.ndarray,
    tokens: int,
    seed: int,
    passes: int = 1000,
    workers: int = 1,
    unfinished: Unfinished | None = None,
) -> Clusters:
    """Lloyd's algorithm: c_t <- mean of the points whose nearest centroid is c_t, to the end.

    It begins with points (N, C) drawn at random and ends when the squared steps of all centroids,
    summed, are at most 1e-4 of a feature's variance, or after so many passes. These are the
    tolerance and the centroids of scikit-learn's KMeans from the same start, as long as no token
    loses all its points; but a k-d tree finds the nearest: of 16 384 in seven dimensions in an
    eighth of the time. `workers` threads search and do not change the result; nor does it to go on
    from what a killed fit left as `unfinished`, where this one keeps its centroids too.

    Raises InputError for fewer points than tokens, NaN and infinities.
    """
    check(points, tokens)
    kept = unfinished.load() if unfinished else None
    centroids, done = kept or (drawn(points, tokens, seed), 0)
    rest = REST * np.mean([feature.var(dtype=float) for feature in points.T])
    bar, step = track(range(done, passes), "k-means", total=passes, initial=done), np.inf
    for _ in bar:
        found = assign(points, centroids, workers)
        moved = means(found, centroids)
        step, centroids, done = np.square(moved - centroids).sum(), moved, done + 1
        bar.set_postfix_str(f"distance {found.distance:.4f}, step {step:.1e}", refresh=False)
        if step <= rest:
            break
        if unfinished:
            unfinished.save(centroids, done)
    bar.close()
    centroids = centroids.astype(np.float32)
    found = assign(points, centroids.astype(float), workers)
    return Clusters(centroids, found.counts, found.distance, done, bool(step <= rest))


def drawn(points: np.ndarray, tokens: int, seed: int) -> np.ndarray:
    """As many of the points (N, C) as there are tokens, at random: (T, C) float64."""
    chosen = np.random.default_rng(seed).choice(len(points), tokens, replace=False)
    return points[chosen].astype(float)


def check(points: np.ndarray, tokens: int) -> None:
    """Refuse fewer points than tokens, and points that are nowhere."""
    if len(points) < tokens:
        raise InputError(f"k-means: expected at least {tokens} particles, got {len(points)}")
    if not np.isfinite(points).all():
        raise InputError("k-means: expected finite values, got NaN or infinities")


def assign(points: np.ndarray, centroids: np.ndarray, workers: int = 1) -> Assignment:
    """Give each point (N, C) to its nearest centroid (T, C); in chunks, which need no memory."""
    tree, tokens = cKDTree(centroids), len(centroids)
    counts, sums, squares = np.zeros(tokens, np.int64), np.zeros(centroids.shape), 0.0
    for start in range(0, len(points), CHUNK):
        chunk = points[start : start + CHUNK].astype(float)
        distance, nearest = tree.query(chunk, workers=workers)
        squares += np.square(distance).sum()
        counts += np.bincount(nearest, minlength=tokens)
        for feature, values in enumerate(chunk.T):
            sums[:, feature] += np.bincount(nearest, values, tokens)
    return Assignment(counts, sums, squares / len(points))


def means(found: Assignment, centroids: np.ndarray) -> np.ndarray:
    """Mean of the points of each token; a token without points stays where it is."""
    taken = found.counts[:, None] > 0
    return np.where(taken, found.sums / np.maximum(found.counts, 1)[:, None], centroids)


class Occupancy(NamedTuple):
    """How evenly N points fall on T tokens; evenly would be N / T on each."""

    tokens: int
    particles: int
    empty: float  # share of the tokens that no point falls on
    rare: float  # share of the tokens with less than a tenth of N / T, the empty ones too
    effective: float  # exp(-sum_t p_t ln p_t): as many tokens, evenly used, say as much
    largest: float  # share of the points on the fullest token
    weights: dict[str, float]  # N_t^-1 divided by their mean: least, median, greatest; not empty


def occupancy(counts: np.ndarray) -> Occupancy:
    """Sums up the points (T,) of each token. Raises InputError if there are none at all."""
    total = counts.sum()
    if not total:
        raise InputError("occupancy: expected tokens with particles, got only empty ones")
    taken = counts[counts > 0]
    share = taken / total
    inverse = 1 / taken
    weights = inverse / inverse.mean()
    return Occupancy(
        tokens=len(counts),
        particles=int(total),
        empty=float(np.mean(counts == 0)),
        rare=float(np.mean(counts < 0.1 * total / len(counts))),
        effective=float(np.exp(-(share * np.log(share)).sum())),
        largest=float(share.max()),
        weights={
            "min": float(weights.min()),
            "median": float(np.median(weights)),
            "max": float(weights.max()),
        },
    )
