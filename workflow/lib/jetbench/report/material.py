"""What the figures of a study are drawn from, and how each of its runs is drawn."""

from os import PathLike
from typing import NamedTuple

import pandas as pd

from jetbench.errors import InputError
from jetbench.report.results import Run, run_of
from jetbench.report.style import line
from jetbench.report.taggers import read_taggers

LABELS = {"size": str, "train_jets": str}  # 500 stays "500"
PALEST = 0.35  # opacity of the smallest training size where a study has several


class Material(NamedTuple):
    """Values of a study; nothing else goes into its figures."""

    results: pd.DataFrame  # the study's table, one row a tagger and training size
    curves: dict[Run, pd.DataFrame]  # class, signal_efficiency, background_efficiency
    histories: dict[Run, pd.DataFrame]  # one row an epoch
    looks: dict[str, dict]  # label, colour, line and marker by tagger
    scale: dict


def read_material(
    table: str | PathLike, curves: list, histories: list, taggers: str | PathLike, scale: dict
) -> Material:
    """Read the files of a study; runs come in the order of the taggers."""
    looks = read_taggers(taggers)
    results = pd.read_csv(table, dtype=LABELS)
    return Material(results, by_run(curves, looks), by_run(histories, looks), looks, scale)


def by_run(paths: list, looks: dict) -> dict[Run, pd.DataFrame]:
    """Content of each csv file by the run in whose folder it lies."""
    tables = {run_of(path): pd.read_csv(path) for path in paths}
    unknown = sorted({run.model for run in tables} - set(looks))
    if unknown:
        raise InputError(f"taggers.yaml: expected an entry for {unknown}, got {', '.join(looks)}")
    order = list(looks)
    return dict(sorted(tables.items(), key=lambda item: order.index(item[0].model)))


def line_of(material: Material, run: Run, runs: dict[Run, pd.DataFrame]) -> dict:
    """Colour, line, opacity and legend entry of a run.

    Larger training sizes are stronger; of several seeds the first has the legend entry.
    """
    same = [other for other in runs if other._replace(seed="") == run._replace(seed="")]
    sizes = list(dict.fromkeys(other.jets for other in runs))
    name = material.looks[run.model]["label"]
    strength = PALEST ** (1 - sizes.index(run.jets) / max(len(sizes) - 1, 1))
    return line(material.looks[run.model]) | {
        "alpha": strength if len(sizes) > 1 else 1,
        "label": None if run != same[0] else f"{name}, {run.jets}" if len(sizes) > 1 else name,
    }


def published_label(scale: dict) -> str:
    """Legend entry of published numbers, which says whether they may be compared with ours."""
    warning = ", not comparable" if scale["source"] == "simulated" else ""
    return f"published (JetClass{warning})"
