"""The page of histograms of a file of jets: a summary in, a matplotlib Figure out."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.report.deviations import compared, deviations
from jetbench.report.inspection import suspicions, thousands
from jetbench.report.style import DECAYS

PANELS = {  # quantity -> its axis
    "multiplicity": "particles a jet",
    "jet_pt": r"jet $p_T$ [GeV]",
    "jet_sdmass": "soft-drop mass [GeV]",
    "jet_mass": "jet mass [GeV]",
    "leading_share": r"leading $p_T$ / jet $p_T$",
    "pt": r"particle $p_T$ [GeV]",
    "deta": r"$\Delta\eta$",
    "dphi": r"$\Delta\phi$",
    "id": "share of particles [%]",
    "d0": r"charged: signed $d_0$ [mm]",
    "d0sig": r"charged: signed $d_0$ / error",
    "dz": r"charged: signed $d_z$ [mm]",
}
SYMBOLS = {"charged_hadron": r"$h^\pm$", "neutral_hadron": "$h^0$", "photon": r"$\gamma$"}
SYMBOLS |= {"electron": r"$e^\pm$", "muon": r"$\mu^\pm$"}
TAILS = {"d0", "d0sig", "dz"}  # whose tails matter: counts on a logarithmic axis
COLUMNS = (4, 3, 5)  # in a row: the first of those that leave the fewest places empty
UNCLASSED = "none or several"
FILL = {"color": "#a8bfd6", "edgecolor": "#3b5b7c", "linewidth": 1.2}
FORMULAS = {name: words for name, words in DECAYS.items() if "$" in words}  # others: own names
COLOURS = matplotlib.color_sequences["petroff10"]
RANGES = ((0.05, 0.95, 1.5), (0.25, 0.75, 5))  # two quantiles, and the width of the line between
OURS = {"color": "black", "place": 0.9, "face": "black", "label": "this file"}
THEIRS = {"color": "#d1495b", "place": 0.96, "face": "white", "label": "JetClass"}
ALL = "Jets by class, particles of all classes:"
HEIGHT = 0.84  # of a panel; the quantiles are above
WARNING = "#b3001b"


def draw(summary, reference: pd.DataFrame) -> Figure:
    """Histograms of a summary (data/inspect/inspection.py), with the quantiles of the reference."""
    shown = [name for name in PANELS if name in summary.histograms | summary.shares]
    if {"jet_sdmass", "jet_mass"} <= set(shown):
        shown.remove("jet_mass")
    columns = min(COLUMNS, key=lambda columns: -(len(shown) + 1) % columns)  # 1 for the legend
    rows = -(-(len(shown) + 1) // columns)
    figure = Figure(figsize=(4 * columns, 1 + 3.2 * rows), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    deviating, beside = deviations(summary, reference), compared(summary, reference)
    for name, ax in zip(shown, axes, strict=False):
        if name in summary.shares:
            bars(ax, summary.shares[name])
        else:
            histogram(ax, summary, name)
            ranges(ax, pd.Series(summary.quantiles[name], summary.levels), **OURS)
            if name in beside:
                ranges(ax, beside[name], **THEIRS)
            scale_axis(ax, summary.histograms[name].scale)
        ax.set_xlabel(PANELS[name])
        if name in deviating:
            ax.set_title("! not as the reference", loc="right", color=WARNING, pad=4)
    for ax in axes[len(shown) + 1 :]:
        ax.remove()
    explain(axes[len(shown)], summary)
    figure.suptitle(heading(summary, deviating), x=0.01, ha="left", fontsize=18, weight="bold")
    figure.supxlabel(summary.path, x=0.01, ha="left", fontsize=9)
    return figure


def heading(summary, deviating: dict[str, str]) -> str:
    """Data set and number of jets, and whether something is suspicious."""
    jets, lines = sum(summary.counts.values()), len(suspicions(summary, deviating))
    some = "" if summary.read == jets else f" ({thousands(summary.read)} shown)"
    passed = "nothing suspicious" if summary.mixed else "units look right, shapes not checked"
    found = f"{lines} to look at, see the page" if lines else passed
    name = summary.about.get("dataset", summary.family)
    return f"{name}: {thousands(jets)} jets{some}\n{found}"


def histogram(ax: Axes, summary, name: str) -> None:
    """Share of the jets or of the particles in each bin: lines by class, or one area for all."""
    _, edges, counts = summary.histograms[name]
    total = sum(values.sum() for values in counts.values())
    shares = {group: values / total for group, values in counts.items()}
    for group, share in shares.items():
        if group:
            ax.stairs(share, edges, color=colours(summary)[group], linewidth=1.4)
        else:
            ax.stairs(share, edges, fill=True, **FILL)
    highest = max(share.max() for share in shares.values())
    if name in TAILS:
        lowest = min(share[share > 0].min() for share in shares.values()) / 2
        top = highest * (highest / lowest) ** (1 / HEIGHT - 1)
        ax.set(yscale="log", ylim=(lowest, top))
    else:
        ax.set_ylim(0, highest / HEIGHT)
    ax.set(xlim=edges[[0, -1]], ylabel="share of " + ("particles" if "" in counts else "jets"))


def scale_axis(ax: Axes, scale: tuple[str, float]) -> None:
    """Scale of the x axis: linear, log, or asinh, linear up to a value and logarithmic beyond."""
    kind, width = scale
    if kind != "asinh":
        ax.set_xscale(kind)
        return
    ends = ax.get_xlim()
    ax.set_xscale(kind, linear_width=width)
    ticks = decades(ends, width, 2)
    ax.set_xticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
    ax.set_xticks(decades(ends, width, 1), minor=True)


def decades(ends: tuple[float, float], width: float, step: int) -> list[float]:
    """0 and powers of 10^step on both sides, where an asinh axis is logarithmic."""
    low, high = np.ceil(np.log10(4 * width)), np.log10(np.abs(ends).max())
    powers = 10 ** np.arange(low, high, step)
    ticks = np.concatenate([-powers[::-1], [0], powers])
    return [float(tick) for tick in ticks if ends[0] <= tick <= ends[1]]


def ranges(ax: Axes, quantiles: pd.Series, color: str, place: float, face: str, **_) -> None:
    """Median as a point, 25 to 75 % as a thick line, 5 to 95 % as a thin one, above the panel."""
    across = {"transform": ax.get_xaxis_transform(), "color": color, "solid_capstyle": "butt"}
    for low, high, width in RANGES:
        ends = quantiles.reindex([low, high])
        ax.plot(ends, [place, place], linewidth=width, **across)
    ax.plot(quantiles[[0.5]], [place], "o", markerfacecolor=face, markersize=7, **across)
    left, right = ax.get_xlim()
    inside = quantiles.reindex([0.05, 0.25, 0.5, 0.75, 0.95])
    ax.set_xlim(min(left, inside.min()), max(right, inside.max()))


def colours(summary) -> dict[str, tuple]:
    """Colour of each class; black for jets of none."""
    known = dict(zip(summary.counts, COLOURS, strict=False))
    return {name: known.get(name, "black") for name in summary.counts} | {UNCLASSED: "black"}


def bars(ax: Axes, shares: dict[str, int]) -> None:
    """Share of each kind of particle, with its number beside."""
    names = [SYMBOLS.get(name, name) for name in shares]
    percent = 100 * np.array(list(shares.values())) / sum(shares.values())
    drawn = ax.barh(names, percent, **FILL)
    ax.bar_label(drawn, [f"{share:.2g} %" for share in percent], padding=4)
    ax.set_xlim(0, 1.35 * percent.max())
    ax.invert_yaxis()


def explain(ax: Axes, summary) -> None:
    """The legend: classes, and how quantiles are marked."""
    ax.axis("off")
    for name, count in summary.counts.items():
        if count:
            ax.plot([], [], color=colours(summary)[name], label=FORMULAS.get(name, name))
    for look in (OURS, THEIRS):
        style = {"color": look["color"], "markerfacecolor": look["face"], "linewidth": 5}
        ax.plot([], [], "o-", label=f"{look['label']}: median, 25–75, 5–95 %", **style)
    legend = ax.legend(loc="upper left", borderaxespad=0, labelspacing=0.3, fontsize=11, title=ALL)
    legend.set_alignment("left")
