"""Learning rates worked by hand."""

import pytest

from jetbench.training.schedules import constant, flat_decay


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
    assert {constant(epoch, 20) for epoch in range(20)} == {1.0}


@pytest.mark.parametrize("epochs", [20, 50, 7])
def test_rates_equal_weavers(epochs):
    """weaver: MultiStepLR with a milestone before each of the last int(0.3 epochs) epochs."""
    rate, expected = 1.0, []
    for epoch in range(epochs):
        if epoch >= epochs - int(epochs * 0.3):
            rate *= 0.01 ** (1.0 / int(epochs * 0.3))
        expected.append(rate)
    assert factors(epochs) == pytest.approx(expected, rel=1e-12)
