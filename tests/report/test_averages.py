import numpy as np
import pytest

from jetbench.report.averages import average
from tests.report.helpers import metrics


def test_single_seed_keeps_its_statistical_errors():
    row = average([metrics(4)])
    assert (row["accuracy"], row["accuracy_error"], row["rej_Hbb"]) == (0.5, 0.02, 75)
    assert row["rej_Hbb_error"] == 75 / 2
    assert np.isnan(row["accuracy_spread"]) and np.isnan(row["rej_Hbb_limit"])


def test_seeds_are_averaged_and_their_spread_is_kept():
    row = average([metrics(4, accuracy=0.4), metrics(2, accuracy=0.6)])
    assert row["seeds"] == 2
    assert row["accuracy"] == 0.5
    assert row["accuracy_spread"] == pytest.approx(0.2 / np.sqrt(2))
    assert row["rej_Hbb"] == 100  # of 3 passing on average


def test_accuracy_of_every_seed_is_kept():
    runs = [f"demo/jetclass/part/scratch/10k/{seed}" for seed in (3, 7)]
    row = average([metrics(4, 0.1 + 0.2, runs[0]), metrics(4, 0.6, runs[1])])
    assert (row["seed"], row["accuracies"]) == ("3 7", "0.30000000000000004 0.6")


def test_seed_that_lets_nothing_pass_counts_as_zero_efficiency():
    row = average([metrics(0), metrics(2)])
    assert row["rej_Hbb"] == 300
    assert np.isnan(row["rej_Hbb_limit"])


def test_nothing_passing_in_any_seed_is_a_limit():
    row = average([metrics(0)])
    assert np.isnan(row["rej_Hbb"]) and row["rej_Hbb_limit"] == 100
    assert np.isnan(row["rej_Hbb_low"]) and np.isnan(row["rej_Hbb_high"])


def test_one_passing_jet_has_a_poisson_interval():
    row = average([metrics(1)])  # of 300: Garwood's interval of one count is 0.1728 to 3.2995
    assert row["rej_Hbb_low"] == pytest.approx(300 / 3.29953, rel=1e-5)
    assert row["rej_Hbb_high"] == pytest.approx(300 / 0.172753, rel=1e-5)


def test_seeds_share_their_test_jets_and_so_their_interval():
    once, twice = average([metrics(4)]), average([metrics(4), metrics(4)])
    assert once["rej_Hbb_high"] == twice["rej_Hbb_high"]


def test_working_point_is_kept_with_its_class():
    row = average([metrics(4)])
    assert (row["rej_Hbb_class"], row["rej_Hbb_efficiency"], row["background"]) == (
        "Hbb",
        0.5,
        "QCD",
    )
