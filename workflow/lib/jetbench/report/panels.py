"""Figures with a panel for each signal class: ROC curves and background rejection."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.evaluation.intervals import rejection_interval
from jetbench.report.canvas import finish
from jetbench.report.material import Material, line_of, published_label
from jetbench.report.samples import sample_of
from jetbench.report.style import DECAYS, markers

COLUMNS = 3
SINGLE = (8.5, 6.5)  # inches
TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)
BAND = 0.15  # opacity of a statistical band


def roc(material: Material) -> Figure:
    """Background efficiency against signal efficiency, a panel a class and a line a tagger."""
    figure, panels = class_panels(material, "efficiency")
    for name, ax in panels.items():
        for style, signal, background in class_curves(material, name):
            ax.plot(signal, background, **style)
        guess = np.geomspace(1e-3, 1)
        ax.plot(guess, guess, color="0.6", linewidth=1, zorder=0, label="guessing")
    ax.set_ylim(top=1.5)
    return finish(figure, material)


def rejection(material: Material) -> Figure:
    """Background rejection, 1 / background efficiency, against signal efficiency.

    The bands are Poisson's 68 % of the jets that pass; the last point of a curve is a single jet.
    Markers are the published working points: hollow where they cannot be compared with ours.
    """
    figure, panels = class_panels(material, "rejection")
    keys = keys_by_class(material.results)
    for name, ax in panels.items():
        jets = material.results[f"rej_{keys[name][0]}_background"].iloc[0]
        for style, signal, background in class_curves(material, name):
            passing = background > 0
            signal, value = signal[passing], 1 / background[passing]
            ax.plot(signal, value, **style)
            band = {"color": style["color"], "alpha": BAND * style["alpha"], "linewidth": 0}
            ax.fill_between(signal, *rejection_interval(jets / value, jets), **band)
        for key in keys[name]:
            published_points(ax, material, f"rej_{key}")
    ax.set_ylim(bottom=0.8)
    return finish(figure, material)


def keys_by_class(results: pd.DataFrame) -> dict[str, list[str]]:
    """Working points of each signal class of the table, in its order."""
    keys = {}
    for column in results:
        if column.startswith("rej_") and column.endswith("_class"):
            keys.setdefault(results[column].iloc[0], []).append(column[4:-6])
    return keys


def class_panels(material: Material, quantity: str) -> tuple[Figure, dict[str, Axes]]:
    """Panels for the classes of the table, in its order, with one shared pair of axes."""
    classes = list(keys_by_class(material.results))
    if not classes or not material.curves:
        raise InputError("expected rejections in the table and ROC curves, got none")
    columns = min(len(classes), COLUMNS)
    rows = -(-len(classes) // columns)
    size = SINGLE if len(classes) == 1 else (5 * columns, 2 + 2.6 * rows)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for ax in grid.flat[len(classes) :]:
        ax.remove()
    panels = dict(zip(classes, grid.flat, strict=False))
    for name, ax in panels.items():
        ax.set(yscale="log", xlim=(0, 1.03), xticks=TICKS, xticklabels=map("{:g}".format, TICKS))
        ax.set_title(DECAYS.get(name, name), loc="left", pad=4)
    for ax in grid[-1]:
        ax.set_xlabel("signal efficiency")
    for ax in grid[:, 0]:
        ax.set_ylabel(f"{material.results['background'].iloc[0]} {quantity}")
    return figure, panels


def class_curves(material: Material, name: str):
    """(line, signal efficiency, background efficiency) of every run, for one class."""
    for run, curves in material.curves.items():
        curve = curves[curves["class"] == name]
        efficiencies = curve.signal_efficiency, curve.background_efficiency
        yield (
            line_of(material, run, material.curves),
            *(values.to_numpy() for values in efficiencies),
        )


def published_points(ax: Axes, material: Material, quantity: str) -> None:
    """Published rejections at their working points, with their errors where these are published."""
    comparable = sample_of(material.study, material.scale).comparable
    for _, row in material.results.iterrows():
        value, error = (row.get(f"{quantity}{part}_published") for part in ("", "_error"))
        if pd.notna(value):
            look = material.looks[row["model"]]
            style = markers(look, comparable) | {"markersize": 7, "linestyle": "none"}
            style |= {"ecolor": look["colour"], "capsize": 3}
            error = None if pd.isna(error) else error
            ax.errorbar(row[f"{quantity}_efficiency"], value, error, **style)
    style = {"markerfacecolor": "0.3" if comparable else "none", "markeredgecolor": "0.3"}
    ax.plot([], [], "o", markersize=7, **style, label=published_label(material))
