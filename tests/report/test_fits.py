"""Fitted quantiles beside the published ones: by hand, and of real jets."""

import numpy as np
import pandas as pd
import pytest

from jetbench.data.fitting import quantiles_of, write_fit
from jetbench.evaluation.reconstruction import FEATURES
from jetbench.report.fits import compare, draw, page, shift_of
from tests.report.inspected import REFERENCE, published
from workflow.scripts.compare_quantiles import compare_quantiles

ABOUT = {"particles": 39_338_187, "jets": 1_000_000, "scale": "toy", "source": "simulated"}


def as_published(levels=500):
    """Quantiles (Q, 7) that go through all the published ones."""
    table = published()
    grid = np.linspace(0, 1, levels)
    return np.stack([np.interp(grid, table.index, table[name]) for name in FEATURES], -1)


def moved(feature, by):
    """The same, one feature moved."""
    quantiles = as_published()
    quantiles[:, FEATURES.index(feature)] += by
    return quantiles


def test_quantiles_like_the_published_ones_have_no_shift():
    comparison = compare(as_published(50_001), published())
    assert len(comparison) == 63
    assert comparison["shift"].abs().max() < 1e-4


def test_a_shift_is_the_distance_of_levels():
    """Between 0 and 2 evenly spread: 0.5 has the level 0.25, not 0.4."""
    shift = shift_of(np.array([0.5]), np.array([0.4]), np.linspace(0, 2, 500))
    assert shift == pytest.approx(-0.15, abs=1e-9)


@pytest.mark.parametrize("level, shift", [(0.3, 0), (0.6, 0), (0.1, 0.1), (0.9, -0.1)])
def test_a_value_that_many_share_has_all_their_levels(level, shift):
    """Levels 0.2 to 0.8 are 1; written with fewer digits than it is stored with."""
    fitted = np.array([0, *[1.00000004] * 4, 2])
    got = shift_of(np.array([1.0]), np.array([level]), fitted)
    assert got == pytest.approx(shift, abs=1e-9)


def test_extremes_have_no_shift():
    comparison = compare(as_published(), published())
    assert comparison.loc[comparison["quantile"].isin((0, 1)), "shift"].isna().all()


def test_the_page_names_the_largest_shift_of_a_feature():
    comparison = compare(moved("deta", 0.05), published())
    [line] = [row for row in page(comparison, ABOUT).splitlines() if row.startswith("| deta")]
    shift = comparison[comparison["feature"] == "deta"]["shift"]
    assert line.split("|")[-2].strip() == f"{-100 * shift.abs().max():+.1f}"


def test_the_page_says_of_what_and_why_signs_differ():
    text = page(compare(as_published(), published()), ABOUT)
    assert "39 338 187 particles of 1 000 000 simulated jets" in text
    assert "mirrored for jets of negative eta" in text


def test_every_feature_has_a_panel_with_line_and_points():
    quantiles = as_published()
    figure = draw(quantiles, compare(quantiles, published()), ABOUT)
    for ax, fitted in zip(figure.axes, quantiles.T, strict=False):
        line, points = ax.lines
        np.testing.assert_array_equal(line.get_xdata(), fitted)
        assert len(points.get_xdata()) == 7


def test_the_script_writes_page_table_and_figures(tmp_path):
    write_fit(tmp_path / "q.h5", "jetbench-quantiles", {"quantiles": as_published()}, **ABOUT)
    names = [f"q.{suffix}" for suffix in ("md", "csv", "pdf", "png")]
    outputs = [tmp_path / name for name in names]
    compare_quantiles(tmp_path / "q.h5", REFERENCE, *outputs, "toy", "simulated")
    assert len(pd.read_csv(tmp_path / "q.csv")) == 63
    assert all(path.stat().st_size > 1000 for path in outputs)


@pytest.mark.real
@pytest.mark.parametrize("feature", ["pt", "deta", "dphi"])
def test_real_jets_have_the_published_quantiles(real, feature):
    """To 2 percentage points: 500 jets of all classes."""
    jets = np.load(real / "jetclass_500.npz")
    values = np.hypot(jets["px"], jets["py"]) if feature == "pt" else jets[feature].clip(-0.8, 0.8)
    quantiles = as_published()
    quantiles[:, FEATURES.index(feature)] = quantiles_of(values, 500)
    comparison = compare(quantiles, published())
    assert comparison.loc[comparison["feature"] == feature, "shift"].abs().max() < 0.02
