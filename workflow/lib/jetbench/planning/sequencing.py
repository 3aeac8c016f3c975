"""The shortest schedule of a few tasks by one integer program with their order: exact, and slow."""

from itertools import combinations

import pulp

from jetbench.planning.dispatch import Place
from jetbench.planning.precedence import Network
from jetbench.planning.solving import STOPPED, Attempt, solve

FEW = 12  # tasks; the orders of more take longer than anyone waits


def sequence(
    network: Network, capacities: dict[str, int], horizon: float, bound: float, seconds: float
) -> Attempt:
    """Places within the horizon, and the proven bound, if better than that given.

    x(j, k) = 1 where task j runs on unit k, o(i, j) = 1 where i ends before j starts; start
    S(j) >= S(i) + p(i) where o(i, j), with o(i, j) + o(j, i) >= x(i, k) + x(j, k) - 1; the end is
    at least S(j) + p(j) + tail(j). Precedence sets o.
    """
    problem = pulp.LpProblem("sequence", pulp.LpMinimize)
    end = pulp.LpVariable("end", bound / horizon, 1)
    begins = {
        name: pulp.LpVariable(f"start_{i}", network.heads[name] / horizon, 1)
        for i, name in enumerate(network.tasks)
    }
    problem += end
    for name, task in network.tasks.items():
        problem += end >= begins[name] + (task.seconds + network.tails[name]) / horizon
        for before in task.after:
            problem += begins[name] >= begins[before] + network.tasks[before].seconds / horizon
    on = share(problem, network, capacities, begins, horizon)
    proven = solve(problem, seconds)
    if end.value() is None or any(value.value() is None for value in begins.values()):
        return Attempt({}, bound, STOPPED)
    units = {name: tuple(k for k in on[name] if on[name][k].value() > 0.5) for name in on}
    found = replay(network, {name: begin.value() for name, begin in begins.items()}, units)
    return Attempt(found, end.value() * horizon) if proven else Attempt(found, bound, STOPPED)


def share(problem, network, capacities, begins, horizon) -> dict[str, dict]:
    """Let no two tasks have a unit at the same time; x as unit: variable of every task."""
    on = {}
    for i, (name, task) in enumerate(network.tasks.items()):
        units = range(capacities[task.pool])
        on[name] = {k: pulp.LpVariable(f"on_{i}_{k}", cat="Binary") for k in units}
        problem += pulp.lpSum(on[name].values()) == task.width
    for number, (one, other) in enumerate(combinations(network.tasks, 2)):
        first, second = network.tasks[one], network.tasks[other]
        if first.pool != second.pool or other in first.after or one in second.after:
            continue
        orders = [pulp.LpVariable(f"order_{number}_{i}", cat="Binary") for i in (0, 1)]
        for order, (a, b) in zip(orders, ((first, second), (second, first)), strict=True):
            gap = begins[b.name] - begins[a.name] - a.seconds / horizon
            problem += gap >= -(1 + a.seconds / horizon) * (1 - order)
        for k in on[one]:
            problem += pulp.lpSum(orders) >= on[one][k] + on[other][k] - 1
    return on


def replay(network, begins, chosen) -> dict[str, Place]:
    """The schedule again with exact times, in the order of rounded starts and on the same units."""
    for name, task in network.tasks.items():  # none before what it waits for, rounded or not
        begins[name] = max([begins[name], *(begins[before] for before in task.after)])
    places, idle = {}, {}
    for name in sorted(network.tasks, key=begins.get):
        task = network.tasks[name]
        units = [(task.pool, unit) for unit in chosen[name]]
        earliest = [places[before].end for before in task.after]
        start = max([0.0, *earliest, *(idle.get(unit, 0.0) for unit in units)])
        places[name] = Place(start, start + task.seconds, chosen[name])
        idle |= dict.fromkeys(units, places[name].end)
    return places
