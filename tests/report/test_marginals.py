import numpy as np
import pytest

from jetbench.evaluation.reconstruction import distances, read_reconstruction
from jetbench.report.marginals import marginals
from tests.evaluation.reconstructions import write_reconstruction
from tests.report.helpers import legend


@pytest.fixture(scope="module")
def shapes(tasks):
    return marginals(tasks[1])


def test_every_feature_has_a_panel_with_its_axis(shapes):
    *panels, last = shapes.axes
    scales = ["log", "linear", "linear", "symlog", "log", "symlog", "log"]
    assert [ax.get_xscale() for ax in panels] == scales
    assert panels[0].get_xlabel() == "$p_T$ [GeV]"
    assert panels[3].get_xlabel() == "$d_0$ [mm], linear within ±0.1"


def test_distances_have_the_looks_of_their_backbone(tasks, shapes):
    last = shapes.axes[-1]
    for content, drawn in zip(tasks[1].reconstructions, last.lines, strict=True):
        assert list(drawn.get_ydata()) == [each.relative for each in distances(content)]
        assert drawn.get_color() == tasks[1].looks[content.method]["colour"]


def test_chance_is_on_the_scale_of_the_distances(tasks, shapes):
    found = distances(tasks[1].reconstructions[0])
    heights = [bar.get_height() for bar in shapes.axes[-1].patches]
    spreads = [each.value / each.relative for each in found]
    assert heights == pytest.approx([w.floor / s for w, s in zip(found, spreads, strict=True)])


def test_shares_of_all_particles_add_up(shapes):
    for ax in shapes.axes[:-1]:
        shares = [ax.patches[0].get_data().values, *(each.get_ydata() for each in ax.lines)]
        assert [np.nansum(share) for share in shares] == pytest.approx([1] * len(shares))


def test_the_figure_says_where_the_overflow_is(shapes):
    words = " ".join(shapes.get_suptitle().split())
    assert "the bins at both ends hold what lies beyond them" in words


def test_ticks_of_impact_parameters_have_room(shapes):
    assert len(shapes.axes[3].get_xticks()) <= 7


def test_legend_names_the_backbones_once(shapes):
    names = ["data (dropped)", "regression + id", "k-means + id", "set flow matching"]
    assert legend(shapes) == names


def test_features_that_no_backbone_makes_have_no_panel(tasks, tmp_path):
    three = read_reconstruction(write_reconstruction(tmp_path / "r.h5", "mpm_set", width=3))
    drawing = marginals(tasks[1]._replace(reconstructions=[three]))
    assert len(drawing.axes) == 3 + 1 and "30 test jets" in drawing.get_suptitle()
