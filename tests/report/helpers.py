"""A toy study: metrics, curves, histories and costs of runs that never ran."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from jetbench.data.datasets import CLASSES
from jetbench.data.tasks import TASKS
from jetbench.planning.runs import runs as planned
from jetbench.report.material import read_material
from tests.evaluation.helpers import toy_scores, write_scores
from workflow.scripts.draw import draw
from workflow.scripts.evaluate import evaluate
from workflow.scripts.tabulate import tabulate

ROOT = Path(__file__).parents[2]
TAGGERS = ROOT / "resources" / "taggers.yaml"
PUBLISHED = ROOT / "resources" / "published"

SIMULATED = {
    "name": "demo",
    "source": "simulated",
    "tasks": {
        "jetclass": {"data": "jetclass", "train_jets": {"2M": "1k", "10M": "3k", "100M": "10k"}},
        "top_tagging": {"data": "top", "train_jets": {"1.2M": "2k"}},
    },
}
DOWNLOADED = {
    "name": "paper",
    "source": "downloaded",
    "tasks": {
        "jetclass": {"data": "jetclass", "train_jets": {n: n for n in ("2M", "10M", "100M")}},
        "top_tagging": {
            "data": "toplandscape",
            "features": "kin",
            "train_jets": {"1.2M": "1.2M"},
        },
    },
}
CLASSES_OF = {"jetclass": CLASSES, "top_tagging": ("QCD", "Tbqq")}
SKILL = {"pfn": 1.0, "pcnn": 1.2, "particlenet_lite": 1.4, "particlenet": 1.6, "part": 2.2}
SKILL |= {"part_plain": 1.9, "part_lite": 2.0, "part_b": 2.3, "part_l": 2.4}
SKILL |= {"part_kin": 1.7, "part_kinpid": 2.0, "particlenet_kin": 1.3, "particlenet_kinpid": 1.5}
SHOWINGS = {"trainings": {"part": 6400}}
COSTS = {
    "pfn": (86154, 4.61e6),
    "pcnn": (354540, 15.5e6),
    "particlenet": (370156, 540e6),
    "part": (2143486, 340e6),
    "part_plain": (2133918, 260e6),
    "part_lite": (578000, 90e6),
    "part_b": (2285000, 340e6),
    "part_l": (8770000, 1.3e9),
}


def read_study(name):
    """A study of config/studies."""
    study = yaml.safe_load((ROOT / "config" / "studies" / f"{name}.yaml").read_text())
    return study | {"published": ROOT / study["published"]}


def metrics(passed, accuracy=0.5, run="demo/jetclass/part/scratch/10k/1", top=None):
    """Metrics of a run of which `passed` of 300 background jets pass."""
    rejection = {
        "class": "Hbb",
        "value": 300 / passed if passed else None,
        "limit": None if passed else 100.0,
        "efficiency": 0.5,
        "passed": passed,
        "background": 300,
    }
    estimate = {"value": accuracy, "error": 0.02}
    about = {"run": run, "top": top, "jets": 3000, "background": "QCD"}
    return about | {"accuracy": estimate, "auc": estimate, "rejections": {"Hbb": rejection}}


def toy_run(folder, run, jets=3000, top=None):
    """Scores, metrics, curves and history of a run whose skill grows with its training size.

    Fine-tuning helps, and so does attention to more particles.
    """
    _, task, model, start, size, seed = run.split("/")
    place = folder / run / (f"top{top}" if top else "")
    place.mkdir(parents=True)
    gain = SKILL[model] + 0.3 * np.log10(float(size.replace("k", "e3").replace("M", "e6")) / 1e4)
    gain += {"scratch": 0, "jetclass": 0.3, "official": 0.5}[start] - (0.8 / top if top else 0)
    classes = CLASSES_OF[task]
    scores, label = toy_scores(jets, len(classes), seed=int(seed), skill=gain)
    write_scores(place / "scores.h5", scores, label, classes, run=run, top=top)
    evaluate(place / "scores.h5", place / "metrics.json", place / "curves.csv", *TASKS[task])
    if (task, start) != ("jetclass", "official"):
        write_history(place / "history.csv", gain, np.random.default_rng([int(seed), len(model)]))
    return place


def write_history(path, skill, rng, epochs=10):
    """History that falls towards a loss."""
    epoch = np.arange(1, epochs + 1)
    loss = 2.3 * np.exp(-skill * epoch / 8) + rng.normal(0, 0.02, epochs)
    table = {
        "epoch": epoch,
        "step": epoch * 20,
        "jets": epoch * 1280,
        "lr": 1e-3,
        "train_loss": loss - 0.02 * epoch / 5,
        "train_accuracy": np.exp(-loss) + 0.02,
        "val_loss": loss,
        "val_accuracy": np.exp(-loss),
        "jets_per_second": 100.0,
        "seconds": 12.8,
    }
    pd.DataFrame(table).to_csv(path, index=False)


def write_costs(folder):
    """Cost of every tagger as `count` writes it."""
    paths = []
    for model, (parameters, macs) in COSTS.items():
        path = folder / f"{model}.json"
        content = {"model": model, "parameters": parameters, "macs": macs, "particles": 128}
        path.write_text(json.dumps(content))
        paths.append(path)
    return paths


def tables(folder, name, scale=SIMULATED, seeds=(1,), jets=3000):
    """Make the tables of a study from toy runs; returns the folders of the runs."""
    study = read_study(name)
    limits = study.get("top", [None])
    runs = planned(study, scale | {"seeds": seeds})
    places = [toy_run(folder, run, jets, limit) for run in runs for limit in limits]
    tabulated(folder, name, places, scale)
    return places


def tabulated(folder, name, places, scale=SIMULATED):
    """Make the tables of a study from runs that are there."""
    study = read_study(name)
    tabulate(
        metrics=[place / "metrics.json" for place in places],
        scores=[],
        costs=write_costs(folder) if study["table"] in ("cost", "sizes") else [],
        published=study["published"],
        taggers=TAGGERS,
        csv=folder / f"{name}.csv",
        markdown=folder / f"{name}.md",
        latex=folder / f"{name}.tex",
        html=folder / f"{name}.html",
        study=study,
        scale=scale,
        showings=SHOWINGS,
        reconstructions=[],
    )


def figure(folder, name, kind, places, scale=SIMULATED):
    """Draw a figure of a study whose tables are made."""
    draw(
        table=folder / f"{name}.csv",
        curves=[place / "curves.csv" for place in places],
        histories=[path for place in places if (path := place / "history.csv").exists()],
        taggers=TAGGERS,
        pdf=folder / f"{kind}.pdf",
        png=folder / f"{kind}.png",
        figure=kind,
        study=read_study(name),
        scale=scale,
        reconstructions=[],
    )


def material(made, name, scale=SIMULATED):
    """What the figures of a study are drawn from; `made` is (folder, folders of its runs)."""
    folder, places = made
    curves = [place / "curves.csv" for place in places]
    histories = [path for place in places if (path := place / "history.csv").exists()]
    table = folder / f"{name}.csv"
    return read_material(table, curves, histories, TAGGERS, read_study(name), scale)


def legend(drawing):
    """Entries of the legend of a figure."""
    return [text.get_text() for text in drawing.legends[0].get_texts()]
