"""Models whose untrained encoders, and heads on them, are one and the same training."""

from collections.abc import Iterable

from jetbench.errors import InputError
from jetbench.planning.fits import fits_of
from jetbench.planning.recipes import model_of
from jetbench.planning.runs import most, tasks_of

START = "untrained"


def with_bases(study: dict, scales: dict, models: dict, order: Iterable[str] = ()) -> dict:
    """A study with the key `untrained`: by scale, the base of each model that has another's.

    Runs and tables both take it from there, so that they cannot disagree. A study without that
    start is what it was.
    """
    if START not in study["starts"]:
        return study
    known = (scale for scale in scales.values() if set(tasks_of(study)) <= set(scale["tasks"]))
    return study | {START: {scale["name"]: bases(study, scale, models, order) for scale in known}}


def bases(study: dict, scale: dict, models: dict, order: Iterable[str] = ()) -> dict[str, str]:
    """The first of all models with the same untrained run, for each model of a study but itself.

    First come the models in `order`, so that studies share their runs whatever they name. Of a
    pre-training nothing is left in such a run: it is the same wherever network, sizes, features,
    recipe and what was fitted are.
    """
    made = {name: decided(study["task"], scale, models, name) for name in study["models"]}
    found = {}
    for base in dict.fromkeys([*(name for name in order if name in models), *models]):
        alike = decided(study["task"], scale, models, base)
        same = [name for name in made if alike and made[name] == alike]
        found = dict.fromkeys(same, base) | found
    return {name: found[name] for name in made if found[name] != name}


def decided(task: str, scale: dict, models: dict, model: str) -> tuple | None:
    """What decides the result of the untrained run of a model; None where there can be none."""
    jets = most(scale, task)
    run = f"{scale['name']}/{task}/{model}/{START}/{jets}/{scale['seeds'][0]}"
    try:
        files = fits_of(scale, models, run)  # refuses a model that is not pre-trained
        return model_of(scale, models, run), files
    except InputError:
        return None
