"""The shipped settings at a site, the committed table, and one job of every rule."""

import yaml

from jetbench.planning import settings
from jetbench.planning.throughputs import Throughput, read_throughputs
from tests.conftest import ROOT
from tests.planning.helpers import MAIN, SCHEMAS

TABLE = read_throughputs(ROOT / "resources/throughputs.csv")
ARCHIVES = yaml.safe_load((ROOT / "resources/archives.yaml").read_text())
CPU = {"gpu": None, "gpus": 1, "cores": 2, "walltime": 1440, "watts": 700, "bandwidth": 50}
A100 = CPU | {"gpu": "a100"}


def at(site):
    """The shipped settings at a site."""
    loaded = settings.load(ROOT / "config", SCHEMAS, MAIN | {"site": site})
    return loaded | {"archives": ARCHIVES}


def run(scale="demo", task="jetclass", model="part", start="scratch", jets="10k", seed="1"):
    """Wildcards of a run."""
    return {
        "scale": scale,
        "task": task,
        "model": model,
        "start": start,
        "jets": jets,
        "seed": seed,
    }


def row(jets_per_second, macs=None, source="measured"):
    """A row of the table."""
    return Throughput(jets_per_second, source, macs)


SHARD = {"dataset": "jetclass_demo", "split": "train", "number": "000"}
OF_RUNS = ("train", "predict", "predict_top", "official", "evaluate", "evaluate_top", "export")
JOBS = {  # a job of every rule that has wildcards
    "convert": SHARD,
    "count": {"model": "part"},
    "credit": {"dataset": "btag"},
    "download": {"dataset": "jetclass", "archive": "JetClass_Pythia_train_100M_part0"},
    "download_raw": {"dataset": "btag", "archive": "train_small.root"},
    "download_weights": {"checkpoint": "ParT_full"},
    "draw": {"scale": "demo", "study": "top_tagging", "figure": "rejection"},
    "compare_quantiles": {"scale": "demo"},
    "fit_kmeans": {"scale": "demo", "continuous": "7", "tokens": "512"},
    "fit_quantiles": {"scale": "demo"},
    "inspect": {"file": "jetclass_demo/train/000.h5"},
    "report": {"scale": "demo"},
    "select": {"suffix": "_demo", "split": "train", "number": "000"},
    "show_occupancy": {"scale": "demo", "continuous": "7", "tokens": "512"},
    "simulate": {"scale": "demo", "split": "val", "process": "HToBB", "number": "120"},
    "simulate_btag": {"scale": "demo", "split": "train", "number": "000"},
    "simulate_quarkgluon": {"scale": "demo", "split": "train", "number": "000"},
    "tabulate": {"scale": "demo", "study": "top_tagging"},
    **dict.fromkeys(OF_RUNS, run() | {"top": "10"}),
    "reconstruct": run(task="pretraining", model="mpm_kmeans"),
}
