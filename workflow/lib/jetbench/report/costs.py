"""Figures of what a tagger costs and what that buys."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.report.canvas import count_axis, finish
from jetbench.report.material import Material, lines_of, published_label
from jetbench.report.numbers import label
from jetbench.report.panels import SINGLE
from jetbench.report.style import markers

AREA = 300  # points squared of a marker for a million parameters
LEGEND = 80  # the same for all entries of a legend


def cost(material: Material) -> Figure:
    """Accuracy against multiply-accumulates, the marker's area proportional to the parameters."""
    figure, ax = plane(material, "cost")
    names = {tagger: style["label"] for tagger, style in lines_of(material).items()}
    for _, row in material.results.iterrows():
        look = material.looks[row["model"]]
        name = f"{names[row['tagger']]}, {label(row['parameters'])} parameters"
        style = {"marker": look["marker"], "edgecolor": look["colour"], "linewidth": 1.5}
        for suffix, face in (("", look["colour"]), ("_published", "none")):
            if pd.notna(row.get(f"macs{suffix}")):
                size = AREA * row[f"parameters{suffix}"] / 1e6
                point = row[f"macs{suffix}"], row[f"accuracy{suffix}"]
                ax.scatter(*point, size, face, **style)
        ax.scatter([], [], LEGEND, look["colour"], **style, label=name)
    if "macs_published" in material.results:
        ax.scatter([], [], LEGEND, "none", edgecolor="0.3", label=published_label(material))
    ax.set(xlabel="multiply-accumulates for one jet of 128 particles", ylabel="accuracy")
    return framed(figure, ax, material)


def sizes(material: Material) -> Figure:
    """Accuracy against the number of parameters: ours, with its spread or statistical error."""
    figure, ax = plane(material, "sizes")
    styles = lines_of(material)
    for _, row in material.results.iterrows():
        spread, error = row["accuracy_spread"], row["accuracy_error"]
        style = {"color": styles[row["tagger"]]["color"], "linestyle": "none", "capsize": 3}
        suffix = row["tagger"].removeprefix(row["model"])
        style |= markers(material.looks[row["model"]], True, suffix) | {"markersize": 10}
        name = f"{styles[row['tagger']]['label']}, {label(row['parameters'])} parameters"
        error = error if pd.isna(spread) else spread
        ax.errorbar(row["parameters"], row["accuracy"], error, **style, label=name)
    ax.set(xlabel="parameters", ylabel="accuracy")
    return framed(figure, ax, material)


def plane(material: Material, name: str) -> tuple[Figure, Axes]:
    """An empty figure for points with costs; InputError if the table has none."""
    if "macs" not in material.results:
        raise InputError(f"expected the table cost or sizes, which figure {name} needs, got none")
    figure = Figure(figsize=SINGLE, layout="constrained")
    return figure, figure.subplots()


def framed(figure: Figure, ax: Axes, material: Material) -> Figure:
    """The figure with a logarithmic axis and room around its points."""
    count_axis(ax, "log")
    ax.margins(0.15)
    return finish(figure, material)
