"""All studies at paper scale with five seeds, as `snakemake -n --profile slurm all` plans them."""

import pytest

from tests.conftest import ROOT
from tests.workflow.project import copy_project

pytestmark = pytest.mark.slow
STUDIES = ",".join(path.stem for path in (ROOT / "config/studies").glob("*.yaml"))
SEEDS = 5
JETCLASS = 5 + 3 + 2 * 2  # taggers, sizes of ParT, smaller samples for two taggers
KIN = 2  # on JetClass without the features that top quarks lack: only to be fine-tuned
TOP = 5 + 2 * 2  # from scratch; two models from our weights and from the published ones
OFFICIAL = 6  # published weights in the tables
ENCODERS = 7 + 13 + 12  # ways to pre-train, further steps of the ladder, points of the sweeps
TOKENISER = 1
HEADS = ENCODERS + 2 + 4  # on frozen encoders; on the random ones that differ, tasks and ladder
CENTROIDS = 2  # of seven features and of three
TOP_K = 9  # numbers of particles that attention is limited to


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Number of jobs by rule."""
    seeds = f"seeds=[{','.join(str(seed) for seed in range(1, SEEDS + 1))}]"
    options = ("--profile", "slurm", "all", "--config", seeds, f"studies=[{STUDIES}]")
    return copy_project(tmp_path_factory.mktemp("scale")).planned(*options)


def test_every_training_is_planned_once(planned):
    assert planned["train"] == SEEDS * (JETCLASS + KIN + TOP + ENCODERS + TOKENISER + HEADS)


@pytest.mark.parametrize("rule", ["predict", "evaluate"])
def test_every_run_of_a_table_is_scored_once(rule, planned):
    assert planned[rule] == SEEDS * (JETCLASS + TOP + HEADS) + OFFICIAL


@pytest.mark.parametrize("rule", ["predict_top", "evaluate_top"])
def test_limited_attention_needs_no_training(rule, planned):
    assert planned[rule] == TOP_K * (SEEDS + 1)  # published weights are another seed


def test_what_is_fitted_is_fitted_once(planned):
    assert (planned["fit_quantiles"], planned["fit_kmeans"]) == (1, CENTROIDS)


def test_of_every_way_to_pre_train_it_is_shown_what_it_fills_in(planned):
    assert planned["reconstruct"] == SEEDS * (7 - 1)  # identities alone are no particles


def test_seeds_share_their_data(planned):
    assert planned["unpack_train"] == 1
    assert planned["convert"] == 100 + 5 + 20 + 3  # JetClass's three splits; top quarks
