"""How long a network of tasks takes at least."""

from collections.abc import Iterable

import numpy as np

from jetbench.planning.precedence import Network


def sharpened(network: Network, capacities: dict[str, int]) -> Network:
    """The network with longer heads and tails: what a task waits for shares the units of its pools.

    head >= min(heads of the tasks waited for in a pool) + work of these / units, and so of all that
    start late; the same for what follows and the tails.
    """
    heads, tails = dict(network.heads), dict(network.tails)
    followers = {name: [] for name in network.tasks}
    for name, task in network.tasks.items():
        heads[name] = gathered(network, task.after, heads, capacities)
        for before in task.after:
            followers[before].append(name)
    for name in reversed(network.tasks):
        tails[name] = gathered(network, followers[name], tails, capacities)
    return network._replace(heads=heads, tails=tails)


def gathered(network: Network, names: Iterable[str], ends: dict, capacities: dict) -> float:
    """Seconds from one end of the schedule within which these tasks cannot all be done."""
    best, work = 0.0, dict.fromkeys(capacities, 0.0)
    for name in sorted(names, key=lambda name: -ends[name]):
        task = network.tasks[name]
        work[task.pool] += task.seconds * task.width / capacities[task.pool]
        best = max(best, ends[name] + max(task.seconds, work[task.pool]))
    return best


def lower_bound(network: Network, capacities: dict[str, int]) -> float:
    """max(longest chain, work / units, longest tasks that must share a unit), in seconds."""
    pools = {task.pool for task in network.tasks.values()}
    bounds = [bound(members(network, pool), capacities[pool]) for pool in sorted(pools)]
    return float(max([network.length, *bounds]))


def members(network: Network, pool: str) -> np.ndarray:
    """Head, seconds, tail and width of the tasks of a pool, as rows: (4, tasks)."""
    names = [name for name, task in network.tasks.items() if task.pool == pool]
    tasks = [network.tasks[name] for name in names]
    heads, tails = ([ends[name] for name in names] for ends in (network.heads, network.tails))
    return np.array([heads, [t.seconds for t in tasks], tails, [t.width for t in tasks]], float)


def bound(tasks: np.ndarray, units: int) -> float:
    """Bound by the tasks of one pool."""
    return max(crowded(tasks, units), sharing(tasks, units))


def crowded(tasks: np.ndarray, units: int) -> float:
    """max over all sets of tasks with head >= h and tail >= t of h + work / units + t."""
    head, seconds, tail, width = tasks[:, np.argsort(-tasks[2], kind="stable")]
    best = 0.0
    for earliest in np.unique(head):
        late = head >= earliest
        work = np.cumsum((seconds * width)[late]) / units
        best = max(best, (earliest + work + tail[late]).max())
    return best


def sharing(tasks: np.ndarray, units: int) -> float:
    """Of the k units + 1 longest tasks one unit does k + 1; a task of width w counts w times."""
    tasks = np.repeat(tasks, tasks[3].astype(int), axis=1)
    head, seconds, tail, _ = tasks[:, np.argsort(-tasks[1], kind="stable")]
    first, last = np.minimum.accumulate(head), np.minimum.accumulate(tail)
    lasts = range(units, len(seconds), units)  # index of the shortest of them
    return max(
        (first[k] + seconds[k - k // units : k + 1].sum() + last[k] for k in lasts), default=0.0
    )
