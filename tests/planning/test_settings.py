import inspect

import pytest
import yaml

from jetbench.methods.tasks import TASKS
from jetbench.networks import NETWORKS
from jetbench.networks.vqvae import SIZES
from jetbench.planning import settings
from jetbench.planning.recipes import model_of
from jetbench.planning.runs import MAKING_NONE
from tests.conftest import ROOT
from tests.planning.helpers import MAIN, SCHEMAS, SHIPPED, edit, edit_task, refused

FIXED = {"part_plain": {"pair_embedding"}}  # what makes it another network


def test_the_shipped_configuration_is_valid():
    loaded = settings.load(ROOT / "config", SCHEMAS, MAIN)
    assert {"tiny", "demo", "paper"} <= set(loaded["scales"])


def test_seeds_of_the_command_line_go_over_those_of_the_scales():
    loaded = settings.load(ROOT / "config", SCHEMAS, MAIN | {"seeds": ["3", "4"]})
    assert loaded["scales"]["paper"]["seeds"] == [3, 4]


def test_values_within_a_mapping_of_the_command_line_are_read_as_yaml_reads_them():
    site = MAIN["site"] | {"gpus": "64", "gpu": "a100"}
    loaded = settings.load(ROOT / "config", SCHEMAS, MAIN | {"site": site})
    assert (loaded["site"]["gpus"], loaded["site"]["gpu"]) == (64, "a100")


def test_a_mistyped_key_is_named_with_the_nearest_one(folder):
    edit(folder / "scales/demo.yaml", seed=1)
    refused(folder, r"demo\.yaml: unknown key 'seed'; did you mean 'seeds'\?")


def test_a_mistyped_key_deep_inside_is_named_with_its_place(folder):
    edit(folder / "scales/demo.yaml", recipe={"epoch": 5})
    refused(folder, r"demo\.yaml: recipe: unknown key 'epoch'; did you mean 'epochs'\?")


def test_a_mistyped_key_of_a_task_is_named(folder):
    edit_task(folder / "scales/demo.yaml", "jetclass", test_jet=9)
    refused(folder, "tasks: jetclass: unknown key 'test_jet'; did you mean 'test_jets'?")


def test_a_study_on_a_task_without_jets_is_refused(folder):
    edit(folder / "studies/training_size.yaml", task="quark_gluon")
    tasks = yaml.safe_load((folder / "scales/demo.yaml").read_text())["tasks"]
    edit(folder / "scales/demo.yaml", tasks={"jetclass": tasks["jetclass"]})
    main = {**MAIN, "studies": ["training_size"]}
    refused(folder, "unknown task of training_size 'quark_gluon'", main)


def test_a_mistyped_key_of_the_command_line_is_named(folder):
    main = {**MAIN, "scales": "paper"}
    refused(folder, r"config\.yaml, .*: unknown key 'scales'; did you mean 'scale'\?", main)


def test_an_unknown_scale_is_named_with_the_nearest_one(folder):
    refused(folder, "unknown scale 'demmo'; did you mean 'demo'?", {**MAIN, "scale": "demmo"})


def test_an_unknown_study_is_named_with_the_nearest_one(folder):
    main = {**MAIN, "studies": ["jetclass_tagger"]}
    refused(folder, "unknown study 'jetclass_tagger'; did you mean 'jetclass_taggers'?", main)


def test_a_wrong_type_is_refused_with_what_came(folder):
    edit(folder / "scales/demo.yaml", seeds=["one"])
    refused(folder, r"demo\.yaml: seeds: 0: 'one' is not of type 'integer'")


def test_a_file_that_is_no_yaml_is_refused(folder):
    (folder / "models/part.yaml").write_text("network: [part")
    refused(folder, r"part\.yaml: expected YAML")


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


def test_a_lost_comma_is_refused_before_any_job(folder):
    edit(folder / "models/pfn.yaml", sizes={"particle": ["128 128", 128]})
    refused(folder, r"pfn\.yaml: sizes: particle: 0: '128 128' is not of type 'integer'")


def test_a_scale_says_what_is_made_there():
    loaded = settings.load(ROOT / "config", SCHEMAS, SHIPPED)
    assert loaded["studies"] == loaded["scales"]["demo"]["studies"]


def test_a_scale_that_names_no_study_makes_all_that_it_has_jets_for():
    loaded = settings.load(ROOT / "config", SCHEMAS, SHIPPED | {"scale": "paper"})
    assert set(loaded["studies"]) == set(loaded["study"])


def test_an_unknown_study_of_a_scale_is_named(folder):
    edit(folder / "scales/tiny.yaml", studies=["mpm_task"])
    refused(folder, r"tiny\.yaml: unknown study 'mpm_task'; did you mean 'mpm_tasks'\?")


def test_variants_are_models():
    models = settings.load(ROOT / "config", SCHEMAS, MAIN)["models"]
    method = models["mpm_kmeans_mask70"]["pretraining"]
    assert (method["rate"], method["decoder"]["depth"]) == (0.7, 4)
    assert models["mpm_kmeans_mpmv1"]["pretraining"]["tasks"] == {
        "kmeans": {"weight": 1, "tokens": 16384}
    }


def pre_trainings(folder):
    """What decides the result of each pre-training at scale demo."""
    loaded = settings.load(folder, SCHEMAS, MAIN)
    models = {name: model for name, model in loaded["models"].items() if "pretraining" in model}
    runs = {name: f"demo/pretraining/{name}/scratch/10k/1" for name in models}
    scale = loaded["scales"]["demo"]
    return {name: model_of(scale, models, run) for name, run in runs.items()}


def test_an_edited_variant_trains_itself_alone_again(folder):
    before, path = pre_trainings(folder), folder / "models/mpm_kmeans.yaml"
    path.write_text(path.read_text().replace("rate: 0.2", "rate: 0.25"))
    after = pre_trainings(folder)
    assert [name for name in before if before[name] != after[name]] == ["mpm_kmeans_mask20"]


def test_a_variant_is_checked_as_a_file(folder):
    edit(folder / "models/mpm_set.yaml", variants={"wide": {"sizes": {"widht": 9}}})
    refused(folder, r"mpm_set\.yaml: variants: wide: sizes: unknown key 'widht'; .*'width'")


@pytest.mark.parametrize("key", ["rate", "style", "low"])
def test_a_scale_leaves_alone_what_tells_variants_apart(folder, key):
    edit(folder / "scales/demo.yaml", networks={"masked": {"pretraining": {key: 0.5}}})
    refused(folder, rf"demo\.yaml: networks: masked: pretraining: unknown key '{key}'")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 0.1}, "pretraining: low: expected no such key here, got 0.1"),
        ({"decoder": None}, "pretraining: missing key 'decoder'"),
        ({"tasks": {"kmean": {"weight": 1}}}, "tasks: unknown key 'kmean'; did you mean 'kmeans'"),
        ({"recipe": {"schedule": "cosin"}}, "unknown value 'cosin'; did you mean 'cosine'"),
        ({"method": "maskd"}, "method: unknown value 'maskd'; did you mean 'masked'"),
        ({"style": "bert"}, "decoder: expected no such key here, got .*; null in a variant takes"),
        ({"tasks": {"identty": None}}, "tasks: expected a key for null .*did you mean 'identity'"),
    ],
)
def test_a_pre_training_that_cannot_be_is_refused(folder, change, message):
    edit(folder / "models/mpm_kmeans.yaml", variants={"odd": {"pretraining": change}})
    refused(folder, rf"mpm_kmeans\.yaml: variants: odd: .*{message}")


def schema():
    """What model files may say."""
    return yaml.safe_load((SCHEMAS / "model.schema.yaml").read_text())


@pytest.mark.parametrize("name", TASKS)
def test_the_schema_knows_the_settings_of_every_task(name):
    known = schema()["properties"]["pretraining"]["properties"]["tasks"]["properties"][name]
    settings_ = set(inspect.signature(TASKS[name]).parameters) - {"width", "continuous", "sizes"}
    assert set(known["properties"]) == settings_ | {"weight"}


def test_the_plan_knows_the_tasks_that_make_no_features():
    assert {name for name, task in TASKS.items() if not hasattr(task, "sample")} == MAKING_NONE


def test_the_schema_knows_the_sizes_of_the_tokeniser():
    (sizes,) = (
        rule["then"]["properties"]["sizes"]["properties"]
        for rule in schema()["allOf"]
        if rule["if"]["properties"]["network"]["const"] == "vqvae"
        and "properties" in rule["then"]
        and "sizes" in rule["then"]["properties"]
    )
    assert set(sizes) == {*SIZES, "quantiles"}
