"""Which unit of a pool does which tasks: an integer program over classes of equal tasks."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import pulp

from jetbench.planning.precedence import Network
from jetbench.planning.solving import STOPPED, TOO_LARGE, Attempt, solve

LARGEST = 20_000  # variables; more of them take longer than anyone waits
GAP = 1e-4  # relative, at which a solution is good enough
Kind = tuple[float, int, float, float]  # seconds, width, head, tail


class Filling(NamedTuple):
    """The smaller tasks: their work, and what all tasks of the pool wait for and leave, at least.

    All times are in seconds.
    """

    work: float
    head: float
    tail: float


# Seven arguments: what is known, what limits it, how fine and how long.
def assign(
    network: Network,
    pool: str,
    units: int,
    horizon: float,
    bound: float,
    least: float,
    seconds: float,
) -> Attempt:
    """Units of the tasks of `least` seconds and more, and the proven bound in seconds.

    y(c, k) tasks of class c run on unit k, f(k) seconds of it go to smaller tasks, which fill gaps:
    end >= h + sum of p(c) y(c, k) over the classes with head >= h and tail >= t, + t; and the same
    with all classes and f(k), where h and t are the smallest of all tasks, since a smaller one may
    run before and after the classes. But for heads and tails the order of the tasks is left out, so
    that the optimum is a bound of the true one.
    """
    classes, filling = classify(network, pool, least)
    if not classes or len(classes) * units > LARGEST:
        return Attempt({}, bound, TOO_LARGE if classes else "")
    problem = pulp.LpProblem("assign", pulp.LpMinimize)
    end = pulp.LpVariable("end", bound / horizon, 1)
    problem += end
    on = tally(problem, classes, units)
    limit(problem, end, on, filling, horizon)
    proven = solve(problem, seconds, GAP)
    if any(count.value() is None for counts in on.values() for count in counts):
        return Attempt({}, bound, STOPPED)
    counts = {kind: [round(count.value()) for count in on[kind]] for kind in on}
    if not proven:
        return Attempt(deal(classes, counts), bound, STOPPED)
    return Attempt(deal(classes, counts), max(bound, end.value() * horizon * (1 - GAP)))


def tally(problem: pulp.LpProblem, classes: dict[Kind, list[str]], units: int) -> dict[Kind, list]:
    """Variables y(c, k), which sum up to the units that the tasks of a class need."""
    on = {}
    for c, (kind, names) in enumerate(classes.items()):
        whole = {"lowBound": 0, "upBound": len(names), "cat": "Integer"}
        on[kind] = [pulp.LpVariable(f"on_{c}_{k}", **whole) for k in range(units)]
        problem += pulp.lpSum(on[kind]) == len(names) * kind[1]
    longest = next(iter(on.values()))
    for k in range(1, units):  # units are alike: this excludes most of their permutations
        problem += longest[k - 1] >= longest[k]
    return on


def limit(
    problem: pulp.LpProblem,
    end: pulp.LpVariable,
    on: dict[Kind, list],
    filling: Filling,
    horizon: float,
) -> None:
    """Let no unit end after `end`, which counts in horizons as all of the problem does."""
    units = range(len(next(iter(on.values()))))
    fill = [pulp.LpVariable(f"fill_{k}", 0) for k in units]
    problem += pulp.lpSum(fill) == filling.work / horizon
    for k in units:
        for earliest, latest in corners(on):
            inside = [kind for kind in on if kind[2] >= earliest and kind[3] >= latest]
            problem += end >= (earliest + latest) / horizon + load(on, inside, k, horizon)
        ends = (filling.head + filling.tail) / horizon
        problem += end >= ends + load(on, on, k, horizon) + fill[k]


def load(
    on: dict[Kind, list], kinds: Iterable[Kind], unit: int, horizon: float
) -> pulp.LpAffineExpression:
    """Sum of p(c) y(c, k) over some classes, in horizons."""
    return pulp.lpSum(kind[0] / horizon * on[kind][unit] for kind in kinds)


def classify(
    network: Network, pool: str, least: float
) -> tuple[dict[Kind, list[str]], Filling | None]:
    """Names of the tasks of `least` seconds and more by class, longest first; and the others.

    Heads and tails of the classes are rounded down to `least` seconds, which keeps the bound and
    makes the classes few. A pool without tasks has no filling.
    """
    classes, least = defaultdict(list), max(least, 1e-9)
    tasks = {name: task for name, task in network.tasks.items() if task.pool == pool}
    for name, task in tasks.items():
        if task.seconds >= least:
            ends = (network.heads[name] // least * least, network.tails[name] // least * least)
            classes[(task.seconds, task.width, *ends)].append(name)
    if not tasks:
        return {}, None
    work = sum(task.seconds * task.width for task in tasks.values() if task.seconds < least)
    ends = (min(of[name] for name in tasks) for of in (network.heads, network.tails))
    return dict(sorted(classes.items(), reverse=True)), Filling(work, *ends)


def corners(classes: Iterable[Kind]) -> list[tuple[float, float]]:
    """Pairs (h, t): every head with the smallest tail and the other way round."""
    heads, tails = ({kind[place] for kind in classes} for place in (2, 3))
    pairs = {(head, min(tails)) for head in heads} | {(min(heads), tail) for tail in tails}
    return sorted(pairs)


def deal(classes: dict[Kind, list[str]], counts: dict[Kind, list[int]]) -> dict:
    """Units of every task: those with most left of the class, so that a wide task gets several."""
    units = {}
    for kind, names in classes.items():
        left = list(counts[kind])
        for name in names:
            most = sorted(range(len(left)), key=lambda k: -left[k])[: kind[1]]
            for k in most:
                left[k] -= 1
            units[name] = tuple(sorted(most))
    return units
