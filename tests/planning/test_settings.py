import inspect
import shutil

import pytest
import yaml

from jetbench.errors import InputError
from jetbench.networks import NETWORKS
from jetbench.planning import settings
from tests.conftest import ROOT

SCHEMAS = ROOT / "workflow/schemas"
FIXED = {"part_plain": {"pair_embedding"}}  # what makes it another network
MAIN = {"scale": "demo", "studies": ["jetclass_taggers"]}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path / "config"


def edit(path, **values):
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**content, **values}))


def refused(folder, match, main=MAIN):
    with pytest.raises(InputError, match=match):
        settings.load(folder, SCHEMAS, main)


def test_the_shipped_configuration_is_valid():
    loaded = settings.load(ROOT / "config", SCHEMAS, MAIN)
    assert {"tiny", "demo", "paper"} <= set(loaded["scales"])


def test_a_mistyped_key_is_named_with_the_nearest_one(folder):
    edit(folder / "scales/demo.yaml", val_jet="1k")
    refused(folder, r"demo\.yaml: unknown key 'val_jet'; did you mean 'val_jets'\?")


def test_a_mistyped_key_deep_inside_is_named_with_its_place(folder):
    edit(folder / "scales/demo.yaml", recipe={"epoch": 5})
    refused(folder, r"demo\.yaml: recipe: unknown key 'epoch'; did you mean 'epochs'\?")


def test_a_mistyped_key_of_the_command_line_is_named(folder):
    main = {**MAIN, "scales": "paper"}
    refused(folder, r"config\.yaml: unknown key 'scales'; did you mean 'scale'\?", main)


def test_an_unknown_scale_is_named_with_the_nearest_one(folder):
    refused(folder, "unknown scale 'demmo'; did you mean 'demo'?", {**MAIN, "scale": "demmo"})


def test_an_unknown_study_is_named_with_the_nearest_one(folder):
    main = {**MAIN, "studies": ["jetclass_tagger"]}
    refused(folder, "unknown study 'jetclass_tagger'; did you mean 'jetclass_taggers'?", main)


def test_a_study_of_an_unknown_model_is_refused(folder):
    edit(folder / "studies/training_size.yaml", models=["part", "particle_net"])
    refused(folder, r"training_size\.yaml: unknown model 'particle_net'.*'particlenet'")


def test_a_study_of_a_size_that_a_scale_lacks_is_refused(folder):
    edit(folder / "studies/training_size.yaml", sizes=["5M"])
    refused(folder, r"training_size\.yaml: unknown training size .*'5M'")


def test_a_scale_that_overrides_an_unknown_model_is_refused(folder):
    edit(folder / "scales/demo.yaml", recipes={"prat": {"epochs": 1}})
    refused(folder, r"demo\.yaml: unknown model 'prat'; did you mean 'part'\?")


def test_a_wrong_type_is_refused_with_what_came(folder):
    edit(folder / "scales/demo.yaml", seeds=["one"])
    refused(folder, r"demo\.yaml: seeds: 0: 'one' is not of type 'integer'")


def test_a_file_that_is_no_yaml_is_refused(folder):
    (folder / "models/part.yaml").write_text("network: [part")
    refused(folder, r"part\.yaml: expected YAML")


def test_a_scale_named_unlike_its_file_is_refused(folder):
    edit(folder / "scales/demo.yaml", name="paper")
    refused(folder, r"demo\.yaml: expected name: demo, got 'paper'")


def test_the_scale_of_one_model_wins_over_that_of_all(folder):
    edit(
        folder / "scales/demo.yaml",
        recipe={"batch": 7, "val_jets": 9},
        recipes={"part": {"batch": 9}},
    )
    recipes = settings.load(folder, SCHEMAS, MAIN)["recipes"]["demo"]
    assert recipes["part"]["recipe"]["batch"] == 9
    assert recipes["pfn"]["recipe"]["batch"] == 7


@pytest.mark.parametrize(
    "change, message",
    [
        ({"network": "pfm"}, r"pfn\.yaml: network: unknown value 'pfm'; did you mean 'pfn'\?"),
        ({"sizes": {"partikel": [8]}}, r"pfn\.yaml: sizes: unknown key 'partikel'; .*'particle'"),
    ],
)
def test_a_mistyped_network_or_size_is_named_before_any_job(folder, change, message):
    edit(folder / "models/pfn.yaml", **change)
    refused(folder, message)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_schema_knows_the_sizes_of_every_network(name):
    schema = yaml.safe_load((SCHEMAS / "model.schema.yaml").read_text())
    (then,) = (
        rule["then"]
        for rule in schema["allOf"]
        if rule["if"]["properties"]["network"]["const"] == name
    )
    sizes = set(inspect.signature(NETWORKS[name]).parameters) - {"inputs", "classes"}
    assert set(then["properties"]["sizes"]["properties"]) == sizes - FIXED.get(name, set())


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
        ({"test_jets": "30M"}, "expected at most 60000 test jets, got 30M"),
    ],
)
def test_recipes_that_a_scale_cannot_feed_are_refused(folder, change, message):
    edit(folder / "scales/demo.yaml", **change, recipes={})
    refused(folder, message)


def test_a_lost_comma_is_refused_before_any_job(folder):
    edit(folder / "models/pfn.yaml", sizes={"particle": ["128 128", 128]})
    refused(folder, r"pfn\.yaml: sizes: particle: 0: '128 128' is not of type 'integer'")


def test_training_sizes_that_do_not_rise_are_refused(folder):
    edit(folder / "scales/tiny.yaml", train_jets={"2M": 20, "10M": 90, "100M": 80})
    refused(folder, r"tiny\.yaml: expected train_jets to rise")


def test_a_study_needs_a_look_for_every_tagger_and_its_published_file(tmp_path):
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    study = {"models": ["part", "deepset"], "published": "resources/published/part_topk.csv"}
    with pytest.raises(InputError, match=r"taggers\.yaml: unknown tagger .*'deepset'"):
        settings.check_resources({"toy": study}, tmp_path / "resources")
    study = {"models": ["part"], "published": "resources/nix.csv"}
    with pytest.raises(InputError, match="study toy: expected the file resources/nix.csv"):
        settings.check_resources({"toy": study}, tmp_path / "resources")
