"""Results of a study: metrics of its runs, averaged over seeds, beside the published numbers."""

import json
from itertools import product
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from jetbench.errors import InputError
from jetbench.report.averages import average
from jetbench.report.gains import with_gains
from jetbench.report.numbers import count
from jetbench.report.provenance import provenance
from jetbench.report.published import published_rows, read_published
from jetbench.report.runs import run_named, variant
from jetbench.report.samples import data_of

COSTS = ("parameters", "macs")
COSTLY = ("cost", "sizes")  # tables that show them


class Row(NamedTuple):
    """What one row of a study is about; `jets` stand at this scale for the published `size`."""

    model: str
    start: str
    size: str
    jets: str
    top: int | None

    def __str__(self) -> str:
        limit = "" if self.top is None else f"/top{self.top}"
        return f"{self.model}/{self.start}/{self.jets}{limit}"


def collect(metrics: list, costs: list, published: str, study: dict, scale: dict) -> pd.DataFrame:
    """One row for each tagger and training size of a study, and each limit of its attention.

    Columns: scale, source, data, tagger ({model}, and how it started unless from scratch), model,
    start, size (published), train_jets (behind it at this scale), top if the study limits the
    attention, seeds, test_jets, background, seed and accuracies (words, one a seed); for accuracy,
    auc and every rej_{working point} the value, _error (statistical) and _spread (standard
    deviation over seeds); for rejections also _low and _high (Poisson interval), _limit, _passed,
    _background, _class and _efficiency; parameters and macs in the tables of these;
    {column}_published; those of `provenance`; and those of `with_gains`.
    A tagger that is published in two sweeps has a row in each.

    InputError if the runs are not those of the study.
    """
    runs = read_runs(metrics, study, scale)
    spent = {model["model"]: model for model in map(read_json, costs)}
    if study["table"] not in COSTLY:
        spent = {}  # they are those of the network for JetClass, not of the study's
    reference = read_published(published)
    rows = wanted(study, scale)
    check_runs(rows, runs)
    table = []
    for row in rows:
        tagger = row.model + variant(row.start, study["task"])
        ours = (
            {"scale": scale["name"], "source": scale["source"], "data": data_of(study, scale)}
            | {"tagger": tagger, "model": row.model, "start": row.start}
            | {"size": row.size, "train_jets": row.jets}
            | ({"top": row.top} if study.get("top") else {})
            | average(runs[str(row)])
            | {name: spent[row.model][name] for name in COSTS if row.model in spent}
        )
        published = published_rows(reference, tagger, row.model, row.size, row.top)
        made = provenance(runs[str(row)])
        table += [ours | numbers | made for numbers in published]
    return with_gains(pd.DataFrame(table), shared(study, scale))


def wanted(study: dict, scale: dict) -> list[Row]:
    """Rows of a study; an untrained encoder has one, whichever models share it, in it or not."""
    bases = {"untrained": shared(study, scale)}
    pairs = product(study["models"], study["starts"])
    pairs = dict.fromkeys((bases.get(start, {}).get(m, m), start) for m, start in pairs)
    pairs = [*pairs, *((model, "jetclass") for model in study.get("fine_tuned", []))]
    named = [(*pair, size) for pair, size in product(pairs, study["sizes"])]
    jets = scale["tasks"][study["task"]]["train_jets"]
    axes = product(named + with_official(study, scale), study.get("top") or [None])
    return [Row(*name, str(jets[name[-1]]), top) for name, top in axes]


def shared(study: dict, scale: dict) -> dict[str, str]:
    """By model without an untrained encoder of its own, the one whose it is (planning gives it)."""
    return study.get("untrained", {}).get(scale["name"], {})


def with_official(study: dict, scale: dict) -> list[tuple[str, str, str]]:
    """(model, start, size) of the rows with official weights, where jets are downloaded too.

    On JetClass the weights are what they are: a row of the study's largest size.
    """
    models = study.get("official", []) if scale["source"] == "downloaded" else []
    sizes = study["sizes"]
    if study["task"] == "jetclass":
        sizes = [max(sizes, key=count)]
    return list(product(models, ["official"], sizes))


def check_runs(rows: list[Row], runs: dict[str, list]) -> None:
    """InputError unless the runs are exactly those of the rows."""
    names = [str(row) for row in rows]
    missing = [name for name in names if name not in runs]
    if missing or set(runs) - set(names):
        raise InputError(f"expected a run of {', '.join(missing or names)}, got {', '.join(runs)}")


def read_runs(paths: list, study: dict, scale: dict) -> dict[str, list[dict]]:
    """Metrics by {model}/{start}/{jets}, and /top{k} where attention is limited; one a seed."""
    runs = {}
    for path in paths:
        metrics = read_json(path)
        run = run_named(metrics["run"], metrics["top"])
        if (run.scale, run.task) != (scale["name"], study["task"]):
            raise InputError(
                f"{path}: expected a run of {scale['name']}/{study['task']}, got {metrics['run']}"
            )
        row = Row(run.model, run.start, "", run.jets, run.top)
        runs.setdefault(str(row), []).append(metrics)
    return runs


def read_json(path: str | PathLike) -> dict:
    """Content of a JSON file."""
    try:
        return json.loads(Path(path).read_text())
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: expected JSON, got {error}") from error
