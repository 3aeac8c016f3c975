"""How long a job takes at this site: seconds of start-up and jets over jets a second.

The constants were measured in the demo on one CPU core unless they are marked as assumed;
docs/resources.md has the rules in words.
"""

from collections.abc import Mapping
from typing import NamedTuple

from jetbench.data.datasets import family
from jetbench.errors import InputError, nearest
from jetbench.planning.encoders import NETWORKS, macs
from jetbench.planning.throughputs import Throughput, Throughputs, rate, together
from jetbench.planning.tokens import all_passes
from jetbench.planning.volumes import fetched, unpacked
from jetbench.planning.workload import (
    fitted_jets,
    in_shard,
    job_of,
    network_of,
    recipe,
    run_of,
    scored,
    simulated,
    trained,
    twins,
)

START = {  # seconds from the start of a job to its first jet; of a job without jets, to its end
    "all": 0,
    "clean_checkpoints": 5,
    "compare_quantiles": 3,
    "convert": 1.5,
    "count": 3,
    "credit": 1,
    "credit_weights": 1,
    "download": 2,
    "download_raw": 2,
    "download_weights": 2,
    "draw": 3,
    "evaluate": 1,
    "evaluate_top": 1,
    "export": 15,
    "fit_kmeans": 4,
    "fit_quantiles": 3,
    "inspect": 15,
    "official": 5,
    "plan": 60,
    "predict": 2,
    "predict_top": 2,
    "reconstruct": 5,
    "report": 4,
    "select": 1,
    "show_occupancy": 3,
    "simulate": 1.5,
    "simulate_btag": 1.5,
    "simulate_quarkgluon": 1.5,
    "status": 5,
    "tabulate": 1,
    "train": 5,
    "unpack_quarkgluon": 2,
    "unpack_test": 2,
    "unpack_toplandscape": 2,
    "unpack_train": 2,
    "unpack_val": 2,
}
NETWORK = ("train", "predict", "predict_top", "reconstruct")  # on a GPU where there is one
LIMITED = 1.8  # seconds with limited attention over those without
UNPACKING = 100e6  # bytes a second, assumed: reading and writing on a shared file system


class Estimate(NamedTuple):
    """Seconds of a job, and what the number rests on."""

    seconds: float
    source: str


def seconds(
    rule: str, wildcards: Mapping[str, str], settings: dict, throughputs: Throughputs
) -> float:
    """Seconds that one job of a rule takes at this site."""
    return estimate(rule, wildcards, settings, throughputs).seconds


def estimate(
    rule: str, wildcards: Mapping[str, str], settings: dict, throughputs: Throughputs
) -> Estimate:
    """Seconds that one job of a rule takes at this site, and what they rest on.

    `settings` may have `archives`, the content of resources/archives.yaml. Raises InputError for a
    rule that has no entry here.
    """
    if rule not in START:
        raise InputError(f"{__name__}: unknown rule {rule!r}; {nearest(rule, START)}")
    if rule in NETWORK or rule.startswith("evaluate"):
        more = of_run(rule, wildcards, settings, throughputs)
    elif rule.startswith("simulate") or rule in ("convert", "select"):
        more = of_data(rule, wildcards, settings, throughputs)
    elif rule.startswith("fit"):
        more = of_fit(rule, wildcards, settings, throughputs)
    elif rule.startswith(("download", "unpack")):
        more = of_files(rule, wildcards, settings)
    else:
        more = Estimate(0, "demo")
    return more._replace(seconds=START[rule] + more.seconds)


def device(rule: str, site: dict) -> str:
    """Device that a rule computes on: type of the GPU, `gpu` for one of any type, or `cpu`."""
    any_gpu = "gpu" if site.get("gpu_partition") else "cpu"
    return (site.get("gpu") or any_gpu) if rule in NETWORK else "cpu"


def of_run(
    rule: str, wildcards: Mapping[str, str], settings: dict, throughputs: Throughputs
) -> Estimate:
    """jets / rate of what is done with a network or its scores; ranks share a training."""
    run, where = run_of(wildcards), device(rule, settings["site"])
    if rule.startswith("evaluate"):
        found = rate(throughputs, where, "evaluate", ["jetclass"])
        return Estimate(scored(settings, run) / found.jets_per_second, found.source)
    found = speed(rule, run, where, settings, throughputs)
    if rule == "train":
        steps, site = recipe(settings, run), settings["site"]
        ranks = steps.get("gpus", 1)
        ranks = min(ranks, site["cores"]) if where == "cpu" else ranks
        together_ = together(throughputs, found.jets_per_second, ranks)
        return Estimate(trained(steps) / together_, found.source)
    limited = LIMITED if rule == "predict_top" else 1
    return Estimate(limited * scored(settings, run) / found.jets_per_second, found.source)


def speed(rule: str, run: str, where: str, settings: dict, throughputs: Throughputs) -> Throughput:
    """Jets a second of what a rule does with the network of a run."""
    known = run.split("/")[2] in settings["models"]
    network = network_of(settings, run) if known else {"network": None}
    wanted = macs(network) if network["network"] in NETWORKS else None
    return rate(throughputs, where, job_of(rule, run), twins(settings, run), wanted)


def of_data(
    rule: str, wildcards: Mapping[str, str], settings: dict, throughputs: Throughputs
) -> Estimate:
    """jets / rate of making one file or shard of jets."""
    split = wildcards["split"]
    if rule.startswith("simulate"):
        dataset, jets = simulated(rule, settings, wildcards)
    elif rule == "select":  # it reads all jets of the other shard
        dataset, jets = "top", in_shard(settings, f"jetclass{wildcards['suffix']}", split)
    else:
        dataset = family(wildcards["dataset"])
        jets = in_shard(settings, wildcards["dataset"], split)
    job = "simulate" if rule.startswith("simulate") else rule
    found = rate(throughputs, "cpu", job, [dataset, "jetclass"])
    return Estimate(jets / found.jets_per_second, found.source)


def of_fit(
    rule: str, wildcards: Mapping[str, str], settings: dict, throughputs: Throughputs
) -> Estimate:
    """jets / rate of quantiles; of tokens that of all passes, shared by the threads."""
    found = rate(throughputs, "cpu", rule, ["jetclass"])
    alone = fitted_jets(settings, wildcards["scale"]) / found.jets_per_second
    if rule == "fit_kmeans":
        alone *= all_passes(wildcards, settings)
    return Estimate(alone, found.source)


def of_files(rule: str, wildcards: Mapping[str, str], settings: dict) -> Estimate:
    """bytes / bandwidth of a download, bytes / UNPACKING of unpacking."""
    if rule.startswith("unpack"):
        return Estimate(unpacked(rule) / UNPACKING, "assumed: 100 MB/s")
    bandwidth = settings["site"]["bandwidth"]
    size = fetched(rule, wildcards, settings.get("archives", {}))
    return Estimate(size / (bandwidth * 1e6), f"site: {bandwidth} MB/s")
