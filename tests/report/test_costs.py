import numpy as np
import pytest

from jetbench.report.figures import FIGURES
from tests.report.helpers import COSTS, DOWNLOADED, legend, material


def test_cost_marker_areas_are_proportional_to_parameters(cost):
    drawing = FIGURES["cost"](material(cost, "jetclass_cost", DOWNLOADED))
    areas = [points.get_sizes()[0] for points in drawing.axes[0].collections[0:15:3]]
    assert areas[3] / areas[0] == pytest.approx(2143486 / 86154)


def test_cost_without_published_values_shows_ours_alone(settings):
    drawing = FIGURES["cost"](material(settings, "part_sizes"))
    points = [p for p in drawing.axes[0].collections if len(p.get_offsets())]
    assert len(points) == 3
    assert not any("published" in name for name in legend(drawing))


def test_sizes_shows_accuracy_against_parameters(settings):
    shown = material(settings, "part_sizes")
    ax = FIGURES["sizes"](shown).axes[0]
    row = shown.results.set_index("model").loc["part_l"]
    x, y = next(
        bar.lines[0].get_xydata()[0] for bar in ax.containers if "ParT-L" in bar.get_label()
    )
    assert (x, y) == (COSTS["part_l"][0], row["accuracy"])


def test_bars_of_sizes_are_the_statistical_errors(settings):
    shown = material(settings, "part_sizes")
    bar = FIGURES["sizes"](shown).axes[0].containers[0].lines[2][0].get_segments()[0]
    assert np.ptp(bar[:, 1]) == pytest.approx(2 * shown.results["accuracy_error"].iloc[0])


def test_entries_name_the_parameters(settings):
    names = legend(FIGURES["sizes"](material(settings, "part_sizes")))
    assert names[:2] == ["ParT-lite, 578k parameters", "ParT-B, 2.29M parameters"]
