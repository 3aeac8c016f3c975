from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

from jetbench.report.figures import FIGURES
from tests.report.helpers import DOWNLOADED, ROOT, SIMULATED, read_study


def rendered(name, scale, study="jetclass_taggers", **params):
    """Text of a caption as Snakemake's report makes it; docutils stops at a mistake."""
    snakemake = SimpleNamespace(
        params=SimpleNamespace(scale=scale, study=read_study(study), **params),
        wildcards=SimpleNamespace(study=study),
        config={"scale": scale["name"]},
    )
    source = (ROOT / "workflow" / "report" / f"{name}.rst").read_text()
    text = Environment(undefined=StrictUndefined).from_string(source).render(snakemake=snakemake)
    publish_parts(text, writer="html", settings_overrides={"halt_level": 2})
    return " ".join(text.split())


def test_table_caption_names_sizes_and_source():
    text = rendered("table", SIMULATED, "training_size")
    assert "1k for 2M, 3k for 10M, 10k for 100M." in text
    assert "These are **not** JetClass results" in text


@pytest.mark.parametrize("kind", FIGURES)
def test_every_figure_has_a_caption(kind):
    text = rendered("figure", SIMULATED, figure=kind)
    assert "scale **demo**: jets simulated on the spot, a look-alike of JetClass" in text


def test_captions_at_the_papers_scale_do_not_speak_of_simulation():
    texts = [rendered("table", DOWNLOADED), rendered("figure", DOWNLOADED, figure="roc")]
    assert not any("simulated" in text for text in texts)
    assert all("jets of the data set jetclass" in text for text in texts)


def test_simulated_tops_are_told_from_toplandscape():
    table = rendered("table", SIMULATED, "top_tagging")
    assert "These are **not** TopLandscape results" in table and "2k for 1.2M." in table
    figure = rendered("figure", SIMULATED, "top_tagging", figure="rejection")
    assert "These are **not** TopLandscape results and not comparable" in figure
    assert all("the classes Tbqq and QCD of a look-alike" in text for text in (table, figure))
    assert "own training on the ten classes of the simulated look-alike of JetClass" in figure
    assert "official" not in figure


def test_downloaded_tops_are_toplandscape():
    figure = rendered("figure", DOWNLOADED, "top_tagging", figure="rejection")
    assert "scale **paper**: jets of the data set toplandscape." in figure
    assert "own training on the ten classes of JetClass" in figure
    assert '"fine-tuned from official weights": starts from the published weights' in figure


@pytest.mark.parametrize(("name", "params"), [("table", {}), ("figure", {"figure": "roc"})])
def test_tops_of_jetclass_are_neither_simulated_nor_toplandscape(name, params):
    task = DOWNLOADED["tasks"]["top_tagging"] | {"data": "top"}
    text = rendered(name, DOWNLOADED | {"tasks": {"top_tagging": task}}, "top_tagging", **params)
    assert "jets of the classes Tbqq and QCD of JetClass. These are **not** TopLandscape" in text
    assert "simulated" not in text and "beside the published" not in text


def test_official_weights_are_explained_where_they_are_shown():
    words = '"official weights": the published weights as they are'
    assert words in rendered("figure", DOWNLOADED, figure="roc")
    assert words not in rendered("figure", SIMULATED, figure="roc")


def test_front_page_warns_at_every_scale_but_that_of_the_papers():
    warning = "**No number in it is a reproduction of a paper.**"
    assert warning in rendered("workflow", SIMULATED)
    assert warning not in rendered("workflow", DOWNLOADED)


def test_front_page_says_where_tables_tell_what_made_them():
    text = rendered("workflow", SIMULATED)
    assert "with which code, libraries, machines and jets its rows were made" in text


@pytest.mark.parametrize(("study", "said"), [("mpm_tasks", True), ("mpm_sweeps", False)])
def test_figures_of_frozen_encoders_say_what_that_means(study, said):
    text = rendered("figure", SIMULATED, study, figure="pretraining")
    assert '"frozen": the encoder was pre-trained without labels and stays as it is' in text
    assert ("encoder of random weights" in text) == said
