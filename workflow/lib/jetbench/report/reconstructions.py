"""Figure of what each backbone fills in for the dropped particles of some jets."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jetbench.errors import InputError
from jetbench.evaluation.reconstruction import Reconstruction
from jetbench.report.canvas import finish
from jetbench.report.features import NAMES
from jetbench.report.material import Material
from jetbench.report.style import DECAYS

JETS = 3
FEWEST = 8  # dropped particles of a jet that is shown
AREA = 1.6  # points squared of a marker for a GeV
SIZES = (3, 30, 300)  # GeV, in the legend
RADIUS, ROOM = 0.85, 1.1  # rad that a jet of JetClass spans; times the largest angle
KEPT = {"color": "0.78", "linewidth": 0, "zorder": 1}
FILLED = {"edgecolor": "white", "linewidth": 0.4, "alpha": 0.85, "zorder": 2}
TRUTH = "0.15"
DATA = "data (dropped)"


def reconstruction(material: Material) -> Figure:
    """Test jets in the plane of the angles, the marker's area proportional to pT.

    A row a jet, a column a backbone; the first one has the data, the particles that were dropped,
    and all have those that were kept in grey.
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
        row[0].set_ylabel(f"{name_of(made[0], jet)}\n{NAMES['dphi'].symbol}")
    for ax, title in zip(grid[0], [DATA, *titles(material, made)], strict=True):
        ax.set_title(title, fontsize=12)
    for ax in grid[-1]:
        ax.set_xlabel(NAMES["deta"].symbol)
    grid[0, 0].scatter([], [], 40, label="kept: what the encoders see", **KEPT)
    for size in SIZES:
        grid[0, 0].scatter([], [], AREA * size, TRUTH, label=f"{size} GeV", **FILLED)
    return finish(figure, material, len(made[0].label))


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
    """The first jet of each of the first classes, of those with enough dropped particles.

    Where too few jets have FEWEST, those with most: of data sets with short jets there are none.
    """
    counts = np.bincount(content.dropped_jet, minlength=len(content.label))
    enough = np.flatnonzero(counts >= min(FEWEST, max(1, np.sort(counts)[-JETS:].min())))
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
