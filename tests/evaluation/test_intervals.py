import numpy as np
import pytest
from scipy.stats import poisson

from jetbench.evaluation.intervals import TAIL, poisson_interval, rejection_interval


def test_interval_of_one_count_by_hand():
    low, high = poisson_interval(1)
    assert low == pytest.approx(-np.log(1 - TAIL))  # P(N >= 1) = 1 - exp(-low)
    assert (1 + high) * np.exp(-high) == pytest.approx(TAIL)  # P(N <= 1)
    assert (low, high) == pytest.approx((0.17275, 3.29953), abs=1e-5)


@pytest.mark.parametrize("count", [1, 2, 5, 9, 100])
def test_interval_leaves_the_same_tail_on_both_sides(count):
    low, high = poisson_interval(count)
    assert poisson.sf(count - 1, low) == pytest.approx(TAIL)
    assert poisson.cdf(count, high) == pytest.approx(TAIL)


def test_nothing_seen_has_no_lower_bound():
    low, high = poisson_interval(0)
    assert low == 0 and np.exp(-high) == pytest.approx(TAIL)


def test_interval_of_many_counts_is_the_square_root():
    assert np.subtract(poisson_interval(1e6), 1e6) == pytest.approx((-1e3, 1e3), rel=2e-3)


def test_whole_counts_are_covered_as_often_as_promised():
    counts = np.arange(60)
    low, high = poisson_interval(counts)
    for mean in (0.5, 3.3, 12.0):
        assert poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum() >= 1 - 2 * TAIL


def test_rejection_of_one_passing_jet_by_hand():
    assert rejection_interval(1, 300) == pytest.approx((300 / 3.29953, 300 / 0.172753), rel=1e-5)


def test_rejection_is_never_below_one_nor_bounded_where_nothing_passed():
    assert rejection_interval(2, 2)[0] == 1
    assert rejection_interval(0, 300)[1] == np.inf
