import numpy as np
import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.published import published_rows, read_published
from tests.report.helpers import PUBLISHED

FILES = sorted(PUBLISHED.glob("*.csv"))


def written(folder, text):
    path = folder / "published.csv"
    path.write_text(f"# Made up.\n{text}")
    return path


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("jetclass_*.csv")), ids=lambda p: p.stem)
def test_published_files_are_read_whole(path):
    table = read_published(path)
    assert set(table["model"]) == {"pfn", "pcnn", "particlenet", "part", "part_plain"}
    assert not table.isna().any(axis=None)


def test_published_counts_become_numbers():
    table = read_published(PUBLISHED / "jetclass_cost.csv").set_index("model")
    assert (table.loc["part", "parameters"], table.loc["pfn", "macs"]) == (2.14e6, 4.62e6)


def test_settings_stay_as_they_are_printed():
    row = read_published(PUBLISHED / "part_sizes.csv").set_index("model").loc["part_lite"]
    assert (row["embed_dims"], row["lr"], row["heads"]) == ("64-256-64", "6.75e-3", "8")


def test_other_text_among_numbers_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected a count such as 500"):
        read_published(written(tmp_path, "model,train_jets,accuracy\npart,2M,O.861\n"))


def test_two_rows_about_the_same_are_refused(tmp_path):
    text = "model,train_jets,accuracy\npart,2M,0.8\npart,2M,0.9\n"
    with pytest.raises(InputError, match="expected one row for .*'part'.*'2M'.*, got several"):
        read_published(written(tmp_path, text))


@pytest.mark.parametrize(
    ("missing", "columns"),
    [("model", "train_jets,accuracy"), ("model", "heads,lr"), ("train_jets", "model,accuracy")],
)
def test_file_must_say_what_its_rows_are_about(tmp_path, missing, columns):
    with pytest.raises(InputError, match=f"expected a column {missing}, got {columns[:4]}"):
        read_published(written(tmp_path, f"{columns}\npart,8\n"))


def test_settings_alone_belong_to_no_training_size(tmp_path):
    table = read_published(written(tmp_path, "model,heads\npart,8\n"))
    for size in ("2M", "100M"):
        assert published_rows(table, "part", "part", size, None) == [{"heads_published": "8"}]


def accuracy(table, *names):
    (row,) = published_rows(pd.DataFrame(table), *names)
    return row["accuracy_published"]


NAMED = {"model": ["part", "part_fine_tuned"], "accuracy": [0.8, 0.9]}


@pytest.mark.parametrize(
    ("tagger", "value"),
    [("part", 0.8), ("part_fine_tuned", 0.9), ("part_official", 0.8)],
)
def test_rows_are_found_by_tagger_and_else_by_model(tagger, value):
    assert accuracy(NAMED, tagger, "part", "100M", None) == value


@pytest.mark.parametrize("tagger", ["part_fine_tuned", "part_official_fine_tuned"])
def test_fine_tuned_taggers_do_not_borrow_the_numbers_from_scratch(tagger):
    table = {"model": ["part"], "accuracy": [0.8]}
    assert np.isnan(accuracy(table, tagger, "part", "100M", None))


def test_numbers_belong_to_their_training_size():
    table = {"model": ["part", "part"], "train_jets": ["2M", "10M"], "accuracy": [0.8, 0.9]}
    assert accuracy(table, "part", "part", "10M", None) == 0.9
    assert np.isnan(accuracy(table, "part", "part", "100M", None))


def test_numbers_belong_to_their_limit():
    table = read_published(PUBLISHED / "part_topk.csv")
    assert accuracy(table, "part", "part", "100M", 10) == 0.851
    assert accuracy(table, "part_official", "part", "100M", 1) == 0.770
    assert np.isnan(accuracy(table, "part", "part", "100M", 5))
    assert np.isnan(accuracy(table, "part", "part", "100M", None))


def test_numbers_without_a_limit_do_not_belong_to_one():
    assert np.isnan(accuracy(NAMED, "part", "part", "100M", 1))


@pytest.mark.parametrize(
    ("name", "model", "row"),
    [
        ("mpm_ablation", "mpm_kmeans_mpmv1", ["mpmv1", "kmeans", 0.562]),
        ("mpm_ablation", "mpm_regression", ["long_training", "regression", 0.833]),
        ("mpm_sweeps", "mpm_kmeans_mask90", ["mask_rate", 0.9, 0.8017]),
    ],
)
def test_numbers_of_frozen_encoders_stand_where_they_do_in_their_table(name, model, row):
    table = read_published(PUBLISHED / f"{name}.csv")
    (numbers,) = published_rows(table, f"{model}_frozen", model, "100M", None)
    assert list(numbers.values()) == row
    for tagger in (model, f"{model}_untrained", f"{model}_pretrained"):
        assert np.isnan(accuracy(table, tagger, model, "100M", None))


def test_model_in_two_sweeps_has_a_row_in_each():
    table = read_published(PUBLISHED / "mpm_sweeps.csv")
    rows = published_rows(table, "mpm_kmeans_mask40_frozen", "mpm_kmeans_mask40", "100M", None)
    assert [tuple(row.values()) for row in rows] == [
        ("decoder_depth", 4, 0.8323),
        ("mask_rate", 0.4, 0.8316),
    ]


def test_every_published_file_says_where_it_comes_from():
    assert len(FILES) >= 10
    assert all(path.read_text().startswith("# ") for path in FILES)
