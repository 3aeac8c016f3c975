"""Figure of a tagger whose attention is limited to the k largest scores."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from jetbench.errors import InputError
from jetbench.report.canvas import finish
from jetbench.report.material import Material, lines_of, published_label
from jetbench.report.style import DECAYS

# Few lines, so that they are told apart: a lepton, many prongs, two prongs. Where a table has none
# of these classes, it is its first ones.
CLASSES = ("Hbb", "H4q", "Tbqq", "Tbl")
COLOURS = ("#3f90da", "#ffa90e", "#bd1f01", "#832db6")
MARKERS = "os^D"


def topk(material: Material) -> Figure:
    """Accuracy and rejections, relative to the largest k, against k: ours full, published hollow.

    A line that has no number there is relative to the largest k that it has one for; the legend
    then says so, and also of a line without any.
    Bars are the statistical errors of our points alone. The same test jets are behind all of them,
    so that what lies between two points is known better than that.
    """
    if "top" not in material.results:
        raise InputError("expected a table with the column top, got none: figure topk needs it")
    figure = Figure(figsize=(12, 6.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    styles = lines_of(material)
    groups = material.results.groupby(["tagger", "train_jets"], sort=False)
    for (tagger, _), rows in groups:
        name = f"{styles[tagger]['label']}, " if len(groups) > 1 else ""
        look = {"color": "0.2", "marker": "o", "linestyle": styles[tagger]["linestyle"]}
        relative(left, rows, "accuracy", look | {"label": f"{name}accuracy"})
        for key, colour, marker in zip(chosen(material.results), COLOURS, MARKERS, strict=False):
            decay = DECAYS.get(rows[f"rej_{key}_class"].iloc[0], key)
            look |= {"color": colour, "marker": marker, "label": f"{name}rejection, {decay}"}
            relative(right, rows, f"rej_{key}", look)
    for ax, what in ((left, "accuracy"), (right, "background rejection")):
        ax.plot([], [], "o", color="0.3", markerfacecolor="none", label=published_label(material))
        limit_axis(ax, material.results, what)
    return finish(figure, material)


def chosen(results: pd.DataFrame) -> list[str]:
    """Working points that are drawn: those of CLASSES, or the first ones."""
    keys = [name[4:-6] for name in results if name.startswith("rej_") and name.endswith("_class")]
    return [key for key in CLASSES if key in keys] or keys[: len(CLASSES)]


def relative(ax: Axes, rows: pd.DataFrame, quantity: str, style: dict) -> None:
    """Values over that of the largest limit, ours full and published hollow."""
    rows, name = rows.sort_values("top"), style["label"]
    full, words = base(rows, quantity)
    ax.plot(rows["top"], rows[quantity] / full, **style | {"label": name + words})
    ends = (interval(row, quantity) for _, row in rows.iterrows())
    bars = [
        [(k, low / full), (k, high / full)]
        for k, (low, high) in zip(rows["top"], ends, strict=True)
    ]
    # autolim: the bar of a rejection with a single passing jet would make the rest a flat line.
    ax.add_collection(LineCollection(bars, colors=style["color"], linewidths=1), autolim=False)
    theirs = f"{quantity}_published"
    if theirs in rows and rows[theirs].notna().any():
        full, words = base(rows, theirs)
        hollow = {"markerfacecolor": "none", "linewidth": 0.9, "markersize": 9}
        hollow["label"] = f"{name}, published{words}" if words else None
        ax.plot(rows["top"], rows[theirs] / full, **style | hollow)


def base(rows: pd.DataFrame, column: str) -> tuple[float, str]:
    """Number of the largest limit that has one, and words for the legend if others are larger."""
    known = rows[rows[column].notna()]
    if known.empty:
        return np.nan, " (no value)"
    limit, largest = known["top"].iloc[-1], rows["top"].iloc[-1]
    return known[column].iloc[-1], "" if limit == largest else f" (over that of k = {limit})"


def interval(row: pd.Series, quantity: str) -> tuple[float, float]:
    """Ends of the statistical error of our value."""
    if quantity == "accuracy":
        return row[quantity] - row[f"{quantity}_error"], row[quantity] + row[f"{quantity}_error"]
    return row[f"{quantity}_low"], row[f"{quantity}_high"]


def limit_axis(ax: Axes, results: pd.DataFrame, what: str) -> None:
    """Logarithmic axis with a tick at every k of the table."""
    limits = sorted(results["top"].unique())
    ax.axhline(1, color="0.6", linewidth=1, zorder=0)
    ax.set(xscale="log", xticks=limits, xticklabels=limits, ylim=(None, None))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(
        xlabel="k, particles that a particle attends to",
        ylabel=f"{what} / that of k = {limits[-1]}",
    )
