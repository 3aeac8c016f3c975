"""The model of a run: its configuration with the values of task, scale and start put over it."""

from jetbench.errors import InputError
from jetbench.planning.merging import merge, overlay
from jetbench.planning.runs import PRETRAINING, features_of, is_trained, task_of

TOKENISER = "vqvae"  # the task, and the model whose codes it asks for
FROZEN = ("frozen", "untrained")  # starts whose encoder is not trained on


def model_of(scale: dict, models: dict, run: str) -> dict:
    """Network, sizes, features and recipe of a run, without what does not decide its result.

    That of a pre-training has the key `pretraining` instead of the sizes of a head. Published
    weights that are not trained on have no recipe here but the batch to score with.
    Raises InputError where the data of the task do not offer the features of the model.
    """
    _, task, name, *_ = run.split("/")
    model = configured(scale, models[name])
    recipe = recipe_of(scale, models, run)
    recipe.pop("gpus", None)
    made = {
        "network": model["network"],
        "sizes": model["sizes"],
        "features": features_of(scale, models, run),
        "recipe": recipe if is_trained(run) else {"batch": recipe["batch"]},
    }
    if task == PRETRAINING:
        made["sizes"] = {key: size for key, size in model["sizes"].items() if key != "head"}
        made["pretraining"] = method_of(scale, models, model["pretraining"])
    return made


def method_of(scale: dict, models: dict, pretraining: dict) -> dict:
    """What a pre-training does, without its recipe; a task of codes has the tokeniser's sizes.

    Raises InputError where there is no tokeniser.
    """
    method = {key: value for key, value in pretraining.items() if key != "recipe"}
    tasks = method.get("tasks", {})
    if TOKENISER in tasks:
        if TOKENISER not in models:
            raise InputError(
                f"expected a model {TOKENISER}, whose codes the task asks for, got none"
            )
        sizes = configured(scale, models[TOKENISER])["sizes"]
        method["tasks"] = tasks | {TOKENISER: tasks[TOKENISER] | {"sizes": sizes}}
    return method


def configured(scale: dict, model: dict) -> dict:
    """A model with the sizes and the pre-training that a scale has for its network put over it."""
    values = of_network(scale, model)
    over = {key: values[key] for key in ("sizes", "pretraining") if key in values}
    return overlay(model, over)


def of_network(scale: dict, model: dict) -> dict:
    """What a scale says of all models of a network."""
    return scale.get("networks", {}).get(model["network"], {})


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
    values for the start, for the task, the scale's for all models, for this network, for the task,
    for this model, for this model in the task, and, where the run starts from weights that it
    trains on, the model's for fine-tuning and for that of published weights. Of a pre-training: the
    model's for it, the scale's for this network, for the task, for this model in the task.
    """
    _, task, name, start, *_ = run.split("/")
    here, model = task_of(scale, task), models[name]
    if task == PRETRAINING:
        pretraining = configured(scale, model)["pretraining"]
        layers = [pretraining["recipe"], here.get("recipe", {})]
    else:
        layers = [*of_tagger(scale, model, task, start), here.get("recipe", {})]
        layers += [scale.get("recipes", {}).get(name, {})]
    layers += [here.get("recipes", {}).get(name, {})]
    layers += tuning(model, start)
    recipe = {}
    for layer in layers:
        recipe = merge(recipe, layer, f"{run}: recipe")
    if recipe.get("schedule") != "exponential":
        recipe.pop("half_life", None)  # a variant or a scale may leave one behind
    return recipe


def of_tagger(scale: dict, model: dict, task: str, start: str) -> list[dict]:
    """Layers of a recipe that come before those of the task at this scale."""
    return [
        model["recipe"],
        model.get("starts", {}).get(start, {}),
        model.get("tasks", {}).get(task, {}),
        scale.get("recipe", {}),
        of_network(scale, model).get("recipe", {}),
    ]


def tuning(model: dict, start: str) -> list[dict]:
    """Layers of a recipe for the start."""
    if start in FROZEN:
        return [{"frozen": True}]
    tuned = {} if start == "scratch" else model.get("fine_tuning", {})
    return [tuned, model.get("official_fine_tuning", {}) if start == "official" else {}]
