import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.figures import FIGURES
from jetbench.report.runs import run_named
from tests.report.helpers import legend


def points(ax, label):
    """x and y of the line of that legend entry."""
    container = next(each for each in ax.containers if each.get_label() == label)
    return [list(values) for values in container.lines[0].get_data()]


def hollow(ax):
    """Values of the lines with hollow markers."""
    return [list(each.get_ydata()) for each in ax.lines if each.get_markerfacecolor() == "none"]


def test_ladder_has_a_line_a_target_and_the_control_apart(ladder):
    ax = FIGURES["ladder"](ladder[1]).axes[0]
    x, y = points(ax, "k-means")
    assert x == list(range(7)) and y[0] == pytest.approx(0.562 / 2 + 0.01)
    assert len(points(ax, "regression")[0]) == 7
    assert [0.562, 0.622, 0.702, 0.740, 0.814, 0.830, 0.840] in hollow(ax) and [0.65] in hollow(ax)


def test_ladder_names_its_steps(ladder):
    labels = [tick.get_text() for tick in FIGURES["ladder"](ladder[1]).axes[0].get_xticklabels()]
    assert labels[0] == "MPMv1" and labels[-1] == "MAE decoder\nalone,\ncontrol"


def test_sweep_is_relative_to_the_run_in_both_panels(sweeps):
    depth, rate = FIGURES["sweep"](sweeps[1]).axes
    x, y = points(depth, "ours")
    assert x == [1, 2, 3, 4] and y[3] == 0 and y[0] == pytest.approx((0.8295 - 0.8316) / 2)
    shares, _ = rate.containers[0].lines[0].get_data()
    assert list(shares) == [n / 10 for n in range(1, 10)]
    assert [pytest.approx(value - 0.8323) for value in (0.8295, 0.8304, 0.8307, 0.8323)] in hollow(
        depth
    )
    assert depth.get_title(loc="left") == "zero: 0.436 ours, 0.8323 published"


def test_pretraining_has_a_panel_a_task_and_the_mean_over_seeds(tasks):
    drawing = FIGURES["pretraining"](tasks[1])
    titles = [ax.get_title(loc="left") for ax in drawing.axes]
    assert titles[:3] == ["particle id: cross-entropy", "regression: L1"] + [
        "k-means tokens: cross-entropy"
    ]
    assert list(drawing.axes[1].lines[0].get_ydata()) == [2, 1, 2 / 3, 0.5]
    assert list(drawing.axes[1].lines[0].get_xdata()) == [1000, 2000, 3000, 4000]
    assert legend(drawing)[0] == "particle id" and legend(drawing)[-2:] == [
        "validation",
        "training",
    ]


def test_panels_leave_no_place_of_the_grid_empty(tasks):
    panels = FIGURES["pretraining"](tasks[1]).axes
    grid = panels[0].get_gridspec()
    spans = [ax.get_subplotspec() for ax in panels]
    places = [place for span in spans for place in range(span.num1, span.num2 + 1)]
    assert sorted(places) == list(range(grid.nrows * grid.ncols)) and len(panels) == 6


def test_training_losses_stand_at_the_middle_of_their_epoch(tasks):
    drawing = FIGURES["pretraining"](tasks[1])
    validation, training = drawing.axes[1].lines[:2]
    assert list(training.get_xdata()) == [500, 1500, 2500, 3500]
    assert (validation.get_marker(), training.get_marker()) == ("^", ".")
    words = " ".join(drawing.get_suptitle().split())
    assert "while the network learns, so it may lie above" in words


def test_untrained_encoders_are_one_entry_and_have_no_colour(tasks):
    histories = {}
    for model, start in (("kmeans", "frozen"), ("kmeans", "untrained"), ("flow", "untrained")):
        table = pd.DataFrame(dict.fromkeys(["val_loss", "train_loss"], [1.0, 0.5]))
        table[["val_accuracy", "train_accuracy"]] = 0.5
        run = run_named(f"demo/jetclass/mpm_{model}/{start}/10k/1")
        histories[run] = table.assign(jets=[1000, 2000])
    drawing = FIGURES["training"](tasks[1]._replace(histories=histories))
    assert legend(drawing)[:2] == ["k-means + id, frozen", "untrained"]
    assert [line.get_color() for line in drawing.axes[0].lines[2:6]] == ["black"] * 4


def test_variants_of_a_model_have_colours_of_their_own(ladder):
    drawing = FIGURES["pretraining"](ladder[1])
    kmeans = next(ax for ax in drawing.axes if "k-means" in ax.get_title(loc="left"))
    lines = [line for line in kmeans.lines if line.get_label().startswith("k-means")]
    assert len({str(line.get_color()) for line in lines}) == len(lines) == 7
    assert lines[0].get_label() == "k-means, MPMv1"


@pytest.mark.parametrize("kind", ["pretraining", "reconstruction", "marginals"])
def test_every_figure_says_what_it_was_made_from(tasks, kind):
    tag = FIGURES[kind](tasks[1]).get_suptitle()
    assert "demo  –  simulated look-alike, not JetClass\n10k training jets, " in tag


def test_figure_without_its_values_is_refused(tasks):
    empty = tasks[1]._replace(histories={}, reconstructions=[])
    for kind in ("pretraining", "reconstruction", "marginals", "sweep"):
        with pytest.raises(InputError, match="expected .*, got none"):
            FIGURES[kind](empty)


def test_trainings_of_heads_are_drawn_without_their_pretrainings(tasks):
    with pytest.raises(InputError, match="expected training histories, got none"):
        FIGURES["training"](tasks[1])
