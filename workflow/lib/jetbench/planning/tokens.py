"""How often, and on how many cores, k-means goes over the particles."""

from collections.abc import Mapping

from jetbench.planning.runs import PRETRAINING, task_of
from jetbench.planning.workload import fitted_jets

# The rate of fit_kmeans is jets in a pass of 7 features over TOKENS: 39 338 187 particles of a
# million jets, 310 s of processor time. 392 047 particles take 0.87, 1.55 and 2.65 s with 512, 2048
# and 16 384 tokens, and of 3 features 0.19, 0.25 and 0.32 s.
TOKENS = 16384
PASS = {3: (0.12, 0.15), 7: (1.0, 0.35)}  # share of that time; power of tokens it goes with
MOST = {3: 100, 7: 1000}  # passes, as in data/clustering.py
# Centroids rest after 435 passes with 512 tokens of 10 000 jets; with 64 of 7 features after 98 and
# 241 in 510 and 2040 jets. So at scale paper, where both are more, they are to make the most.
REST, GROWTH = 435 / 10_000**0.6, 0.6
SEARCHERS, FEW = 16, 100_000  # threads of the rule fit_kmeans; one for fewer jets than these


def all_passes(wildcards: Mapping[str, str], settings: dict) -> float:
    """Time of a fit over that of one pass of 7 features and TOKENS tokens on one core."""
    share, power = PASS[int(wildcards["continuous"])]
    one = share * (int(wildcards["tokens"]) / TOKENS) ** power
    threads = min(searchers(settings, wildcards["scale"]), settings["site"]["cores"])
    return one * passes(wildcards, settings) / threads


def searchers(settings: dict, scale: str) -> int:
    """Threads that search for the nearest centroids.

    One for the seconds of few jets: a job of several would wait for as many cores to be free at
    once, which between the trainings of a small machine takes minutes.
    """
    return SEARCHERS if fitted_jets(settings, scale) >= FEW else 1


def passes(wildcards: Mapping[str, str], settings: dict) -> float:
    """min( REST jets^GROWTH, `fit_passes` of the scale or as many as published )."""
    task = task_of(settings["scales"][wildcards["scale"]], PRETRAINING)
    most = task.get("fit_passes", MOST[int(wildcards["continuous"])])
    return min(most, REST * fitted_jets(settings, wildcards["scale"]) ** GROWTH)
