"""How fast this site's own jobs were: what their histories and `benchmark:` files say."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from statistics import median

from jetbench.data.datasets import DATASETS
from jetbench.planning.durations import START, device
from jetbench.planning.throughputs import Throughput, Throughputs
from jetbench.planning.workload import in_file, in_shard, job_of, scored, twins

Key = tuple[str, str, str]  # device, job, model
SHORTEST = 5.0  # seconds of work; less tells of the start, not of the rate


def at_site(table: Throughputs, folder: str | PathLike, settings: dict) -> Throughputs:
    """The table, with the median of what was measured in the folder `results` put over it."""
    found = defaultdict(list)
    for key, jets_per_second in (*of_runs(folder, settings), *of_data(folder, settings)):
        found[key].append(jets_per_second)
    macs = {model: row.macs for (_, _, model), row in table.items() if row.macs}
    own = {
        key: Throughput(median(rates), f"measured here, median of {len(rates)}", macs.get(key[2]))
        for key, rates in found.items()
    }
    return {**table, **own}


def of_runs(folder: str | PathLike, settings: dict) -> Iterator[tuple[Key, float]]:
    """Jets a second of the trainings, their predictions and evaluations."""
    for scale in settings["scales"]:
        for weights in sorted(Path(folder, scale).glob("*/*/*/*/*/weights.safetensors")):
            _, task, model, *_ = names = weights.relative_to(folder).parts[:-1]
            if task in settings["scales"][scale]["tasks"] and model in settings["models"]:
                yield from of_run(weights, "/".join(names), settings)


def of_run(weights: Path, run: str, settings: dict) -> Iterator[tuple[Key, float]]:
    """Jets a second of one run: of each of its epochs, of its prediction, of its evaluation."""
    if (told := trained_by(weights, settings)) is None:
        return
    where, processes = told
    model, jets = twins(settings, run)[0], scored(settings, run)
    for epoch in read_rows(weights.with_name("history.csv")):
        if float(epoch["seconds"]) >= SHORTEST:
            yield (where, job_of("train", run), model), float(epoch["jets_per_second"]) / processes
    for rule in ("predict", "reconstruct"):
        yield from of_job(weights.with_name(f"{rule}.tsv"), (where, rule, model), jets)
    yield from of_job(weights.with_name("evaluate.tsv"), ("cpu", "evaluate", "jetclass"), jets)


def of_data(folder: str | PathLike, settings: dict) -> Iterator[tuple[Key, float]]:
    """Jets a second of simulations, conversions and selections."""
    for path in sorted(Path(folder, "data").glob("*/benchmarks/*/*.tsv")):
        dataset, _, split, _ = path.relative_to(Path(folder, "data")).parts
        name, _, scale = dataset.partition("_")
        if name not in DATASETS or (scale and scale not in settings["scales"]):
            continue
        what = path.stem.rpartition("_")[0]  # of a simulated file: its process, or `raw`
        jets = (in_file if what not in ("", "raw") else in_shard)(settings, dataset, split)
        if name == "top":
            job, jets = "select", in_shard(settings, dataset.replace(name, "jetclass"), split)
        else:
            job = "simulate" if what else "convert"
        yield from of_job(path, ("cpu", job, name), jets)


def of_job(path: Path, key: Key, jets: int) -> Iterator[tuple[Key, float]]:
    """Jets a second of the last job in a benchmark file; nothing if it was too short to tell."""
    for row in read_rows(path)[-1:]:
        work = float(row["s"]) - START[key[1]]
        if work >= SHORTEST:
            yield key, jets / work


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table with commas or tabs; none of one that is not there."""
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def trained_by(weights: Path, settings: dict) -> tuple[str, int] | None:
    """Device that trained weights, and how many processes did; None where they do not tell one.

    They know only cpu and cuda: the type of the GPU is that of the site. Those of a training that
    went on elsewhere name several devices or numbers, and no epoch says which was its own.
    """
    with open(weights, "rb") as file:
        try:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            told = header["__metadata__"]
            kind, processes = told["device"], int(told.get("processes", 1))
        except (ValueError, KeyError, TypeError, OverflowError):
            return None
    if len(kind.split()) != 1:
        return None
    return "cpu" if kind == "cpu" else device("train", settings["site"]), processes
