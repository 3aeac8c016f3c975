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
    assert [ax.get_xscale() for ax in shapes.axes] == ["log", "linear", "linear"] + [
        "symlog",
        "log",
    ] * 2
    assert shapes.axes[0].get_xlabel() == r"$p_\mathrm{T}$ [GeV]"


def test_distances_stand_beside_their_lines(tasks, shapes):
    found = [distances(content)[0] for content in tasks[1].reconstructions]
    beside = shapes.axes[0].get_legend()
    assert [text.get_text() for text in beside.get_texts()] == [f"{w.value:.2g}" for w in found]
    assert beside.get_title().get_text().endswith(f"by chance {found[0].floor:.1g}")


def test_shares_of_all_particles_add_up(shapes):
    for ax in shapes.axes:
        for patch in ax.patches:
            assert patch.get_data().values.sum() == pytest.approx(1)


def test_legend_names_the_backbones_once(shapes):
    names = ["dropped", "regression + id", "k-means + id", "set flow matching"]
    assert legend(shapes) == names


def test_features_that_no_backbone_makes_have_no_panel(tasks, tmp_path):
    three = read_reconstruction(write_reconstruction(tmp_path / "r.h5", "mpm_set", width=3))
    drawing = marginals(tasks[1]._replace(reconstructions=[three]))
    assert len(drawing.axes) == 3 and drawing.get_suptitle().endswith("30 test jets")


def test_numbers_have_room_above_the_lines(shapes):
    for ax in shapes.axes:
        low, high = np.log10(ax.get_ylim())
        top = np.log10(max(patch.get_data().values.max() for patch in ax.patches))
        assert 0.6 < (top - low) / (high - low) < 0.75
