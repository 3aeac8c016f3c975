import pytest

from jetbench.errors import InputError
from jetbench.planning.workload import (
    in_file,
    in_shard,
    job_of,
    recipe,
    run_of,
    scored,
    trained,
    twins,
)
from tests.planning.site import CPU, at, run

SETTINGS = at(CPU)


def test_a_training_counts_validation_for_a_third():
    assert trained({"epochs": 2, "jets_per_epoch": 100, "val_jets": 30}) == 2 * (100 + 10)


def test_a_published_shard_has_as_many_jets_as_published():
    assert in_shard(SETTINGS, "jetclass", "train") == 1_000_000
    assert in_shard(SETTINGS, "btag", "val") == 750_000


def test_a_simulated_shard_has_the_jets_of_all_classes():
    assert in_shard(SETTINGS, "jetclass_demo", "train") == 10 * 1000
    assert in_shard(SETTINGS, "btag_demo", "test") == 3 * 300


def test_a_simulated_file_has_the_jets_of_one_class():
    assert in_file(SETTINGS, "jetclass_demo", "val") == 100


def test_a_scale_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="did you mean 'demo'"):
        in_shard(SETTINGS, "jetclass_dem", "train")


def test_a_run_is_scored_on_the_test_jets_of_its_task():
    assert scored(SETTINGS, run_of(run("paper", "jetclass"))) == 20_000_000
    assert scored(SETTINGS, run_of(run("demo", "top_tagging"))) == 600


def test_the_recipe_is_that_of_the_scale():
    assert recipe(SETTINGS, run_of(run("demo", "jetclass", "pfn")))["jets_per_epoch"] == 10240


def test_models_of_the_same_sizes_are_twins():
    assert set(twins(SETTINGS, run_of(run(model="part_kin")))) == {
        "part_kin",
        "part_kinpid",
        "part",
    }


def test_networks_of_reduced_sizes_have_names_of_their_own():
    names = {scale: run_of(run(scale, model="mpm_set")) for scale in ("demo", "paper")}
    assert [twins(SETTINGS, names[scale])[0] for scale in names] == ["demo/mpm_set", "mpm_set"]


def test_pre_trainings_that_fill_in_the_same_are_twins():
    one = twins(SETTINGS, run_of(run("paper", "pretraining", "mpm_kmeans")))
    assert {"mpm_kmeans_mask90", "mpm_kmeans_mpmv1"} <= set(one) and "mpm_vqvae" not in one


@pytest.mark.parametrize(
    ("rule", "names", "job"),
    [
        ("train", {"task": "pretraining"}, "pretrain"),
        ("train", {"start": "frozen"}, "probe"),
        ("train", {"start": "untrained"}, "probe"),
        ("train", {"start": "pretrained"}, "train"),
        ("predict_top", {}, "predict"),
        ("reconstruct", {"task": "pretraining"}, "reconstruct"),
    ],
)
def test_a_job_is_named_by_what_it_does_with_a_network(rule, names, job):
    assert job_of(rule, run_of(run() | names)) == job
