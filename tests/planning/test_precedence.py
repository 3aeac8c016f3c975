import pytest

from jetbench.errors import InputError
from jetbench.planning.precedence import Task, connect

DIAMOND = (
    Task("end", 1, "core", after=("left", "right")),
    Task("left", 5, "gpu", after=("begin",)),
    Task("right", 3, "gpu", after=("begin",)),
    Task("begin", 2, "core"),
)


def test_heads_and_tails_of_a_diamond():
    network = connect(DIAMOND)
    assert network.heads == {"begin": 0, "left": 2, "right": 2, "end": 7}
    assert network.tails == {"begin": 6, "left": 1, "right": 1, "end": 0}


def test_the_critical_path_is_the_longest_chain():
    network = connect(DIAMOND)
    assert network.critical_path() == ["begin", "left", "end"]
    assert network.length == 8


def test_tasks_stand_after_those_that_they_wait_for():
    order = list(connect(DIAMOND).tasks)
    assert order.index("begin") < order.index("left") < order.index("end")


def test_a_circle_is_refused():
    with pytest.raises(InputError, match="got a circle"):
        connect([Task("a", 1, "gpu", after=("b",)), Task("b", 1, "gpu", after=("a",))])


def test_waiting_for_nothing_is_refused():
    with pytest.raises(InputError, match=r"task a: .* got \['b'\]"):
        connect([Task("a", 1, "gpu", after=("b",))])


def test_no_tasks_take_no_time():
    assert (connect([]).length, connect([]).critical_path()) == (0, [])
