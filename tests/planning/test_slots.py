import random

import pytest

from jetbench.errors import InputError
from jetbench.planning.assignment import assign
from jetbench.planning.bounds import lower_bound
from jetbench.planning.dispatch import greedy, makespan
from jetbench.planning.precedence import Task, connect
from jetbench.planning.sequencing import sequence
from jetbench.planning.slots import Schedule, schedule
from tests.planning.networks import check_schedule, draw, shortest, waiting

SEEDS = range(24)
HARD = (44, 67, 76)  # where list scheduling is not optimal, found by trying

GRAHAM = [7, 7, 6, 6, 5, 5, 4, 4, 4]  # 12 on four machines, 15 by the longest first


def trainings(lengths, seeds, wide=0):
    """Trainings of some lengths, each with a prediction after it; the first `wide` on two GPUs."""
    tasks = []
    for place, length in enumerate(lengths):
        for seed in range(seeds):
            name = f"train_{place}_{seed}"
            tasks.append(Task(name, length, "gpu", 2 if place < wide else 1))
            tasks.append(Task(f"predict_{place}_{seed}", 0.01 * length, "gpu", 1, (name,)))
    return connect(tasks)


@pytest.mark.parametrize("seed", [*SEEDS, *HARD])
def test_small_networks_take_what_the_best_of_all_orders_takes(seed):
    network, capacities = draw(seed)
    found = schedule(network, capacities, "gpu")
    check_schedule(network, capacities, found.places)
    assert found.makespan == shortest(network, capacities)
    assert found.gap < 1e-6


@pytest.mark.parametrize("seed", HARD)
def test_where_list_scheduling_is_not_optimal_the_program_says_so(seed):
    network, capacities = draw(seed)
    assert makespan(greedy(network, capacities)) > shortest(network, capacities)
    assert schedule(network, capacities, "gpu").method == "integer programming"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_is_never_above_the_optimum(seed):
    network, capacities = draw(seed)
    assert lower_bound(network, capacities) <= shortest(network, capacities) + 1e-9


@pytest.mark.parametrize("least", [0.5, 3.5, 6.5])  # of 1 to 9 seconds: none, some, most are less
@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_of_the_assignment_is_never_above_the_optimum_either(seed, least):
    network, capacities = draw(seed)
    optimum = shortest(network, capacities)
    limits = (capacities["gpu"], 2 * optimum, 0, least, 5)
    assert 0 <= assign(network, "gpu", *limits).bound <= optimum


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_that_bound_lets_small_tasks_run_before_and_after_large_ones(seed, backwards):
    network, capacities = waiting(seed, backwards)
    optimum = shortest(network, capacities)
    limits = (capacities["gpu"], 2 * optimum, 0, 4, 5)
    assert 0 < assign(network, "gpu", *limits).bound <= optimum


def test_small_tasks_may_fill_the_time_before_the_first_large_one():
    tasks = [Task("prepare", 10, "core"), Task("large", 10, "gpu", after=("prepare",))]
    network = connect([*tasks, *(Task(f"small_{i}", 1, "gpu") for i in range(20))])
    assert makespan(greedy(network, {"gpu": 2, "core": 1})) == 20  # and none is shorter
    assert 19.9 < assign(network, "gpu", 2, 30, 0, 2, 5).bound <= 20


def test_small_tasks_count_where_nothing_waits():
    network = connect([Task("large", 10, "gpu"), *(Task(f"{i}", 1, "gpu") for i in range(20))])
    assert 14.9 < assign(network, "gpu", 2, 30, 0, 2, 5).bound <= 15


@pytest.mark.parametrize("seed", SEEDS)
def test_list_scheduling_makes_schedules_that_can_be_kept(seed):
    network, capacities = draw(seed, count=60)
    check_schedule(network, capacities, greedy(network, capacities))


@pytest.mark.parametrize("wide", [0, 2])
def test_schedules_of_many_trainings_can_be_kept(wide):
    lengths = [random.Random(1).uniform(1, 20) for _ in range(12)]
    network, capacities = trainings(lengths, 3, wide), {"gpu": 5}
    check_schedule(network, capacities, schedule(network, capacities, "gpu", 5).places)


def test_the_integer_program_shares_trainings_out_better_than_their_order():
    network, capacities = trainings(GRAHAM, 1), {"gpu": 4}
    assert makespan(greedy(network, capacities)) > 15
    found = schedule(network, capacities, "gpu")
    assert found.method == "integer programming"
    assert found.makespan < 12.3


def test_equal_trainings_on_too_few_slots_take_whole_rounds():
    network = connect([Task(f"train_{i}", 10, "gpu") for i in range(17)])
    found = schedule(network, {"gpu": 8}, "gpu")
    assert (found.makespan, found.bound, found.method) == (30, 30, "list scheduling")


def test_pinned_tasks_run_on_their_units():
    network, capacities = trainings([3, 2, 1], 2), {"gpu": 4}
    pins = {"train_2_0": (3,), "train_2_1": (3,)}
    places = greedy(network, capacities, pins)
    check_schedule(network, capacities, places)
    assert [places[name].units for name in pins] == [(3,), (3,)]


def test_units_that_all_are_kept_are_given_to_what_is_waited_for():
    tasks = [Task("backbone", 1, "gpu"), Task("tuned", 5, "gpu", after=("backbone",))]
    places = greedy(connect(tasks), {"gpu": 1}, {"tuned": (0,)})
    assert places["tuned"].end == 6


def test_the_same_network_gives_the_same_schedule():
    network, capacities = trainings([5, 4, 4, 3, 2, 2, 1], 3), {"gpu": 4}
    assert schedule(network, capacities, "gpu") == schedule(network, capacities, "gpu")


def test_without_a_solver_list_scheduling_remains_with_its_gap(monkeypatch):
    monkeypatch.setattr("pulp.PULP_CBC_CMD.pulp_cbc_path", "/nowhere/cbc")
    found = schedule(trainings(GRAHAM, 1), {"gpu": 4}, "gpu")
    assert found.method == "list scheduling"
    assert found.gap > 0.05
    assert found.ended


def test_without_time_the_few_tasks_keep_the_schedule_of_the_list():
    network, capacities = draw(HARD[0])
    found = sequence(network, capacities, makespan(greedy(network, capacities)), 1.0, 0)
    assert found.bound <= shortest(network, capacities)


def test_a_training_on_more_gpus_than_there_are_is_refused():
    with pytest.raises(InputError, match="train: expected 1 to 2 units of gpu, got 4"):
        schedule(connect([Task("train", 1, "gpu", 4)]), {"gpu": 2}, "gpu")


def test_nothing_to_do_is_done_at_once():
    assert schedule(connect([]), {"gpu": 1}, "gpu") == Schedule({}, 0.0)
