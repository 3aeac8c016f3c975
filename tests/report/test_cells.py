import numpy as np
import pandas as pd
import pytest

from jetbench.report.averages import average
from jetbench.report.cells import heading, measured, printed, published
from tests.report.helpers import metrics


@pytest.mark.parametrize(("limit", "text"), [(100.14, "> 100"), (2.003, "> 2"), (0.33, "> 0.33")])
def test_limit_is_shown_where_nothing_passed(limit, text):
    assert measured(pd.Series({"rej_Hbb": np.nan, "rej_Hbb_limit": limit}), "rej_Hbb") == text


def test_undefined_number_is_a_dash():
    numbers = {"auc": np.nan, "auc_error": np.nan, "auc_spread": np.nan}
    assert measured(pd.Series(numbers), "auc") == "–"


def test_undefined_rejection_is_a_dash():
    row = average([metrics(0)]) | {"rej_Hbb_limit": np.nan}  # as without background jets
    assert measured(pd.Series(row), "rej_Hbb") == "–"


def test_spread_over_seeds_replaces_the_statistical_error():
    numbers = {"auc": 0.9, "auc_error": 0.001, "auc_spread": 0.02}
    assert measured(pd.Series(numbers), "auc") == "0.900 ± 0.020"


@pytest.mark.parametrize(
    ("passed", "text"),
    [  # of 300: 300 / 0.1728 = 1736.6 and 300 / 3.2995 = 90.9; 150, 300 / (0.7082, 4.6379)
        (1, "300 +1440 −210"),
        (2, "150 +270 −90"),
        (10, "30 ± 9"),
    ],
)
def test_few_passing_jets_have_an_error_to_either_side(passed, text):
    assert measured(pd.Series(average([metrics(passed)])), "rej_Hbb") == text


def test_seeds_that_let_the_same_few_jets_pass_are_not_without_error():
    row = average([metrics(1), metrics(1)])
    assert row["rej_Hbb_spread"] == 0
    assert measured(pd.Series(row), "rej_Hbb") == "300 +1440 −210"


def test_published_error_is_shown_as_printed():
    row = pd.Series({"rej_30_published": 1615.0, "rej_30_error_published": 93.0})
    assert published(row, "rej_30") == "1615 ± 93"
    assert published(row, "rej_50") == "–"


@pytest.mark.parametrize(("value", "text"), [("6.75e-3", "6.75e-3"), (np.nan, "–")])
def test_settings_are_shown_as_printed(value, text):
    assert printed(pd.Series({"lr_published": value}), "lr") == text


def test_heading_names_the_class_and_not_the_working_point():
    row = pd.Series({"rej_30_class": "Tbqq", "rej_30_efficiency": 0.3})
    assert heading("rej_30", row) == "Tbqq 30 %"
