"""All metrics of one tagger: what metrics.json and curves.csv hold.

A working point is a signal class and a signal efficiency, by the key under which its rejection is
published: {"Hbb": ("Hbb", 0.5), ...} for the ten classes, {"30": ("Tbqq", 0.3), ...} for two.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from jetbench.errors import InputError
from jetbench.evaluation.classification import accuracy, auc, discriminants, rejection
from jetbench.evaluation.curves import roc, thin
from jetbench.evaluation.scores import Scores

OWN_KEYS = ("run", "top", "training")  # attributes with places of their own in metrics.json


def summarise(tagger: Scores, background: str, working_points: Mapping[str, Sequence]) -> dict:
    """Accuracy, AUC and by working point the rejection of `background`; with two classes the AUC
    is the ordinary one, as both of its halves compare the same jets.

    Everything is JSON: None where a number is not defined, and the counts beside it. `top` is the
    number of particles that each head could attend to, None if it was all.
    """
    scores, label, classes, attributes = tagger
    counts = np.bincount(label, minlength=len(classes))
    return {
        "run": attributes["run"],
        "top": attributes.get("top"),
        "jets": len(label),
        "jets_by_class": dict(zip(classes, counts.tolist(), strict=True)),
        "accuracy": accuracy(scores, label)._asdict(),
        "auc": auc(scores, label)._asdict(),
        "background": background,
        "rejections": {
            key: {"class": name} | rejection(*apart(tagger, name, background), goal)._asdict()
            for key, (name, goal) in working_points.items()
        },
        "provenance": provenance(attributes),
    }


def provenance(attributes: Mapping) -> dict[str, dict]:
    """What made the weights and what made the scores; older scores say nothing of the weights."""
    scoring = {key: value for key, value in attributes.items() if key not in OWN_KEYS}
    return {"training": attributes.get("training", {}), "scoring": scoring}


def roc_points(
    tagger: Scores, background: str, working_points: Mapping[str, Sequence]
) -> list[tuple[str, float, float]]:
    """(class, signal efficiency, background efficiency) of the thinned ROC curve of every signal
    class, with all of its working points kept.
    """
    kept = {}
    for name, efficiency in working_points.values():
        kept.setdefault(name, []).append(efficiency)
    rows = []
    for name, efficiencies in kept.items():
        curve = thin(roc(*apart(tagger, name, background)), keep=tuple(efficiencies))
        rows += [(name, *point) for point in np.stack(curve, axis=1).tolist()]
    return rows


def apart(tagger: Scores, signal: str, background: str) -> tuple[np.ndarray, np.ndarray]:
    """D of the jets of the class `signal` and D of those of `background`."""
    missing = {signal, background} - set(tagger.classes)
    if missing:
        raise InputError(
            f"{tagger.attributes['run']}: expected the classes {sorted(missing)}, "
            f"got {', '.join(tagger.classes)}"
        )
    places = map(tagger.classes.index, (signal, background))
    return discriminants(tagger.scores, tagger.label, *places)
