"""The model of a run: its configuration with the values of task, scale and start put over it."""

from jetbench.planning.runs import task_of


def model_of(scale: dict, models: dict, run: str) -> dict:
    """Network, sizes, features and recipe of a run.

    Values are put over each other in this order, the last wins: the model's recipe (JetClass), its
    values for the task, the scale's for all models, for the task, for this model, and, where the
    run does not start from scratch, the model's for fine-tuning.
    """
    _, task, name, start, *_ = run.split("/")
    model, here = models[name], task_of(scale, task)
    layers = (
        model["recipe"],
        model.get("tasks", {}).get(task, {}),
        scale.get("recipe", {}),
        here.get("recipe", {}),
        scale.get("recipes", {}).get(name, {}),
        {} if start == "scratch" else model.get("fine_tuning", {}),
    )
    return {
        "network": model["network"],
        "sizes": model["sizes"],
        "features": here.get("features", model["features"]),
        "recipe": {key: value for layer in layers for key, value in layer.items()},
    }
