import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from jetbench.report.limits import chosen, relative, topk
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


NAN = np.nan


def drawn(ours, theirs):
    """Relative values of a line with three limits by their legend entry."""
    rows = pd.DataFrame({"top": [1, 10, 128], "rej_Hbb": ours, "rej_Hbb_published": theirs})
    ax = Figure().subplots()
    look = {"color": "red", "label": "Hbb"}
    relative(ax, rows.assign(rej_Hbb_low=ours, rej_Hbb_high=ours), "rej_Hbb", look)
    entries = ax.get_legend_handles_labels()[1]
    names = [line.get_label() for line in ax.lines]
    return {
        name if name in entries else "": list(line.get_ydata())[:2]
        for name, line in zip(names, ax.lines, strict=True)
    }


def test_line_without_a_number_at_the_largest_k_is_relative_to_the_next_one():
    lines = drawn([2.0, 8.0, NAN], [10, 20, 40])
    assert lines == {"Hbb (over that of k = 10)": [0.25, 1], "": [0.25, 0.5]}


def test_legend_says_so_of_published_numbers_too():
    lines = drawn([2, 8, 16], [10, 20, NAN])
    assert lines == {"Hbb": [0.125, 0.5], "Hbb, published (over that of k = 10)": [0.5, 1]}


def test_line_without_any_number_is_marked():
    assert list(drawn([NAN] * 3, [10, 20, 40])) == ["Hbb (no value)", ""]
    assert list(drawn([2, 8, 16], [NAN] * 3)) == ["Hbb"]


def test_order_of_the_table_does_not_matter(toy):
    shuffled = toy._replace(results=toy.results[::-1])
    data = [line(topk(m).axes[0], "accuracy").get_xydata() for m in (toy, shuffled)]
    assert np.array_equal(*data)
