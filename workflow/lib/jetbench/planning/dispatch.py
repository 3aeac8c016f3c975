"""List scheduling: start what is ready, by rank, as soon as units are free."""

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import product
from typing import NamedTuple

from jetbench.planning.precedence import Network, Task


class Place(NamedTuple):
    """When a task runs, in seconds, and on which units of its pool."""

    start: float
    end: float
    units: tuple[int, ...]


LINE = "network"  # pool whose tasks share it
Rank = Callable[[Network, str], tuple]
Pins = dict[str, tuple[int, ...]]  # units by the name of the task


def longest_path(network: Network, name: str) -> tuple:
    """First what has most ahead, itself included."""
    return (-network.tasks[name].seconds - network.tails[name], name)


def small_downloads(network: Network, name: str) -> tuple:
    """The same, but for the smallest downloads, which let the first of the others begin."""
    task = network.tasks[name]
    return (task.seconds, name) if task.pool == LINE else longest_path(network, name)


def widest(network: Network, name: str) -> tuple:
    """First what needs most units at once, which later would wait for them."""
    return (-network.tasks[name].width, -network.through(name), name)


def most_work(network: Network, name: str) -> tuple:
    """First what fills most."""
    return (-network.tasks[name].seconds * network.tasks[name].width, name)


def greedy(network: Network, capacities: dict[str, int], pins: Pins | None = None) -> dict:
    """The shortest of the schedules by several ranks, with gaps on pinned units filled or not."""
    ranks = (small_downloads, longest_path, widest, most_work)
    tries = product(ranks, (True, False) if pins else (True,))
    schedules = [
        Dispatcher(network, capacities, pins or {}, filling).run(rank) for rank, filling in tries
    ]
    return min(schedules, key=makespan)


def makespan(places: dict[str, Place]) -> float:
    """Seconds until the last task ends."""
    return max((place.end for place in places.values()), default=0.0)


class Dispatcher:
    """Places tasks: at every moment those that are ready start in the order of their rank.

    Tasks in `pins` run on these units and on no other. Unless `filling`, the others keep off a unit
    until its pinned tasks have started. The same network gives the same schedule.
    """

    def __init__(self, network: Network, capacities: dict[str, int], pins: Pins, filling: bool):
        self.network, self.pins, self.filling = network, pins, filling
        self.free = {pool: list(range(units)) for pool, units in capacities.items()}
        self.kept = Counter(
            (network.tasks[name].pool, unit) for name, units in pins.items() for unit in units
        )
        self.places, self.ends = {}, []

    def run(self, rank: Rank) -> dict[str, Place]:
        """Places of all tasks."""
        tasks = self.network.tasks
        waiting = {name: set(task.after) for name, task in tasks.items()}
        followers = {name: [] for name in tasks}
        for name in tasks:
            for before in waiting[name]:
                followers[before].append(name)
        new, ready, now = [name for name in tasks if not waiting[name]], [], 0.0
        while new or ready or self.ends:
            ready = sorted(ready + [(rank(self.network, name), name) for name in new])
            ready = [entry for entry in ready if not self.start(tasks[entry[1]], now)]
            if ready and not self.ends:  # all units are kept for tasks that wait for these
                self.filling, new = True, []
                continue
            now, done = self.release()
            freed = [name for before in done for name in followers[before]]
            for before in done:
                for name in followers[before]:
                    waiting[name].remove(before)
            new = sorted({name for name in freed if not waiting[name]})
        return self.places

    def start(self, task: Task, now: float) -> bool:
        """Start a task now if it fits; whether it does."""
        units = self.units_for(task)
        if units is None:
            return False
        self.free[task.pool] = [unit for unit in self.free[task.pool] if unit not in units]
        self.places[task.name] = Place(now, now + task.seconds, units)
        heappush(self.ends, (now + task.seconds, task.name))
        if task.name in self.pins:
            self.kept.subtract((task.pool, unit) for unit in units)
        return True

    def units_for(self, task: Task) -> tuple[int, ...] | None:
        """Units that a task may start on; None if too few are free."""
        free = self.free[task.pool]
        if task.name in self.pins:
            pinned = self.pins[task.name]
            return pinned if set(pinned) <= set(free) else None
        if not self.filling:
            free = [unit for unit in free if not self.kept[task.pool, unit]]
        return tuple(sorted(free)[: task.width]) if len(free) >= task.width else None

    def release(self) -> tuple[float, list[str]]:
        """Free the units of what ends next: when, and what."""
        now, done = self.ends[0][0] if self.ends else 0.0, []
        while self.ends and self.ends[0][0] <= now:
            done.append(heappop(self.ends)[1])
            self.free[self.network.tasks[done[-1]].pool] += self.places[done[-1]].units
        return now, done
