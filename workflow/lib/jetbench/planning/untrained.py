"""Models of a study whose untrained encoders, and heads on them, are one and the same training."""

from jetbench.planning.fits import fits_of
from jetbench.planning.recipes import model_of
from jetbench.planning.runs import most, tasks_of

START = "untrained"


def with_bases(study: dict, scales: dict, models: dict) -> dict:
    """A study with the key `untrained`: by scale, the base of each model that has another's.

    Runs and tables both take it from there, so that they cannot disagree. A study without that
    start is what it was.
    """
    if START not in study["starts"]:
        return study
    known = (scale for scale in scales.values() if set(tasks_of(study)) <= set(scale["tasks"]))
    return study | {START: {scale["name"]: bases(study, scale, models) for scale in known}}


def bases(study: dict, scale: dict, models: dict) -> dict[str, str]:
    """The first model of a study with the same untrained run, for each model that has one.

    Of a pre-training nothing is left in such a run: it is the same wherever network, sizes,
    features, recipe and what was fitted are.
    """
    firsts, found = [], {}
    for model in study["models"]:
        jets = most(scale, study["task"])
        run = f"{scale['name']}/{study['task']}/{model}/{START}/{jets}/{scale['seeds'][0]}"
        made = model_of(scale, models, run), fits_of(scale, models, run)
        base = next((name for name, other in firsts if other == made), None)
        if base:
            found[model] = base
        else:
            firsts.append((model, made))
    return found
