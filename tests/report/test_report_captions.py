from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

from tests.report.helpers import DOWNLOADED, ROOT, SIMULATED, read_study


def rendered(name, scale, **params):
    """Text of a caption as Snakemake's report makes it; docutils stops at a mistake."""
    snakemake = SimpleNamespace(
        params=SimpleNamespace(scale=scale, **params),
        wildcards=SimpleNamespace(study="jetclass_taggers"),
        config={"scale": scale["name"]},
    )
    source = (ROOT / "workflow" / "report" / f"{name}.rst").read_text()
    text = Environment(undefined=StrictUndefined).from_string(source).render(snakemake=snakemake)
    publish_parts(text, writer="html", settings_overrides={"halt_level": 2})
    return " ".join(text.split())


def test_table_caption_names_sizes_and_source():
    text = rendered("table", SIMULATED, study=read_study("training_size"))
    assert "1k for 2M, 3k for 10M, 10k for 100M." in text
    assert "These are **not** JetClass results" in text


@pytest.mark.parametrize("kind", ["roc", "rejection", "training", "accuracy", "cost"])
def test_every_figure_has_a_caption(kind):
    text = rendered("figure", SIMULATED, figure=kind)
    assert "scale **demo**: jets simulated on the spot, a look-alike of JetClass" in text


def test_captions_at_the_papers_scale_do_not_speak_of_simulation():
    study = read_study("jetclass_taggers")
    texts = [
        rendered("table", DOWNLOADED, study=study),
        rendered("figure", DOWNLOADED, figure="roc"),
    ]
    assert not any("simulated" in text for text in texts)


def test_front_page_warns_at_every_scale_but_that_of_the_papers():
    warning = "**No number in it is a reproduction of a paper.**"
    assert warning in rendered("workflow", SIMULATED)
    assert warning not in rendered("workflow", DOWNLOADED)
