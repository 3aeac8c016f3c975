"""Figures with a panel for each signal class: ROC curves and background rejection."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.report.material import Material, line_of, published_label
from jetbench.report.style import DECAYS, finish, markers

COLUMNS = 3
TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)
BAND = 0.15  # opacity of a statistical band


def roc(material: Material) -> Figure:
    """Background efficiency against signal efficiency, a panel a class and a line a tagger."""
    figure, panels = class_panels(material, "QCD efficiency")
    for name, ax in panels.items():
        for style, signal, background in class_curves(material, name):
            ax.plot(signal, background, **style)
        guess = np.geomspace(1e-3, 1)
        ax.plot(guess, guess, color="0.6", linewidth=1, zorder=0, label="guessing")
    ax.set_ylim(top=1.5)
    return finish(figure, ax, material.scale, material.results)


def rejection(material: Material) -> Figure:
    """QCD rejection, 1 / background efficiency, against signal efficiency.

    The bands are Poisson's, exp(+-1 / sqrt(passed)); the last point of a curve is a single jet.
    Markers are the published working points: hollow where they cannot be compared with ours.
    """
    figure, panels = class_panels(material, "QCD rejection")
    for name, ax in panels.items():
        jets = material.results[f"rej_{name}_background"].iloc[0]
        for style, signal, background in class_curves(material, name):
            passing = background > 0
            signal, value = signal[passing], 1 / background[passing]
            ax.plot(signal, value, **style)
            width = np.exp(np.sqrt(value / jets))
            band = {"color": style["color"], "alpha": BAND * style["alpha"], "linewidth": 0}
            ax.fill_between(signal, value / width, value * width, **band)
        published_points(ax, material, f"rej_{name}")
    ax.set_ylim(bottom=0.8)
    return finish(figure, ax, material.scale, material.results)


def class_panels(material: Material, ylabel: str) -> tuple[Figure, dict[str, Axes]]:
    """Panels for the classes of the table, in its order, with one shared pair of axes."""
    suffix = "_efficiency"
    classes = [name[4 : -len(suffix)] for name in material.results if name.endswith(suffix)]
    if not classes or not material.curves:
        raise InputError("expected rejections in the table and ROC curves, got none")
    rows = -(-len(classes) // COLUMNS)
    figure = Figure(figsize=(15, 2 + 2.6 * rows), layout="constrained")
    grid = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for ax in grid.flat[len(classes) :]:
        ax.remove()
    panels = dict(zip(classes, grid.flat, strict=False))
    for name, ax in panels.items():
        ax.set(yscale="log", xlim=(0, 1.03), xticks=TICKS, xticklabels=map("{:g}".format, TICKS))
        ax.set_title(DECAYS.get(name, name), loc="left", pad=4)
    for ax in grid[-1]:
        ax.set_xlabel("signal efficiency")
    for ax in grid[:, 0]:
        ax.set_ylabel(ylabel)
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
    """Published rejections at their working points."""
    comparable = material.scale["source"] == "downloaded"
    for _, row in material.results.iterrows():
        value = row.get(f"{quantity}_published")
        if pd.notna(value):
            style = markers(material.looks[row["model"]], filled=comparable)
            ax.plot(row[f"{quantity}_efficiency"], value, linestyle="none", markersize=7, **style)
    style = {"markerfacecolor": "0.3" if comparable else "none", "markeredgecolor": "0.3"}
    label = published_label(material.scale)
    ax.plot([], [], "o", markersize=7, **style, label=label)
