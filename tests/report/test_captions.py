import pandas as pd
import pytest

from jetbench.report.captions import caption
from tests.report.helpers import DOWNLOADED, SIMULATED, read_study


def text(scale, train_jets="100M", seeds=1, study="jetclass_taggers"):
    results = {"train_jets": [train_jets], "size": ["100M"], "test_jets": [3000], "seeds": [seeds]}
    return caption(read_study(study), scale, pd.DataFrame(results))


def test_simulated_numbers_are_never_called_jetclass_results():
    words = text(SIMULATED, "10k")
    assert "These are NOT JetClass results and are not comparable" in words
    assert "scale demo: trained on 10k and tested on 3k jets simulated on the spot" in words


def test_fewer_jets_are_no_reproduction():
    assert "no reproduction" in text(DOWNLOADED, "10k")


def test_the_papers_own_scale_is_compared_plainly():
    words = text(DOWNLOADED)
    assert "NOT" not in words and "no reproduction" not in words
    assert "Published: arXiv:2202.03772, Table 1 (100M JetClass training jets)" in words


@pytest.mark.parametrize(
    ("seeds", "words"), [(1, "finite number of test jets"), (3, "deviation over 3 trainings")]
)
def test_caption_says_what_the_errors_are(seeds, words):
    assert words in text(SIMULATED, seeds=seeds)


def test_cost_caption_explains_multiply_accumulates():
    assert "one jet of 128 particles" in text(SIMULATED, study="jetclass_cost")


def test_caption_says_how_many_jets_each_tagger_saw():
    recipes = {"recipe": {"epochs": 5, "jets_per_epoch": 1280}, "recipes": {"pfn": {"epochs": 20}}}
    words = text(SIMULATED | recipes, "10k")
    assert "showed 25.6k to pfn; 6.4k to pcnn, particlenet, part, part_plain: jets seen" in words
