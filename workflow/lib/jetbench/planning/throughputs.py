"""How many jets a second a device does: what was measured, and estimates for the rest.

A network is named by its model, a data set by its family; both stand in the column `model`.
"""

import csv
from collections.abc import Mapping
from math import inf
from os import PathLike
from typing import NamedTuple

from jetbench.errors import InputError
from jetbench.planning.workload import FORWARD

TABLE = "resources/throughputs.csv"
COLUMNS = ("device", "job", "model", "macs", "jets_per_second", "date", "source")
REFERENCE = "a100"  # the GPU that stands for those without a row
EVERY = 0.4  # of reading a batch: what each of several ranks does for all jets (docs/training.md)
LIKE = {  # jobs with a network, and those that stand for them, with the ratio of their rates
    "train": {},
    "pretrain": {"train": 1.0},
    "predict": {"train": 1 / FORWARD},
    "probe": {"predict": 1.0, "train": 1 / FORWARD},  # training behind a frozen encoder
    "reconstruct": {"predict": 0.5, "train": 0.5 / FORWARD},  # the factor is assumed
}
SLOWEST = 0.1  # jets/s of a job that nothing is known of at all


class Throughput(NamedTuple):
    """Jets a second, and what the number rests on."""

    jets_per_second: float
    source: str
    macs: float | None = None  # multiply-accumulates of the network for one jet of 128 particles


Throughputs = Mapping[tuple[str, str, str], Throughput]  # by device, job and model


def read_throughputs(path: str | PathLike = TABLE) -> dict[tuple[str, str, str], Throughput]:
    """Measured throughputs by device, job and model.

    Raises InputError for other columns, a number that is none, or two rows for the same.
    """
    table = {}
    with open(path, newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise InputError(f"{path}: expected the columns {COLUMNS}, got {rows.fieldnames}")
        for row in rows:
            key = (row["device"], row["job"], row["model"])
            if key in table:
                raise InputError(f"{path}: expected one row for {', '.join(key)}, got two")
            table[key] = throughput(row, path)
    return table


def throughput(row: dict, path: str | PathLike) -> Throughput:
    """Throughput of one row of the table."""
    try:
        rate, macs = float(row["jets_per_second"]), float(row["macs"] or "nan")
    except (TypeError, ValueError):
        raise InputError(
            f"{path}: expected numbers in the row of {row['model']}, got {row}"
        ) from None
    if not rate > 0:
        raise InputError(f"{path}: {row['model']}: expected jets_per_second above 0, got {rate}")
    return Throughput(rate, f"{row['source']}, {row['date']}", macs if macs == macs else None)


def rate(
    throughputs: Throughputs, device: str, job: str, names: list[str], cost: float | None = None
) -> Throughput:
    """Jets a second of a job on a device, measured or estimated; `source` says which.

    `names` are the model and those with the same network and sizes, or a data set; `cost` are their
    multiply-accumulates, if they are not to come from the table. Where none has a row, what comes
    first of
      the row of the model on that device whose multiply-accumulates are nearest, times their ratio;
      the same of the jobs in LIKE;
      the same on the device REFERENCE, for a GPU without any row.
    No network is faster than its jets are read (the row `load`).
    """
    if found := exact(throughputs, device, job, names):
        return found
    if job not in LIKE:
        return Throughput(SLOWEST, f"no figure for {job} of {names[0]}: add a row to {TABLE}")
    known = {key[0] for key in throughputs if key[1] == "train"}
    basis = device if device in known else REFERENCE
    note = "" if basis == device else f"as on {basis}, since {TABLE} has no row for {device}: "
    cost = cost or macs(throughputs, names)
    best = exact(throughputs, basis, job, names) or scaled(throughputs, basis, job, cost)
    fastest = min(best.jets_per_second, reading(throughputs))
    return Throughput(fastest, f"estimate {note}{best.source}")


def reading(throughputs: Throughputs, ranks: int = 1) -> float:
    """load / (EVERY + (1 - EVERY) / ranks): jets a second that ranks read for one training.

    Each of them unpacks all blocks of jets and keeps its share. Infinite without the row `load`.
    """
    load = throughputs.get(("cpu", "load", "jetclass"), Throughput(inf, ""))
    return load.jets_per_second / (EVERY + (1 - EVERY) / ranks)


def together(throughputs: Throughputs, one: float, ranks: int) -> float:
    """Jets a second of ranks that train together: ranks x `one`, no more than they can read.

    `one` is the rate of a training alone, which stands where it is above what is said of reading.
    """
    return max(one, min(ranks * one, reading(throughputs, ranks)))


def exact(throughputs: Throughputs, device: str, job: str, names: list[str]) -> Throughput | None:
    """Row of the first name that has one."""
    keys = ((device, job, name) for name in names)
    return next((throughputs[key] for key in keys if key in throughputs), None)


def scaled(throughputs: Throughputs, device: str, job: str, wanted: float) -> Throughput:
    """Rate from the row on the same device whose network costs about as much."""
    likes = {job: 1.0, **LIKE[job]}
    known = {key[1] for key, row in throughputs.items() if key[0] == device and row.macs}
    like = next((like for like in likes if like in known), None)
    if like is None:
        raise InputError(f"{TABLE}: expected a row of the job train on {device}, got none")
    rows = {k: row for k, row in throughputs.items() if k[:2] == (device, like) and row.macs}
    near = min(rows, key=lambda key: max(rows[key].macs / wanted, wanted / rows[key].macs))
    row = rows[near]
    jets_per_second = likes[like] * row.jets_per_second * row.macs / wanted
    return Throughput(jets_per_second, f"by multiply-accumulates from {near[2]}: {row.source}")


def macs(throughputs: Throughputs, names: list[str]) -> float:
    """Multiply-accumulates of a network; of the dearest one where nothing is known of it."""
    counted = {key[2]: row.macs for key, row in throughputs.items() if row.macs}
    return next((counted[name] for name in names if name in counted), max(counted.values()))
