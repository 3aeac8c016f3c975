"""The page of histograms: its panels, its marks, and what it does without some of them."""

import pytest

from jetbench.report.histograms import PANELS, decades, draw
from tests.report.inspected import REFERENCE, own_reference, published, scaled, toy_summary
from workflow.scripts.inspect_file import inspect_file


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """All classes of toy jets in equal parts."""
    return toy_summary(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def drawing(toy):
    """Its histograms."""
    return draw(toy, published())


def panel(drawing, words):
    """The axes whose label has these words."""
    return next(ax for ax in drawing.axes if words in ax.get_xlabel())


def test_every_quantity_has_a_panel_and_the_last_is_the_legend(drawing):
    labels = [ax.get_xlabel() for ax in drawing.axes]
    assert len(labels) == 12 and all(labels[:-1])
    assert "soft-drop mass [GeV]" in labels and "jet mass [GeV]" not in labels
    legend = drawing.axes[-1].get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert names[0] == "QCD" and len(names) == 12
    assert legend.get_title().get_text().startswith("Jets by class, particles of all classes")


def test_shares_of_all_classes_together_are_everything(drawing, toy):
    ax = panel(drawing, "particles a jet")
    assert len(ax.patches) == len(toy.counts)
    inside = sum(patch.get_data().values.sum() for patch in ax.patches)
    assert inside == pytest.approx(1)


def test_medians_of_file_and_reference_are_marked(drawing, toy):
    lines = panel(drawing, "particle $p_T$").lines
    points = [line.get_xdata()[0] for line in lines if line.get_marker() == "o"]
    assert points == [toy.quantiles["pt"][4], 5.861521]


def test_marks_lie_inside_their_panel(toy):
    drawing = draw(scaled(toy, "d0", 1e3), published())
    for ax in drawing.axes[:-1]:
        low, high = ax.get_xlim()
        marks = [line.get_xdata() for line in ax.lines]
        assert all(low <= x <= high for xs in marks for x in xs if x == x)


def test_axes_have_the_scale_of_their_bins(drawing):
    scales = {
        words: panel(drawing, words).get_xscale() for words in ("jet $p", "particle $p", "d_0$ [")
    }
    assert list(scales.values()) == ["linear", "log", "asinh"]


def test_a_panel_that_differs_says_so(toy):
    drawing = draw(scaled(toy, "dz", 1e-3), own_reference(toy))
    titles = {ax.get_xlabel(): ax.get_title("right") for ax in drawing.axes}
    assert {label for label, title in titles.items() if title} == {"charged: signed $d_z$ [mm]"}
    assert "1 to look at" in drawing.get_suptitle()


def test_a_good_file_is_called_so(toy):
    title = draw(toy, own_reference(toy)).get_suptitle()
    assert title == "jetclass_toy: 400 jets\nnothing suspicious"


def test_units_alone_are_not_called_nothing_suspicious(toy):
    title = draw(toy._replace(mixed=False), own_reference(toy)).get_suptitle()
    assert title.endswith("units look right, shapes not checked")


def test_the_path_stands_below(drawing, toy):
    assert drawing.get_supxlabel() == toy.path


@pytest.mark.parametrize(("panels", "columns"), [(7, 4), (8, 3), (9, 5)])
def test_few_places_are_empty_and_the_legend_is_next(toy, panels, columns):
    names = [name for name in PANELS if name in toy.histograms and name != "jet_mass"][:panels]
    few = toy._replace(histograms={name: toy.histograms[name] for name in names}, shares={})
    axes = draw(few, published()).axes
    assert axes[-1].get_legend() and len(axes) == panels + 1
    assert axes[-1].get_gridspec().ncols == columns


def test_classes_that_are_no_decays_keep_their_names(toy):
    counts = {"gluon": 200, "quark": 200}
    few = toy._replace(counts=counts, histograms={"pt": toy.histograms["pt"]}, shares={})
    legend = draw(few, published()).axes[-1].get_legend()
    assert [text.get_text() for text in legend.get_texts()][:2] == ["gluon", "quark"]


def test_a_file_with_few_quantities_has_few_panels(toy):
    few = {name: toy.histograms[name] for name in ("multiplicity", "pt")}
    assert len(draw(toy._replace(histograms=few, shares={}), published()).axes) == 3


def test_decades_of_an_axis_that_is_linear_inside():
    assert decades((-3, 200), 0.05, 1) == [-1, 0, 1, 10, 100]
    assert decades((-300, 200), 0.05, 2) == [-100, -1, 0, 1, 100]
    assert decades((-0.01, 0.01), 0.05, 2) == [0]


def test_the_same_file_gives_the_same_bytes(toy, tmp_path):
    contents = []
    for turn in ("a", "b"):
        paths = [tmp_path / turn / f"page.{kind}" for kind in ("md", "pdf", "png")]
        inspect_file(toy.path, REFERENCE, *paths)
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1] and b"CreationDate" not in contents[0][1]
