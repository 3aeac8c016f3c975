"""Mistakes in configuration and targets end before any job, naming the nearest known word."""

import pytest


def test_a_mistyped_key_stops_the_run(project):
    project.replace("config/config.yaml", "scale:", "scael:")
    output = project.snakemake("--dry-run", "all", check=False).output
    assert "unknown key 'scael'; did you mean 'scale'?" in output


@pytest.mark.parametrize(
    "target, message",
    [
        ("tiny/jetclass/prat/scratch/80/1/metrics.json", "model 'prat'; did you mean 'part'?"),
        ("tiny/tables/jetclass_tagger.md", "study 'jetclass_tagger'; did you mean"),
        ("tiny/figures/jetclass_taggers/rok.png", "figure 'rok'; did you mean 'roc'?"),
        ("tinny/tables/jetclass_taggers.md", "scale 'tinny'; did you mean 'tiny'?"),
    ],
)
def test_a_mistyped_path_names_the_nearest(project, target, message):
    process = project.snakemake("--dry-run", f"results/{target}", check=False)
    assert process.returncode != 0
    assert f"unknown {message}" in process.output


@pytest.mark.parametrize(
    "run, message",
    [
        ("jetclass/pfn/official/80/1/metrics.json", "model pfn has no published weights"),
        ("jetclass/part/jetclass/80/1/metrics.json", "on JetClass to start from scratch"),
        ("tau_tagging/part/scratch/80/1/metrics.json", "has no jets for the task 'tau_tagging'"),
        ("jetclas/part/scratch/80/1/metrics.json", "task 'jetclas'; did you mean 'jetclass'?"),
        ("jetclass/part/scrach/80/1/metrics.json", "start 'scrach'; did you mean 'scratch'?"),
        (
            "jetclass/mpm_set/frozen/80/1/top10/metrics.json",
            "(network part or part_plain), got mpm",
        ),
        ("pretraining/mpm_set/scratch/80/1/metrics.json", "a tagger to score, got a pre-training"),
        ("jetclass/vqvae/scratch/80/1/metrics.json", "vqvae is no tagger"),
        ("pretraining/mpm_set/scratch/80/1/model.onnx", "a tagger to export, got a pre-training"),
        (
            "pretraining/vqvae/scratch/80/1/reconstruction.h5",
            "makes continuous features, got vqvae",
        ),
        ("fits/kmeans_5_16.md", "expected 3 or 7 continuous features, got 5"),
        ("jetclass/part/frozen/80/1/metrics.json", "part is not pre-trained; starts: scratch"),
        ("pretraining/mpm_set/frozen/80/1/history.csv", "a pre-training to start from scratch"),
        ("quark_gluon/mpm_set/frozen/16/1/metrics.json", "the features lifetime, got kinpid"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_any_job(project, run, message):
    process = project.snakemake("--dry-run", f"results/tiny/{run}", check=False)
    assert process.returncode != 0
    assert message in process.output


def test_jobs_are_announced_by_the_whole_name_of_their_run(project):
    run = "flavour_tagging/mpm_kmeans/frozen/24/1"
    targets = (f"results/tiny/{run}/{file}" for file in ("metrics.json", "model.onnx"))
    output = project.snakemake("--dry-run", *targets).output
    for words in ("Train", "Score the test jets with", "Evaluate", "Export to ONNX"):
        assert f": {words} {run}\n" in output


@pytest.mark.parametrize("start", ["frozen", "untrained", "pretrained", "scratch"])
def test_encoders_go_on_to_data_that_offer_all_features(project, start):
    run = f"results/tiny/flavour_tagging/mpm_kmeans/{start}/24/1"
    planned = project.planned(f"{run}/metrics.json")
    assert planned["train"] == (2 if start in ("frozen", "pretrained") else 1)
    assert planned.get("fit_kmeans", 0) == planned["train"] - 1 and planned["fit_quantiles"] == 1


def test_a_demo_of_all_encoders_is_planned_with_three_seeds(project):
    studies = "studies=[mpm_tasks,mpm_ablation,mpm_sweeps]"
    planned = project.planned("all", "--config", "scale=demo", studies, "seeds=[1,2,3]")
    assert (planned["train"], planned["predict"]) == (3 * (33 + 38), 3 * 38)
    assert (planned["simulate"], planned["fit_kmeans"], planned["tabulate"]) == (30, 2, 3)


def test_published_weights_are_planned_without_a_complaint(project):
    output = project.snakemake("--dry-run", "all", "--config", "scale=paper").output
    assert "Exception" not in output


def test_a_command_line_key_that_does_not_exist_stops_the_run(project):
    process = project.snakemake("--dry-run", "all", "--config", "studys=[]", check=False)
    assert process.returncode != 0
    assert "unknown key 'studys'; did you mean 'studies'?" in process.output


def test_paper_scale_plans_the_whole_of_jetclass(project):
    planned = project.planned("all", "--config", "scale=paper")
    assert (planned["download"], planned["download_raw"]) == (12, 3)  # JetClass, top
    assert planned["convert"] == 100 + 5 + 20 + 3
    taggers = 9 + 3 + 9 + 2  # part_kin and particlenet_kin for fine-tuning
    assert planned["train"] == taggers + 33 + 38  # without labels, on frozen and random encoders
    assert planned["official"] == planned["download_weights"] == 6
    assert not {"simulate", "select"} & set(planned)


def test_the_slurm_profile_keeps_its_scale_beside_other_values(project):
    studies = "studies=[jetclass_cost]"
    planned = project.planned("--profile", "slurm", "all", "--config", studies)
    assert (planned["download"], planned["train"]) == (12, 5)


def test_the_slurm_profile_takes_another_scale(project):
    planned = project.planned("--profile", "slurm", "all", "--config", "scale=tiny")
    assert (planned["simulate"], planned["train"]) == (30, 19 + 8 + 9)
