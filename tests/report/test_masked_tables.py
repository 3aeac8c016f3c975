import numpy as np
import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.evaluation.reconstruction import FEATURES, distances
from jetbench.report.features import NAMES
from jetbench.report.masked_tables import SWEEPS, TARGETS
from jetbench.report.published import read_published
from jetbench.report.tables import TABLES
from tests.report.helpers import PUBLISHED
from tests.report.masked import masked, rows


def test_every_way_to_pretrain_is_a_row_with_its_gain(tasks):
    header, *body = rows(tasks[0], "mpm_tasks")
    assert header[1:4] == ["Accuracy, frozen, demo (simulated)", "untrained", "gain over untrained"]
    assert [row[0] for row in body][:3] == ["particle id", "regression + id", "k-means + id"]
    # 0.84 / 2 + 0.01 seed and 0.25 + 0.02 seed: 0.17 - 0.01 seed, s = 0.01, over sqrt(3) 0.0058,
    # and of the jets sqrt(1/3 - 1/9) / sqrt(3000) = 0.0086
    assert body[2][1:4] == ["0.440 ± 0.010", "0.290 ± 0.020", "+0.150 ± 0.010"]


def test_published_accuracy_stands_beside_ours_where_there_is_one(tasks):
    header, *body = rows(tasks[0], "mpm_tasks")
    column = header.index("published, frozen")
    assert [row[column] for row in body] == ["–", "0.833", "0.840", "–", "–", "–", "–"]
    assert len(header) == 7  # what a slide holds


def test_what_is_filled_in_is_told_by_its_mean_and_its_worst_feature(tasks):
    header, *body = rows(tasks[0], "mpm_tasks")
    assert header[-2:] == ["W1, mean (lower is better)", "W1, worst"]
    found = [each.relative for each in distances(tasks[1].reconstructions[0])]
    feature = NAMES[FEATURES[np.argmax(found)]].words
    assert body[1][-2:] == [f"{np.mean(found):#.2g}", f"{max(found):#.2g} ({feature})"]
    assert body[0][-2:] == ["–", "–"]


def test_csv_has_every_seed_and_all_digits(tasks):
    table = pd.read_csv(tasks[0] / "mpm_tasks.csv").set_index("tagger")
    row = table.loc["mpm_kmeans_frozen"]
    assert row["seed"] == "1 2 3" and row["gain_seeds"] == 3
    of_seeds = [float(value) for value in row["accuracies"].split()]
    assert of_seeds == pytest.approx([0.43, 0.44, 0.45], rel=1e-15)
    assert row["gain"] == pytest.approx(0.15) and row["w1_pt"] > row["w1_pt_relative"] > 0
    assert row["gain_over"] == "mpm_regression"
    assert pd.isna(table.loc["mpm_regression_untrained", ["gain", "gain_over", "w1_pt"]]).all()


def test_untrained_encoder_that_models_share_stands_in_the_row_of_each(tasks):
    assert "mpm_kmeans_untrained" not in set(tasks[1].results["tagger"])
    _, *body = rows(tasks[0], "mpm_tasks")
    assert body[1][2] == body[2][2] == "0.290 ± 0.020"


def test_untrained_encoder_of_a_model_beside_the_study_has_no_row_of_its_own(tmp_path):
    models, lent = ["mpm_regression", "mpm_kmeans"], "mpm_identity"
    untrained = {"demo": dict.fromkeys(models, lent)}
    material = masked(tmp_path, "mpm_tasks", models=models, untrained=untrained)
    _, *body = rows(tmp_path, "mpm_tasks")
    assert [row[0] for row in body] == ["regression + id", "k-means + id"]
    assert {row[2] for row in body} == {"0.290 ± 0.020"}
    assert set(material.results["gain_over"].dropna()) == {lent}


def test_start_that_a_model_lacks_is_a_dash(tasks):
    results = tasks[1].results
    names = {tagger: tagger for tagger in results["tagger"]}
    lacking = results[results["tagger"] != "mpm_regression_untrained"]
    row = TABLES["pretraining"](lacking, names).iloc[2]
    assert row["untrained"] == "–" and "±" in row["gain over untrained"]


def test_ladder_has_the_steps_in_the_published_order(ladder):
    header, *body = rows(ladder[0], "mpm_ablation")
    assert [name.split(", ")[1] for name in header[1:4]] == [
        "demo (simulated)",
        "gain over untrained",
        "published",
    ]
    published = [(row[3], row[6]) for row in body]
    assert published[0] == ("0.489", "0.562") and published[-2:] == [
        ("0.833", "0.840"),
        ("0.650", "–"),
    ]
    assert (
        body[-1][4:] == ["–", "–", "–"] and body[0][2] == "−0.016 ± 0.009"
    )  # 0.489 / 2 + 0.01 - 0.25 - 0.02; sqrt(1/3 - 1/9) / sqrt(3000)


def test_sweep_has_a_row_a_value_and_the_published_digits(sweeps):
    header, *body = rows(sweeps[0], "mpm_sweeps")
    assert header == ["Sweep", "value", "Accuracy, demo (simulated)", "published"]
    assert [row[1] for row in body[:5]] == ["1", "2", "3", "4", "10 %"]
    assert body[3][3] == "0.8323" and body[7][1:] == ["40 %", body[3][2], "0.8316"]


@pytest.mark.parametrize(("name", "words"), [("ladder", "step"), ("sweep", "sweep")])
def test_published_file_without_places_is_refused(name, words):
    with pytest.raises(InputError, match=f"expected published rows with a {words}, got none"):
        TABLES[name](pd.DataFrame({"model": ["part"]}), {})


def test_every_place_of_the_published_files_has_words():
    steps, sweeps = (
        read_published(PUBLISHED / f"mpm_{name}.csv") for name in ("ablation", "sweeps")
    )
    assert set(steps["target"]) == set(TARGETS)
    assert set(sweeps["sweep"]) == set(SWEEPS)
    assert len(TABLES["ladder"](named(steps), {})) == steps["step"].nunique()


def named(steps):
    """Published rows as results without any numbers of ours."""
    results = steps.add_suffix("_published")
    return results.assign(accuracy=0.5, accuracy_error=0, accuracy_spread=0, scale="", source="")
