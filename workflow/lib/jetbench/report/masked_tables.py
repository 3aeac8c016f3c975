"""Tables of masked particle modelling: what frozen encoders tell a head of the jets."""

import numpy as np
import pandas as pd

from jetbench.errors import InputError
from jetbench.evaluation.reconstruction import FEATURES
from jetbench.report.cells import gained, measured, origin, published
from jetbench.report.features import NAMES
from jetbench.report.numbers import NOTHING
from jetbench.report.taggers import VARIANTS

STARTS = {  # heading of the accuracy of a start
    "frozen": "Accuracy, frozen",
    "untrained": "untrained",
    "pretrained": "trained on",
    "scratch": "from scratch",
}
STEPS = {  # of the ladder, in their order; each adds to those before it
    "mpmv1": "MPMv1",
    "transformer_layers": "+ updated transformer layers",
    "impact_parameters": "+ impact parameters",
    "particle_id": "+ particle id, as input and task",
    "mae_decoder": "+ transformer decoder (MAE)",
    "registers": "+ registers",
    "long_training": "+ longer, deeper decoder, 40 % dropped",
    "mae_decoder_without_impact_and_id": "MAE decoder alone, control",
}
CONTROL = "mae_decoder_without_impact_and_id"  # MAE on top of the second step
TARGETS = {"regression": "regression", "kmeans": "k-means"}
SWEEPS = {"decoder_depth": "layers of the decoder", "mask_rate": "share of particles dropped"}
PERCENT = {"mask_rate"}


def pretraining(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A row a model: its accuracies by start, what pre-training gains, and what it fills in.

    A model that only lends the others its untrained encoder is none of the study's.
    """
    rows, starts = [], set(results["start"])
    for _, group in results.groupby(["model", "train_jets"], sort=False):
        if set(group["start"]) == {"untrained"} != starts:
            continue
        first, frozen = group.iloc[0], started(results, group, "frozen")
        row = {"Pre-training": name_of(first, names)}
        for start in (start for start in STARTS if start in starts):
            row[heading(start, first)] = measured(started(results, group, start), "accuracy")
        if "gain" in results:
            row["gain over untrained"] = gained(frozen)
        if results["train_jets"].nunique() > 1:  # else the caption says it
            row["training jets"] = first["train_jets"]
        row["published, frozen"] = published(frozen, "accuracy")
        rows.append(row | distances(frozen))
    return pd.DataFrame(rows)


def started(results: pd.DataFrame, group: pd.DataFrame, start: str) -> pd.Series:
    """Result of a model with a start; a row of NaN if there is none.

    The untrained one may be that of another model, which its gain is over.
    """
    found = group[group["start"] == start]
    if found.empty and start == "untrained" and "gain_over" in group:
        about = (results["start"] == start) & results["model"].isin(group["gain_over"])
        found = results[about & (results["train_jets"] == group["train_jets"].iloc[0])]
    return missing(results) if found.empty else found.iloc[0]


def heading(start: str, row: pd.Series) -> str:
    """Heading of a start's accuracy; the first one says whose numbers these are."""
    return f"{STARTS[start]}, {origin(row)}" if start == "frozen" else STARTS[start]


def name_of(row: pd.Series, names: dict[str, str]) -> str:
    """Name of a model without how it started."""
    suffix = row["tagger"].removeprefix(row["model"])
    return names[row["tagger"]].removesuffix(VARIANTS[suffix].words)


def distances(row: pd.Series) -> dict[str, str]:
    """Mean and largest Wasserstein distance of what a model fills in, over the spread.

    Nothing if the table has none; dashes if the model fills in no features.
    """
    columns = {feature: f"w1_{feature}_relative" for feature in FEATURES}
    known = pd.Series({name: row[column] for name, column in columns.items() if column in row})
    if known.empty:
        return {}
    found, cells = known.dropna(), [NOTHING, NOTHING]
    if len(found):
        worst = found.idxmax()
        mean, largest = (f"{value:#.2g}" for value in (found.mean(), found[worst]))
        cells = [mean, f"{largest} ({NAMES[worst].words})"]
    return dict(zip(("W1, mean (lower is better)", "W1, worst"), cells, strict=True))


def ladder(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A row a step, in the published order, with columns for regression and for k-means tokens."""
    check(results, "step_published", "ladder")
    rows = []
    for step, words in STEPS.items():
        row = {"Step": words}
        for target in TARGETS:
            row |= columns(results, rung(results, step, target), TARGETS[target])
        rows.append(row)
    return pd.DataFrame(rows)


def rung(results: pd.DataFrame, step: str, target: str) -> pd.Series:
    """Result of a step with a target; a row of NaN if there is no such run."""
    chosen = (results["step_published"] == step) & (results["target_published"] == target)
    return results[chosen].iloc[0] if chosen.any() else missing(results)


def missing(results: pd.DataFrame) -> pd.Series:
    """A row of the results without any."""
    return pd.Series(np.nan, index=results.columns)


def columns(results: pd.DataFrame, row: pd.Series, target: str) -> dict[str, str]:
    """Ours, its gain if the study has any, and the published accuracy."""
    cells = {f"{target}, {origin(results.iloc[0])}": measured(row, "accuracy")}
    if "gain" in results:
        cells[f"{target}, gain over untrained"] = gained(row)
    return cells | {f"{target}, published": published(row, "accuracy")}


def sweep(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A row a value of each sweep, ours beside the published accuracy."""
    check(results, "sweep_published", "sweep")
    rows = []
    for _, result in swept(results).iterrows():
        name = result["sweep_published"]
        value = result["value_published"]
        row = {
            "Sweep": SWEEPS[name],
            "value": f"{100 * value:g} %" if name in PERCENT else f"{value:g}",
        }
        row[f"Accuracy, {origin(result)}"] = measured(result, "accuracy")
        if "gain" in results:
            row["gain over untrained"] = gained(result)
        rows.append(row | {"published": published(result, "accuracy", digits=4)})
    return pd.DataFrame(rows)


def swept(results: pd.DataFrame) -> pd.DataFrame:
    """Rows of the sweeps, by sweep and value."""
    known = results[results["sweep_published"].isin(list(SWEEPS))]
    return known.sort_values(["sweep_published", "value_published"])


def check(results: pd.DataFrame, column: str, table: str) -> None:
    """InputError if the published file of a study does not say where its rows stand."""
    if column not in results or results[column].isna().all():
        name = column.removesuffix("_published")
        raise InputError(f"expected published rows with a {name}, got none: table {table} needs it")
