"""Figure of how the features of what backbones fill in are distributed."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.evaluation.reconstruction import (
    Distance,
    Reconstruction,
    distances,
    features_of,
    values,
)
from jetbench.report.canvas import finish
from jetbench.report.material import Material
from jetbench.report.reconstructions import one_seed, titles
from jetbench.report.style import line

BINS = 36
HEADROOM = 0.8  # of the logarithmic axis, for the numbers
NUMBERS = {"fontsize": 11, "columnspacing": 1, "handlelength": 1.8, "labelspacing": 0.2}
COLUMNS = 4
TAIL = 0.005  # share of the dropped particles beyond either end of an axis
AXES = {  # of a feature: its name, its unit, and its scale
    "pt": (r"$p_\mathrm{T}$", "GeV", {"value": "log"}),
    "deta": (r"$\Delta\eta$", "", {"value": "linear"}),
    "dphi": (r"$\Delta\varphi$", "rad", {"value": "linear"}),
    "d0": ("$d_0$", "mm", {"value": "symlog", "linthresh": 0.1}),
    "d0err": (r"$\sigma(d_0)$", "mm", {"value": "log"}),
    "dz": ("$d_z$", "mm", {"value": "symlog", "linthresh": 0.1}),
    "dzerr": (r"$\sigma(d_z)$", "mm", {"value": "log"}),
}


def marginals(material: Material) -> Figure:
    """Distribution of each feature of the dropped particles, and of what backbones fill in.

    The dropped ones are the grey area; what lies beyond an axis is in its last bin. Beside each
    line stands its Wasserstein distance from the dropped particles.
    """
    made = one_seed(material)
    figure = Figure(figsize=(4.2 * COLUMNS, 9.5), layout="constrained")
    grid = figure.subplots(-(-len(AXES) // COLUMNS), COLUMNS)
    found = [{each.feature: each for each in distances(content)} for content in made]
    for feature, ax in zip(AXES, grid.flat, strict=False):
        shape(ax, feature, values(made[0], feature)[0])
        handles = histograms(ax, feature, made, material)
        beside = [each.get(feature) for each in found]
        numbers(ax, handles, beside, AXES[feature][1])
    for ax in grid[:, 0]:
        ax.set_ylabel("share of the particles in a bin")
    for ax in grid.flat[len(AXES) :]:
        ax.remove()
    return finish(figure, material)


def shape(ax: Axes, feature: str, dropped: np.ndarray) -> None:
    """Scale and ends of an axis, from the dropped particles; and what it shows."""
    name, unit, scale = AXES[feature]
    ax.set_xscale(**scale)
    shown = dropped[dropped > 0] if scale["value"] == "log" else dropped
    low, high = np.quantile(shown, (TAIL, 1 - TAIL)) if len(shown) else (0.1, 1)
    ends = max(-low, high)
    if scale["value"] != "log":
        low, high = -ends, ends
    ax.set(xlim=(low, high), xlabel=f"{name} [{unit}]" if unit else name)
    ax.set_yscale("log")


def histograms(ax: Axes, feature: str, made: list[Reconstruction], material: Material) -> list:
    """The dropped particles as an area and what each backbone fills in as a line; these lines."""
    transform, ends = ax.xaxis.get_transform(), np.array(ax.get_xlim())
    places = np.linspace(*transform.transform(ends), BINS + 1)
    edges = transform.inverted().transform(places)
    edges[[0, -1]] = ends  # which rounding may have moved
    truth = share(values(made[0], feature)[0], edges)
    ax.stairs(truth, edges, fill=True, color="0.8", label="dropped")
    lines = []
    for content, title in zip(made, titles(material, made), strict=True):
        if feature in features_of(content):
            made_share = share(values(content, feature)[1], edges)
            style = line(material.looks[content.method]) | {"linewidth": 1.6, "label": title}
            lines.append(ax.stairs(made_share, edges, baseline=None, **style))
    lowest = truth[truth > 0].min(initial=1)
    ax.set_ylim(lowest / 3, truth.max() * (truth.max() / lowest) ** HEADROOM * 3)
    return lines


def share(column: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Share of the values in each bin; those beyond the ends are in the bins there."""
    inside = np.clip(column, edges[0], edges[-1])
    return np.histogram(inside, edges)[0] / max(len(column), 1)


def numbers(ax: Axes, handles: list, found: list[Distance | None], unit: str) -> None:
    """Wasserstein distances beside the lines that they belong to, and the floor."""
    known = [each for each in found if each is not None]
    words = [f"{each.value:.2g}" for each in known]
    title = rf"$W_1$ [{unit}]" if unit else "$W_1$"
    title += f", by chance {known[0].floor:.1g}"
    legend = ax.legend(handles, words, title=title, ncols=3, loc="upper center", **NUMBERS)
    legend.get_title().set_fontsize(11)
