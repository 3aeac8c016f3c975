import pytest

from jetbench.planning.runs import is_trained, runs
from jetbench.planning.showings import showings, shown
from tests.planning.site import CPU, at

SETTINGS = at(CPU)


def told(study, scale="demo", **changes):
    study = SETTINGS["study"][study] | changes
    return showings(study, SETTINGS["scales"][scale], SETTINGS["models"])


def test_epochs_are_whole_batches():
    assert shown({"epochs": 2, "jets_per_epoch": 100, "batch": 64}) == 128


def test_a_study_without_encoders_has_no_pre_trainings():
    assert told("jetclass_taggers")["pre-trainings"] == {}


@pytest.mark.parametrize(
    ("scale", "jets"), [("demo", (6 * 9984, 3 * 6400)), ("paper", (1_000_000_000, 100_000_000))]
)
def test_heads_and_encoders_are_told_apart(scale, jets):
    found, name = told("mpm_tasks", scale, models=["mpm_identity"]), "mpm_identity"
    assert found == {"pre-trainings": {name: jets[0]}, "trainings": {name: jets[1]}}


def test_values_of_a_model_for_the_task_count():
    settings = SETTINGS["models"]["part"]
    models = SETTINGS["models"] | {"part": settings | {"tasks": {"jetclass": {"epochs": 1}}}}
    study = SETTINGS["study"]["jetclass_taggers"] | {"models": ["part"]}
    found = showings(study, SETTINGS["scales"]["paper"], models)["trainings"]
    assert found == {"part": settings["recipe"]["jets_per_epoch"] // 512 * 512}


def test_starts_that_do_not_see_as_many_are_told_apart():
    part = SETTINGS["models"]["part"] | {"fine_tuning": {"epochs": 1}}
    study = SETTINGS["study"]["top_tagging"] | {"models": ["part"], "fine_tuned": ["part"]}
    found = showings(study, SETTINGS["scales"]["demo"], SETTINGS["models"] | {"part": part})
    assert found["trainings"] == {"part (scratch)": 4 * 320, "part (jetclass)": 320}


def test_official_weights_are_shown_no_jets():
    study = SETTINGS["study"]["jetclass_taggers"] | {"models": ["pfn"], "official": ["part"]}
    scale = SETTINGS["scales"]["paper"]
    assert not all(is_trained(run) for run in runs(study, scale))
    assert list(showings(study, scale, SETTINGS["models"])["trainings"]) == ["pfn"]
