import json
import shutil

import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.tables import TABLES, quantities
from tests.report.helpers import tabulated

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


def test_two_classes_have_columns_by_signal_efficiency(tops):
    header = markdown(tops[0], "top_tagging")[0]
    assert header[3:] == ["Accuracy", "AUC", "Tbqq 30 %", "Tbqq 50 %"]


def test_published_rejection_of_tops_has_its_error(tops):
    rows = markdown(tops[0], "top_tagging")[2:]
    published = next(row for row in rows if row[:2] == ["ParticleNet", "published"])
    assert published[2:] == ["1.2M", "–", "–", "1615 ± 93", "–"]


def test_fine_tuned_row_has_no_published_one_where_none_is_published(tops):
    rows = markdown(tops[0], "top_tagging")[2:]
    assert [row[:2] for row in rows[-3:]] == [
        ["ParT", "demo (simulated)"],
        ["ParT", "published"],
        ["ParT, fine-tuned", "demo (simulated)"],
    ]


def test_every_limit_has_a_row_of_ours_above_the_published_one(limits):
    rows = markdown(limits[0], "part_topk")
    assert rows[0][:4] == ["k", "Tagger", "Result", "Training jets"]
    assert [row[0] for row in rows[2::2]] == ["1", "2", "3", "4", "6", "10", "20", "30", "128"]
    assert rows[3][:7] == ["1", "ParT", "published", "100M", "0.770", "0.9754", "4396"]


def test_cost_is_shown_exactly_beside_the_published_figures(cost):
    row = markdown(cost[0], "jetclass_cost")[2 + 3]
    assert row[:5] == ["ParT", "2 143 486", "2.14M", "340M", "340M"]


def test_settings_stand_as_printed_beside_what_ours_cost(settings):
    rows = markdown(settings[0], "part_sizes")
    assert rows[0][-1] == "Accuracy, demo (simulated)"
    lite = rows[2]
    assert lite[:9] == ["ParT-lite", "64-256-64", "32-32-32-8", "64", "8", "512-316"] + [
        "6.75e-3",
        "768",
        "30",
    ]
    assert lite[9:11] == ["578 000", "90M"]


def test_size_without_published_settings_has_dashes(settings):
    results = pd.read_csv(settings[0] / "part_sizes.csv").iloc[[0]]
    unpublished = results[[name for name in results if not name.endswith("_published")]]
    row = TABLES["sizes"](unpublished, {"part_lite": "ParT-lite"}).iloc[0]
    assert list(row)[:10] == ["ParT-lite", *["–"] * 8, "578 000"]


@pytest.mark.parametrize("kind", ["cost", "sizes"])
def test_table_of_costs_without_costs_is_refused(kind):
    with pytest.raises(InputError, match=f"expected the costs of the models, .* table {kind}"):
        TABLES[kind](pd.DataFrame({"model": ["part"]}), {})


def test_table_of_limits_without_limits_is_refused():
    with pytest.raises(InputError, match="expected limits of the attention, got none"):
        TABLES["topk"](pd.DataFrame({"model": ["part"]}), {})


def test_rejections_without_published_order_come_as_measured():
    results = pd.DataFrame(columns=["rej_Zqq_efficiency", "rej_Hbb_efficiency"])
    assert quantities(results) == ["accuracy", "auc", "rej_Zqq", "rej_Hbb"]


def test_published_errors_and_unmeasured_rejections_have_no_column():
    columns = ["rej_50_efficiency", "rej_30_efficiency", "rej_30_published"]
    results = pd.DataFrame(columns=[*columns, "rej_30_error_published", "rej_70_published"])
    assert quantities(results) == ["accuracy", "auc", "rej_30", "rej_50"]


def again(made, folder, edit):
    """Make the tables of the study jetclass_taggers again, from edited metrics, in `folder`."""
    places = [shutil.copytree(place, folder / place.parts[-4]) for place in made[1]]
    for place in places:
        metrics = json.loads((place / "metrics.json").read_text())
        edit(metrics)
        (place / "metrics.json").write_text(json.dumps(metrics))
    tabulated(folder, "jetclass_taggers", places)
    return [(folder / f"jetclass_taggers.{kind}").read_bytes() for kind in SUFFIXES]


SUFFIXES = ("csv", "md", "tex", "html")


def test_same_metrics_give_the_same_tables_byte_for_byte(taggers, tmp_path):
    before = [(taggers[0] / f"jetclass_taggers.{kind}").read_bytes() for kind in SUFFIXES]
    assert again(taggers, tmp_path, lambda _: None) == before


def test_metrics_of_before_make_tables_that_say_so(taggers, tmp_path):
    tables = again(taggers, tmp_path, lambda metrics: metrics.pop("provenance"))
    assert all(b"unknown" in text for text in tables)
    assert b"Code unknown, at least of some rows: training jets, " in tables[1]


def test_other_versions_of_one_row_are_noted_in_every_text(taggers, tmp_path):
    def edit(metrics):
        if "/part/" in metrics["run"]:
            metrics["provenance"]["training"]["code_version"] = "0.1.0+bbbb"

    for text in again(taggers, tmp_path, edit)[1:]:
        assert b"Mixed provenance: rows differ in code of the weights." in text
        assert b"0.1.0+bbbb (ParT)" in text
