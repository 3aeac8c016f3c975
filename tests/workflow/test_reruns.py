"""What a change makes again, as the dry run says; nothing more, nothing less."""

import time

import pytest

from jetbench.data.datasets import source_files

pytestmark = pytest.mark.slow
TRAINING = {"train", "simulate", "convert"}


def test_the_path_of_one_result_reruns_one_model(project):
    planned = project.planned("results/tiny/jetclass/part/scratch/80/1/metrics.json")
    assert (planned["train"], planned["predict"], planned["evaluate"]) == (1, 1, 1)
    assert "tabulate" not in planned


def test_a_changed_model_value_reruns_that_model_alone(editable):
    editable.replace("config/models/pfn.yaml", "lr: 2.0e-2", "lr: 1.0e-2")
    planned = editable.planned("all")
    both = 2  # it is trained on two tasks
    assert (planned["train"], planned["predict"], planned["evaluate"]) == (both, both, both)
    assert TRAINING & set(planned) == {"train"}
    assert "count" not in planned


def test_a_changed_value_of_fine_tuning_reruns_fine_tuning_alone(editable):
    editable.replace("config/models/part.yaml", "head_lr: 50", "head_lr: 40")
    planned = editable.planned("all")
    assert (planned["train"], planned["predict"], planned["evaluate"]) == (1, 1, 1)
    assert "predict_top" not in planned


def test_a_changed_value_of_a_head_leaves_the_pre_training_alone(editable):
    editable.replace("config/models/mpm_flow.yaml", "label_smoothing: 0.1", "label_smoothing: 0.2")
    planned = editable.planned("all")
    assert (planned["train"], planned["evaluate"]) == (2, 2)  # frozen and untrained
    assert "reconstruct" not in planned


def test_a_changed_pre_training_reruns_what_rests_on_it_alone(editable):
    editable.replace(
        "config/models/mpm_flow.yaml", "identity: {weight: 0.3}", "identity: {weight: 1}"
    )
    planned = editable.planned("all")
    assert (planned["train"], planned["evaluate"], planned["reconstruct"]) == (2, 1, 1)


def test_a_changed_tokeniser_reruns_it_and_what_asks_for_its_codes(editable):
    editable.replace("config/models/vqvae.yaml", "code_width: 32", "code_width: 16")
    planned = editable.planned("all")
    assert (planned["train"], planned["evaluate"]) == (3, 1)


def test_other_weights_to_start_from_rerun_fine_tuning(editable):
    run = "results/tiny/jetclass/particlenet/scratch/80/1"
    editable.snakemake("--touch", "--force", f"{run}/weights.safetensors")
    planned = editable.planned("results/tiny/top_tagging/particlenet/jetclass/16/1/metrics.json")
    assert planned["train"] == 1


def test_a_changed_metric_reruns_evaluation_and_tables_alone(editable):
    path = editable.folder / "workflow/lib/jetbench/evaluation/classification.py"
    path.write_text(path.read_text() + "\n# a changed definition\n")
    planned = editable.planned("all")
    assert (planned["evaluate"], planned["evaluate_top"], planned["tabulate"]) == (28, 9, 7)
    assert not TRAINING & set(planned) and "predict" not in planned


def test_a_changed_figure_reruns_tables_and_figures_alone(editable):
    path = editable.folder / "workflow/lib/jetbench/report/figures.py"
    path.write_text(path.read_text() + "\n# a changed colour\n")
    shown = {"compare_quantiles", "show_occupancy"}
    assert set(editable.planned("all")) == {"tabulate", "draw", "report", "all", *shown}


def test_a_changed_working_point_reruns_evaluation_alone(editable):
    editable.replace("workflow/lib/jetbench/data/tasks.py", "0.995", "0.99")
    planned = editable.planned("all")
    assert planned["evaluate"] == 12 + 9  # those on JetClass
    assert not TRAINING & set(planned)


def test_an_edited_script_trains_nothing_again(editable):
    for script in ("simulate", "convert", "train", "predict"):
        path = editable.folder / f"workflow/scripts/{script}.py"
        path.write_text(path.read_text() + "\n# a comment\n")
    assert not editable.planned("all")


def test_a_shard_of_published_jets_made_again_trains_nothing_again(project):
    runs = [f"results/paper/jetclass/{model}/scratch/2M/1" for model in ("pfn", "pcnn")]
    numbers = {"train": ["000", "001"], "val": ["120", "121", "122", "123", "124"]}
    shards = [(split, number) for split in numbers for number in numbers[split]]
    for shard in shards:
        raw = source_files("jetclass", *shard)
        touch(project, *(f"results/data/jetclass/raw/{file}" for file in raw))
    weights = [f"{run}/weights.safetensors" for run in runs]
    touch(project, weights[0], f"{runs[0]}/history.csv")
    touch(project, *(f"results/data/jetclass/{split}/{number}.h5" for split, number in shards))
    assert project.planned(*weights, "--config", "scale=paper") == {"train": 1}


def touch(project, *files):
    """Empty files, newer than those before."""
    time.sleep(0.02)
    for path in map(project.folder.joinpath, files):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
