"""How evenly particles fall on k-means tokens: a page and a figure.

Dimensions: T tokens.
"""

from textwrap import fill

import numpy as np
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from jetbench.report.fits import sample
from jetbench.report.histograms import OURS, THEIRS
from jetbench.report.inspection import WIDTH, number, table, thousands

# What was published of the tokens of 7 features (arXiv:2409.12589); the last are weights.
TOKENS, PARTICLES = 16384, 39_338_187
PUBLISHED = {"min": 0.18, "median": 0.906, "max": 65.6}
ENDS = {True: ", at rest", False: ", not yet at rest: it may make no more", None: ""}
WIDE = 100  # times; a narrower logarithmic axis has ticks between the powers of ten
NOTE = (
    "Effective tokens: exp of the entropy, as many tokens evenly used would say as much. Rare: "
    "fewer particles than a tenth of the mean. Weight: inverse occupancy over its mean, of tokens "
    f"with particles; published are those of {thousands(TOKENS)} tokens of 7 features, fitted to "
    f"{thousands(PARTICLES)} particles."
)


def page(found, about: dict) -> str:
    """Markdown of an occupancy (data/clustering.py); `about` as in `fits.page`."""
    mean = found.particles / found.tokens
    rows = [
        ["tokens", thousands(found.tokens), thousands(TOKENS)],
        ["particles a token", number(mean), number(PARTICLES / TOKENS)],
        ["effective tokens", number(found.effective), ""],
        ["  of all", percent(found.effective / found.tokens), ""],
        ["empty tokens", percent(found.empty), ""],
        ["rare tokens", percent(found.rare), ""],
        ["particles on the fullest", percent(found.largest), ""],
        ["  over the mean", number(found.largest * found.tokens), ""],
    ]
    for name, published in PUBLISHED.items():
        rows.append([f"weight, {name}", number(found.weights[name]), number(published)])
    distance = f"Mean squared distance from the centroid {about['mean_square_distance']:.4g}, "
    told = distance + f"after {about['passes']} passes from {found.tokens} particles at random"
    told += f"{ENDS[about.get('at_rest')]}."
    parts = [
        "# Occupancy",
        sample(about),
        fill(told, WIDTH),
        table(["", "ours", "published"], rows),
    ]
    return "\n\n".join([*parts, fill(NOTE, WIDTH)]) + "\n"


def percent(share: float) -> str:
    """0.0312 as 3.12 %."""
    return f"{100 * share:.3g} %"


def draw(counts: np.ndarray, found, about: dict) -> Figure:
    """Particles on each token (T,), the fullest first, and evenly spread ones as a dashed line."""
    figure = Figure(figsize=(8.5, 6), layout="constrained")
    ax = figure.subplots()
    edges = np.arange(len(counts) + 1)
    ax.stairs(np.sort(counts)[::-1], edges, color=OURS["color"], linewidth=1.8, label="tokens")
    mean = found.particles / found.tokens
    even = f"evenly: {number(mean)} on each"
    ax.axhline(mean, color=THEIRS["color"], linestyle="dashed", label=even)
    ax.set(xlim=(0, len(counts)), xlabel="token, the fullest first", ylabel="particles")
    ax.set_yscale("log")
    plain_ticks(ax.yaxis, counts[counts > 0])
    words = f"{number(found.effective)} of {thousands(found.tokens)} tokens effective"
    ax.legend(title=words)
    figure.suptitle(sample(about), x=0.01, ha="left", fontsize=12)
    return figure


def plain_ticks(axis: Axis, counts: np.ndarray) -> None:
    """Ticks of a logarithmic axis as whole numbers, between powers of ten too if it is short."""
    subs = (1, 2, 3, 5) if counts.max() < WIDE * counts.min() else (1,)
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_major_formatter(FuncFormatter(lambda count, _: thousands(round(count))))
    axis.set_minor_formatter(NullFormatter())
