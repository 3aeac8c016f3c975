"""A toy study: metrics, curves, histories and costs of runs that never ran."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from jetbench.data.datasets import WORKING_POINTS
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
    "train_jets": {"2M": "1k", "10M": "3k", "100M": "10k"},
}
DOWNLOADED = {
    "name": "paper",
    "source": "downloaded",
    "train_jets": {"2M": "2M", "10M": "10M", "100M": "100M"},
}
SKILL = {"pfn": 1.0, "pcnn": 1.2, "particlenet": 1.6, "part": 2.2, "part_plain": 1.9}
COSTS = {
    "pfn": (86154, 4.61e6),
    "pcnn": (354540, 15.5e6),
    "particlenet": (370156, 540e6),
    "part": (2143486, 340e6),
    "part_plain": (2133918, 260e6),
}


def read_study(name):
    """A study of config/studies."""
    study = yaml.safe_load((ROOT / "config" / "studies" / f"{name}.yaml").read_text())
    return study | {"published": ROOT / study["published"]}


def toy_run(folder, run, jets=3000):
    """Scores, metrics, curves and history of a run whose skill grows with its training size."""
    _, _, model, _, size, seed = run.split("/")
    place = folder / run
    place.mkdir(parents=True)
    gain = SKILL[model] + 0.3 * np.log10(float(size.replace("k", "e3").replace("M", "e6")) / 1e4)
    rng = np.random.default_rng([int(seed), len(model)])
    scores, label = toy_scores(jets, seed=int(seed), skill=gain)
    write_scores(place / "scores.h5", scores, label, run=run)
    evaluate(place / "scores.h5", place / "metrics.json", place / "curves.csv", WORKING_POINTS)
    write_history(place / "history.csv", gain, rng)
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


def toy_places(folder, study, scale, seeds=(1,), jets=3000):
    """Folders of all runs of a study."""
    return [
        toy_run(
            folder,
            f"{scale['name']}/jetclass/{model}/scratch/{scale['train_jets'][size]}/{s}",
            jets,
        )
        for model in study["models"]
        for size in study["sizes"]
        for s in seeds
    ]


def tables(folder, name, scale=SIMULATED, seeds=(1,), jets=3000):
    """Make the tables of a study from toy runs; returns the folders of the runs."""
    study = read_study(name)
    places = toy_places(folder, study, scale, seeds, jets)
    tabulate(
        metrics=[place / "metrics.json" for place in places],
        costs=write_costs(folder) if study["table"] == "cost" else [],
        published=study["published"],
        taggers=TAGGERS,
        csv=folder / f"{name}.csv",
        markdown=folder / f"{name}.md",
        latex=folder / f"{name}.tex",
        html=folder / f"{name}.html",
        study=study,
        scale=scale,
    )
    return places


def figure(folder, name, kind, places, scale=SIMULATED):
    """Draw a figure of a study whose tables are made."""
    draw(
        table=folder / f"{name}.csv",
        curves=[place / "curves.csv" for place in places],
        histories=[place / "history.csv" for place in places],
        taggers=TAGGERS,
        pdf=folder / f"{kind}.pdf",
        png=folder / f"{kind}.png",
        figure=kind,
        scale=scale,
    )
