"""Tasks that wait for each other: how early each can start, how much must follow it."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from jetbench.errors import InputError


class Task(NamedTuple):
    """Work that holds `width` units of a pool for some seconds, once those in `after` are done."""

    name: str
    seconds: float
    pool: str
    width: int = 1
    after: tuple[str, ...] = ()


class Network(NamedTuple):
    """Tasks with their place among the others; all by name."""

    tasks: dict[str, Task]  # none before one that it waits for
    heads: dict[str, float]  # seconds from the beginning to the earliest start
    tails: dict[str, float]  # seconds from the end to the end of the longest chain that follows

    @property
    def length(self) -> float:
        """Seconds of the longest chain: nothing is faster, however many units there are."""
        return max((self.through(name) for name in self.tasks), default=0.0)

    def through(self, name: str) -> float:
        """Seconds of the longest chain through a task."""
        return self.heads[name] + self.tasks[name].seconds + self.tails[name]

    def critical_path(self) -> list[str]:
        """Names of the tasks of a longest chain, in the order of work."""
        path, after = [], list(self.tasks)
        while after:
            path.append(max(after, key=lambda name: self.heads[name] + self.tasks[name].seconds))
            after = self.tasks[path[-1]].after
        return path[::-1]


def connect(tasks: Iterable[Task]) -> Network:
    """Heads and tails of tasks. Raises InputError for one that waits for itself or for nothing."""
    named = {task.name: task for task in tasks}
    for task in named.values():
        if not set(task.after) <= named.keys():
            missing = sorted(set(task.after) - named.keys())
            raise InputError(f"task {task.name}: expected tasks to wait for, got {missing}")
    try:
        order = list(TopologicalSorter({t.name: t.after for t in named.values()}).static_order())
    except CycleError as error:
        raise InputError(f"expected tasks in some order, got a circle: {error.args[1]}") from None
    ends, heads, tails = {}, {}, dict.fromkeys(order, 0.0)
    for name in order:
        heads[name] = max((ends[before] for before in named[name].after), default=0.0)
        ends[name] = heads[name] + named[name].seconds
    for name in reversed(order):
        for before in named[name].after:
            tails[before] = max(tails[before], named[name].seconds + tails[name])
    return Network({name: named[name] for name in order}, heads, tails)
