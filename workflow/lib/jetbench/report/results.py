"""Results of a study: metrics of its runs, averaged over seeds, beside the published numbers."""

import json
from itertools import product
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from jetbench.errors import InputError
from jetbench.report.numbers import count

KEYS = ("model", "train_jets")  # columns of a published file that say what a row is about
COSTS = ("parameters", "macs")


class Run(NamedTuple):
    """One training, by its name {scale}/{task}/{model}/{start}/{jets}/{seed}."""

    scale: str
    task: str
    model: str
    start: str
    jets: str
    seed: str


def run_named(name: str) -> Run:
    """The run of that name."""
    parts = name.split("/")
    if len(parts) != len(Run._fields):
        raise InputError(f"expected a run {'/'.join(Run._fields)}, got {name!r}")
    return Run(*parts)


def run_of(path: str | PathLike) -> Run:
    """The run in whose folder a file lies."""
    return run_named("/".join(Path(path).parent.parts[-len(Run._fields) :]))


def collect(metrics: list, costs: list, published: str, study: dict, scale: dict) -> pd.DataFrame:
    """One row for each model, start and training size of a study.

    Columns: scale, source, model, start, size (published), train_jets (behind it at this scale),
    seeds, test_jets; for accuracy, auc and every rej_{class} the value, _error (statistical) and
    _spread (standard deviation over seeds); for rejections also _limit, _passed, _background and
    _efficiency; parameters and macs if `costs` are given; and {column}_published.

    InputError if the runs are not those of the study.
    """
    runs = read_runs(metrics, study, scale)
    sizes = {model["model"]: model for model in map(read_json, costs)}
    reference = read_published(published)
    rows = []
    for model, start, size in product(study["models"], study["starts"], study["sizes"]):
        jets = str(scale["train_jets"][size])
        seeds = runs.get((model, start, jets))
        if seeds is None:
            raise InputError(f"expected a run of {model}/{start}/{jets}, got {sorted(runs)}")
        row = {"scale": scale["name"], "source": scale["source"]}
        row |= {"model": model, "start": start, "size": size, "train_jets": jets}
        row |= average(seeds)
        row |= {name: sizes[model][name] for name in COSTS if model in sizes}
        rows.append(row | published_row(reference, model, size))
    return pd.DataFrame(rows)


def read_runs(paths: list, study: dict, scale: dict) -> dict[tuple, list[dict]]:
    """Metrics by (model, start, jets), one entry a seed."""
    runs = {}
    for path in paths:
        metrics = read_json(path)
        run = run_named(metrics["run"])
        if (run.scale, run.task) != (scale["name"], study["task"]):
            raise InputError(
                f"{path}: expected a run of {scale['name']}/{study['task']}, got {metrics['run']}"
            )
        runs.setdefault((run.model, run.start, run.jets), []).append(metrics)
    return runs


def read_json(path: str | PathLike) -> dict:
    """Content of a JSON file."""
    try:
        return json.loads(Path(path).read_text())
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: expected JSON, got {error}") from error


def average(seeds: list[dict]) -> dict[str, float]:
    """Flat row of the mean metrics of several seeds, which share their test jets."""
    row = {"seeds": len(seeds), "test_jets": seeds[0]["jets"]}
    for name in ("accuracy", "auc"):
        values, errors = (column(seeds, name, key) for key in ("value", "error"))
        row |= {name: values.mean(), f"{name}_error": errors.mean()}
        row[f"{name}_spread"] = spread(values)
    for name in seeds[0]["rejections"]:
        rejections = average_rejection([metrics["rejections"][name] for metrics in seeds])
        row |= {f"rej_{name}{suffix}": value for suffix, value in rejections.items()}
    return row


def average_rejection(seeds: list[dict]) -> dict[str, float]:
    """1 / mean background efficiency: defined even where nothing passed in one of the seeds."""
    passed = np.mean([seed["passed"] for seed in seeds])
    background = seeds[0]["background"]
    value = background / passed if passed else np.nan
    return {
        "": value,
        "_error": value / np.sqrt(passed) if passed else np.nan,
        "_spread": spread(np.array([seed["value"] or np.nan for seed in seeds])),
        "_limit": np.nan if passed else seeds[0]["limit"] or np.nan,
        "_passed": passed,
        "_background": background,
        "_efficiency": seeds[0]["efficiency"],
    }


def column(seeds: list[dict], name: str, key: str) -> np.ndarray:
    """One number of each seed, NaN where it is not defined."""
    return np.array([metrics[name][key] for metrics in seeds], dtype=float)


def spread(values: np.ndarray) -> float:
    """Standard deviation over seeds; NaN for a single one."""
    return values.std(ddof=1) if len(values) > 1 else np.nan


def read_published(path: str | PathLike) -> pd.DataFrame:
    """Published numbers; counts such as 2.14M become numbers, the training size stays a label."""
    table = pd.read_csv(path, comment="#", dtype=str)
    if "model" not in table:
        raise InputError(f"{path}: expected a column model, got {', '.join(table)}")
    numbers = [name for name in table if name not in KEYS]
    table[numbers] = table[numbers].map(lambda text: np.nan if pd.isna(text) else count(text))
    return table


def published_row(reference: pd.DataFrame, model: str, size: str) -> dict[str, float]:
    """The published numbers of a model and training size, NaN where there are none."""
    chosen = reference[reference["model"] == model]
    if "train_jets" in reference:
        chosen = chosen[chosen["train_jets"] == size]
    numbers = reference.columns.difference(KEYS, sort=False)
    return {
        f"{name}_published": chosen[name].iloc[0] if len(chosen) else np.nan for name in numbers
    }
