import numpy as np
import pytest

from jetbench.report.limits import chosen, topk
from tests.report.helpers import legend, material


@pytest.fixture(scope="module")
def toy(limits):
    return material(limits, "part_topk")


def line(ax, text):
    return next(line for line in ax.lines if text in str(line.get_label()))


def test_accuracy_is_relative_to_that_of_the_largest_k(toy):
    shown = line(topk(toy).axes[0], "accuracy")
    accuracies = toy.results.set_index("top")["accuracy"]
    assert list(shown.get_xdata()) == [1, 2, 3, 4, 6, 10, 20, 30, 128]
    assert shown.get_ydata()[0] == accuracies[1] / accuracies[128]
    assert shown.get_ydata()[-1] == 1


def test_published_accuracies_are_hollow(toy):
    full, hollow = topk(toy).axes[0].lines[:2]
    assert hollow.get_ydata()[0] == pytest.approx(0.770 / 0.861)
    assert (full.get_markerfacecolor(), hollow.get_markerfacecolor()) == ("0.2", "none")


def test_rejections_are_drawn_for_a_few_classes(toy):
    entries = [name for name in legend(topk(toy)) if name.startswith("rejection")]
    assert len(entries) == 4
    hollow = topk(toy).axes[1].lines[1]
    assert hollow.get_ydata()[0] == pytest.approx(4396 / 10638)


def test_other_classes_are_drawn_where_these_are_not():
    columns = {f"rej_{key}_class": ["Tbqq"] for key in ("30", "50")}
    assert chosen(columns) == ["30", "50"]


def test_bars_are_the_intervals_and_leave_the_axis_alone(toy):
    results = toy.results.assign(rej_Hbb=2.0, rej_Hbb_low=1.0, rej_Hbb_high=1e6)
    ax = topk(toy._replace(results=results)).axes[1]
    bars = ax.collections[0].get_segments()
    assert np.allclose(bars[0], [[1, 0.5], [1, 5e5]])
    assert ax.get_ylim()[1] < 2


def test_every_k_has_its_tick(toy):
    ticks = [label.get_text() for label in topk(toy).axes[0].get_xticklabels()]
    assert ticks == ["1", "2", "3", "4", "6", "10", "20", "30", "128"]


def test_order_of_the_table_does_not_matter(toy):
    shuffled = toy._replace(results=toy.results[::-1])
    data = [line(topk(m).axes[0], "accuracy").get_xydata() for m in (toy, shuffled)]
    assert np.array_equal(*data)
