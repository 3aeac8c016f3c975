"""Figures of masked particle modelling: its losses, the ladder and the sweeps."""

from textwrap import fill

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from jetbench.errors import InputError
from jetbench.report.canvas import count_axis, finish
from jetbench.report.masked_tables import CONTROL, PERCENT, STEPS, SWEEPS, TARGETS, check, swept
from jetbench.report.material import Material, published_label
from jetbench.report.style import line, markers

TERMS = {  # what a task minimises
    "identity": "particle id: cross-entropy",
    "regression": "regression: L1",
    "kmeans": "k-means tokens: cross-entropy",
    "vqvae": "VQ-VAE tokens: cross-entropy",
    "flow": r"flow: $-\log$ density",
    "flow_matching": "flow matching: squared error",
    "velocity": "set flow matching: squared error",
    "reconstruction": "VQ-VAE: Huber",
    "quantisation": "VQ-VAE: quantisation",
}
COLUMNS = 4
POINTS = 12  # of a line that have a marker
AVERAGED = (
    "validation: after an epoch; training: mean over it, while the network learns, so it may lie "
    "above"
)
SEQUENCE = "viridis"  # colours of variants of one model, in their order
PALE = 0.88  # of that sequence; beyond, it is hard to see on white
LETTERS = 13  # of a line below a tick
THIN = {"linewidth": 0.9, "label": None}
HOLLOW = {"fmt": "o", "color": "0.3", "markerfacecolor": "none"}


def pretraining(material: Material) -> Figure:
    """Loss of each task during the pre-training, a panel a task: validation thick, training thin.

    A training loss is the mean over an epoch and stands at its middle. Of several seeds, the mean.
    """
    histories = by_model(material)
    terms = list(dict.fromkeys(name for table in histories.values() for name in terms_of(table)))
    figure, panels = term_panels(terms)
    looks = looks_of(material, list(histories))
    for ax, term in zip(panels, terms, strict=True):
        for model, history in histories.items():
            if f"val_{term}" in history:
                losses(ax, history, term, looks[model])
        ax.set_title(TERMS.get(term, term.replace("_", " ")), loc="left", pad=4)
        ax.set(xlabel="jets seen")
        count_axis(ax, "linear")
    last = panels[-1]  # so that these two come last in the legend
    last.plot([], [], color="0.3", label="validation")
    last.plot([], [], color="0.3", **THIN | {"label": "training"})
    return finish(figure, material, note=AVERAGED)


def term_panels(terms: list[str]) -> tuple[Figure, list[Axes]]:
    """A panel a task; the first, which most models share, takes the places that none needs."""
    columns = min(len(terms), COLUMNS)
    rows = -(-len(terms) // columns)
    figure = Figure(figsize=(max(11, 3.6 * columns), 2.6 + 2.7 * rows), layout="constrained")
    grid = figure.add_gridspec(rows, columns)
    wide = 1 + rows * columns - len(terms)
    places = [grid[0, :wide]]
    places += [grid[divmod(place, columns)] for place in range(wide, rows * columns)]
    panels = [figure.add_subplot(place) for place in places]
    for ax in panels:
        if ax.get_subplotspec().is_first_col():
            ax.set_ylabel("loss")
    return figure, panels


def losses(ax: Axes, history: pd.DataFrame, term: str, look: dict) -> None:
    """Validation after each epoch, and the mean of the training over it, at its middle."""
    jets, every = history["jets"], max(1, len(history) // POINTS)
    middles = jets - jets.diff().fillna(jets.iloc[0]) / 2
    ax.plot(jets, history[f"val_{term}"], **look, markersize=6, markevery=every)
    thin = look | THIN | {"marker": ".", "markersize": 5, "markevery": every}
    ax.plot(middles, history[f"train_{term}"], **thin)


def by_model(material: Material) -> dict[str, pd.DataFrame]:
    """History of the pre-training of each model, in the order of the study; others come last."""
    tables = {}
    for run, history in material.histories.items():
        if run.task == "pretraining":
            tables.setdefault(run.model, []).append(history)
    if not tables:
        raise InputError("expected histories of pre-trainings, got none")
    models = dict.fromkeys([*material.study["models"], *tables])
    return {m: pd.concat(tables[m]).groupby("epoch").mean() for m in models if m in tables}


def terms_of(history: pd.DataFrame) -> list[str]:
    """Tasks of a pre-training, whose losses its history tells apart."""
    return [name[4:] for name in history if name.startswith("val_") and name != "val_loss"]


def looks_of(material: Material, models: list[str]) -> dict[str, dict]:
    """Line of each model; variants of one have colours of a sequence instead of its own."""
    families = {}
    for model in models:
        families.setdefault(material.looks[model]["colour"], []).append(model)
    looks = {}
    for family in families.values():
        places = np.linspace(0, PALE, len(family))
        for model, colour in zip(family, matplotlib.colormaps[SEQUENCE](places), strict=True):
            look = material.looks[model]
            colour = colour if len(family) > 1 else look["colour"]
            marked = {"marker": look["marker"], "color": colour, "label": look["label"]}
            looks[model] = line(look) | marked
    return looks


def ladder(material: Material) -> Figure:
    """Accuracy of every step, a line a target: ours full, published hollow; then the control."""
    check(material.results, "step_published", "ladder")
    figure = Figure(figsize=(12, 6.8), layout="constrained")
    ax = figure.subplots()
    places = {step: place for place, step in enumerate(STEPS)}
    for target, words in TARGETS.items():
        rows = material.results[material.results["target_published"] == target]
        rows = rows.assign(x=rows["step_published"].map(places)).sort_values("x")
        look = material.looks[f"mpm_{target}"]
        for control in (False, True):
            part = rows[(rows["step_published"] == CONTROL) == control]
            beside(ax, part, "x", look, {"label": words} | solitary(control))
    ax.errorbar([], [], **HOLLOW, label=published_label(material))
    ax.axvline(len(STEPS) - 1.5, color="0.7", linewidth=1)
    ax.set_xticks(range(len(STEPS)), [fill(words, LETTERS) for words in STEPS.values()])
    ax.tick_params(axis="x", labelsize=11)
    ax.set(ylabel="accuracy, frozen encoder", xlim=(-0.5, len(STEPS) - 0.5))
    return finish(figure, material)


def solitary(control: bool) -> dict:
    """The control is a point beside the line, without an entry of its own."""
    return {"linestyle": "none", "label": None} if control else {}


# Six arguments: what is drawn, where, and how.
def beside(
    ax: Axes, rows: pd.DataFrame, x: str, look: dict, style: dict, base: tuple = (0, 0)
) -> None:
    """Accuracies of ours with their error, full, and published ones, hollow, less those of `base`.

    The error is the spread over seeds, or the statistical one of a single seed.
    """
    error = rows["accuracy_spread"].fillna(rows["accuracy_error"])
    ours = line(look) | markers(look, True) | {"capsize": 3, "markersize": 8} | style
    ax.errorbar(rows[x], rows["accuracy"] - base[0], error, **ours)
    hollow = line(look) | markers(look, False) | {"linewidth": 1, "markersize": 9} | style
    ax.plot(rows[x], rows["accuracy_published"] - base[1], **hollow | {"label": None})


def sweep(material: Material) -> Figure:
    """Accuracy less that of the run in both sweeps, a panel a sweep: ours full, published hollow.

    So both are seen on one axis, whatever the jets; above each panel is what was taken away.
    """
    check(material.results, "sweep_published", "sweep")
    figure = Figure(figsize=(12, 6.2), layout="constrained")
    panels = figure.subplots(1, len(SWEEPS), sharey=True)
    results = swept(material.results)
    shared = results["model"].duplicated(keep=False)
    for ax, (name, words) in zip(panels, SWEEPS.items(), strict=True):
        rows = results[results["sweep_published"] == name]
        reference = rows[shared[rows.index]].iloc[0]
        base = reference["accuracy"], reference["accuracy_published"]
        look = material.looks[reference["model"]]
        beside(ax, rows, "value_published", look, {"label": "ours"}, base)
        ax.axhline(0, color="0.6", linewidth=1, zorder=0)
        ax.set_title(f"zero: {base[0]:.3f} ours, {base[1]:.4f} published", loc="left", pad=6)
        ax.set(xlabel=words)
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=1, symbol=" %"))
        if name in PERCENT:
            ax.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        else:
            ax.set_xticks(rows["value_published"])
    panels[0].set_ylabel("accuracy less that of\n4 layers and 40 % dropped")
    panels[0].errorbar([], [], **HOLLOW, label=published_label(material))
    return finish(figure, material)
