import pytest

from jetbench.errors import InputError
from jetbench.planning import settings
from jetbench.planning.agreement import check_resources
from tests.conftest import ROOT
from tests.planning.helpers import MAIN, SCHEMAS, edit, refused
from tests.planning.site import CPU, at

STUDIES = at(CPU)["study"]


@pytest.mark.parametrize("figure", ["reconstruction", "marginals"])
def test_figures_of_other_dropped_particles_are_refused(folder, figure):
    models = ["mpm_kmeans", "mpm_kmeans_mask20", "mpm_set"]
    edit(folder / "studies/mpm_sweeps.yaml", models=models, figures=[figure])
    message = rf"mpm_sweeps\.yaml: {figure}: expected models of one rate, got 0.4 .*0.2 .*0.4"
    refused(folder, message)


def test_models_that_fill_in_nothing_may_have_another_rate(folder):
    variant = {"pretraining": {"rate": 0.5}}
    edit(folder / "models/mpm_identity.yaml", variants={"half": variant})
    models = ["mpm_identity_half", "mpm_kmeans"]
    edit(folder / "studies/mpm_tasks.yaml", models=models, figures=["marginals"])
    assert settings.load(folder, SCHEMAS, MAIN)["study"]["mpm_tasks"]["models"] == models


@pytest.mark.parametrize("figure", ["pretraining", "reconstruction", "marginals"])
@pytest.mark.parametrize("start", ["scratch", "untrained"])
def test_figures_of_pre_trainings_need_some(folder, figure, start):
    edit(folder / "studies/mpm_tasks.yaml", starts=[start], figures=[figure])
    refused(folder, rf"mpm_tasks\.yaml: {figure}: .* the start frozen or pretrained, got {start}")


def test_figures_of_dropped_particles_need_a_model_that_fills_them_in(folder):
    edit(folder / "studies/mpm_tasks.yaml", models=["mpm_identity"], figures=["reconstruction"])
    message = "reconstruction: expected a model that fills in continuous features, got mpm_identity"
    refused(folder, rf"mpm_tasks\.yaml: {message}")


@pytest.mark.parametrize(
    ("study", "change", "message"),
    [
        ("mpm_tasks", {"figures": ["ladder"], "starts": ["scratch"]}, "ladder: .* with a step of "),
        ("mpm_tasks", {"table": "sweep"}, "_ablation.csv: sweep: expected rows with a sweep"),
        ("mpm_ablation", {"starts": ["untrained"]}, "ladder: expected rows with a step of"),
        ("mpm_ablation", {"sizes": ["10M"]}, "of the taggers of the study toy, got none"),
        ("mpm_sweeps", {"models": ["mpm_kmeans_depth1"]}, "sweep: .* study toy in both sweeps"),
    ],
)
def test_ladders_and_sweeps_need_their_published_places(study, change, message):
    with pytest.raises(InputError, match=message):
        check_resources({"toy": STUDIES[study] | change}, {}, ROOT / "resources")
