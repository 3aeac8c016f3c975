"""How figures look: fonts, lines and markers."""

import matplotlib

from jetbench.report.taggers import VARIANTS

DECAYS = {  # of the classes, as figures write them
    "Hbb": r"$H \to b\bar{b}$",
    "Hcc": r"$H \to c\bar{c}$",
    "Hgg": r"$H \to gg$",
    "H4q": r"$H \to 4q$",
    "Hqql": r"$H \to \ell\nu qq'$",
    "Zqq": r"$Z \to q\bar{q}$",
    "Wqq": r"$W \to qq'$",
    "Tbqq": r"$t \to bqq'$",
    "Tbl": r"$t \to b\ell\nu$",
    "quark": "quarks",
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


def line(look: dict, suffix: str = "", several: bool = False) -> dict:
    """Colour and line style of a tagger as matplotlib takes them; a list is a dash pattern.

    Where a figure has `several` variants of models, colours tell the models and lines the variants.
    """
    dashes = VARIANTS[suffix].line if several else look["line"]
    return {
        "color": look["colour"],
        "linestyle": (0, tuple(dashes)) if isinstance(dashes, list) else dashes,
    }


def markers(look: dict, filled: bool, suffix: str = "") -> dict:
    """Marker of a tagger: full for ours, half full for a variant, hollow for published numbers."""
    return {
        "marker": look["marker"],
        "markerfacecolor": look["colour"] if filled else "none",
        "markerfacecoloralt": "white",
        "markeredgecolor": look["colour"],
        "fillstyle": VARIANTS[suffix].fill,
    }
