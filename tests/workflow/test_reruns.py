"""What a change makes again, as the dry run says; nothing more, nothing less."""

import pytest

pytestmark = pytest.mark.slow
TRAINING = {"train", "simulate", "convert"}


def test_the_path_of_one_result_reruns_one_model(project):
    planned = project.planned("results/tiny/jetclass/part/scratch/80/1/metrics.json")
    assert (planned["train"], planned["predict"], planned["evaluate"]) == (1, 1, 1)
    assert "tabulate" not in planned


def test_a_changed_model_value_reruns_that_model_alone(editable):
    editable.replace("config/models/pfn.yaml", "lr: 2.0e-2", "lr: 1.0e-2")
    planned = editable.planned("all")
    assert (planned["train"], planned["predict"], planned["evaluate"]) == (1, 1, 1)
    assert TRAINING & set(planned) == {"train"}
    assert "count" not in planned


def test_a_changed_metric_reruns_evaluation_and_tables_alone(editable):
    path = editable.folder / "workflow/lib/jetbench/evaluation/classification.py"
    path.write_text(path.read_text() + "\n# a changed definition\n")
    planned = editable.planned("all")
    assert planned["evaluate"] == 9
    assert planned["tabulate"] == 3
    assert not TRAINING & set(planned) and "predict" not in planned


def test_a_changed_figure_reruns_tables_and_figures_alone(editable):
    path = editable.folder / "workflow/lib/jetbench/report/figures.py"
    path.write_text(path.read_text() + "\n# a changed colour\n")
    assert set(editable.planned("all")) == {"tabulate", "draw", "report", "all"}


def test_a_changed_working_point_reruns_evaluation_alone(editable):
    editable.replace("workflow/lib/jetbench/data/datasets.py", "0.995", "0.99")
    planned = editable.planned("all")
    assert planned["evaluate"] == 9
    assert not TRAINING & set(planned)


def test_an_edited_script_trains_nothing_again(editable):
    for script in ("simulate", "convert", "train", "predict"):
        path = editable.folder / f"workflow/scripts/{script}.py"
        path.write_text(path.read_text() + "\n# a comment\n")
    assert not editable.planned("all")
