import json

import pandas as pd

from jetbench.provenance import code_version
from jetbench.report.provenance import provenance
from tests.conftest import ROOT
from tests.evaluation.helpers import TRAINING
from tests.report.helpers import metrics

SCORING = {"weights_digest": "e" * 64, "data_digest": "f" * 64, "data_code_version": "0.1.0+a"}
SCORING |= {"code_version": "0.1.0+b", "python": "3.13.1", "torch": "2.13.0", "device": "cpu"}


def made(training=TRAINING, **scoring):
    """Metrics of a run with this provenance."""
    parts = {"training": training, "scoring": SCORING | scoring}
    return metrics(3) | {"provenance": parts | {"evaluation": {"code_version": "0.1.0+c"}}}


def test_a_row_says_what_made_its_weights_scores_metrics_and_itself():
    row = provenance([made()])
    assert all(row[name] == TRAINING[name] for name in TRAINING)
    assert (row["weights_digest"], row["test_digest"]) == ("e" * 64, "f" * 64)
    stages = [row[name] for name in ("scored_with", "evaluated_with", "tabulated_with")]
    assert stages == ["0.1.0+b", "0.1.0+c", code_version()]


def test_seeds_that_differ_are_all_told_and_others_once():
    seeds = [made(TRAINING | {"configuration_digest": digest}) for digest in ("1a", "2b", "1a")]
    row = provenance(seeds)
    assert (row["configuration_digest"], row["torch"]) == ("1a 2b", TRAINING["torch"])


def test_metrics_of_before_are_unknown():
    row = provenance([metrics(3)])
    assert row.pop("tabulated_with") == code_version()
    assert set(row.values()) == {"unknown"}


def test_weights_of_before_are_known_in_part():
    row = provenance([made({"code_version": "0.1.0", "start": {"run": "a", "digest": "b"}})])
    assert (row["code_version"], row["start_weights_digest"]) == ("0.1.0", "b")
    assert row["configuration_digest"] == row["python"] == row["start_code_version"] == "unknown"
    assert row["origin"] == row["start_origin"] == ""


def test_what_a_training_from_scratch_on_a_cpu_does_not_have_is_empty():
    row = provenance([made()])
    names = ("cuda", "origin", "git_blob", "start_code_version", "start_weights_digest")
    assert {row[name] for name in names} == {""}


def test_a_gpu_is_one_word():
    gpu = {"device": "cuda", "gpu": "NVIDIA H200", "cuda": "12.8"}
    row = provenance([made(TRAINING | gpu)])
    assert (row["device"], row["cuda"]) == ("NVIDIA_H200", "12.8")


def test_a_cpu_and_two_gpus_of_one_training_are_three_words():
    mixed = {"device": "cpu cuda", "gpu": "NVIDIA H200, NVIDIA A100"}
    assert provenance([made(TRAINING | mixed)])["device"] == "cpu NVIDIA_H200 NVIDIA_A100"


def test_published_weights_say_where_they_are_from_and_nothing_of_a_training():
    taken = {"code_version": "0.1.0+a", "configuration_digest": "c", "python": "3.13.1"}
    taken |= {"torch": "2.13.0", "numpy": "2.4.6", "origin": "https://host/a.pt"}
    row = provenance([made(taken | {"git_blob": "b" * 40})])
    assert (row["origin"], row["git_blob"]) == ("https://host/a.pt", "b" * 40)
    assert row["data_digest"] == row["device"] == row["threads"] == ""
    assert "unknown" not in row.values()


def test_csv_has_the_provenance_of_every_row(taggers):
    table = pd.read_csv(taggers[0] / "jetclass_taggers.csv", dtype=str, keep_default_na=False)
    first = json.loads((taggers[1][0] / "metrics.json").read_text())["provenance"]
    assert list(table["configuration_digest"]) == [TRAINING["configuration_digest"]] * 5
    assert table["test_digest"][0] == first["scoring"]["data_digest"]
    assert set(table["tabulated_with"]) == {code_version()}


def test_every_column_is_described():
    text = (ROOT / "docs/provenance.md").read_text()
    assert [name for name in provenance([made()]) if f"`{name}`" not in text] == []
