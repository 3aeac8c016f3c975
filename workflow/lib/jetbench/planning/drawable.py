"""What tables and figures of masked particle modelling need, checked before any job."""

import csv
from collections import Counter
from pathlib import Path

from jetbench.errors import InputError
from jetbench.planning.runs import PRETRAINING, fills_in, pretrainings

FILLED = ("reconstruction", "marginals")  # figures of the same dropped particles of several models
RATE = 0.4  # share dropped for these where the training has no one rate (methods/masking.py)
PLACES = {"ladder": "step", "sweep": "sweep"}  # column that places the published rows


def check_figures(study: dict, scale: dict, models: dict, path: Path) -> None:
    """Figures of pre-trainings need some; those of dropped particles models that fill these in."""
    figures = [figure for figure in study["figures"] if figure in (PRETRAINING, *FILLED)]
    encoders = pretrainings(study, scale)
    if figures and not encoders:
        expected, got = "expected the start frozen or pretrained", ", ".join(study["starts"])
        raise InputError(f"{path}: {figures[0]}: {expected}, got {got}")
    filled = [figure for figure in figures if figure in FILLED]
    filling = dict.fromkeys(run.split("/")[2] for run in encoders if fills_in(models, run))
    if filled and not filling:
        expected = "expected a model that fills in continuous features"
        raise InputError(f"{path}: {filled[0]}: {expected}, got {', '.join(study['models'])}")
    rates = {model: models[model]["pretraining"].get("rate", RATE) for model in filling}
    if filled and len(set(rates.values())) > 1:
        told = ", ".join(f"{rate} ({model})" for model, rate in rates.items())
        raise InputError(f"{path}: {filled[0]}: expected models of one rate, got {told}")


def check_places(name: str, study: dict, path: Path) -> None:
    """Ladders and sweeps show the taggers that the published file has a place for.

    The figure of the sweeps shows differences from a tagger that is in both.
    """
    figures = study["figures"]
    for kind in (kind for kind in PLACES if kind in (study["table"], *figures)):
        placed = Counter(row["model"] for row in published(study, path) if row.get(PLACES[kind]))
        if not placed:
            expected = f"expected rows with a {PLACES[kind]} of the taggers of the study {name}"
            raise InputError(f"{path}: {kind}: {expected}, got none")
        if kind == "sweep" and kind in figures and max(placed.values()) < 2:
            expected = f"expected a tagger of the study {name} in both sweeps"
            raise InputError(f"{path}: {kind}: {expected}, got none")


def published(study: dict, path: Path) -> list[dict]:
    """Rows of the published file for the taggers and training sizes of a study."""
    taggers = {
        model if start == "scratch" else f"{model}_{start}"
        for model in study["models"]
        for start in study["starts"]
    }
    with path.open(newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [r for r in rows if r["model"] in taggers and r.get("train_jets") in study["sizes"]]
