import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from jetbench.data.tasks import TASKS
from jetbench.errors import InputError
from jetbench.evaluation.scores import read_scores
from jetbench.evaluation.summary import roc_points, summarise
from jetbench.provenance import code_version
from tests.evaluation.helpers import TRAINING, toy_scores, write_scores
from workflow.scripts.evaluate import evaluate

REJECTED = {"Hbb", "Hcc", "Hgg", "H4q", "Hqql", "Zqq", "Wqq", "Tbqq", "Tbl"}


def run_script(folder, scores, label, task="jetclass", **attributes):
    path = write_scores(folder / "scores.h5", scores, label, **attributes)
    evaluate(path, folder / "metrics.json", folder / "curves.csv", *TASKS[task])
    return json.loads((folder / "metrics.json").read_text(), parse_constant=pytest.fail)


def test_metrics_name_the_run_and_its_jets(tmp_path):
    metrics = run_script(tmp_path, *toy_scores())
    assert (metrics["run"], metrics["jets"]) == ("toy/jetclass/part/scratch/1k/1", 2000)
    assert metrics["jets_by_class"]["Tbl"] == 200


def test_metrics_say_what_made_weights_scores_and_themselves(tmp_path):
    made = run_script(tmp_path, *toy_scores())["provenance"]
    assert made["training"] == TRAINING
    assert made["scoring"]["weights_digest"] == "e0" * 32
    assert made["evaluation"]["code_version"] == code_version()
    assert not {"run", "top", "training"} & set(made["scoring"])


def test_rejections_are_at_the_published_working_points(tmp_path):
    rejections = run_script(tmp_path, *toy_scores())["rejections"]
    assert set(rejections) == REJECTED
    assert [rejections[name]["efficiency"] for name in ("Hbb", "Hqql", "Tbl")] == [0.5, 0.99, 0.995]


def two_classes(folder, jets=4000, **attributes):
    scores, label = toy_scores(jets, classes=2)
    classes = ("QCD", "Tbqq")
    return run_script(folder, scores, label, "top_tagging", classes=classes, **attributes), scores


def test_two_classes_have_one_rejection_at_each_efficiency(tmp_path):
    metrics, _ = two_classes(tmp_path)
    found = {key: (r["class"], r["efficiency"]) for key, r in metrics["rejections"].items()}
    assert found == {"30": ("Tbqq", 0.3), "50": ("Tbqq", 0.5)}
    assert metrics["background"] == "QCD"


def test_rejection_of_two_classes_by_hand(tmp_path):
    top = np.array([0.95, 0.9, 0.8, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2, 0.1])  # 30 %: 0.8, 50 %: 0.55
    light = np.array([0.85, 0.7, 0.58, 0.5, 0.3, 0.1])  # one passes 0.8, three pass 0.55
    scores = np.concatenate([light, top])
    label = np.repeat([0, 1], [6, 10])
    scores = np.stack([1 - scores, scores], axis=1)
    metrics = run_script(tmp_path, scores, label, "top_tagging", classes=("QCD", "Tbqq"))
    assert [metrics["rejections"][key]["value"] for key in ("30", "50")] == [6, 2]


def test_auc_of_two_classes_is_the_ordinary_one(tmp_path):
    metrics, scores = two_classes(tmp_path)
    label = toy_scores(4000, classes=2)[1]
    stored = scores.astype(np.float32)
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(label, stored[:, 1]), abs=1e-7)
    assert metrics["accuracy"]["value"] == np.mean((stored[:, 1] > stored[:, 0]) == label)


def test_a_class_has_one_curve_that_holds_all_its_working_points(tmp_path):
    two_classes(tmp_path)
    curve = pd.read_csv(tmp_path / "curves.csv")
    assert set(curve["class"]) == {"Tbqq"} and len(curve) <= 400
    signal = curve["signal_efficiency"]
    assert signal.is_monotonic_increasing
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    for rejection in metrics["rejections"].values():
        assert (signal == rejection["reached"]).any()


def test_every_working_point_keeps_its_own_place_on_the_curve(tmp_path):
    scores = read_scores(write_scores(tmp_path / "scores.h5", *toy_scores(jets=20000)))
    goals = [0.1234, 0.4321, 0.777]
    points = roc_points(scores, "QCD", {str(goal): ("Hbb", goal) for goal in goals})
    kept = np.array([signal for _, signal, _ in points])
    assert [kept[kept >= goal][0] for goal in goals] == [0.1235, 0.4325, 0.777]


@pytest.mark.parametrize(("attributes", "top"), [({}, None), ({"top": 10}, 10)])
def test_metrics_say_to_how_many_particles_attention_was_limited(tmp_path, attributes, top):
    metrics = run_script(tmp_path, *toy_scores(), **attributes)
    assert metrics["top"] == top
    assert "top" not in metrics["provenance"]["scoring"]


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
        summarise(read_scores(path), "QCD", {"Hbb": ("Hbb", 0.5)})


def test_same_scores_give_the_same_files(tmp_path):
    contents = []
    for _ in range(2):
        run_script(tmp_path, *toy_scores())
        contents.append([(tmp_path / name).read_bytes() for name in ("metrics.json", "curves.csv")])
    assert contents[0] == contents[1]
