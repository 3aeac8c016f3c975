import numpy as np
import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.tables import cost as cost_table
from jetbench.report.tables import measured, quantities

COLUMNS = ["Hbb 50 %", "Hcc 50 %", "Hgg 50 %", "H4q 50 %", "Hqql 99 %", "Tbqq 50 %"] + [
    "Tbl 99.5 %",
    "Wqq 50 %",
    "Zqq 50 %",
]


def markdown(folder, study):
    lines = (folder / f"{study}.md").read_text().splitlines()
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in lines if row[:1] == "|"]


def test_columns_are_those_of_the_published_table(taggers):
    header = markdown(taggers[0], "jetclass_taggers")[0]
    assert header == ["Tagger", "Result", "Training jets", "Accuracy", "AUC", *COLUMNS]


def test_our_row_stands_above_the_published_one(taggers):
    rows = markdown(taggers[0], "jetclass_taggers")[2:]
    assert [row[:3] for row in rows[6:8]] == [
        ["ParT", "demo (simulated)", "10k"],
        ["ParT", "published", "100M"],
    ]
    assert rows[7][3:6] == ["0.861", "0.9877", "10638"]


def test_taggers_come_in_their_order(taggers):
    rows = markdown(taggers[0], "jetclass_taggers")[2:]
    names = ["PFN", "P-CNN", "ParticleNet", "ParT", "ParT (plain)"]
    assert [row[0] for row in rows[::2]] == names


def test_training_sizes_stand_beside_the_published_ones(sizes):
    rows = markdown(sizes[0], "training_size")[2:]
    assert [row[2] for row in rows[:6]] == ["1k", "2M", "3k", "10M", "10k", "100M"]


def test_cost_is_shown_exactly_beside_the_published_figures(cost):
    row = markdown(cost[0], "jetclass_cost")[2 + 3]
    assert row[:5] == ["ParT", "2 143 486", "2.14M", "340M", "340M"]


def test_cost_table_without_costs_is_refused():
    with pytest.raises(InputError, match="expected the costs of the models, got none"):
        cost_table(pd.DataFrame({"model": ["part"]}), {})


@pytest.mark.parametrize(("limit", "text"), [(100.14, "> 100"), (2.003, "> 2"), (0.33, "> 0.33")])
def test_limit_is_shown_where_nothing_passed(limit, text):
    assert measured(pd.Series({"rej_Hbb": np.nan, "rej_Hbb_limit": limit}), "rej_Hbb") == text


def test_undefined_number_is_a_dash():
    numbers = {"auc": np.nan, "auc_error": np.nan, "auc_spread": np.nan}
    assert measured(pd.Series(numbers), "auc") == "–"


def test_spread_over_seeds_replaces_the_statistical_error():
    numbers = {"auc": 0.9, "auc_error": 0.001, "auc_spread": 0.02}
    assert measured(pd.Series(numbers), "auc") == "0.900 ± 0.020"


def test_rejections_without_published_order_come_as_measured():
    results = pd.DataFrame(columns=["rej_Zqq_efficiency", "rej_Hbb_efficiency"])
    assert quantities(results) == ["accuracy", "auc", "rej_Zqq", "rej_Hbb"]
