"""How many jets a job has to do with. All follow from the configuration."""

from collections.abc import Mapping

from jetbench.data.datasets import DATASETS, family
from jetbench.errors import InputError, nearest
from jetbench.planning.counts import count
from jetbench.planning.recipes import FROZEN, model_of, of_network, recipe_of
from jetbench.planning.runs import PRETRAINING, RUN, task_of

# A training step is a forward pass, the gradient of what a layer got and that of its weights: three
# products a layer, of which scoring a jet needs the first.
FORWARD = 1 / 3


def in_shard(settings: dict, dataset: str, split: str) -> int:
    """Jets of one shard of a data set under the name of its folder, such as btag_demo."""
    data = DATASETS[family(dataset)]
    if dataset in DATASETS:
        return data.jets[split]
    return len(data.classes) * in_file(settings, dataset, split)


def in_file(settings: dict, dataset: str, split: str) -> int:
    """Jets of one class in a simulated file of a data set such as btag_demo."""
    scale = dataset.partition("_")[2]
    if scale not in settings["scales"]:
        hint = nearest(scale, settings["scales"])
        raise InputError(f"{dataset}: expected a scale that simulates, got {scale!r}; {hint}")
    return settings["scales"][scale]["jets_per_file"][split]


def simulated(rule: str, settings: dict, wildcards: Mapping[str, str]) -> tuple[str, int]:
    """Data set and number of the jets that a rule of the family `simulate` makes in one file."""
    scale, split = wildcards["scale"], wildcards["split"]
    if rule == "simulate":  # a file holds one class
        return "jetclass", in_file(settings, f"jetclass_{scale}", split)
    dataset = {"simulate_btag": "btag", "simulate_quarkgluon": "qgreference"}[rule]
    return dataset, in_shard(settings, f"{dataset}_{scale}", split)


def run_of(wildcards: Mapping[str, str]) -> str:
    """Name of the run that the wildcards of a rule mean."""
    return RUN.format(**wildcards)


def job_of(rule: str, run: str) -> str:
    """What a rule does with a network, in the words of resources/throughputs.csv."""
    _, task, _, start, *_ = run.split("/")
    if rule != "train":
        return "predict" if rule.startswith("predict") else rule
    if task == PRETRAINING:
        return "pretrain"
    return "probe" if start in FROZEN else "train"


def twins(settings: dict, run: str) -> list[str]:
    """Names of the network of a run, and of those that cost the same, in that table.

    They have the same network and sizes and, if they are pre-trained, fill in the same: the number
    of features hardly counts. Where a scale has sizes of its own they are called {scale}/{model}.
    """
    scale, task, name, *_ = run.split("/")
    models, here = settings["models"], settings["scales"].get(scale, {})
    if name not in models:
        return [name]
    prefix = f"{scale}/" if "sizes" in of_network(here, models[name]) else ""
    filled = task == PRETRAINING
    alike = [other for other in models if cost(models[other], filled) == cost(models[name], filled)]
    return [f"{prefix}{other}" for other in (name, *(o for o in alike if o != name))]


def cost(model: dict, filled: bool) -> tuple:
    """What decides how long a jet takes: network, sizes and, on demand, what is filled in."""
    sizes = model.get("sizes", {})
    if model["network"] == "masked":  # the others are the steps of the ladder
        sizes = {name: sizes[name] for name in ("width", "depth", "expansion")}
    pretraining = model.get("pretraining", {})
    tasks = set(pretraining.get("tasks", {})) - {"identity"}  # which hardly counts
    return model["network"], sizes, *((pretraining.get("method"), tasks) if filled else ())


def network_of(settings: dict, run: str) -> dict:
    """Network, sizes and pre-training of a run."""
    return model_of(settings["scales"][run.split("/")[0]], settings["models"], run)


def recipe(settings: dict, run: str) -> dict:
    """Recipe of a run."""
    return recipe_of(settings["scales"][run.split("/")[0]], settings["models"], run)


def trained(recipe: dict) -> float:
    """epochs (jets_per_epoch + val_jets / 3): the training steps of a run, in jets.

    Validation only needs the forward pass.
    """
    return recipe["epochs"] * (recipe["jets_per_epoch"] + FORWARD * recipe["val_jets"])


def fitted_jets(settings: dict, scale: str) -> int:
    """Training jets that quantiles and tokens are fitted to."""
    return count(task_of(settings["scales"][scale], PRETRAINING)["fit_jets"])


def scored(settings: dict, run: str) -> int:
    """Test jets of a run."""
    scale, task, *_ = run.split("/")
    return count(task_of(settings["scales"][scale], task)["test_jets"])
