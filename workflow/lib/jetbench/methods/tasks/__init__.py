"""Reconstruction tasks: each fills in something of the dropped particles, one task a file.

A task is a module built as Task(width, continuous, **settings), with loss(context, target) and, if
it makes continuous features, sample(context), or sample(context, dropped) if it makes those of a
jet together. A task to be fitted before says so by `fit`, the name of what its `load_fit` takes.
"""

import inspect
from collections.abc import Mapping

from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.methods.settings import check_name, check_settings
from jetbench.methods.tasks.flow import Flow
from jetbench.methods.tasks.flow_matching import FlowMatching
from jetbench.methods.tasks.identity import Identity
from jetbench.methods.tasks.kmeans import KMeans
from jetbench.methods.tasks.regression import Regression
from jetbench.methods.tasks.target import Target
from jetbench.methods.tasks.vqvae import VQVAE

__all__ = ["TASKS", "Target", "build_tasks", "draw", "read_weights"]

TASKS: dict[str, type[nn.Module]] = {
    "identity": Identity,
    "regression": Regression,
    "kmeans": KMeans,
    "vqvae": VQVAE,
    "flow": Flow,
    "flow_matching": FlowMatching,
}
WEIGHTS = {"identity": 0.3}  # unless the settings of the task say so; 1 for the others


def build_tasks(tasks: Mapping[str, Mapping], width: int, continuous: int) -> nn.ModuleDict:
    """Heads of the named tasks on contexts of `width`; the settings are their keyword arguments.

    Raises InputError for no task at all, and for a task or a setting that is not known.
    """
    if not tasks:
        raise InputError(f"tasks: expected at least one of {', '.join(TASKS)}, got none")
    heads = {}
    for name, settings in tasks.items():
        check_name("tasks", name, TASKS)
        own = {key: value for key, value in settings.items() if key != "weight"}
        check_settings(f"task {name}", TASKS[name], own, given=2)
        heads[name] = TASKS[name](width, continuous, **own)
    return nn.ModuleDict(heads)


def read_weights(tasks: Mapping[str, Mapping]) -> dict[str, float]:
    """Factor of the loss of each task in the sum."""
    return {name: of.get("weight", WEIGHTS.get(name, 1.0)) for name, of in tasks.items()}


def draw(task: nn.Module, context: Tensor, dropped: Tensor) -> Tensor:
    """Continuous features (K, C) of the dropped particles, from their context (K, width)."""
    together = "dropped" in inspect.signature(task.sample).parameters
    return task.sample(context, dropped) if together else task.sample(context)
