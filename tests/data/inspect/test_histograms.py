"""Histograms whose range is found: every kind of axis, and values that have no range."""

import numpy as np
import pytest

from jetbench.data.inspect.histograms import histogram


def one(name, values, bins=50):
    """Histogram of all values."""
    values = np.asarray(values, float)
    return histogram(name, values, {"": np.full(len(values), True)}, bins)


def test_integers_have_bins_of_their_own():
    found = one("multiplicity", [1, 2, 2, 5])
    assert found.edges.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
    assert found.counts[""].tolist() == [1, 2, 0, 0, 1]


def test_values_that_are_no_numbers_are_left_out():
    found = one("jet_pt", [1, 2, np.nan, np.inf, -np.inf], bins=2)
    assert found.counts[""].sum() == 2
    assert one("jet_pt", [np.nan]) is None


@pytest.mark.parametrize("name", ["jet_pt", "multiplicity", "pt", "d0"])
@pytest.mark.parametrize("value", [0, 1, 500])
def test_values_that_are_all_the_same_fill_one_bin(name, value):
    if found := one(name, [value] * 3):
        assert found.counts[""].max() == 3 and (np.diff(found.edges) > 0).all()
    else:
        assert (name, value) == ("pt", 0)  # has no logarithm


def test_long_tails_on_both_sides_get_bins():
    values = np.concatenate([np.geomspace(1e-3, 100, 500), -np.geomspace(1e-3, 100, 500)])
    found = one("d0", values)
    assert found.scale == ("asinh", 0.05)
    assert (found.counts[""] > 0).all()


def test_groups_are_counted_apart_and_empty_ones_left_out():
    values, own = np.arange(4.0), np.array([True, True, True, False])
    found = histogram("jet_pt", values, {"a": own, "b": ~own, "c": own & ~own}, 4)
    assert {name: int(counts.sum()) for name, counts in found.counts.items()} == {"a": 3, "b": 1}
