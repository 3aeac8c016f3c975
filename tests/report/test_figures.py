import re

import numpy as np
import pytest

from jetbench.errors import InputError
from jetbench.report.figures import FIGURES
from jetbench.report.material import line_of, read_material
from tests.report.helpers import DOWNLOADED, SIMULATED, TAGGERS, figure


def material(study, name, scale=SIMULATED):
    folder, places = study
    curves, histories = ([p / f for p in places] for f in ("curves.csv", "history.csv"))
    return read_material(folder / f"{name}.csv", curves, histories, TAGGERS, scale)


@pytest.fixture(scope="module")
def toy(taggers):
    return material(taggers, "jetclass_taggers")


def legend(drawing):
    return [text.get_text() for text in drawing.legends[0].get_texts()]


@pytest.mark.parametrize("kind", ["roc", "rejection"])
def test_curves_have_a_panel_a_class_and_a_line_a_tagger(toy, kind):
    drawing = FIGURES[kind](toy)
    assert len(drawing.axes) == 9
    assert legend(drawing)[:5] == ["PFN", "P-CNN", "ParticleNet", "ParT", "ParT (plain)"]


def test_rejection_line_is_the_inverse_of_the_background_efficiency(toy):
    run, curves = next(iter(toy.curves.items()))
    background = curves[curves["class"] == "Hbb"].background_efficiency
    line = FIGURES["rejection"](toy).axes[0].lines[0]
    assert run.model == "pfn"
    assert np.array_equal(line.get_ydata(), 1 / background[background > 0])


@pytest.mark.parametrize(
    ("scale", "face", "words"),
    [(SIMULATED, "none", "JetClass, not comparable"), (DOWNLOADED, "#bd1f01", "JetClass")],
)
def test_published_points_are_hollow_where_they_cannot_be_compared(toy, scale, face, words):
    drawing = FIGURES["rejection"](toy._replace(scale=scale))
    points = [line for line in drawing.axes[0].lines if list(line.get_ydata()) == [10638]]
    assert [point.get_markerfacecolor() for point in points] == [face]
    assert f"published ({words})" in legend(drawing)


def test_working_point_lies_on_its_curve(toy):
    row = toy.results.set_index("model").loc["part"]
    curve = next(curves for run, curves in toy.curves.items() if run.model == "part")
    chosen = curve[(curve["class"] == "Tbl") & (curve.signal_efficiency >= 0.995)]
    assert 1 / chosen.background_efficiency.iloc[0] == pytest.approx(row["rej_Tbl"], rel=1e-12)


@pytest.mark.parametrize("kind", ["roc", "rejection", "training", "accuracy"])
def test_every_figure_says_what_it_was_made_from(toy, kind):
    tag = FIGURES[kind](toy).get_suptitle()
    assert "demo  –  simulated look-alike, not JetClass\n10k training jets, 1k test jets" in tag


def test_training_shows_training_and_validation_of_every_run(toy):
    drawing = FIGURES["training"](toy)
    assert [ax.get_ylabel() for ax in drawing.axes] == ["loss", "accuracy"]
    assert all(len(ax.lines) == 2 * 5 + 2 for ax in drawing.axes)


def test_accuracy_shows_the_spread_over_seeds(sizes):
    toy = material(sizes, "training_size")
    bars = FIGURES["accuracy"](toy).axes[0].containers[0].lines[2][0].get_segments()
    row = toy.results[toy.results["model"] == "particlenet"].iloc[0]
    assert np.ptp(bars[0][:, 1]) == pytest.approx(2 * row["accuracy_spread"])


def test_cost_marker_areas_are_proportional_to_parameters(cost):
    drawing = FIGURES["cost"](material(cost, "jetclass_cost", DOWNLOADED))
    areas = [points.get_sizes()[0] for points in drawing.axes[0].collections[0:15:3]]
    assert areas[3] / areas[0] == pytest.approx(2143486 / 86154)


def test_only_the_first_of_several_seeds_is_in_the_legend(sizes):
    runs = material(sizes, "training_size").curves
    labels = [line_of(material(sizes, "training_size"), run, runs)["label"] for run in runs]
    assert labels[:4] == ["ParticleNet, 1k", None, "ParticleNet, 3k", None]


def test_larger_training_sizes_are_drawn_stronger(sizes):
    toy = material(sizes, "training_size")
    strengths = [line_of(toy, run, toy.curves)["alpha"] for run in toy.curves]
    assert strengths[:6:2] == sorted(strengths[:6:2]) and strengths[4] == 1


def test_same_results_give_the_same_bytes(taggers, tmp_path):
    folder, places = taggers
    contents = []
    for _ in range(2):
        figure(folder, "jetclass_taggers", "training", places)
        contents.append([(folder / f"training.{kind}").read_bytes() for kind in ("pdf", "png")])
    assert contents[0] == contents[1]
    assert not re.search(rb"CreationDate", contents[0][0])


def test_unknown_figure_is_refused(taggers):
    folder, places = taggers
    with pytest.raises(InputError, match="expected one of the figures roc, .* got 'rco'"):
        figure(folder, "jetclass_taggers", "rco", places)


def test_figure_without_its_values_is_refused(toy):
    for kind, empty in {"training": {"histories": {}}, "roc": {"curves": {}}, "cost": {}}.items():
        with pytest.raises(InputError, match="expected .*, got none"):
            FIGURES[kind](toy._replace(**empty))
