"""How many jets the trainings of a study show, with repetition."""

from collections.abc import Iterable

from jetbench.planning.recipes import recipe_of
from jetbench.planning.runs import is_trained, pretrainings, runs


def showings(study: dict, scale: dict, models: dict) -> dict[str, dict[str, int]]:
    """Jets by model, of the pre-trainings and of the trainings of a study."""
    trained = [run for run in runs(study, scale) if is_trained(run)]
    return {
        "pre-trainings": by_model(pretrainings(study, scale), scale, models),
        "trainings": by_model(trained, scale, models),
    }


def by_model(named: Iterable[str], scale: dict, models: dict) -> dict[str, int]:
    """Jets by model, or by model and start where these do not see as many."""
    found = {}
    for run in named:
        _, _, model, start, *_ = run.split("/")
        found.setdefault(model, {})[start] = shown(recipe_of(scale, models, run))
    told = {}
    for model, jets in found.items():
        alike = len(set(jets.values())) == 1
        told |= {model if alike else f"{model} ({start})": jets[start] for start in jets}
    return told


def shown(recipe: dict) -> int:
    """epochs floor( jets_per_epoch / batch ) batch: an epoch is of whole batches."""
    batch = recipe["batch"]
    return recipe["epochs"] * (recipe["jets_per_epoch"] // batch) * batch
