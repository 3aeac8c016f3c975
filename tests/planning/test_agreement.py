import shutil

import pytest
import yaml

from jetbench.errors import InputError
from jetbench.planning.agreement import check_resources
from tests.conftest import ROOT
from tests.planning.helpers import edit, edit_task, refused


def test_a_study_of_an_unknown_model_is_refused(folder):
    edit(folder / "studies/training_size.yaml", models=["part", "particle_net"])
    refused(folder, r"training_size\.yaml: unknown model 'particle_net'.*'particlenet'")


def test_a_study_of_a_size_that_a_scale_lacks_is_refused(folder):
    edit(folder / "studies/training_size.yaml", sizes=["5M"])
    refused(folder, r"training_size\.yaml: unknown training size .*'5M'")


def test_a_scale_that_overrides_an_unknown_model_is_refused(folder):
    edit(folder / "scales/demo.yaml", recipes={"prat": {"epochs": 1}})
    refused(folder, r"demo\.yaml: unknown model 'prat'; did you mean 'part'\?")


def test_a_scale_named_unlike_its_file_is_refused(folder):
    edit(folder / "scales/demo.yaml", name="paper")
    refused(folder, r"demo\.yaml: expected name: demo, got 'paper'")


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"recipe": {"batch": 8, "val_jets": 2000}},
            "expected at most val_jets of the scale 1k, got 2000",
        ),
        (
            {"recipe": {"batch": 2000, "val_jets": 9}},
            "at most train_jets 200, got 2000",
        ),
        (
            {"recipe": {"jets_per_epoch": 8, "val_jets": 9}},
            "at most jets_per_epoch 8, got ",
        ),
    ],
)
def test_recipes_that_a_scale_cannot_feed_are_refused(folder, change, message):
    path = folder / "scales/demo.yaml"
    tasks = {"jetclass": yaml.safe_load(path.read_text())["tasks"]["jetclass"]}
    edit(path, **{"tasks": tasks, "recipes": {}, **change})
    refused(folder, message)


def test_more_test_jets_than_there_are_files_are_refused(folder):
    edit_task(folder / "scales/demo.yaml", "jetclass", test_jets="30M")
    refused(folder, "expected at most 60000 test jets, got 30M")


def test_an_unknown_data_set_is_refused(folder):
    edit_task(folder / "scales/paper.yaml", "top_tagging", data="toplandskape")
    refused(folder, r"paper\.yaml: unknown data set 'toplandskape'; did you mean 'toplandscape'")


def test_simulated_jets_need_their_number(folder):
    edit(folder / "scales/paper.yaml", source="simulated")
    refused(folder, r"paper\.yaml: missing key 'jets_per_file'")


def test_fine_tuning_needs_a_model_with_the_features_at_hand(folder):
    (folder / "models/part_kin.yaml").unlink()
    edit(folder / "studies/jetclass_taggers.yaml", official=[])
    refused(folder, r"top_tagging\.yaml: unknown model \(weights that .*'part_kin'")


def test_published_weights_must_exist(folder):
    edit(folder / "studies/jetclass_taggers.yaml", official=["pfn"])
    refused(folder, "expected the key official in the model pfn")


def test_training_sizes_that_do_not_rise_are_refused(folder):
    sizes = {"2M": 20, "10M": 90, "100M": 80}
    edit_task(folder / "scales/tiny.yaml", "jetclass", train_jets=sizes)
    refused(folder, r"tiny\.yaml: expected train_jets to rise")


def test_a_study_needs_a_look_for_every_tagger_and_its_published_file(tmp_path):
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    study = {"models": ["part", "deepset"], "published": "resources/published/part_topk.csv"}
    missing = (
        r"taggers\.yaml: expected an entry for deepset \(study toy\) with its label and colour"
    )
    with pytest.raises(InputError, match=missing):
        check_resources({"toy": study}, {}, tmp_path / "resources")
    study = {"models": ["part"], "published": "resources/nix.csv"}
    with pytest.raises(InputError, match="study toy: expected the file resources/nix.csv"):
        check_resources({"toy": study}, {}, tmp_path / "resources")


def test_published_weights_must_be_listed(tmp_path):
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    with pytest.raises(InputError, match=r"unknown published weights .*did you mean 'ParT_full'"):
        check_resources({}, {"part": {"official": "ParT_ful"}}, tmp_path / "resources")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"models": ["pfn"], "official": []}, "top: expected .*can be limited .*, got pfn"),
        ({"table": "taggers"}, "expected the key top and the table topk together"),
        ({"top": []}, "top: .* should be non-empty"),
    ],
)
def test_limits_of_the_attention_need_attention_and_a_table(folder, change, message):
    edit(folder / "studies/part_topk.yaml", **change)
    refused(folder, rf"part_topk\.yaml: {message}")


def test_figures_of_costs_need_a_table_of_costs(folder):
    edit(folder / "studies/training_size.yaml", figures=["cost"])
    refused(folder, r"training_size\.yaml: expected the table cost or sizes .*, got taggers")


def test_fine_tuning_needs_values_of_its_own(folder):
    edit(folder / "studies/top_tagging.yaml", fine_tuned=["pfn"])
    refused(folder, r"top_tagging\.yaml: .*expected the key fine_tuning in the model pfn")


def test_batches_of_fine_tuning_must_be_filled(folder):
    edit(folder / "models/part.yaml", fine_tuning={"batch": 512})
    refused(folder, "top_tagging/part/jetclass/.*: recipe: batch: expected at most")


def test_padding_is_no_choice_for_networks_without_such_norms(folder):
    recipe = yaml.safe_load((folder / "models/pcnn.yaml").read_text())["recipe"]
    edit(folder / "models/pcnn.yaml", recipe={**recipe, "padding": "wrap"})
    refused(folder, r"pcnn\.yaml: padding: expected none for pcnn, got wrap")


def test_a_training_is_longer_than_its_warm_up(folder):
    path = folder / "scales/tiny.yaml"
    networks = yaml.safe_load(path.read_text())["networks"]
    networks["masked"]["recipe"] = {"warm_up": 4}
    edit(path, networks=networks)
    refused(folder, r"tiny\.yaml: .*: warm_up: expected fewer than the 1 steps .*, got 4")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sizes": {"heads": 3}}, "sizes: heads: expected a divisor of the width 512, got 3"),
        ({"sizes": {"head": {"heads": 3}}}, "sizes: head: heads: expected a divisor of the width"),
        ({"pretraining": {"decoder": {"heads": 3}}}, "pretraining: decoder: heads: expected a div"),
    ],
)
def test_heads_divide_the_width(folder, change, message):
    edit(folder / "models/mpm_set.yaml", variants={"odd": change})
    refused(folder, rf"mpm_set\.yaml: variants: odd: {message}")


def test_heads_divide_the_width_that_a_scale_puts_over_theirs(folder):
    edit(folder / "scales/tiny.yaml", networks={"vqvae": {"sizes": {"width": 9}}})
    refused(folder, r"tiny\.yaml: networks: vqvae \(vqvae\): sizes: heads: .* the width 9, got 8")


def test_what_is_fitted_sees_training_jets_alone(folder):
    edit_task(folder / "scales/tiny.yaml", "pretraining", fit_jets="8k")
    refused(folder, r"tiny\.yaml: tasks: pretraining: fit_jets: .* at most train_jets 80, got 8k")


def test_a_study_of_encoders_needs_jets_to_pre_train_on(folder):
    path = folder / "scales/demo.yaml"
    tasks = yaml.safe_load(path.read_text())["tasks"]
    del tasks["pretraining"]
    edit(path, tasks=tasks)
    refused(folder, r"demo\.yaml: unknown task of mpm_tasks 'pretraining'")


def test_a_study_of_encoders_needs_models_that_are_pre_trained(folder):
    edit(folder / "studies/mpm_tasks.yaml", models=["part"])
    refused(folder, r"mpm_tasks\.yaml: .*: part is not pre-trained; starts: scratch, official")


def test_codes_need_their_tokeniser(folder):
    (folder / "models/vqvae.yaml").unlink()
    refused(folder, "expected a model vqvae, whose codes the task asks for")


def test_a_task_of_a_scale_overrides_models_that_exist(folder):
    edit_task(folder / "scales/demo.yaml", "pretraining", recipes={"mpm_flo": {"epochs": 1}})
    refused(folder, r"demo\.yaml: unknown model 'mpm_flo'; did you mean 'mpm_flow'")
