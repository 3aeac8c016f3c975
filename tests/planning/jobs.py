"""A small workflow as a dry run tells it, and settings for it."""

from functools import cache

from jetbench.planning import settings
from jetbench.planning.dag import Job
from jetbench.planning.throughputs import Throughput
from jetbench.planning.work import work_of
from tests.conftest import ROOT
from tests.planning.helpers import SCHEMAS, SHIPPED

SITE = SHIPPED["site"] | {"gpu": "h100", "gpus": 2, "cores": 4, "walltime": 1440}
RATES = {  # jets a second
    ("h100", "train", "part"): Throughput(10_000, "measured here"),
    ("h100", "train", "pfn"): Throughput(100_000, "measured here"),
    ("h100", "predict", "part"): Throughput(30_000, "measured here"),
    ("h100", "predict", "pfn"): Throughput(300_000, "measured here"),
    ("cpu", "convert", "jetclass"): Throughput(25_000, "table"),
    ("cpu", "evaluate", "jetclass"): Throughput(400_000, "table"),
}


@cache
def shipped():
    """The shipped settings at paper scale, with two GPUs; read once."""
    return settings.load(ROOT / "config", SCHEMAS, SHIPPED | {"scale": "paper", "site": SITE})


def load(**values):
    """These settings with other values over them."""
    return shipped() | values


def job(rule, inputs, outputs, wildcards=(), gpus=0):
    """One job of a dry run."""
    resources = {"gpu": gpus} if gpus else {}
    return Job(rule, inputs, outputs, None, dict(wildcards), "", 1, resources)


def training(model, start="scratch", gpus=1, needs=()):
    """Jobs of one run on JetClass: train, predict, evaluate."""
    names = {"scale": "paper", "task": "jetclass", "model": model, "start": start}
    names |= {"jets": "100M", "seed": "1"}
    files = {kind: f"{model}/{start}/{kind}" for kind in ("weights", "scores", "metrics")}
    return [
        job("train", ["train.h5", *needs], [files["weights"]], names, gpus),
        job("predict", [files["weights"], "test.h5"], [files["scores"]], names, 1),
        job("evaluate", [files["scores"]], [files["metrics"]], names),
    ]


def workflow(gpus=1):
    """Two runs, of which the study `taggers` needs both and `sizes` one, and the report."""
    split = {"dataset": "jetclass", "number": "000"}
    archive = {"dataset": "jetclass", "archive": "JetClass_Pythia_val_5M"}
    tables = [
        ("tabulate", ["part", "pfn"], "jetclass_taggers"),
        ("tabulate", ["part"], "part_topk"),
    ]
    return [
        job("all", ["report"], []),
        job("download", [], ["archive"], archive),
        job("unpack_val", ["archive"], ["raw"]),
        job("convert", ["raw"], ["train.h5"], split | {"split": "train"}),
        job("convert", ["raw"], ["test.h5"], split | {"split": "test"}),
        *training("part", gpus=gpus),
        *training("pfn"),
        *(
            job(rule, [f"{model}/scratch/metrics" for model in models], [study], {"study": study})
            for rule, models, study in tables
        ),
        job("report", [study for *_, study in tables], ["report"]),
    ]


def planned(gpus=1, **values):
    """Work of that workflow, and the settings."""
    values = {"studies": ["jetclass_taggers", "part_topk"]} | values
    chosen = load(**values)
    return work_of(workflow(gpus), chosen, RATES), chosen
