"""The whole workflow on tiny simulated jets: every product is there and says what it is."""

import csv
import json

import pytest

pytestmark = pytest.mark.slow
RUN = "results/tiny/jetclass/part/scratch/80/1"


def test_every_run_has_weights_and_metrics(finished):
    runs = {
        path.parent for path in finished.folder.glob("results/tiny/jetclass/*/*/*/*/metrics.json")
    }
    assert len(runs) == 9
    assert all((run / "weights.safetensors").exists() for run in runs)


def test_metrics_are_valid_json(finished):
    text = (finished.folder / RUN / "metrics.json").read_text()
    metrics = json.loads(text, parse_constant=pytest.fail)
    assert metrics["jets"] == 60


@pytest.mark.parametrize("study", ["jetclass_taggers", "jetclass_cost", "training_size"])
def test_every_table_says_that_its_jets_are_simulated(finished, study):
    for suffix in ("md", "tex"):
        text = (finished.folder / f"results/tiny/tables/{study}.{suffix}").read_text()
        assert "simulated" in text and "tiny" in text


def test_the_table_has_a_row_for_every_tagger(finished):
    with open(finished.folder / "results/tiny/tables/jetclass_taggers.csv") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert {row["model"] for row in rows} == {"pfn", "pcnn", "particlenet", "part", "part_plain"}


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
