"""How figures look: fonts, lines, and the tag of every figure."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter

from jetbench.report.numbers import label

DECAYS = {  # of the JetClass classes, as figures write them
    "Hbb": r"$H \to b\bar{b}$",
    "Hcc": r"$H \to c\bar{c}$",
    "Hgg": r"$H \to gg$",
    "H4q": r"$H \to 4q$",
    "Hqql": r"$H \to \ell\nu qq'$",
    "Zqq": r"$Z \to q\bar{q}$",
    "Wqq": r"$W \to qq'$",
    "Tbqq": r"$t \to bqq'$",
    "Tbl": r"$t \to b\ell\nu$",
}

FONTS = {  # readable from the last row when the figure fills half a slide
    "font.size": 13,
    "axes.titlesize": 13,
    "axes.labelsize": 14,
    "legend.fontsize": 12,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}
matplotlib.rcParams.update(FONTS)


def line(look: dict) -> dict:
    """Colour and line style of a tagger as matplotlib takes them; a list is a dash pattern."""
    dashes = look["line"]
    return {
        "color": look["colour"],
        "linestyle": (0, tuple(dashes)) if isinstance(dashes, list) else dashes,
    }


def markers(look: dict, filled: bool) -> dict:
    """Marker of a tagger: full for ours, hollow for published numbers."""
    face = look["colour"] if filled else "none"
    return {"marker": look["marker"], "markerfacecolor": face, "markeredgecolor": look["colour"]}


def finish(
    figure: Figure, ax: Axes, scale: dict, results: pd.DataFrame, columns: int = 4
) -> Figure:
    """Tag the figure with the project, the scale and its jets; put the legend of `ax` below."""
    jets = "simulated look-alike, not JetClass" if scale["source"] == "simulated" else "JetClass"
    trained = " / ".join(dict.fromkeys(results["train_jets"]))
    tested = label(results["test_jets"].max())
    tag = rf"$\bf{{jetbench}}$ {scale['name']}  –  {jets}"
    tag += f"\n{trained} training jets, {tested} test jets"
    figure.suptitle(tag, x=0.01, ha="left", fontsize=14)
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=columns)
    return figure


def count_axis(ax: Axes, scale: str) -> None:
    """Write the counts along the x axis as the tables do: 10k, 2M."""
    ax.set_xscale(scale)
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.xaxis.set_minor_formatter(NullFormatter())
