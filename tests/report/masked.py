"""Toy studies of masked particle modelling: runs whose accuracy grows as the published one does."""

import json

import numpy as np
import pandas as pd

from jetbench.planning.runs import runs as planned
from jetbench.report.material import read_material
from tests.evaluation.helpers import write_scores
from tests.evaluation.reconstructions import write_reconstruction
from tests.report.helpers import SHOWINGS, SIMULATED, TAGGERS, metrics, read_study
from workflow.scripts.tabulate import tabulate

SCALE = SIMULATED | {"seeds": [1, 2, 3]}
TASKS = {  # losses of a pre-training
    "mpm_identity": ["identity"],
    "mpm_regression": ["identity", "regression"],
    "mpm_kmeans": ["identity", "kmeans"],
    "mpm_set": ["velocity"],
    "vqvae": ["reconstruction", "quantisation"],
}
BLURS = {"mpm_regression": 0.8, "mpm_kmeans": 0.1, "mpm_set": 0.2}


def accuracy(run, study):
    """A third of the published accuracy, a quarter for an untrained encoder; seeds differ."""
    _, _, model, start, _, seed = run.split("/")
    table = pd.read_csv(study["published"], comment="#").groupby("model")["accuracy"].min()
    base = 0.25 if start == "untrained" else table.get(f"{model}_frozen", 0.81) / 2
    return base + 0.01 * int(seed) * (2 if start == "untrained" else 1)


def masked(folder, name, scale=SCALE, **changes):
    """Make the tables of a study from toy metrics, and what its figures are drawn from."""
    study = read_study(name) | changes
    paths = []
    for place, run in enumerate(planned(study, scale)):
        paths.append(folder / f"{place}.json")
        paths[-1].write_text(json.dumps(metrics(30, accuracy(run, study), run)))
    made = [
        write_reconstruction(folder / f"{model}.h5", model, blur)
        for model, blur in BLURS.items()
        if "marginals" in study["figures"] and model in study["models"]
    ]
    tabulate(
        metrics=paths,
        scores=[scored(folder, run) for run in planned(study, scale)],
        costs=[],
        published=study["published"],
        taggers=TAGGERS,
        study=study,
        scale=scale,
        showings=SHOWINGS,
        reconstructions=made,
        **{kind: folder / f"{name}.{kind}" for kind in ("csv", "md", "tex", "html")},
    )
    models = [*study["models"], "vqvae"]
    histories = [pretrained(folder, model, seed) for model in models for seed in scale["seeds"]]
    return read_material(folder / f"{name}.csv", [], histories, TAGGERS, study, scale, made)


def scored(folder, run, jets=300):
    """Scores of a run; untrained encoders are right about the first third, others two thirds."""
    path = folder / run / "scores.h5"
    path.parent.mkdir(parents=True)
    label = np.arange(jets) % 10
    right = np.arange(jets) < jets * (1 if "/untrained/" in run else 2) / 3
    scores = np.eye(10)[np.where(right, label, (label + 1) % 10)]
    return write_scores(path, scores, label, run=run)


def pretrained(folder, model, seed, epochs=4):
    """History of a pre-training: of the seed n, every loss starts at n."""
    path = folder / f"demo/pretraining/{model}/scratch/10k/{seed}/history.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    epoch = np.arange(1, epochs + 1)
    table = {"epoch": epoch, "jets": epoch * 1000}
    family = next((name for name in TASKS if model.startswith(name)), "mpm_identity")
    for term in ["loss", *TASKS[family]]:
        table |= {f"val_{term}": seed / epoch, f"train_{term}": seed / epoch - 0.1}
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def rows(folder, name):
    """Cells of a table in Markdown: the header first."""
    lines = (folder / f"{name}.md").read_text().splitlines()
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in lines if row[:1] == "|"]
    return [cells[0], *cells[2:]]


def text(folder, name):
    """Caption of a table."""
    return (folder / f"{name}.md").read_text().split("\n\n")[1]
