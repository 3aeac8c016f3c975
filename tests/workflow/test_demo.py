"""The whole workflow on tiny simulated jets: every product is there and says what it is."""

import csv
import json

import pytest
from safetensors import safe_open

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
RUN = "results/tiny/jetclass/part/scratch/80/1"
STUDIES = [path.stem for path in (ROOT / "config/studies").glob("*.yaml")]
TRAININGS = 19  # 9 taggers and sizes of the training set, 3 sizes of ParT, 7 on top quarks


def test_every_run_has_weights_and_metrics(finished):
    paths = finished.folder.glob("results/tiny/*/*/*/*/*/metrics.json")
    runs = {path.parent for path in paths}
    assert len(runs) == TRAININGS
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
    assert "part/scratch/80/1: 4/4" in finished.log
    assert "steps (100%) done" in finished.log
