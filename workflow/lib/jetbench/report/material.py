"""What the figures of a study are drawn from, and how each of its runs is drawn."""

from os import PathLike
from typing import NamedTuple

import pandas as pd

from jetbench.evaluation.reconstruction import Reconstruction
from jetbench.report.distances import read_reconstructions
from jetbench.report.runs import Run, run_of, variant
from jetbench.report.samples import sample_of
from jetbench.report.style import line
from jetbench.report.taggers import VARIANTS, check_known, label_of, labels, read_taggers

LABELS = {"size": str, "train_jets": str}  # 500 stays "500"
PALEST = 0.35  # opacity of the smallest training size where a study has several


class Material(NamedTuple):
    """Values of a study; nothing else goes into its figures."""

    results: pd.DataFrame  # the study's table, one row a tagger, training size and limit
    curves: dict[Run, pd.DataFrame]  # class, signal_efficiency, background_efficiency
    histories: dict[Run, pd.DataFrame]  # one row an epoch; official weights have none
    looks: dict[str, dict]  # label, colour, line and marker by model
    study: dict
    scale: dict
    reconstructions: list[Reconstruction] = ()  # what backbones filled in, where that is asked for


# Seven arguments: each is a file or a value of its own in the rule.
def read_material(
    table: str | PathLike,
    curves: list,
    histories: list,
    taggers: str | PathLike,
    study: dict,
    scale: dict,
    reconstructions: list = (),
) -> Material:
    """Read the files of a study; runs come in the order of the taggers."""
    looks = read_taggers(taggers)
    results = pd.read_csv(table, dtype=LABELS)
    made = read_reconstructions(reconstructions)
    check_known((content.method for content in made), looks)
    runs = by_run(curves, looks), by_run(histories, looks)
    return Material(results, *runs, looks, study, scale, made)


def by_run(paths: list, looks: dict) -> dict[Run, pd.DataFrame]:
    """Content of each csv file by the run in whose folder it lies."""
    tables = {run_of(path): pd.read_csv(path) for path in paths}
    check_known((run.model for run in tables), looks)
    models, variants = list(looks), list(VARIANTS)

    def place(run: Run) -> tuple[int, int]:
        return models.index(run.model), variants.index(variant(run.start, run.task))

    return {run: tables[run] for run in sorted(tables, key=place)}


def line_of(material: Material, run: Run, runs: dict[Run, pd.DataFrame]) -> dict:
    """Colour, line, opacity and legend entry of a run.

    Larger training sizes are stronger, and so are higher limits of the attention; of several seeds
    the first has the legend entry.
    """
    first = next(other for other in runs if other._replace(seed="") == run._replace(seed=""))
    suffixes = {variant(other.start, other.task) for other in runs}
    style = line(material.looks[run.model], variant(run.start, run.task), len(suffixes) > 1)
    name = name_of(material, run, runs) if run == first else None
    return style | {"alpha": strength(run, runs), "label": name}


def name_of(material: Material, run: Run, runs: dict[Run, pd.DataFrame]) -> str:
    """Tagger, its training jets if these differ between the runs, and its limit if it has one."""
    name = label_of(material.looks, run.model, variant(run.start, run.task))
    if len({other.jets for other in runs}) > 1:
        name += f", {run.jets}"
    return name if run.top is None else f"{name}, k = {run.top}"


def strength(run: Run, runs: dict[Run, pd.DataFrame]) -> float:
    """Opacity: from PALEST to 1 in the order of the limits and training sizes."""
    steps = list(dict.fromkeys((other.top, other.jets) for other in runs))
    behind = len(steps) - 1 - steps.index((run.top, run.jets))
    return PALEST ** (behind / max(len(steps) - 1, 1))


def lines_of(material: Material) -> dict[str, dict]:
    """Colour, line and legend entry of every tagger in the table, in its order."""
    pairs = dict(zip(material.results["tagger"], material.results["model"], strict=True))
    suffixes = {tagger: tagger.removeprefix(model) for tagger, model in pairs.items()}
    several = len(set(suffixes.values())) > 1
    names = labels(material.results, material.looks)
    return {
        tagger: line(material.looks[model], suffixes[tagger], several) | {"label": names[tagger]}
        for tagger, model in pairs.items()
    }


def published_label(material: Material) -> str:
    """Legend entry of published numbers, which says whether they may be compared with ours."""
    sample = sample_of(material.study, material.scale)
    return f"published ({sample.published}{'' if sample.comparable else ', not comparable'})"
