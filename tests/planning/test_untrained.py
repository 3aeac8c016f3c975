import pytest

from jetbench.planning.recipes import model_of
from jetbench.planning.runs import runs
from jetbench.planning.untrained import bases, with_bases
from tests.planning.site import CPU, at

SETTINGS = at(CPU)
PRETRAINING = {"method": "masked", "tasks": {"identity": {}}, "recipe": {}}
SMALL = {
    "network": "masked",
    "sizes": {"width": 8, "continuous": 7},
    "features": "lifetime",
    "recipe": {"lr": 1.0, "batch": 2},
    "pretraining": PRETRAINING,
}
MODELS = {
    "small": SMALL,
    "other": SMALL | {"pretraining": PRETRAINING | {"tasks": {"regression": {}}}},
    "wide": SMALL | {"sizes": SMALL["sizes"] | {"width": 16}},
    "slow": SMALL | {"recipe": {"lr": 0.1, "batch": 2}},
}
HERE = {"train_jets": {"1k": "10"}}
SCALE = {
    "name": "toy",
    "source": "simulated",
    "seeds": [1, 2],
    "tasks": {"jetclass": HERE, "pretraining": HERE},
}
STUDY = {"task": "jetclass", "models": [*MODELS], "starts": ["untrained"], "sizes": ["1k"]}


def test_models_that_differ_in_their_pre_training_alone_have_one_base():
    assert bases(STUDY, SCALE, MODELS) == {"other": "small"}


@pytest.mark.parametrize("models", [["small", "other"], ["other", "small"]])
def test_studies_share_a_base_whatever_the_order_of_their_models(models):
    assert bases(STUDY | {"models": models}, SCALE, MODELS) == {"other": "small"}


def test_base_is_the_first_in_the_order_whether_the_study_has_it_or_not():
    study = STUDY | {"models": ["small", "slow"]}
    assert bases(study, SCALE, MODELS, ["gone", "other"]) == {"small": "other"}


def test_models_without_such_a_run_are_no_bases():
    plain = {key: value for key, value in SMALL.items() if key != "pretraining"}
    assert bases(STUDY, SCALE, {"a": plain} | MODELS) == {"other": "small"}


def test_run_of_a_base_beside_the_study_is_a_run_of_the_study():
    study = with_bases(STUDY | {"models": ["other", "wide"]}, {"toy": SCALE}, MODELS)
    assert [run.split("/")[2] for run in runs(study, SCALE)] == ["small", "small", "wide", "wide"]


def test_scale_can_tell_models_apart():
    scale = SCALE | {"recipes": {"other": {"lr": 0.5}}}
    assert bases(STUDY, scale, MODELS) == {}


def test_every_scale_with_the_tasks_of_a_study_has_its_own_bases():
    scales = {"toy": SCALE, "bare": {"name": "bare", "tasks": {"jetclass": HERE}}}
    assert with_bases(STUDY, scales, MODELS)["untrained"] == {"toy": {"other": "small"}}


def test_study_without_untrained_encoders_stays_what_it_was():
    study = STUDY | {"starts": ["frozen"]}
    assert with_bases(study, {"toy": SCALE}, MODELS) == study


def test_only_bases_are_trained_with_every_seed():
    study = with_bases(STUDY, {"toy": SCALE}, MODELS)
    assert runs(study, SCALE) == [
        f"toy/jetclass/{model}/untrained/10/{seed}"
        for model in ("small", "wide", "slow")
        for seed in (1, 2)
    ]


@pytest.mark.parametrize("scale", SETTINGS["scales"])
@pytest.mark.parametrize(("study", "distinct"), [("mpm_tasks", 2), ("mpm_ablation", 5)])
def test_no_untrained_encoder_of_a_shipped_study_is_trained_twice(study, distinct, scale):
    scale = SETTINGS["scales"][scale]
    found = [run for run in runs(SETTINGS["study"][study], scale) if "/untrained/" in run]
    made = [model_of(scale, SETTINGS["models"], run) for run in found]
    assert len(found) == distinct * len(scale["seeds"])
    assert all(made[i] not in made[:i] for i in range(distinct))


@pytest.mark.parametrize("scale", SETTINGS["scales"])
def test_shipped_studies_share_the_untrained_encoder_of_one_configuration(scale):
    scale, studies = SETTINGS["scales"][scale], SETTINGS["study"]
    tasks, ladder = (
        {run.split("/")[2] for run in runs(studies[study], scale) if "/untrained/" in run}
        for study in ("mpm_tasks", "mpm_ablation")
    )
    assert tasks == {"mpm_identity", "mpm_flow"} and tasks & ladder == {"mpm_identity"}
