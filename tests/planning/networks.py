"""Random networks of tasks, what must hold for any schedule, and the shortest by trying all."""

import random
from itertools import permutations

from jetbench.planning.precedence import Task, connect


def draw(seed, count=6, most=9):
    """Network of a few tasks on GPUs and cores with random precedence, and the capacities."""
    choice = random.Random(seed)
    capacities = {"gpu": choice.choice([1, 2, 3]), "core": 2}
    tasks, names = [], [f"t{i}" for i in range(count)]
    for place, name in enumerate(names):
        pool = choice.choice(["gpu", "gpu", "core"])
        width = choice.randint(1, min(2, capacities[pool]))
        after = tuple(before for before in names[:place] if choice.random() < 0.25)
        tasks.append(Task(name, choice.randint(1, most), pool, width, after))
    return connect(tasks), capacities


def waiting(seed, backwards):
    """Network of a core task, two large GPU tasks after it, or before it, and small ones beside."""
    choice = random.Random(seed)
    core = Task("core", choice.randint(5, 9), "core")
    large = [Task(f"large_{i}", choice.randint(4, 9), "gpu") for i in range(2)]
    small = [Task(f"small_{i}", choice.randint(1, 3), "gpu") for i in range(3)]
    if backwards:
        core = core._replace(after=tuple(task.name for task in large))
        return connect([*small, *large, core]), {"gpu": 1, "core": 1}
    large = [task._replace(after=("core",)) for task in large]
    return connect([core, *small, *large]), {"gpu": 1, "core": 1}


def check_schedule(network, capacities, places):
    """Every task is there, whole, on units that exist, after what it waits for, and alone."""
    assert set(places) == set(network.tasks)
    for name, task in network.tasks.items():
        start, end, units = places[name]
        assert 0 <= start <= end and abs(end - start - task.seconds) < 1e-6
        assert len(set(units)) == task.width and set(units) <= set(range(capacities[task.pool]))
        assert all(places[before].end <= start + 1e-6 for before in task.after)
    check_alone(network, places)


def check_alone(network, places):
    """No unit works on two tasks at once."""
    work = {}
    for name, place in places.items():
        for unit in place.units:
            work.setdefault((network.tasks[name].pool, unit), []).append(place[:2])
    for spans in work.values():
        spans.sort()
        for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
            assert start >= end - 1e-6


def shortest(network, capacities):
    """Makespan of the best of all orders; times are whole seconds."""
    orders = permutations(network.tasks)
    return min(serial(network, capacities, order) for order in orders if allowed(network, order))


def allowed(network, order):
    """Whether no task stands before one that it waits for."""
    place = {name: i for i, name in enumerate(order)}
    tasks = network.tasks.values()
    return all(place[before] < place[task.name] for task in tasks for before in task.after)


def serial(network, capacities, order):
    """Makespan if each task in turn starts as early as those before it let it."""
    used, ends = {}, {}
    for name in order:
        task = network.tasks[name]
        start = max((ends[before] for before in task.after), default=0)
        while not fits(task, start, used, capacities):
            start += 1
        ends[name] = start + task.seconds
        for second in range(start, ends[name]):
            used[task.pool, second] = used.get((task.pool, second), 0) + task.width
    return max(ends.values())


def fits(task, start, used, capacities):
    """Whether enough units are free in all seconds of a task."""
    seconds = range(start, start + task.seconds)
    return all(used.get((task.pool, s), 0) + task.width <= capacities[task.pool] for s in seconds)
