"""The page and the figure of how evenly particles fall on tokens."""

import numpy as np
import pytest

from jetbench.data.clustering import occupancy
from jetbench.data.fitting import write_fit
from jetbench.report.occupancy import draw, page
from workflow.scripts.show_occupancy import show_occupancy

COUNTS = np.array([10, 40, 0, 50])
ABOUT = {"particles": 100, "jets": 3, "passes": 7, "mean_square_distance": 1.23456}
ABOUT |= {"at_rest": True}
SCALE = {"scale": "toy", "source": "simulated"}


def cells(name):
    """Our number and the published one of a row of the page."""
    text = page(occupancy(COUNTS), ABOUT | SCALE)
    [row] = [line for line in text.splitlines() if line.startswith(f"| {name} ")]
    return [cell.strip() for cell in row.split("|")[2:4]]


@pytest.mark.parametrize(
    "name, ours, published",
    [
        ("tokens", "4", "16 384"),
        ("particles a token", "25", "2401"),
        ("empty tokens", "25 %", ""),
        ("rare tokens", "25 %", ""),
        ("particles on the fullest", "50 %", ""),
        ("weight, min", "0.4138", "0.18"),  # (1/50) 3 / (1/10 + 1/40 + 1/50)
        ("weight, median", "0.5172", "0.906"),
        ("weight, max", "2.069", "65.6"),
    ],
)
def test_numbers_by_hand_beside_the_published_ones(name, ours, published):
    assert cells(name) == [ours, published]


def test_the_page_says_how_far_the_fit_went():
    text = " ".join(page(occupancy(COUNTS), ABOUT | SCALE).split())
    assert "centroid 1.235, after 7 passes from 4 particles at random, at rest." in text
    text = page(occupancy(COUNTS), ABOUT | SCALE | {"at_rest": False})
    assert "not yet at rest" in text


def test_tokens_are_drawn_from_the_fullest_down_beside_even_ones():
    ax = draw(COUNTS, occupancy(COUNTS), ABOUT | SCALE).axes[0]
    assert ax.patches[0].get_data().values.tolist() == [50, 40, 10, 0]
    assert set(ax.lines[0].get_ydata()) == {25}


def test_ticks_are_whole_numbers_and_effective_tokens_those_of_the_page():
    ax = draw(COUNTS, occupancy(COUNTS), ABOUT | SCALE).axes[0]
    assert ax.get_legend().get_title().get_text() == "2.569 of 4 tokens effective"
    assert cells("effective tokens")[0] == "2.569"
    major, named = ax.yaxis.get_major_locator(), ax.yaxis.get_major_formatter()
    assert [named(tick) for tick in major.tick_values(10, 50)][-4:] == ["10", "20", "30", "50"]
    assert ax.yaxis.get_minor_formatter()(30) == ""


def test_the_script_writes_page_and_figures(tmp_path):
    write_fit(tmp_path / "k.h5", "jetbench-centroids", {"occupancy": COUNTS}, **ABOUT)
    outputs = [tmp_path / f"k.{suffix}" for suffix in ("md", "pdf", "png")]
    show_occupancy(tmp_path / "k.h5", *outputs, "toy", "simulated")
    assert all(path.stat().st_size > 500 for path in outputs)
