"""The model of a run: its configuration with the values of task, scale and start put over it."""

from jetbench.errors import InputError
from jetbench.planning.runs import features_of, is_trained, task_of


def model_of(scale: dict, models: dict, run: str) -> dict:
    """Network, sizes, features and recipe of a run, without what does not decide its result.

    Published weights that are not trained on have no recipe here but the batch to score with.
    Raises InputError where the data of the task do not offer the features of the model.
    """
    name = run.split("/")[2]
    recipe = recipe_of(scale, models, run)
    recipe.pop("gpus", None)
    return {
        "network": models[name]["network"],
        "sizes": models[name]["sizes"],
        "features": features_of(scale, models, run),
        "recipe": recipe if is_trained(run) else {"batch": recipe["batch"]},
    }


def gpus_of(scale: dict, models: dict, run: str) -> int:
    """How many GPUs train a run: its result does not depend on them but for rounding.

    Raises InputError where they cannot share its batches equally.
    """
    recipe = recipe_of(scale, models, run)
    gpus = recipe.get("gpus", 1)
    if recipe["batch"] % gpus:
        raise InputError(
            f"{run}: expected a batch that {gpus} GPUs share equally, got {recipe['batch']}"
        )
    return gpus


def recipe_of(scale: dict, models: dict, run: str) -> dict:
    """Recipe of a run.

    Values are put over each other in this order, the last wins: the model's recipe (JetClass), its
    values for the task, the scale's for all models, for the task, for this model, and, where the
    run does not start from scratch, the model's for fine-tuning and for that of published weights.
    """
    _, task, name, start, *_ = run.split("/")
    model = models[name]
    layers = (
        model["recipe"],
        model.get("tasks", {}).get(task, {}),
        scale.get("recipe", {}),
        task_of(scale, task).get("recipe", {}),
        scale.get("recipes", {}).get(name, {}),
        {} if start == "scratch" else model.get("fine_tuning", {}),
        model.get("official_fine_tuning", {}) if start == "official" else {},
    )
    return {key: value for layer in layers for key, value in layer.items()}
