"""Figures of a study: values in, a matplotlib Figure out. Nothing is read or written here."""

from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.report.material import Material, line_of, published_label
from jetbench.report.numbers import count, label
from jetbench.report.panels import rejection, roc
from jetbench.report.style import count_axis, finish, line, markers

SINGLE = (8.5, 6.5)  # inches
THIN = {"linewidth": 0.9, "label": None}
AREA = 300  # points squared of a marker for a million parameters
LEGEND = 80  # the same for all entries of a legend


def training(material: Material) -> Figure:
    """Loss and accuracy during the training: validation as thick lines, training as thin ones."""
    figure = Figure(figsize=(12, 6.2), layout="constrained")
    if not material.histories:
        raise InputError("expected training histories, got none")
    ends = [history["jets"].max() for history in material.histories.values()]
    for ax, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for run, history in material.histories.items():
            style, seen = line_of(material, run, material.histories), history["jets"]
            points = markers(material.looks[run.model], filled=True)
            every = {"markevery": max(1, len(seen) // 10), "markersize": 5}
            ax.plot(seen, history[f"val_{quantity}"], **style, **points, **every)
            ax.plot(seen, history[f"train_{quantity}"], **style | THIN)
        ax.plot([], [], color="0.3", label="validation")
        ax.plot([], [], color="0.3", **THIN | {"label": "training"})
        ax.set(xlabel="training jets seen", ylabel=quantity)
        count_axis(ax, "log" if max(ends) > 10 * min(ends) else "linear")
    return finish(figure, ax, material.scale, material.results)


def accuracy(material: Material) -> Figure:
    """Accuracy against the number of training jets: ours full, published hollow."""
    figure = Figure(figsize=SINGLE, layout="constrained")
    ax = figure.subplots()
    for model, rows in material.results.groupby("model", sort=False):
        look = material.looks[model]
        spread = rows["accuracy_spread"].fillna(rows["accuracy_error"])
        style = line(look) | markers(look, filled=True) | {"capsize": 3, "markersize": 8}
        jets = rows["train_jets"].map(count)
        ax.errorbar(jets, rows["accuracy"], spread, **style, label=look["label"])
        style = line(look) | markers(look, filled=False) | {"linewidth": 1, "markersize": 10}
        ax.errorbar(rows["size"].map(count), rows["accuracy_published"], **style)
    hollow = {"fmt": "o", "color": "0.3", "markerfacecolor": "none"}
    ax.errorbar([], [], **hollow, label=published_label(material.scale))
    ax.set(xlabel="training jets", ylabel="accuracy")
    count_axis(ax, "log")
    return finish(figure, ax, material.scale, material.results, columns=2)


def cost(material: Material) -> Figure:
    """Accuracy against multiply-accumulates, the marker's area proportional to the parameters."""
    if "macs" not in material.results:
        raise InputError("expected a table with the column macs, got none: figure cost needs it")
    figure = Figure(figsize=SINGLE, layout="constrained")
    ax = figure.subplots()
    for _, row in material.results.iterrows():
        look = material.looks[row["model"]]
        name = f"{look['label']}, {label(row['parameters'])} parameters"
        style = {"marker": look["marker"], "edgecolor": look["colour"], "linewidth": 1.5}
        for suffix, face in (("", look["colour"]), ("_published", "none")):
            size = AREA * row[f"parameters{suffix}"] / 1e6
            point = row[f"macs{suffix}"], row[f"accuracy{suffix}"]
            ax.scatter(*point, size, face, **style)
        ax.scatter([], [], LEGEND, look["colour"], **style, label=name)
    ax.scatter([], [], LEGEND, "none", edgecolor="0.3", label=published_label(material.scale))
    ax.set(xlabel="multiply-accumulates for one jet of 128 particles", ylabel="accuracy")
    count_axis(ax, "log")
    ax.margins(0.15)
    return finish(figure, ax, material.scale, material.results, columns=2)


FIGURES = {function.__name__: function for function in (roc, rejection, training, accuracy, cost)}
