"""The quantiles that were fitted before the training, beside the published ones.

Dimensions: Q fitted quantiles, at equal distances from 0 to 1, of each of seven features.
"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.evaluation.reconstruction import FEATURES, IMPACT
from jetbench.report.features import NAMES
from jetbench.report.histograms import OURS, THEIRS, scale_axis
from jetbench.report.inspection import WIDTH, number, table, thousands

SCALES = {  # of the axis of a feature
    "pt": ("log", 0),
    "deta": ("linear", 0),
    "dphi": ("linear", 0),
    "d0": ("asinh", 0.01),
    "d0err": ("linear", 0),
    "dz": ("asinh", 0.01),
    "dzerr": ("linear", 0),
}
SIGNED = ("d0", "dz")
DECIMALS = 6  # of the published values
SHOWN = 0.005  # levels closer to 0 or 1 are left out of a panel: single particles
NOTE = (
    "Shift: how many percentage points the level of the published value in our distribution is "
    "from its published level, the largest from 1 to 99 %. Both have deta as JetClass has it, "
    "mirrored for jets of negative eta. The published lifetime signs were made from eta of the jet "
    "+ deta without mirroring back: in such jets dz has the opposite sign of ours, which come from "
    "the momenta, and d0 of some tracks. So both lean less to positive values than ours."
)


def compare(quantiles: np.ndarray, reference: pd.DataFrame) -> pd.DataFrame:
    """A row a feature and published level: feature, quantile, ours, reference, shift.

    `quantiles` (Q, 7) are ours, `reference` is what `read_reference` gives. The shift is that of
    `shift_of`, and not a number for the extremes, which depend on the number of jets.
    """
    levels, parts = np.linspace(0, 1, len(quantiles)), []
    for name, fitted in zip(FEATURES, quantiles.T, strict=True):
        expected = reference[name].dropna()
        part = pd.DataFrame({"feature": name, "quantile": expected.index})
        part["ours"] = np.interp(expected.index, levels, fitted)
        part["reference"] = expected.to_numpy()
        shift = shift_of(expected.to_numpy(), expected.index.to_numpy(), fitted)
        part["shift"] = np.where(part["quantile"].isin((0, 1)), np.nan, shift)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def shift_of(values: np.ndarray, expected: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """F(values) - expected, F the distribution with the quantiles `fitted` (Q,).

    A value that many particles share has all the levels from the first to the last of them: it is
    where it should be if the expected level is one of these.
    """
    levels, fitted = np.linspace(0, 1, len(fitted)), fitted.round(DECIMALS)
    last = np.interp(values, fitted, levels)
    first = -np.interp(-values, -fitted[::-1], -levels[::-1])
    return np.clip(expected, first, last) - expected


def page(comparison: pd.DataFrame, about: dict) -> str:
    """Markdown of a comparison, readable as it is; `about` has attributes, scale and source."""
    levels = comparison["quantile"].unique()
    rows = []
    for name, part in comparison.groupby("feature", sort=False):
        shift = part["shift"].iloc[part["shift"].abs().argmax()]
        values = part.set_index("quantile").reindex(levels)
        rows.append([name, *map(number, values["ours"]), f"{100 * shift:+.1f}"])
        rows.append(["  published", *map(number, values["reference"]), ""])
    head = ["", *(f"{level:.0%}" for level in levels), "shift"]
    return "\n\n".join(["# Quantiles", sample(about), table(head, rows), fill(NOTE, WIDTH)]) + "\n"


def sample(about: dict) -> str:
    """What was fitted to what."""
    particles, jets = thousands(about["particles"]), thousands(about["jets"])
    return (
        f"Scale {about['scale']}: fitted to the {particles} particles of {jets} {about['source']} "
        "jets."
    )


def draw(quantiles: np.ndarray, comparison: pd.DataFrame, about: dict) -> Figure:
    """Cumulative distribution of each feature: ours as lines, the published levels as points."""
    figure = Figure(figsize=(16, 7.5), layout="constrained")
    *axes, last = figure.subplots(2, 4).flat
    for ax, name, fitted in zip(axes, FEATURES, quantiles.T, strict=True):
        panel(ax, name, fitted, comparison[comparison["feature"] == name])
    last.axis("off")
    handles, names = axes[0].get_legend_handles_labels()
    last.legend(handles, names, loc="upper left", borderaxespad=0)
    figure.suptitle(sample(about), x=0.01, ha="left", fontsize=14)
    return figure


def panel(ax: Axes, name: str, fitted: np.ndarray, points: pd.DataFrame) -> None:
    """One feature of the figure."""
    levels = np.linspace(0, 1, len(fitted))
    shown = fitted[(levels >= SHOWN) & (levels <= 1 - SHOWN)]
    published = points[points["quantile"].between(SHOWN, 1 - SHOWN)]
    ax.plot(fitted, levels, color=OURS["color"], label="fitted here")
    style = {"color": THEIRS["color"], "markerfacecolor": "white", "zorder": 3}
    ax.plot(published["reference"], published["quantile"], "o", label="published", **style)
    ends = np.concatenate([shown, published["reference"]])
    ax.set(
        xlim=(ends.min(), ends.max()), ylim=(0, 1), xlabel=words(name), ylabel="cumulative share"
    )
    scale_axis(ax, SCALES[name])


def words(name: str) -> str:
    """Label of the axis of a feature."""
    charged = "charged: " if name in IMPACT else ""
    return f"{charged}{'signed ' if name in SIGNED else ''}{NAMES[name].axis}"
