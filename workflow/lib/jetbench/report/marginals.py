"""Figure of how the features of what backbones fill in are distributed."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator, StrMethodFormatter

from jetbench.evaluation.reconstruction import (
    Reconstruction,
    distances,
    features_of,
    values,
)
from jetbench.report.canvas import finish
from jetbench.report.features import NAMES
from jetbench.report.material import Material
from jetbench.report.reconstructions import DATA, one_seed, titles
from jetbench.report.style import line

BINS = 24
TICKS = 3  # at most, beside zero, of an axis of impact parameters
COLUMNS = 4
HEADROOM = 1.5  # times the highest share
TAIL = 0.005  # share of the dropped particles beyond either end of an axis
LINEAR = 0.1  # mm within which an axis of impact parameters is linear
BEYOND = "the bins at both ends hold what lies beyond them; impact parameters: charged particles"
LINEAR_WITHIN = f"linear within ±{LINEAR:g}"
WIDE = 100  # times; a narrower logarithmic axis has ticks between the powers of ten
SCALES = {  # of the axis of a feature
    "pt": "log",
    "deta": "linear",
    "dphi": "linear",
    "d0": "symlog",
    "d0err": "log",
    "dz": "symlog",
    "dzerr": "log",
}


def marginals(material: Material) -> Figure:
    """Distribution of each feature of the dropped particles, and of what backbones fill in.

    The dropped ones are the grey area; what lies beyond an axis is in its last bin. The last panel
    has the Wasserstein distances of all features.
    """
    made = one_seed(material)
    shown = [feature for feature in SCALES if any(feature in features_of(each) for each in made)]
    rows = -(-(len(shown) + 1) // COLUMNS)
    figure = Figure(figsize=(3.6 * COLUMNS, 2 + 3.1 * rows), layout="constrained")
    *panels, last = figure.subplots(rows, COLUMNS, squeeze=False).flat[: len(shown) + 1]
    for feature, ax in zip(shown, panels, strict=True):
        shape(ax, feature, values(made[0], feature)[0])
        histograms(ax, feature, made, material)
        if ax.get_subplotspec().is_first_col():
            ax.set_ylabel("share of particles")
    summary(last, shown, made, material)
    return finish(figure, material, len(made[0].label), BEYOND)


def shape(ax: Axes, feature: str, dropped: np.ndarray) -> None:
    """Scale, ends and ticks of an axis, from the dropped particles; and what it shows."""
    words, scale = NAMES[feature].axis, SCALES[feature]
    ax.set(xscale=scale, xlabel=f"{words}, {LINEAR_WITHIN}" if scale == "symlog" else words)
    shown = dropped[dropped > 0] if scale == "log" else dropped
    low, high = np.quantile(shown, (TAIL, 1 - TAIL)) if len(shown) else (0.1, 1)
    if scale == "log":
        subs = (1, 2, 5) if high < WIDE * low else (1,)
        ax.xaxis.set_major_locator(LogLocator(subs=subs))
    else:
        low, high = -max(-low, high), max(-low, high)
    if scale == "symlog":
        ax.set_xscale(scale, linthresh=LINEAR)
        decades = [LINEAR * 10**n for n in range(6) if LINEAR * 10**n < high]
        decades = decades[:: -(-len(decades) // TICKS)]
        ax.set_xticks([*(-each for each in decades), 0, *decades])
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(low, high)


def histograms(ax: Axes, feature: str, made: list[Reconstruction], material: Material) -> None:
    """The dropped particles as an area; what each backbone fills in as a line through its bins."""
    transform, ends = ax.xaxis.get_transform(), np.array(ax.get_xlim())
    places = np.linspace(*transform.transform(ends), 2 * BINS + 1)
    edges, middles = (transform.inverted().transform(places[start::2]) for start in (0, 1))
    edges[[0, -1]] = ends  # which rounding may have moved
    truth = share(values(made[0], feature)[0], edges)
    ax.stairs(truth, edges, fill=True, color="0.85", label=DATA)
    highest = truth.max()
    for content, style in zip(made, styles(material, made), strict=True):
        if feature in features_of(content):
            shares = share(values(content, feature)[1], edges)
            ax.plot(middles, np.where(shares > 0, shares, np.nan), **style)
            highest = max(highest, shares.max())
    low = truth[truth > 0].min(initial=1) / 3
    ax.set(yscale="log", ylim=(low, HEADROOM * highest))
    ax.yaxis.set_minor_locator(NullLocator())


def styles(material: Material, made: list[Reconstruction]) -> list[dict]:
    """Line, marker and legend entry of each backbone."""
    looks = [material.looks[content.method] for content in made]
    return [
        line(look) | {"marker": look["marker"], "markersize": 5, "linewidth": 1.4, "label": title}
        for look, title in zip(looks, titles(material, made), strict=True)
    ]


def share(column: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Share of the values in each bin; those beyond the ends are in the bins there."""
    inside = np.clip(column, edges[0], edges[-1])
    return np.histogram(inside, edges)[0] / max(len(column), 1)


def summary(ax: Axes, shown: list[str], made: list[Reconstruction], material: Material) -> None:
    """Wasserstein distances of all features over their spread, and what chance alone gives."""
    found = [distances(content) for content in made]
    longest = max(found, key=len)
    places = np.arange(len(longest))
    chance = [each.floor * each.relative / each.value for each in longest]
    ax.bar(places, chance, 0.9, color="0.85")
    for each, style in zip(found, styles(material, made), strict=True):
        ax.plot(places[: len(each)], [one.relative for one in each], **style | {"linewidth": 0.8})
    ax.set_xticks(places, [NAMES[each.feature].symbol for each in longest], fontsize=11)
    ax.set(yscale="log")
    ax.set_xlabel("lower is better; grey: chance", fontsize=12)
    ax.set_title("Wasserstein distance / spread", loc="left", pad=4)
