"""The whole workflow on tiny simulated jets: every product is there and says what it is."""

import csv
import json

import pytest
import yaml
from safetensors import safe_open
from safetensors.torch import load_file

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
RUN = "results/tiny/jetclass/part/scratch/80/1"
STUDIES = yaml.safe_load((ROOT / "config/scales/tiny.yaml").read_text())["studies"]
TAGGERS = 19  # 9 taggers and sizes of the training set, 3 sizes of ParT, 7 on top quarks
ENCODERS = 7
UNTRAINED = 2  # that of mpm_flow ends in a norm, the others are alike
PRETRAINING = "results/tiny/pretraining"


def test_every_run_has_weights_and_metrics(finished):
    paths = finished.folder.glob("results/tiny/*/*/*/*/*/metrics.json")
    runs = {path.parent for path in paths}
    assert len(runs) == TAGGERS + ENCODERS + UNTRAINED
    assert all((run / "weights.safetensors").exists() for run in runs)


def test_metrics_are_valid_json(finished):
    text = (finished.folder / RUN / "metrics.json").read_text()
    metrics = json.loads(text, parse_constant=pytest.fail)
    assert metrics["jets"] == 60


@pytest.mark.parametrize("study", STUDIES)
def test_every_table_says_that_its_jets_are_simulated(finished, study):
    for suffix in ("md", "tex"):
        text = (finished.folder / f"results/tiny/tables/{study}.{suffix}").read_text()
        assert "simulated" in text and "tiny" in text


def test_the_table_has_a_row_for_every_tagger(finished):
    with open(finished.folder / "results/tiny/tables/jetclass_taggers.csv") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert {row["model"] for row in rows} == {"pfn", "pcnn", "particlenet", "part", "part_plain"}


def test_attention_to_all_particles_is_the_baseline(finished):
    baseline, limited = (
        json.loads((finished.folder / RUN / place / "metrics.json").read_text())
        for place in ("", "top128")
    )
    assert (limited["top"], baseline["top"]) == (128, None)
    assert all(limited[name] == baseline[name] for name in ("accuracy", "auc", "rejections"))


def test_fine_tuning_names_the_weights_that_it_started_from(finished):
    run = finished.folder / "results/tiny/top_tagging/part/jetclass/16/1"
    with safe_open(run / "weights.safetensors", framework="pt") as file:
        assert "tiny/jetclass/part/scratch/80/1" in file.metadata()["start"]


def test_every_encoder_is_trained_to_the_end(finished):
    paths = list(finished.folder.glob(f"{PRETRAINING}/*/scratch/80/1/history.csv"))
    assert len(paths) == ENCODERS + 1  # and the tokeniser
    assert all(len(path.read_text().splitlines()) == 1 + 2 for path in paths)


def test_a_head_on_a_frozen_encoder_names_the_pre_training(finished):
    run = finished.folder / "results/tiny/jetclass/mpm_flow/frozen/80/1"
    with safe_open(run / "weights.safetensors", framework="pt") as file:
        assert "tiny/pretraining/mpm_flow/scratch/80/1" in file.metadata()["start"]


def test_a_frozen_encoder_stays_as_it_was_pre_trained(finished):
    run = finished.folder / "results/tiny/jetclass/mpm_kmeans/frozen/80/1"
    frozen = load_file(run / "weights.safetensors")
    before = load_file(
        finished.folder / PRETRAINING / "mpm_kmeans/scratch/80/1/weights.safetensors"
    )
    kept = [name for name in frozen if name.startswith("encoder.")]
    assert kept and all(frozen[name].equal(before[name]) for name in kept)


def test_the_table_of_encoders_has_them_all(finished):
    with open(finished.folder / "results/tiny/tables/mpm_tasks.csv") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    starts = [row["start"] for row in rows]
    assert (starts.count("frozen"), starts.count("untrained")) == (ENCODERS, UNTRAINED)


def test_what_encoders_fill_in_is_there_for_all_with_continuous_features(finished):
    paths = finished.folder.glob(f"{PRETRAINING}/*/scratch/80/1/reconstruction.h5")
    assert {path.parts[-5] for path in paths} == {
        *("mpm_regression", "mpm_kmeans", "mpm_vqvae"),
        *("mpm_flow", "mpm_flow_matching", "mpm_set"),
    }


def test_figures_are_pdf_and_png(finished):
    folder = finished.folder / "results/tiny/figures"
    pdfs = sorted(path.with_suffix("") for path in folder.glob("*/*.pdf"))
    assert pdfs == sorted(path.with_suffix("") for path in folder.glob("*/*.png"))
    assert len(pdfs) >= 4


def test_the_report_opens_without_the_network(finished):
    html = (finished.folder / "results/tiny/report.html").read_text()
    assert "jetclass_taggers" in html
    assert '<script src="http' not in html


def test_a_second_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in finished.snakemake("--dry-run", "all").output


def test_progress_is_shown_on_the_way(finished):
    assert "jetclass/part/scratch/80/1: 4/4" in finished.log
    assert "steps (100%) done" in finished.log
