"""Figures of a study: values in, a matplotlib Figure out. Nothing is read or written here."""

from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.report.canvas import count_axis, finish
from jetbench.report.costs import cost, sizes
from jetbench.report.limits import topk
from jetbench.report.marginals import marginals
from jetbench.report.masked_figures import ladder, pretraining, sweep
from jetbench.report.material import Material, line_of, lines_of, published_label
from jetbench.report.numbers import count
from jetbench.report.panels import SINGLE, rejection, roc
from jetbench.report.reconstructions import reconstruction
from jetbench.report.runs import variant
from jetbench.report.style import markers

THIN = {"linewidth": 0.9, "label": None}
UNTRAINED = {"color": "black", "label": "untrained"}


def training(material: Material) -> Figure:
    """Loss and accuracy during the training: validation as thick lines, training as thin ones."""
    figure = Figure(figsize=(12, 6.2), layout="constrained")
    histories = {r: h for r, h in material.histories.items() if r.task != "pretraining"}
    if not histories:
        raise InputError("expected training histories, got none")
    ends = [history["jets"].max() for history in histories.values()]
    for ax, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for run, history in histories.items():
            style, seen = line_of(material, run, histories), history["jets"]
            suffix, look = variant(run.start, run.task), material.looks[run.model]
            if run.start == "untrained":  # models share them, so they have no colour and one name
                style, look = style | UNTRAINED, look | {"colour": UNTRAINED["color"]}
            points = markers(look, True, suffix)
            every = {"markevery": max(1, len(seen) // 10), "markersize": 5}
            ax.plot(seen, history[f"val_{quantity}"], **style, **points, **every)
            ax.plot(seen, history[f"train_{quantity}"], **style | THIN)
        ax.plot([], [], color="0.3", label="validation")
        ax.plot([], [], color="0.3", **THIN | {"label": "training"})
        ax.set(xlabel="training jets seen", ylabel=quantity)
        count_axis(ax, "log" if max(ends) > 10 * min(ends) else "linear")
    return finish(figure, material)


def accuracy(material: Material) -> Figure:
    """Accuracy against the number of training jets: ours full, published hollow."""
    figure = Figure(figsize=SINGLE, layout="constrained")
    ax = figure.subplots()
    lines = lines_of(material)
    for (tagger, model), rows in material.results.groupby(["tagger", "model"], sort=False):
        look = material.looks[model]
        spread = rows["accuracy_spread"].fillna(rows["accuracy_error"])
        style = lines[tagger] | markers(look, True, tagger.removeprefix(model))
        style |= {"capsize": 3, "markersize": 8}
        ax.errorbar(rows["train_jets"].map(count), rows["accuracy"], spread, **style)
        if "accuracy_published" in rows:
            style = lines[tagger] | markers(look, False)
            style |= {"linewidth": 1, "markersize": 10, "label": None}
            ax.errorbar(rows["size"].map(count), rows["accuracy_published"], **style)
    hollow = {"fmt": "o", "color": "0.3", "markerfacecolor": "none"}
    ax.errorbar([], [], **hollow, label=published_label(material))
    ax.set(xlabel="training jets", ylabel="accuracy")
    count_axis(ax, "log")
    return finish(figure, material)


FIGURES = {
    function.__name__: function
    for function in (roc, rejection, training, accuracy, cost, topk, sizes)
    + (pretraining, ladder, sweep, reconstruction, marginals)
}
