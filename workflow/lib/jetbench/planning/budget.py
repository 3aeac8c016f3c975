"""Which studies to make where GPU-hours do not do for all of them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pulp

from jetbench.errors import InputError
from jetbench.planning.solving import solve

SECONDS = 20.0  # that the solver may take; a hundred studies take it less than one


class Choice(NamedTuple):
    """Studies that are complete within a budget, and what their jobs cost together."""

    studies: list[str]
    cost: float


def choose(
    values: Mapping[str, float],
    needs: Mapping[str, Iterable[str]],
    costs: Mapping[str, float],
    budget: float,
) -> Choice:
    """max sum of v(s) z(s) with sum of c(g) x(g) <= budget and z(s) <= x(g) where s needs g.

    Of the studies (`values` and the jobs that each `needs`) the most valued together, and of those
    equally valued the cheapest. A job that several need counts once; one without an entry in
    `costs` is made already, and costs nothing. g: all jobs that the same studies need.

    Raises InputError where no solver runs.
    """
    groups = grouped(needs, costs)
    problem = pulp.LpProblem("budget", pulp.LpMaximize)
    made = {s: pulp.LpVariable(f"study_{i}", cat="Binary") for i, s in enumerate(values)}
    paid = {g: pulp.LpVariable(f"jobs_{i}", 0, 1) for i, g in enumerate(groups)}
    value = pulp.lpSum(values[study] / max(values.values()) * made[study] for study in values)
    cost = pulp.lpSum(groups[group] / budget * paid[group] for group in groups)
    problem += value
    problem += cost <= 1
    for group, jobs in paid.items():
        for study in group:
            problem += made[study] <= jobs
    settle(problem)
    problem += value >= pulp.value(value) - 1e-6
    problem.setObjective(-cost)
    settle(problem)
    studies = [study for study in values if made[study].value() > 0.5]
    return Choice(studies, together(studies, needs, costs))


def settle(problem: pulp.LpProblem) -> None:
    """Solve, or raise InputError: half a choice is none."""
    if not solve(problem, SECONDS):
        raise InputError("budget: expected CBC, which comes with PuLP, to solve it, got no answer")


def grouped(needs: Mapping[str, Iterable[str]], costs: Mapping[str, float]) -> dict:
    """Cost of all jobs that exactly the same studies need, by these studies."""
    users = {}
    for study, jobs in needs.items():
        for job in jobs:
            users.setdefault(job, []).append(study)
    groups = {}
    for job, studies in users.items():
        if costs.get(job):
            groups[tuple(studies)] = groups.get(tuple(studies), 0.0) + costs[job]
    return groups


def together(studies: Iterable[str], needs: Mapping, costs: Mapping[str, float]) -> float:
    """Cost of what some studies need, each job once."""
    jobs = {job for study in studies for job in needs[study]}
    return sum(costs.get(job, 0.0) for job in sorted(jobs))
