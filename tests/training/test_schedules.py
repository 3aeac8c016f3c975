"""Learning rates worked by hand."""

import math

import pytest

from jetbench.training.schedules import constant, cosine, exponential, flat_decay


def factors(epochs):
    return [flat_decay(epoch, epochs) for epoch in range(epochs)]


def test_50_epochs_are_flat_for_35_and_decay_by_0_7356():
    f = factors(50)
    assert f[:35] == [1.0] * 35
    assert [f[i + 1] / f[i] for i in range(34, 49)] == pytest.approx([0.735642] * 15, rel=1e-6)
    assert f[49] == pytest.approx(0.01)


def test_20_epochs_are_flat_for_14_and_decay_by_0_4642():
    expected = [0.464159, 0.215443, 0.1, 0.0464159, 0.0215443, 0.01]
    assert factors(20) == pytest.approx([1.0] * 14 + expected, rel=1e-5)


def test_5_epochs_end_at_a_hundredth():
    assert factors(5) == pytest.approx([1, 1, 1, 1, 0.01])


def test_3_epochs_leave_none_to_decay():
    assert factors(3) == [1, 1, 1]


def test_constant():
    assert {constant(step, 4, 20) for step in range(4, 20)} == {1.0}


@pytest.mark.parametrize("epochs", [20, 50, 7])
def test_rates_equal_weavers(epochs):
    """weaver: MultiStepLR with a milestone before each of the last int(0.3 epochs) epochs."""
    rate, expected = 1.0, []
    for epoch in range(epochs):
        if epoch >= epochs - int(epochs * 0.3):
            rate *= 0.01 ** (1.0 / int(epochs * 0.3))
        expected.append(rate)
    assert factors(epochs) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("schedule", [constant, cosine, exponential])
def test_warm_up_is_a_straight_line_from_0_to_1(schedule):
    factors = [schedule(step, 4, 100) for step in range(5)]
    assert factors == [0, 0.25, 0.5, 0.75, 1]


def test_cosine_falls_from_1_to_its_floor():
    factors = [cosine(step, 10, 110) for step in (10, 35, 60, 85, 109, 110)]
    middle = [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2]
    assert factors == pytest.approx([*middle, 0.001, 0.001])


def test_exponential_halves_every_half_life_down_to_its_floor():
    factors = [exponential(step, 10, 50) for step in (10, 60, 110, 160, 10_000)]
    assert factors == pytest.approx([1, 0.5, 0.25, 0.125, 0.001])


def test_without_warm_up_the_first_step_has_the_full_rate():
    assert constant(0, 0, 100) == cosine(0, 0, 100) == exponential(0, 0, 100) == 1
