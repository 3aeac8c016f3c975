import re

import numpy as np
import pytest

from jetbench.errors import InputError
from jetbench.report.figures import FIGURES
from tests.report.helpers import DOWNLOADED, SIMULATED, figure, legend, material


@pytest.fixture(scope="module")
def toy(taggers):
    return material(taggers, "jetclass_taggers")


@pytest.mark.parametrize("kind", ["roc", "rejection"])
def test_curves_have_a_panel_a_class_and_a_line_a_tagger(toy, kind):
    drawing = FIGURES[kind](toy)
    assert len(drawing.axes) == 9
    assert legend(drawing)[:5] == ["PFN", "P-CNN", "ParticleNet", "ParT", "ParT (plain)"]


@pytest.mark.parametrize("kind", ["roc", "rejection"])
def test_one_signal_class_is_one_panel(tops, kind):
    drawing = FIGURES[kind](material(tops, "top_tagging"))
    assert len(drawing.axes) == 1
    assert drawing.axes[0].get_ylabel() == f"QCD {'efficiency' if kind == 'roc' else kind}"
    assert legend(drawing)[-3:-1] == ["ParT", "ParT, fine-tuned"]


def test_published_rejections_of_one_class_lie_at_their_efficiency(tops):
    ax = FIGURES["rejection"](material(tops, "top_tagging")).axes[0]
    points = {
        line.get_ydata()[0]: line.get_xdata()[0] for line in ax.lines if line.get_xydata().size
    }
    assert {value: points[value] for value in (888, 1615)} == {888: 0.3, 1615: 0.3}
    bars = [bar for shown in ax.containers for bar in shown.lines[2][0].get_segments()]
    assert [list(bar[:, 1]) for bar in bars if bar.mean() > 700] == [[1522, 1708]]


def test_highest_published_rejection_is_inside_its_panel(toy):
    ax = FIGURES["rejection"](toy).axes[5]
    assert ax.get_ylim()[1] > 32787 > ax.get_ylim()[0]


def test_bands_of_the_rejection_are_the_poisson_intervals(toy):
    run, curves = next(iter(toy.curves.items()))
    ax = FIGURES["rejection"](toy).axes[0]
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert run.model == "pfn" and ax.lines[0].get_ydata()[0] == 100 / 1
    assert band.max() == pytest.approx(100 / 0.172753, rel=1e-5)


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
    missing = {"training": {"histories": {}}, "roc": {"curves": {}}, "cost": {}, "sizes": {}}
    for kind, empty in (missing | {"topk": {}}).items():
        with pytest.raises(InputError, match="expected .*, got none"):
            FIGURES[kind](toy._replace(**empty))
