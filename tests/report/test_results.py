import json

import numpy as np
import pytest

from jetbench.errors import InputError
from jetbench.planning import settings
from jetbench.planning.runs import runs as planned
from jetbench.report.results import collect, wanted
from tests.planning.helpers import MAIN, SCHEMAS
from tests.report.helpers import DOWNLOADED, ROOT, SIMULATED, metrics, read_study, write_costs

PART = {"models": ["part"], "official": []}
TOP = {"models": ["part"], "fine_tuned": ["part"], "official": ["part"]}


def collected(folder, name, changes, runs, scale=SIMULATED):
    """Results of a study from metrics of the runs named, by name or by (name, limit)."""
    paths = []
    for place, run in enumerate(runs):
        run, top = run if isinstance(run, tuple) else (run, None)
        paths.append(folder / f"{place}.json")
        paths[-1].write_text(json.dumps(metrics(3, run=run, top=top)))
    study = read_study(name) | changes
    return collect(paths, [], study["published"], study, scale)


def collect_one(folder, study=None, scale=SIMULATED, run="demo/jetclass/part/scratch/10k/1"):
    return collected(folder, "jetclass_taggers", PART | (study or {}), [run], scale)


def test_published_numbers_of_the_same_model_and_size_are_joined(tmp_path):
    row = collect_one(tmp_path).iloc[0]
    assert (row["size"], row["train_jets"], row["source"]) == ("100M", "10k", "simulated")
    assert (row["accuracy_published"], row["rej_Tbqq_published"]) == (0.861, 32787)


def test_model_without_published_numbers_has_none(tmp_path):
    run = "demo/jetclass/mine/scratch/10k/1"
    row = collect_one(tmp_path, {"models": ["mine"]}, run=run).iloc[0]
    assert np.isnan(row["accuracy_published"]) and row["accuracy"] == 0.5


@pytest.mark.parametrize(
    ("study", "scale", "message"),
    [
        ({"models": ["pfn"]}, SIMULATED, "expected a run of pfn/scratch/10k, got part/scratch/10k"),
        ({"sizes": ["2M"]}, SIMULATED, "expected a run of part/scratch/1k, got"),
        ({"top": [1]}, SIMULATED, "expected a run of part/scratch/10k/top1, got part/scratch/10k"),
        ({}, DOWNLOADED, "0.json: expected a run of paper/jetclass, got demo/jetclass"),
    ],
)
def test_runs_of_another_study_are_refused(tmp_path, study, scale, message):
    with pytest.raises(InputError, match=message):
        collect_one(tmp_path, study, scale)


def test_run_that_the_study_does_not_have_is_refused(tmp_path):
    runs = [f"demo/jetclass/{model}/scratch/10k/1" for model in ("part", "pfn")]
    with pytest.raises(InputError, match="expected a run of part/scratch/10k, got .*pfn/scratch"):
        collected(tmp_path, "jetclass_taggers", PART, runs)


def test_half_a_metrics_file_is_refused(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text('{"run": ')
    study = read_study("jetclass_taggers")
    with pytest.raises(InputError, match=r"metrics\.json: expected JSON"):
        collect([path], [], study["published"], study, SIMULATED)


def test_fine_tuned_taggers_have_rows_of_their_own(tmp_path):
    runs = [f"demo/top_tagging/part/{start}/2k/1" for start in ("scratch", "jetclass")]
    results = collected(tmp_path, "top_tagging", TOP, runs)
    assert list(results["tagger"]) == ["part", "part_fine_tuned"]
    assert list(results["data"]) == ["top", "top"] and list(results["size"]) == ["1.2M", "1.2M"]


def test_official_weights_have_rows_where_jets_are_downloaded(tmp_path):
    starts = ("official", "jetclass", "scratch")
    runs = [f"paper/top_tagging/part/{start}/1.2M/1" for start in starts]
    results = collected(tmp_path, "top_tagging", TOP, runs, DOWNLOADED)
    assert list(results["tagger"]) == ["part", "part_fine_tuned", "part_official_fine_tuned"]


def test_missing_fine_tuned_run_is_missed(tmp_path):
    with pytest.raises(InputError, match="expected a run of part/jetclass/2k, got part/scratch/2k"):
        collected(tmp_path, "top_tagging", TOP, ["demo/top_tagging/part/scratch/2k/1"])


def test_official_weights_stand_beside_the_published_numbers_of_their_model(tmp_path):
    runs = [f"paper/jetclass/part/{start}/100M/1" for start in ("scratch", "official")]
    changes = {"models": ["part"], "official": ["part"]}
    results = collected(tmp_path, "jetclass_taggers", changes, runs, DOWNLOADED)
    assert list(results["tagger"]) == ["part", "part_official"]
    assert list(results["accuracy_published"]) == [0.861, 0.861]


def test_every_limit_of_the_attention_is_a_row_beside_its_published_numbers(tmp_path):
    run = "demo/jetclass/part/scratch/10k/1"
    runs = [(run, top) for top in (128, 1, 10)]
    results = collected(tmp_path, "part_topk", {"top": [1, 10, 128]}, runs)
    assert list(results["top"]) == [1, 10, 128]
    assert list(results["accuracy_published"]) == [0.770, 0.851, 0.861]


@pytest.mark.parametrize(
    ("model", "size", "jets"), [("part_plain", "100M", "10k"), ("part", "2M", "1k")]
)
def test_limits_of_another_model_or_size_have_no_published_numbers(tmp_path, model, size, jets):
    runs = [(f"demo/jetclass/{model}/scratch/{jets}/1", 10)]
    changes = {"models": [model], "sizes": [size], "top": [10]}
    row = collected(tmp_path, "part_topk", changes, runs).iloc[0]
    assert np.isnan(row["accuracy_published"]) and row["top"] == 10


def test_costs_of_another_size_have_no_published_accuracy(tmp_path):
    runs = ["demo/jetclass/part/scratch/1k/1"]
    row = collected(tmp_path, "jetclass_cost", PART | {"sizes": ["2M"]}, runs).iloc[0]
    assert np.isnan(row["accuracy_published"])


BOTH = {"models": ["part"], "official": ["part"], "sizes": ["2M", "100M", "10M"]}


def test_official_weights_are_one_row_beside_the_numbers_of_the_largest_size(tmp_path):
    runs = [f"paper/jetclass/part/scratch/{jets}/{n}" for jets in BOTH["sizes"] for n in (1, 2)]
    runs.append("paper/jetclass/part/official/100M/1")
    results = collected(tmp_path, "jetclass_taggers", BOTH, runs, DOWNLOADED)
    assert list(results["size"]) == ["2M", "100M", "10M", "100M"]
    assert list(results["accuracy_published"]) == [0.836, 0.861, 0.850, 0.861]
    assert list(results["seeds"]) == [2, 2, 2, 1]
    assert list(results["accuracy_spread"].isna()) == [False, False, False, True]


def test_official_weights_are_fine_tuned_on_every_size(tmp_path):
    scale = DOWNLOADED | {
        "tasks": {"top_tagging": {"data": "top", "train_jets": {"1M": 1, "2M": 2}}}
    }
    runs = [
        f"paper/top_tagging/part/{start}/{n}/1" for start in ("scratch", "official") for n in (1, 2)
    ]
    study = {"models": ["part"], "official": ["part"], "fine_tuned": [], "sizes": ["1M", "2M"]}
    results = collected(tmp_path, "top_tagging", study, runs, scale)
    assert list(results["start"]) == ["scratch", "scratch", "official", "official"]


@pytest.mark.parametrize(("table", "known"), [("taggers", False), ("cost", True), ("sizes", True)])
def test_only_tables_of_costs_have_costs(tmp_path, table, known):
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps(metrics(3)))
    study = read_study("jetclass_taggers") | PART | {"table": table}
    results = collect([path], write_costs(tmp_path), study["published"], study, SIMULATED)
    assert ("macs" in results) == ("parameters" in results) == known


def test_seeds_are_one_row(tmp_path):
    runs = [f"demo/jetclass/part/scratch/10k/{seed}" for seed in (1, 2)]
    results = collected(tmp_path, "jetclass_taggers", PART, runs)
    assert list(results["seeds"]) == [2]


SETTINGS = settings.load(ROOT / "config", SCHEMAS, MAIN | {"seeds": [1, 2]})


@pytest.mark.parametrize("scale", SETTINGS["scales"])
@pytest.mark.parametrize("study", SETTINGS["study"])
def test_rows_are_those_of_the_runs_that_the_workflow_plans(study, scale):
    study, scale = SETTINGS["study"][study], SETTINGS["scales"][scale]
    limits = [f"/top{top}" for top in study.get("top", [])] or [""]
    names = ["/".join(run.split("/")[2:5]) for run in planned(study, scale)]
    runs = [name + limit for name in dict.fromkeys(names) for limit in limits]
    assert [str(row) for row in wanted(study, scale)] == runs
