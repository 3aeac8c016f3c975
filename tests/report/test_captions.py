import pandas as pd
import pytest

from jetbench.report.captions import caption
from jetbench.report.runs import variant
from tests.report.helpers import DOWNLOADED, SHOWINGS, SIMULATED, read_study


def text(scale, train_jets="100M", seeds=1, study="jetclass_taggers", size="100M", **columns):
    study = read_study(study)
    starts = columns.pop("starts", ["scratch"])
    rows = [(model, start) for model in study["models"] for start in starts]
    results = pd.DataFrame(rows, columns=["model", "start"])
    results["tagger"] = [model + variant(start, study["task"]) for model, start in rows]
    values = {"train_jets": train_jets, "size": size, "test_jets": 3000, "seeds": seeds}
    values |= {"background": "QCD"} | columns
    return caption(study, scale, results.assign(**values), SHOWINGS)


def tops(scale, train_jets, **columns):
    return text(scale, train_jets, study="top_tagging", size="1.2M", **columns)


def test_simulated_numbers_are_never_called_jetclass_results():
    words = text(SIMULATED, "10k")
    assert "These are NOT JetClass results and are not comparable" in words
    assert "scale demo: trained on 10k and tested on 3k jets simulated on the spot" in words


def test_simulated_tops_are_never_called_toplandscape_results():
    words = tops(SIMULATED, "2k")
    assert "These are NOT TopLandscape results and are not comparable" in words
    assert "the classes Tbqq and QCD of a look-alike of JetClass." in words
    assert "(1.2M TopLandscape training jets)" in words


def test_fewer_jets_are_no_reproduction():
    assert "no reproduction" in text(DOWNLOADED, "10k")


def test_the_papers_own_scale_is_compared_plainly():
    words = text(DOWNLOADED)
    assert "NOT" not in words and "no reproduction" not in words
    assert "Published: arXiv:2202.03772, Table 1 (100M JetClass training jets)" in words


def test_features_that_the_data_prescribe_are_named():
    words = tops(DOWNLOADED, "1.2M")
    assert "tested on 3k TopLandscape jets. These offer the feature set kin alone" in words
    assert "feature set" not in text(DOWNLOADED)


@pytest.mark.parametrize(
    ("seeds", "words"), [(1, "finite number of test jets"), (3, "deviation over 3 trainings")]
)
def test_caption_says_what_the_errors_are(seeds, words):
    assert words in text(SIMULATED, seeds=seeds)


@pytest.mark.parametrize(("passed", "said"), [(0, False), (1, True), (9, True), (10, False)])
def test_caption_explains_errors_to_either_side_where_there_are_any(passed, said):
    words = text(SIMULATED, rej_Hbb_passed=passed)
    assert ("68 % Poisson interval where fewer than 10 background jets pass" in words) == said


@pytest.mark.parametrize("background", ["QCD", "gluon"])
def test_background_of_the_rejections_is_named(background):
    words = text(SIMULATED, background=background)
    assert f"against {background} jets at that signal efficiency" in words


@pytest.mark.parametrize("study", ["jetclass_cost", "part_sizes"])
def test_captions_of_costs_explain_multiply_accumulates(study):
    words = text(SIMULATED, study=study)
    assert "one jet of 128 particles" in words and "background efficiency" not in words


def test_caption_of_sizes_says_that_no_performance_is_published():
    words = text(SIMULATED, "10k", study="part_sizes")
    assert "NOT JetClass results. Published: settings alone, no performance" in words


def test_caption_says_what_k_is():
    words = text(SIMULATED, study="part_topk")
    assert "every head of the particle blocks attends" in words
    assert "not trained again" in words


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (SIMULATED, "tagger's own on the ten classes of the simulated look-alike of JetClass"),
        (DOWNLOADED, "tagger's own on the ten classes of JetClass, with"),
    ],
)
def test_caption_says_what_fine_tuning_starts_from(scale, words):
    assert words in tops(scale, "2k", starts=["scratch", "jetclass"])
    assert '"fine-tuned' not in tops(scale, "2k")


def test_caption_says_what_official_weights_are():
    assert "not trained here" in text(DOWNLOADED, starts=["scratch", "official"])
    words = tops(DOWNLOADED, "1.2M", starts=["official"])
    assert "starts from the published weights" in words and "not trained here" not in words


def test_caption_says_how_many_jets_each_tagger_saw():
    assert "The trainings showed 6.4k to part: jets seen" in text(SIMULATED, "10k")


PICKED = {"tasks": {"top_tagging": {"data": "top"}}}


@pytest.mark.parametrize("scale", [SIMULATED, DOWNLOADED | PICKED], ids=["simulated", "downloaded"])
def test_fine_tuning_on_jets_of_the_start_is_said(scale):
    words = "two classes are among those that the start was trained on; the test jets are not."
    assert words in tops(scale, "2k", starts=["scratch", "jetclass"])
    assert words not in tops(scale, "2k")
    assert words not in tops(DOWNLOADED, "2k", starts=["scratch", "jetclass", "official"])


def test_downloaded_tops_of_jetclass_are_never_called_toplandscape_results():
    words = tops(DOWNLOADED | PICKED, "1.2M")
    assert "tested on 3k top-quark and QCD jets of JetClass." in words
    assert "These are NOT TopLandscape results and are not comparable" in words
    assert "simulated" not in words


def test_official_weights_have_no_spread_over_seeds():
    words = text(DOWNLOADED, starts=["scratch", "official"], seeds=2)
    assert "over 2 trainings with other seeds, of official weights those of the finite" in words
    assert "official" not in text(DOWNLOADED, seeds=2)


def test_official_weights_of_many_jets_are_no_training_on_fewer():
    jets = ["1M", "100M"] * 5
    words = text(DOWNLOADED, starts=["official", "scratch"], train_jets=jets)
    assert "no reproduction" not in words
