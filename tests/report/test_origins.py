import pandas as pd
import pytest

from jetbench.report.differences import Rows
from jetbench.report.origins import CODE, made_by, notes
from jetbench.report.provenance import columns
from tests.evaluation.helpers import TRAINING

NAMES = {"pfn": "PFN", "part": "ParT"}
SAME = columns({"training": TRAINING})
SAME |= dict.fromkeys([name for name in CODE if name != "start_code_version"], "0.1.0+a")
SAME |= {"test_digest": "f" * 64, "weights_digest": "e" * 64, "scored_torch": TRAINING["torch"]}
SAME |= {"scored_device": "cpu"}


def rows(**changes):
    """A row of PFN and one of ParT; changes are the values of both."""
    table = {name: [value] * 2 for name, value in SAME.items()}
    table |= {"tagger": ["pfn", "part"], "train_jets": ["1k", "1k"]} | changes
    return Rows(pd.DataFrame(table), NAMES)


def test_rows_made_alike_have_one_line_and_no_note():
    text = made_by(rows())
    assert text.startswith("Made by jetbench 0.1.0+a. With python 3.13.1, torch 2.13.0+cpu, numpy ")
    assert "Trained on cpu, threads 1. SHA-256 of the jets: training and validation d0d0d0" in text
    assert "PFN" not in text and notes(rows()) == []


def test_other_code_of_one_row_is_noted_and_named():
    mixed = rows(code_version=["0.1.0+a", "0.1.0+b"])
    assert notes(mixed) == ["Mixed provenance: rows differ in code of the weights."]
    assert "weights by 0.1.0+a (PFN) and 0.1.0+b (ParT)" in made_by(mixed)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"torch": ["2.13.0+cpu", "2.14.0+cpu"]}, "torch"),
        ({"cuda": ["12.8", "13.0"]}, "CUDA"),
        ({"device": ["cpu", "NVIDIA_H200"]}, "device of the training"),
        ({"test_digest": ["a", "b"]}, "test jets"),
        ({"data_digest": ["a", "b"]}, "training jets"),
        ({"scored_with": ["0.1.0+a 0.1.0+b"] * 2}, "code of the scores"),
    ],
)
def test_what_keeps_rows_from_being_compared_is_noted(changes, what):
    assert notes(rows(**changes)) == [f"Mixed provenance: rows differ in {what}."]


@pytest.mark.parametrize(
    "changes",
    [
        {"data_digest": ["a", "b"], "train_jets": ["1k", "3k"]},
        {"data_code_version": ["0.1.0+a", "0.1.0+b"]},  # one digest, one content
        {"start_code_version": ["", "0.1.0+a"]},
        {"processes": ["1", "4"]},
    ],
)
def test_differences_that_are_meant_are_not_noted(changes):
    assert notes(rows(**changes)) == []


def test_edited_code_is_noted_with_what_it_made():
    dirty = "0.1.0+a-dirty.01234567"
    edited = rows(test_code_version=[dirty] * 2, scored_with=[dirty] * 2)
    text = "Made with edited code, which no commit holds (-dirty): test jets and scores."
    assert notes(edited) == [text]


def test_rows_of_unknown_code_are_noted_and_named():
    some = rows(code_version=["unknown", "0.1.0+a"])
    assert notes(some)[1] == "Code unknown, at least of some rows: weights."
    assert "weights by unknown (PFN) and 0.1.0+a (ParT)" in made_by(some)


def test_several_gpus_are_counted():
    text = made_by(rows(device=["NVIDIA_H200"] * 2, processes=["1", "4"], cuda=["12.8"] * 2))
    assert "CUDA 12.8. Trained on NVIDIA H200, threads 1, processes 1 (PFN) and 4 (ParT)." in text
    assert "Scored on cpu." in text


def test_published_weights_name_their_source_and_checksum():
    source = {"origin": ["", "https://host/ParT_full.pt"], "git_blob": ["", "b" * 40]}
    words = "ParT: published weights https://host/ParT_full.pt, git blob bbbbbbbbbbbb."
    assert words in made_by(rows(**source))
    begun = rows(**{f"start_{name}": values for name, values in source.items()})
    assert "ParT: begun from published weights https://host" in made_by(begun)


def test_table_of_published_weights_alone_was_not_trained():
    nothing = {name: ["", ""] for name in ("data_digest", "device", "threads", "processes")}
    text = made_by(rows(**nothing))
    assert "Trained" not in text and "training and validation" not in text


@pytest.mark.parametrize("suffix", ["md", "tex", "html"])
def test_every_format_says_what_made_it(suffix, sizes):
    text = (sizes[0] / f"training_size.{suffix}").read_text()
    assert "python 3.13.1, torch 2.13.0+cpu" in text and "f0f0f0f0f0f0" in text
