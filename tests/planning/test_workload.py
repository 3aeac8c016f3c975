import pytest

from jetbench.errors import InputError
from jetbench.planning.workload import in_file, in_shard, recipe, run_of, scored, trained
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
