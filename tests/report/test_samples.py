import pytest

from jetbench.errors import InputError
from jetbench.report.samples import SAMPLES, sample_of
from tests.report.helpers import DOWNLOADED, SIMULATED


@pytest.mark.parametrize(("task", "name"), [("jetclass", "JetClass"), ("top_tagging", "TopLandsc")])
def test_simulated_jets_are_never_called_by_the_published_name_alone(task, name):
    sample = sample_of({"task": task}, SIMULATED)
    assert sample.published.startswith(name)
    assert f"not {name}" in sample.tag and "look-alike" in sample.tag
    assert "simulated on the spot" in sample.jets and "look-alike of JetClass" in sample.jets


@pytest.mark.parametrize("task", ["jetclass", "top_tagging"])
def test_downloaded_jets_are_called_by_their_name(task):
    sample = sample_of({"task": task}, DOWNLOADED)
    assert sample.tag == sample.published and "simulated" not in sample.jets


def test_every_sample_but_the_published_one_says_that_it_is_not():
    for sample in SAMPLES.values():
        assert (f"not {sample.published}" in sample.tag) != sample.comparable


def test_two_classes_of_jetclass_are_neither_simulated_nor_toplandscape():
    scale = DOWNLOADED | {"tasks": {"top_tagging": {"data": "top"}}}
    sample = sample_of({"task": "top_tagging"}, scale)
    assert sample.jets == "top-quark and QCD jets of JetClass" and not sample.comparable


def test_simulated_jets_are_never_comparable():
    comparable = {source for (_, source), sample in SAMPLES.items() if sample.comparable}
    assert comparable == {"downloaded"}


def test_jets_without_words_are_refused():
    scale = SIMULATED | {"tasks": {"quark_gluon": {"data": "quarkgluon"}}}
    with pytest.raises(InputError, match="expected for quark_gluon .*, got quarkgluon simulated"):
        sample_of({"task": "quark_gluon"}, scale)
