"""Figure of how the features of what backbones fill in are distributed."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator, StrMethodFormatter

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
HEADROOM = 0.45  # of the logarithmic axis, for the numbers
NUMBERS = {"fontsize": 11, "columnspacing": 1, "handlelength": 1.8, "labelspacing": 0.2}
COLUMNS = 4
TAIL = 0.005  # share of the dropped particles beyond either end of an axis
LINEAR = 0.1  # mm within which an axis of impact parameters is linear
WIDE = 100  # times; a narrower logarithmic axis has ticks between the powers of ten
AXES = {  # of a feature: its name, its unit, and its scale
    "pt": (r"$p_\mathrm{T}$", "GeV", "log"),
    "deta": (r"$\Delta\eta$", "", "linear"),
    "dphi": (r"$\Delta\varphi$", "rad", "linear"),
    "d0": ("$d_0$", "mm", "symlog"),
    "d0err": (r"$\sigma(d_0)$", "mm", "log"),
    "dz": ("$d_z$", "mm", "symlog"),
    "dzerr": (r"$\sigma(d_z)$", "mm", "log"),
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
    shown = [feature for feature in AXES if any(feature in each for each in found)]
    for feature, ax in zip(shown, grid.flat, strict=False):
        shape(ax, feature, values(made[0], feature)[0])
        handles = histograms(ax, feature, made, material)
        beside = [each[feature] for each in found if feature in each]
        numbers(ax, handles, beside, AXES[feature][1])
    for ax in grid[:, 0]:
        ax.set_ylabel("share of the particles in a bin")
    for ax in grid.flat[len(shown) :]:
        ax.remove()
    return finish(figure, material, len(made[0].label))


def shape(ax: Axes, feature: str, dropped: np.ndarray) -> None:
    """Scale, ends and ticks of an axis, from the dropped particles; and what it shows."""
    name, unit, scale = AXES[feature]
    ax.set(xscale=scale, xlabel=f"{name} [{unit}]" if unit else name)
    shown = dropped[dropped > 0] if scale == "log" else dropped
    low, high = np.quantile(shown, (TAIL, 1 - TAIL)) if len(shown) else (0.1, 1)
    if scale == "log":
        subs = (1, 2, 5) if high < WIDE * low else (1,)
        ax.xaxis.set_major_locator(LogLocator(subs=subs))
    else:
        low, high = -max(-low, high), max(-low, high)
    if scale == "symlog":
        ax.set_xscale(scale, linthresh=LINEAR)
        decades = [LINEAR * 100**n for n in range(3) if LINEAR * 100**n < high]
        ax.set_xticks([*(-each for each in decades), 0, *decades])
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(low, high)


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
    highest = max(drawn.get_data().values.max() for drawn in lines)
    frame(ax, truth[truth > 0].min(initial=1) / 3, max(highest, truth.max()))
    return lines


def frame(ax: Axes, low: float, high: float) -> None:
    """Logarithmic shares up to 1, with room above the highest for the numbers."""
    ax.set(yscale="log", ylim=(low, high * (high / low) ** HEADROOM))
    ax.set_yticks([10.0**power for power in range(int(np.floor(np.log10(low))) + 1, 1)])
    ax.yaxis.set_minor_locator(NullLocator())


def share(column: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Share of the values in each bin; those beyond the ends are in the bins there."""
    inside = np.clip(column, edges[0], edges[-1])
    return np.histogram(inside, edges)[0] / max(len(column), 1)


def numbers(ax: Axes, handles: list, found: list[Distance], unit: str) -> None:
    """Wasserstein distances beside the lines that they belong to, and the floor."""
    words = [f"{each.value:.2g}" for each in found]
    title = rf"$W_1$ [{unit}]" if unit else "$W_1$"
    title += f", by chance {found[0].floor:.1g}"
    legend = ax.legend(handles, words, title=title, ncols=3, loc="upper center", **NUMBERS)
    legend.get_title().set_fontsize(11)
