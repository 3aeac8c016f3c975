import json

import numpy as np
import pytest

from jetbench.data.datasets import WORKING_POINTS
from jetbench.errors import InputError
from jetbench.evaluation.scores import read_scores
from jetbench.evaluation.summary import summarise
from tests.evaluation.helpers import toy_scores, write_scores
from workflow.scripts.evaluate import evaluate

REJECTED = {"Hbb", "Hcc", "Hgg", "H4q", "Hqql", "Zqq", "Wqq", "Tbqq", "Tbl"}


def run_script(folder, scores, label):
    path = write_scores(folder / "scores.h5", scores, label)
    evaluate(path, folder / "metrics.json", folder / "curves.csv", WORKING_POINTS)
    return json.loads((folder / "metrics.json").read_text(), parse_constant=pytest.fail)


def test_metrics_name_the_run_its_jets_and_its_weights(tmp_path):
    metrics = run_script(tmp_path, *toy_scores())
    assert (metrics["run"], metrics["jets"]) == ("toy/jetclass/part/scratch/1k/1", 2000)
    assert metrics["jets_by_class"]["Tbl"] == 200
    assert metrics["provenance"]["weights_digest"] == "0123"
    assert metrics["provenance"]["evaluated_with"]


def test_rejections_are_at_the_published_working_points(tmp_path):
    rejections = run_script(tmp_path, *toy_scores())["rejections"]
    assert set(rejections) == REJECTED
    assert [rejections[name]["efficiency"] for name in ("Hbb", "Hqql", "Tbl")] == [0.5, 0.99, 0.995]


def test_perfect_tagger_gives_valid_json(tmp_path):
    label = np.arange(100) % 10
    metrics = run_script(tmp_path, np.eye(10)[label], label)
    assert metrics["accuracy"] == {"value": 1.0, "error": 0.0}
    assert all(r["value"] is None and r["limit"] > 0 for r in metrics["rejections"].values())


@pytest.mark.parametrize("jets", [1, 2])
def test_hardly_any_jet_gives_valid_json(tmp_path, jets):
    scores, label = toy_scores()
    metrics = run_script(tmp_path, scores[:jets], label[:jets])
    assert metrics["auc"] == {"value": None, "error": None}


def test_class_without_jets_has_no_curve_and_no_rejection(tmp_path):
    scores, label = toy_scores()
    metrics = run_script(tmp_path, scores[label != 1], label[label != 1])
    assert metrics["rejections"]["Hbb"]["signal"] == 0
    assert "Hbb" not in (tmp_path / "curves.csv").read_text()


def test_unknown_classes_are_refused(tmp_path):
    path = write_scores(tmp_path / "scores.h5", *toy_scores(classes=2), classes=["QCD", "top"])
    with pytest.raises(InputError, match=r"expected the classes \['Hbb'\], got QCD, top"):
        summarise(read_scores(path), {"Hbb": 0.5})


def test_same_scores_give_the_same_files(tmp_path):
    contents = []
    for _ in range(2):
        run_script(tmp_path, *toy_scores())
        contents.append([(tmp_path / name).read_bytes() for name in ("metrics.json", "curves.csv")])
    assert contents[0] == contents[1]
