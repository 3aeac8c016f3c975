"""Figures of what backbones fill in for dropped particles: some jets, and all by feature."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.evaluation.reconstruction import (
    Distance,
    Reconstruction,
    distances,
    features_of,
    values,
)
from jetbench.report.canvas import finish
from jetbench.report.material import Material
from jetbench.report.style import DECAYS, line

JETS = 3
FEWEST = 8  # dropped particles of a jet that is shown
AREA = 2.5  # points squared of a marker for a GeV
SIZES = (1, 10, 100)  # GeV, in the legend
RADIUS, ROOM = 0.85, 1.1  # rad that a jet of JetClass spans; times the largest angle
KEPT = {"color": "0.78", "linewidth": 0, "zorder": 1}
FILLED = {"edgecolor": "white", "linewidth": 0.4, "alpha": 0.85, "zorder": 2}
TRUTH = "0.15"

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


def reconstruction(material: Material) -> Figure:
    """Test jets in the plane of the angles, the marker's area proportional to pT.

    A row a jet, a column a backbone; the first one has the particles that were dropped, and all
    have those that were kept in grey.
    """
    made = one_seed(material)
    jets = chosen(made[0])
    columns = len(made) + 1
    figure = Figure(figsize=(2.2 * columns, 2.2 * len(jets) + 1.5), layout="constrained")
    grid = figure.subplots(len(jets), columns, sharex=True, sharey=True, squeeze=False)
    half = reach(made[0], jets)
    grid[0, 0].set(xlim=(-half, half), ylim=(-half, half))
    for row, jet in zip(grid, jets, strict=True):
        scatter(row[0], made[0], made[0].dropped, jet, TRUTH)
        for ax, content in zip(row[1:], made, strict=True):
            scatter(ax, content, content.made, jet, material.looks[content.method]["colour"])
        row[0].set_ylabel(f"{name_of(made[0], jet)}\n" + r"$\Delta\varphi$")
    for ax, title in zip(grid[0], ["dropped", *titles(material, made)], strict=True):
        ax.set_title(title, fontsize=12)
    for ax in grid[-1]:
        ax.set_xlabel(r"$\Delta\eta$")
    grid[0, 0].scatter([], [], 40, label="kept", **KEPT)
    for size in SIZES:
        grid[0, 0].scatter([], [], AREA * size, TRUTH, label=f"{size} GeV", **FILLED)
    return finish(figure, material)


def one_seed(material: Material) -> list[Reconstruction]:
    """The first reconstruction of each model, in their order.

    InputError without any, or unless all are of the same dropped particles.
    """
    first = {}
    for content in material.reconstructions:
        first.setdefault(content.method, content)
    if not first:
        raise InputError("expected reconstructions, got none")
    made = [first[model] for model in material.looks if model in first]
    for content in made[1:]:
        if not np.array_equal(content.dropped, made[0].dropped):
            raise InputError(f"{content.run}: expected the dropped particles of {made[0].run}")
    return made


def chosen(content: Reconstruction) -> list[int]:
    """The first jet of each of the first classes, of those with enough dropped particles."""
    counts = np.bincount(content.dropped_jet, minlength=len(content.label))
    enough = np.flatnonzero(counts >= FEWEST)
    _, first = np.unique(content.label[enough], return_index=True)
    of_classes = enough[np.sort(first)]
    others = np.setdiff1d(enough, of_classes)
    return [int(jet) for jet in [*of_classes, *others][:JETS]]


def reach(content: Reconstruction, jets: list[int]) -> float:
    """Largest angle of the true particles of some jets, with some room, up to the jet's radius."""
    parts = (content.dropped, content.dropped_jet), (content.kept, content.kept_jet)
    angles = np.concatenate([rows[np.isin(jet, jets), 1:3] for rows, jet in parts])
    return min(ROOM * float(np.abs(angles).max()), RADIUS)


def scatter(ax: Axes, content: Reconstruction, rows: np.ndarray, jet: int, colour: str) -> None:
    """Kept particles of a jet in grey, and others in colour."""
    kept, filled = content.kept[content.kept_jet == jet], rows[content.dropped_jet == jet]
    ax.scatter(kept[:, 1], kept[:, 2], AREA * kept[:, 0], **KEPT)
    ax.scatter(filled[:, 1], filled[:, 2], AREA * filled[:, 0], colour, **FILLED)
    ax.set_aspect("equal")
    ax.locator_params(nbins=3)


def name_of(content: Reconstruction, jet: int) -> str:
    """Class of a jet, as figures write it; its number in a file without their names."""
    label = int(content.label[jet])
    name = content.classes[label] if content.classes else f"class {label}"
    return DECAYS.get(name, name)


def titles(material: Material, made: list[Reconstruction]) -> list[str]:
    """Names of the backbones."""
    return [material.looks[content.method]["label"] for content in made]


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
