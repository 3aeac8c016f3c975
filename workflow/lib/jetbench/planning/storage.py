"""How many bytes jobs write and fetch. Weights, tables and figures are left out: megabytes."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from jetbench.data.datasets import DATASETS, family
from jetbench.planning.dispatch import Place
from jetbench.planning.runs import task_of
from jetbench.planning.volumes import BYTES, fetched, unpacked
from jetbench.planning.work import Work
from jetbench.planning.workload import in_shard, run_of, scored, simulated

SHARD = {  # bytes of a jet in a shard: measured on simulated jets, top on an older format
    "jetclass": 1170,
    "top": 1210,
    "btag": 312,
    "topreference": 789,
    "toplandscape": 736,
    "qgreference": 1019,
    "quarkgluon": 790,
}


class Storage(NamedTuple):
    """Bytes on disk and through the network."""

    kinds: dict[str, float]  # shards, raw files, scores: what stays
    temporary: float  # archives, deleted when they are unpacked
    peak: float  # most at any time of the schedule
    network: float


def storage(work: Iterable[Work], places: Mapping[str, Place], settings: dict) -> Storage:
    """Bytes of all jobs, at the times of a schedule."""
    work = list(work)
    kinds, sizes = {}, {}
    for each in work:
        kind, sizes[each.task.name] = written(each, settings)
        kinds[kind] = kinds.get(kind, 0.0) + sizes[each.task.name]
    temporary = kinds.pop("archives", 0.0)
    network = sum(sizes[w.task.name] for w in work if w.job.rule.startswith("download"))
    kinds = {kind: size for kind, size in kinds.items() if size}
    return Storage(kinds, temporary, peak(work, sizes, places), network)


def peak(work: list[Work], sizes: dict[str, float], places: Mapping[str, Place]) -> float:
    """max over time of what is written and not yet deleted; a job's bytes count from its start."""
    ends = {}  # of the archives
    for each in work:
        for before in each.task.after:
            ends[before] = max(ends.get(before, 0.0), places[each.task.name].end)
    changes = [(places[name].start, size) for name, size in sizes.items()]
    for each in work:
        name = each.task.name
        if each.job.rule == "download" and name in ends:
            changes.append((ends[name], -sizes[name]))
    now = most = 0.0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def written(each: Work, settings: dict) -> tuple[str, float]:
    """Kind and bytes of what a job writes."""
    rule, wildcards = each.job.rule, each.job.wildcards
    if rule.startswith("download"):
        size = fetched(rule, wildcards, settings.get("archives", {}))
        return ("archives" if rule == "download" else "raw files"), size
    if rule.startswith("unpack"):
        return "raw files", unpacked(rule)
    if rule.startswith("simulate"):
        dataset, jets = simulated(rule, settings, wildcards)
        return "raw files", jets * BYTES[dataset]
    if rule in ("convert", "select"):
        dataset = wildcards.get("dataset", f"top{wildcards.get('suffix')}")
        return "shards", in_shard(settings, dataset, wildcards["split"]) * SHARD[family(dataset)]
    if rule.startswith("predict"):
        return "scores", scores(wildcards, settings)
    return "small files", 0.0


def scores(wildcards: Mapping[str, str], settings: dict) -> float:
    """jets (4 classes + 1): a float32 for every class, and the label."""
    data = task_of(settings["scales"][wildcards["scale"]], wildcards["task"])["data"]
    return scored(settings, run_of(wildcards)) * (4 * len(DATASETS[data].classes) + 1)
