"""All metrics of one tagger: what metrics.json and curves.csv hold."""

import numpy as np

from jetbench.errors import InputError
from jetbench.evaluation.classification import accuracy, auc, discriminants, rejection
from jetbench.evaluation.curves import roc, thin
from jetbench.evaluation.scores import Scores

BACKGROUND = "QCD"


def summarise(tagger: Scores, efficiencies: dict[str, float]) -> dict:
    """Accuracy, AUC and the rejections against QCD at the efficiencies asked for, by class name.

    Everything is JSON: None where a number is not defined, and the counts beside it.
    """
    scores, label, classes, attributes = tagger
    counts = np.bincount(label, minlength=len(classes))
    return {
        "run": attributes["run"],
        "jets": len(label),
        "jets_by_class": dict(zip(classes, counts.tolist(), strict=True)),
        "accuracy": accuracy(scores, label)._asdict(),
        "auc": auc(scores, label)._asdict(),
        "rejections": {
            name: rejection(*against_background(tagger, name), efficiency)._asdict()
            for name, efficiency in efficiencies.items()
        },
        "provenance": {name: text for name, text in attributes.items() if name != "run"},
    }


def roc_points(tagger: Scores, efficiencies: dict[str, float]) -> list[tuple[str, float, float]]:
    """(class, signal efficiency, background efficiency) of the thinned ROC curve of every class."""
    rows = []
    for name, efficiency in efficiencies.items():
        curve = thin(roc(*against_background(tagger, name)), keep=(efficiency,))
        rows += [(name, *point) for point in np.stack(curve, axis=1).tolist()]
    return rows


def against_background(tagger: Scores, name: str) -> tuple[np.ndarray, np.ndarray]:
    """D of the jets of class `name` and D of the QCD jets."""
    missing = {name, BACKGROUND} - set(tagger.classes)
    if missing:
        raise InputError(
            f"{tagger.attributes['run']}: expected the classes {sorted(missing)}, "
            f"got {', '.join(tagger.classes)}"
        )
    signal, background = map(tagger.classes.index, (name, BACKGROUND))
    return discriminants(tagger.scores, tagger.label, signal, background)
