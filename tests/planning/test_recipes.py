import pytest

from jetbench.errors import InputError
from jetbench.planning.recipes import gpus_of, model_of
from tests.planning.site import CPU, at

SHIPPED = at(CPU)

MODEL = {
    "network": "part",
    "sizes": {"heads": 8},
    "features": "full",
    "recipe": {"lr": 1.0, "batch": 512, "epochs": 50},
    "tasks": {"top_tagging": {"epochs": 20}},
    "fine_tuning": {"lr": 0.1},
    "official": "ParT_full",
}
SCALE = {
    "name": "toy",
    "tasks": {"jetclass": {}, "top_tagging": {"features": "kin"}},
}


def recipe(scale, run):
    return model_of(scale, {"part": MODEL}, f"toy/{run}/9/1")["recipe"]


def test_a_model_is_what_its_file_says():
    model = model_of(SCALE, {"part": MODEL}, "toy/jetclass/part/scratch/9/1")
    assert model == {key: MODEL[key] for key in ("network", "sizes", "features", "recipe")}


def test_a_task_has_values_of_its_own():
    assert recipe(SCALE, "top_tagging/part/scratch") == {"lr": 1.0, "batch": 512, "epochs": 20}


@pytest.mark.parametrize("start", ["jetclass", "official"])
def test_fine_tuning_has_values_of_its_own(start):
    assert recipe(SCALE, f"top_tagging/part/{start}")["lr"] == 0.1


def test_fine_tuning_of_published_weights_has_values_of_its_own():
    models = {"part": MODEL | {"official_fine_tuning": {"padding": "wrap"}}}
    paddings = [
        model_of(SCALE, models, f"toy/top_tagging/part/{start}/9/1")["recipe"].get("padding")
        for start in ("scratch", "jetclass", "official")
    ]
    assert paddings == [None, None, "wrap"]


def test_published_weights_have_no_recipe_of_ours():
    run = "toy/jetclass/part/official/9/1"
    assert model_of(SCALE, {"part": MODEL}, run)["recipe"] == {"batch": 512}


def test_the_features_are_those_that_the_data_offer():
    run = "toy/top_tagging/part/scratch/9/1"
    assert model_of(SCALE, {"part": MODEL}, run)["features"] == "kin"


def test_the_scale_of_one_model_wins_over_that_of_all():
    scale = SCALE | {"recipe": {"batch": 7, "epochs": 3}, "recipes": {"part": {"batch": 9}}}
    assert recipe(scale, "jetclass/part/scratch") == {"lr": 1.0, "batch": 9, "epochs": 3}


def test_the_scale_of_one_model_wins_over_that_of_a_task():
    tasks = {"jetclass": {"recipe": {"batch": 5, "epochs": 3}}}
    scale = SCALE | {"recipes": {"part": {"batch": 9}}, "tasks": tasks}
    assert recipe(scale, "jetclass/part/scratch") == {"lr": 1.0, "batch": 9, "epochs": 3}


def test_gpus_are_no_part_of_the_model():
    models = {"part": MODEL | {"tasks": {"top_tagging": {"gpus": 4}}}}
    runs = [f"toy/{task}/part/scratch/9/1" for task in ("jetclass", "top_tagging")]
    assert [gpus_of(SCALE, models, run) for run in runs] == [1, 4]
    assert "gpus" not in model_of(SCALE, models, runs[1])["recipe"]


def test_gpus_share_a_batch_equally():
    models = {"part": MODEL | {"recipe": MODEL["recipe"] | {"gpus": 3}}}
    with pytest.raises(InputError, match="batch that 3 GPUs share equally, got 512"):
        gpus_of(SCALE, models, "toy/jetclass/part/scratch/9/1")


ENCODER = {
    "network": "masked",
    "sizes": {"width": 512, "head": {"width": 128}},
    "features": "lifetime",
    "recipe": {"lr": 1.0, "batch": 512, "schedule": "cosine"},
    "pretraining": {
        "method": "masked",
        "rate": 0.4,
        "decoder": {"width": 128, "depth": 4},
        "tasks": {"vqvae": {"weight": 1}},
        "recipe": {"lr": 2.0, "schedule": "exponential", "half_life": 9, "batch": 1000},
    },
}
TOKENISER = {"network": "vqvae", "sizes": {"codes": 512}}
REDUCED = {
    "name": "toy",
    "recipe": {"batch": 7},
    "tasks": {"jetclass": {}, "pretraining": {"recipes": {"mpm": {"lr": 5.0}}}},
    "networks": {
        "masked": {
            "sizes": {"width": 64, "head": {"width": 32}},
            "recipe": {"batch": 8},
            "pretraining": {"decoder": {"width": 16}, "recipe": {"batch": 64}},
        },
        "vqvae": {"sizes": {"codes": 128}},
    },
}


def shipped(scale, run):
    """Recipe of a run in the shipped configuration."""
    return model_of(SHIPPED["scales"][scale], SHIPPED["models"], f"{scale}/{run}/1k/1")["recipe"]


def encoder(run, scale=REDUCED, **changes):
    models = {"mpm": ENCODER | changes, "vqvae": TOKENISER}
    return model_of(scale, models, f"toy/{run}/9/1")


def test_a_scale_has_sizes_for_all_models_of_a_network():
    sizes = encoder("jetclass/mpm/scratch")["sizes"]
    assert sizes == {"width": 64, "head": {"width": 32}}


def test_a_pre_training_has_no_head_and_knows_its_method():
    model = encoder("pretraining/mpm/scratch")
    assert model["sizes"] == {"width": 64} and "recipe" not in model["pretraining"]
    assert model["pretraining"]["decoder"] == {"width": 16, "depth": 4}


def test_a_task_of_codes_is_told_the_sizes_of_their_tokeniser():
    tasks = encoder("pretraining/mpm/scratch")["pretraining"]["tasks"]
    assert tasks == {"vqvae": {"weight": 1, "sizes": {"codes": 128}}}


def test_what_is_trained_on_labels_knows_nothing_of_the_pre_training():
    assert "pretraining" not in encoder("jetclass/mpm/frozen")


def test_a_pre_training_has_the_recipe_of_its_own_at_this_scale():
    recipe = encoder("pretraining/mpm/scratch")["recipe"]
    assert recipe == {"lr": 5.0, "schedule": "exponential", "half_life": 9, "batch": 64}


def test_the_scale_of_a_network_wins_over_that_of_all():
    assert encoder("jetclass/mpm/scratch")["recipe"]["batch"] == 8


@pytest.mark.parametrize(
    ("start", "frozen"),
    [("frozen", True), ("untrained", True), ("pretrained", None), ("scratch", None)],
)
def test_a_frozen_encoder_is_a_matter_of_the_start(start, frozen):
    assert encoder(f"jetclass/mpm/{start}")["recipe"].get("frozen") == frozen


@pytest.mark.parametrize(
    ("start", "lr"), [("frozen", 1.0), ("untrained", 1.0), ("pretrained", 3.0), ("scratch", 4.0)]
)
def test_a_model_has_values_for_starts_whose_encoder_is_trained(start, lr):
    starts = {"pretrained": {"lr": 3.0}, "scratch": {"lr": 4.0}}
    assert encoder(f"jetclass/mpm/{start}", starts=starts)["recipe"]["lr"] == lr


@pytest.mark.parametrize("layer", ["task", "scale"])
def test_values_of_the_task_and_of_a_scale_win_over_those_of_the_start(layer):
    models = {"part": MODEL | {"starts": {"scratch": {"lr": 3.0}}}}
    models["part"]["tasks"] = {"jetclass": {"lr": 5.0}} if layer == "task" else {}
    scale = SCALE | ({"recipe": {"lr": 5.0}} if layer == "scale" else {})
    assert model_of(scale, models, "toy/jetclass/part/scratch/9/1")["recipe"]["lr"] == 5.0


ENCODERS = ("identity", "regression", "kmeans", "vqvae", "flow", "flow_matching", "set")


@pytest.mark.parametrize(
    ("task", "start", "lr", "warm_up"),
    [
        ("jetclass", "scratch", 1e-3, 40_000),
        ("jetclass", "pretrained", 1e-3, 40_000),
        ("jetclass", "frozen", 1e-4, 10_000),
        ("flavour_tagging", "scratch", 1e-4, 10_000),
        ("flavour_tagging", "pretrained", 1e-4, 10_000),
    ],
)
@pytest.mark.parametrize("name", ENCODERS)
def test_encoders_are_trained_as_published(name, task, start, lr, warm_up):
    found = shipped("paper", f"{task}/mpm_{name}/{start}")
    assert (found["lr"], found["warm_up"]) == (lr, warm_up)


@pytest.mark.parametrize("start", ["scratch", "pretrained", "frozen"])
def test_demo_trains_encoders_in_few_steps_whatever_the_start(start):
    found = shipped("demo", f"jetclass/mpm_kmeans/{start}")
    assert (found["lr"], found["warm_up"]) == (3e-3, 10)


def test_only_an_exponential_rate_has_a_half_life():
    pretraining = ENCODER["pretraining"]
    cosine = pretraining | {"recipe": pretraining["recipe"] | {"schedule": "cosine"}}
    assert "half_life" not in encoder("pretraining/mpm/scratch", pretraining=cosine)["recipe"]
