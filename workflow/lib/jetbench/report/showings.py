"""How many jets the trainings behind a table showed, with repetition, where the scale says so."""

from jetbench.report.numbers import label

MASKED = ("pretraining", "ladder", "sweep")  # tables of masked particle modelling


def seen(study: dict, scale: dict, models: list[str]) -> list[str]:
    """Sentences for the pre-trainings, if there are any, and for the trainings of some models."""
    if not models:
        return []
    said = counts({model: of_training(study, scale, model) for model in models}, "trainings")
    if study["table"] not in MASKED:
        return said
    return counts({model: of_pretraining(scale, model) for model in models}, "pre-trainings") + said


def counts(recipes: dict[str, dict], what: str) -> list[str]:
    """A sentence with the jets seen by each model."""
    models = {}
    for model, recipe in recipes.items():
        if {"epochs", "jets_per_epoch", "batch"} <= set(recipe):
            steps = recipe["epochs"] * (recipe["jets_per_epoch"] // recipe["batch"])
            models.setdefault(steps * recipe["batch"], []).append(model)
    if not models:
        return []
    every = len(models) == 1 and len(recipes) == len(next(iter(models.values()))) > 1
    told = [
        f"{label(jets)} to {'each model' if every else ', '.join(names)}"
        for jets, names in models.items()
    ]
    return [f"The {what} showed {'; '.join(told)}: jets seen, with repetition."]


def of_training(study: dict, scale: dict, model: str) -> dict:
    """What a scale says of the recipe of a model in a study."""
    task = scale["tasks"][study["task"]]
    network = of_network(scale).get("recipe", {}) if study["table"] in MASKED else {}
    layers = scale.get("recipe", {}), network, task.get("recipe", {})
    return merged(*layers, of_model(scale, model), of_model(task, model))


def of_pretraining(scale: dict, model: str) -> dict:
    """What a scale says of the recipe of the pre-training of a model."""
    task = scale["tasks"].get("pretraining", {})
    network = of_network(scale).get("pretraining", {}).get("recipe", {})
    return merged(network, task.get("recipe", {}), of_model(task, model))


def of_network(scale: dict) -> dict:
    """What a scale says of all models of masked particle modelling."""
    return scale.get("networks", {}).get("masked", {})


def of_model(place: dict, model: str) -> dict:
    """What a scale or a task says of the recipe of one model."""
    return place.get("recipes", {}).get(model, {})


def merged(*layers: dict) -> dict:
    """Values put over each other, the last wins."""
    return {key: value for layer in layers for key, value in layer.items()}
