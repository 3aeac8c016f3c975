import json

import numpy as np
import pytest

from jetbench.errors import InputError
from jetbench.report.results import average, collect, read_published, run_named, run_of
from tests.report.helpers import DOWNLOADED, PUBLISHED, SIMULATED, read_study


def metrics(passed, accuracy=0.5, run="demo/jetclass/part/scratch/10k/1"):
    """Metrics of a run of which `passed` of 300 background jets pass."""
    rejection = {
        "value": 300 / passed if passed else None,
        "limit": None if passed else 100.0,
        "efficiency": 0.5,
        "passed": passed,
        "background": 300,
    }
    estimate = {"value": accuracy, "error": 0.02}
    return {"run": run, "jets": 3000, "accuracy": estimate, "auc": estimate} | {
        "rejections": {"Hbb": rejection}
    }


def collect_one(folder, study=None, scale=SIMULATED, **options):
    path = folder / "metrics.json"
    path.write_text(json.dumps(metrics(3, **options)))
    study = read_study("jetclass_taggers") | {"models": ["part"]} | (study or {})
    return collect([path], [], study["published"], study, scale)


def test_run_is_read_from_its_name_and_from_its_folder(tmp_path):
    run = run_named("demo/jetclass/part/scratch/10k/1")
    assert (run.model, run.jets, run.seed) == ("part", "10k", "1")
    assert run_of("results/demo/jetclass/part/scratch/10k/1/curves.csv") == run


def test_other_names_are_no_runs():
    with pytest.raises(InputError, match="expected a run scale/task/model/start/jets/seed, got"):
        run_named("part/1")


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


def test_seed_that_lets_nothing_pass_counts_as_zero_efficiency():
    row = average([metrics(0), metrics(2)])
    assert row["rej_Hbb"] == 300
    assert np.isnan(row["rej_Hbb_limit"])


def test_nothing_passing_in_any_seed_is_a_limit():
    row = average([metrics(0)])
    assert np.isnan(row["rej_Hbb"]) and row["rej_Hbb_limit"] == 100


def test_published_numbers_of_the_same_model_and_size_are_joined(tmp_path):
    row = collect_one(tmp_path).iloc[0]
    assert (row["size"], row["train_jets"], row["source"]) == ("100M", "10k", "simulated")
    assert (row["accuracy_published"], row["rej_Tbqq_published"]) == (0.861, 32787)


def test_model_without_published_numbers_has_none(tmp_path):
    row = collect_one(tmp_path, {"models": ["mine"]}, run="demo/jetclass/mine/scratch/10k/1").iloc[
        0
    ]
    assert np.isnan(row["accuracy_published"]) and row["accuracy"] == 0.5


@pytest.mark.parametrize(
    ("study", "scale", "message"),
    [
        ({"models": ["pfn"]}, SIMULATED, "expected a run of pfn/scratch/10k, got"),
        ({"sizes": ["2M"]}, SIMULATED, "expected a run of part/scratch/1k, got"),
        ({}, DOWNLOADED, "metrics.json: expected a run of paper/jetclass, got demo/jetclass"),
    ],
)
def test_runs_of_another_study_are_refused(tmp_path, study, scale, message):
    with pytest.raises(InputError, match=message):
        collect_one(tmp_path, study, scale)


def test_half_a_metrics_file_is_refused(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text('{"run": ')
    study = read_study("jetclass_taggers")
    with pytest.raises(InputError, match=r"metrics\.json: expected JSON"):
        collect([path], [], study["published"], study, SIMULATED)


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("jetclass_*.csv")), ids=lambda p: p.stem)
def test_published_files_are_read_whole(path):
    table = read_published(path)
    assert set(table["model"]) == {"pfn", "pcnn", "particlenet", "part", "part_plain"}
    assert not table.isna().any(axis=None)


def test_published_counts_become_numbers():
    table = read_published(PUBLISHED / "jetclass_cost.csv").set_index("model")
    assert (table.loc["part", "parameters"], table.loc["pfn", "macs"]) == (2.14e6, 4.62e6)
