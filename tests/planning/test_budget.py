import random
from itertools import chain, combinations

import pytest

from jetbench.errors import InputError
from jetbench.planning.budget import choose, together

COSTS = {"part": 50.0, "pfn": 3.0, "part_2M": 50.0, "tuned": 5.0}
NEEDS = {"taggers": ["part", "pfn"], "sizes": ["part", "part_2M"], "tuning": ["part", "tuned"]}
VALUES = {"taggers": 1, "sizes": 1, "tuning": 1}


def draw(seed):
    """Some studies that share jobs, and a budget that does not do for all."""
    choice = random.Random(seed)
    costs = {f"job{i}": float(choice.randint(0, 9)) for i in range(10)}
    names = [f"study{i}" for i in range(6)]
    needs = {name: choice.sample(list(costs), choice.randint(1, 4)) for name in names}
    values = {name: choice.randint(1, 4) for name in names}
    return values, needs, costs, choice.uniform(0.2, 0.9) * sum(costs.values())


def best(values, needs, costs, budget):
    """(value, cost) of the best of all choices."""
    choices = chain.from_iterable(combinations(values, n) for n in range(len(values) + 1))
    sums = ((sum(values[s] for s in some), together(some, needs, costs)) for some in choices)
    return max(
        ((value, cost) for value, cost in sums if cost <= budget), key=lambda s: (s[0], -s[1])
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_choice_is_the_best_of_all(seed):
    values, needs, costs, budget = draw(seed)
    studies, cost = choose(values, needs, costs, budget)
    assert (sum(values[study] for study in studies), cost) == best(values, needs, costs, budget)


def test_what_studies_share_is_paid_once():
    assert choose(VALUES, NEEDS, COSTS, 58) == (["taggers", "tuning"], 58)


def test_a_valued_study_goes_before_two_others():
    assert choose(VALUES | {"sizes": 3}, NEEDS, COSTS, 100) == (["sizes"], 100)


def test_of_equal_values_the_cheaper_is_chosen():
    assert choose(VALUES, NEEDS, COSTS, 56) == (["taggers"], 53)


def test_what_is_made_already_costs_nothing():
    left = {job: cost for job, cost in COSTS.items() if job != "part"}
    assert choose(VALUES, NEEDS, left, 10) == (["taggers", "tuning"], 8)


def test_studies_without_gpus_are_made_within_any_budget():
    assert choose(VALUES, NEEDS, {"part": 0.0}, 0.1).studies == list(VALUES)


def test_too_small_a_budget_makes_nothing():
    assert choose(VALUES, NEEDS, COSTS, 1) == ([], 0)


def test_without_a_solver_there_is_no_choice(monkeypatch):
    monkeypatch.setattr("pulp.PULP_CBC_CMD.pulp_cbc_path", "/nowhere/cbc")
    with pytest.raises(InputError, match="expected CBC"):
        choose(VALUES, NEEDS, COSTS, 100)
