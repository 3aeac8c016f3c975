"""Memory and time that a job asks for: measured peaks and durations, with room, more if it failed.

The constants are peaks of the demo in MB (max_pss of Snakemake's benchmark files, one CPU core)
unless they are marked as assumed; docs/resources.md has the rules in words.
"""

from collections.abc import Mapping
from math import ceil

from jetbench.data.datasets import family
from jetbench.errors import InputError, nearest
from jetbench.planning.counts import count
from jetbench.planning.durations import NETWORK, device, seconds
from jetbench.planning.encoders import NETWORKS
from jetbench.planning.recipes import gpus_of, model_of
from jetbench.planning.throughputs import Throughputs
from jetbench.planning.workload import fitted_jets, in_shard, run_of, scored

ROOM = 1.2  # of memory over the peak
MORE = 0.5  # of that for each further attempt
SAFETY = 2  # of time over the estimate: measured rates differ by tens of per cent between machines
NOTICE = 3  # minutes: Slurm's signal comes two minutes before the limit, and up to one earlier
LEAST = 5  # minutes: a cold file system alone can cost one; in a group of jobs they add up

BASE = {  # of a job with few jets
    "all": 100,
    "clean_checkpoints": 200,
    "compare_quantiles": 250,
    "convert": 250,
    "count": 450,
    "credit": 100,
    "credit_weights": 100,
    "download": 200,
    "download_raw": 200,
    "download_weights": 200,
    "draw": 250,
    "evaluate": 200,
    "evaluate_top": 200,
    "export": 600,
    "fit_kmeans": 450,
    "fit_quantiles": 400,
    "inspect": 500,
    "official": 400,
    "plan": 500,
    "predict": 220,
    "predict_top": 220,
    "reconstruct": 400,
    "report": 300,
    "select": 300,
    "show_occupancy": 250,
    "simulate": 300,
    "simulate_btag": 300,
    "simulate_quarkgluon": 300,
    "status": 200,
    "tabulate": 200,
    "train": 400,
    "unpack_quarkgluon": 200,
    "unpack_test": 200,
    "unpack_toplandscape": 200,
    "unpack_train": 200,
    "unpack_val": 200,
}
POOL, POOLS = 2**16, 2  # jets shuffled together, and pools at a time (data/loading.py)
POOLED = 0.0037  # of a pooled jet: 39 particles of 23 values
# Of a jet of a batch on a CPU: what is kept for the gradient, and what scoring needs at once. The
# widest sizes that were measured, ParT-L, need 1.5 times what ParT does with half the width.
KEPT = {"part": 27, "part_plain": 17, "particlenet": 14, "pcnn": 3, "pfn": 0.3}
SCORED = {"part": 14, "part_plain": 4, "particlenet": 5, "pcnn": 0.5, "pfn": 0.1}
WIDTH = 128  # of the ParT that was measured
ENCODED = {"train": 40, "predict": 4}  # the same of an encoder of width 512 and depth 8, assumed
ENCODER = 100  # of scoring with an encoder, beside other networks: 328 at peak in the demo
HOST = 3500  # assumed: of a process that computes on a GPU, for CUDA, its libraries and staging
SCORES = 60e-6  # of a scored jet: 10 scores of 4 bytes, the label and its place in the shards
EVALUATED = 80e-6  # of an evaluated jet: 1.8 GB for 20M jets of 10 classes
CONVERTED = 260e-6  # of a converted jet: 257 MB for a million
FITTED = 0.003  # of a jet that something is fitted to: 39 particles of 8 values, twice
SELECTED = 260e-6  # assumed as for conversion
WHOLE = {"qgreference": 1000}  # of an array that is read whole, as its order asks: 445 MB, twice


def memory(rule: str, wildcards: Mapping[str, str], settings: dict, attempt: int = 1) -> int:
    """MB that a job asks for: ROOM times its peak, half of that more for each further attempt."""
    growth = 1 + MORE * (attempt - 1)
    return ceil(ROOM * growth * peak(rule, wildcards, settings))


def minutes(
    rule: str,
    wildcards: Mapping[str, str],
    settings: dict,
    throughputs: Throughputs,
    attempt: int = 1,
) -> int:
    """min( walltime, attempt max( LEAST, SAFETY seconds / 60 ) ), whole minutes.

    For a training NOTICE more: so long before its limit it is told to end. What takes longer than
    the walltime of the site must go on in its next attempt, as trainings do.
    """
    estimate = seconds(rule, wildcards, settings, throughputs)
    wanted = attempt * max(LEAST, ceil(SAFETY * estimate / 60)) + NOTICE * (rule == "train")
    return min(settings["site"]["walltime"], wanted)


def cores(processes: int, site: Mapping) -> int:
    """Cores of processes with a network: cores_per_gpu of the site each, or one on a CPU.

    What Slurm allocates with as many GPUs, so that a job does not leave any of them idle.
    """
    return processes * (site.get("cores_per_gpu", 1) if device("train", site) != "cpu" else 1)


def peak(rule: str, wildcards: Mapping[str, str], settings: dict) -> float:
    """MB that a job holds at most. Raises InputError for a rule that has no entry in BASE."""
    if rule not in BASE:
        raise InputError(f"{__name__}: unknown rule {rule!r}; {nearest(rule, BASE)}")
    base = BASE[rule]
    if rule in NETWORK:
        return base + of_network(rule, wildcards, settings)
    if rule.startswith("evaluate"):
        return base + EVALUATED * scored(settings, run_of(wildcards))
    if rule == "convert":
        dataset = wildcards["dataset"]
        jets = in_shard(settings, dataset, wildcards["split"])
        return base + CONVERTED * jets + WHOLE.get(family(dataset), 0)
    if rule.startswith("fit"):
        return base + FITTED * fitted_jets(settings, wildcards["scale"])
    if rule == "select":
        jets = in_shard(settings, f"jetclass{wildcards['suffix']}", wildcards["split"])
        return base + SELECTED * jets
    return base


def of_network(rule: str, wildcards: Mapping[str, str], settings: dict) -> float:
    """MB of further processes, of pools, of batches on a CPU or of CUDA, and of scores."""
    run = run_of(wildcards)
    scale, models = settings["scales"][wildcards["scale"]], settings["models"]
    model = model_of(scale, models, run)
    training, recipe = rule == "train", model["recipe"]
    if training:
        streams, scores = (count(wildcards["jets"]), recipe["val_jets"]), 0
    else:
        streams = (scored(settings, run),)
        scores = SCORES * streams[0] + ENCODER * (model["network"] in NETWORKS)
    pools = sum(POOLS * POOLED * min(POOL, jets) for jets in streams)
    ranks = gpus_of(scale, models, run) if training else 1
    if device(rule, settings["site"]) != "cpu":
        return ranks * (HOST + pools) + scores
    batch = recipe["batch"] * of_jet(model, training)  # shared by the ranks
    return (ranks - 1) * BASE[rule] + ranks * pools + batch + scores


def of_jet(model: dict, training: bool) -> float:
    """MB of a jet of a batch; as much as the dearest for a network that is not known."""
    sizes, held = model["sizes"], KEPT if training else SCORED
    if model["network"] in NETWORKS:
        each = ENCODED["train" if training else "predict"]
        return each * sizes["width"] * sizes["depth"] / (512 * 8)
    width = sizes.get("embedding", [WIDTH])[-1]
    wider = (1 + max(1, width / WIDTH)) / 2
    return wider * held.get(model["network"], max(held.values()))
