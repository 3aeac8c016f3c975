"""Reconstruction tasks: each fills in something of the dropped particles, one task a file.

A task is a module built as Task(width, continuous, **settings), with loss(context, target) and, if
it makes continuous features, sample(context). A task to be fitted before says so by `fit`, the
name of the arrays that its `load_fit` takes.
"""

import inspect
from collections.abc import Mapping

from torch import nn

from jetbench.errors import InputError, nearest
from jetbench.methods.tasks.identity import Identity
from jetbench.methods.tasks.kmeans import KMeans
from jetbench.methods.tasks.regression import Regression
from jetbench.methods.tasks.target import Target

__all__ = ["TASKS", "Target", "build_tasks", "read_weights"]

TASKS: dict[str, type[nn.Module]] = {
    "identity": Identity,
    "regression": Regression,
    "kmeans": KMeans,
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
        if name not in TASKS:
            raise InputError(f"tasks: unknown name {name!r}; {nearest(name, TASKS)}")
        known = [*inspect.signature(TASKS[name]).parameters][2:]
        own = {key: value for key, value in settings.items() if key != "weight"}
        for key in own.keys() - set(known):
            hint = nearest(key, [*known, "weight"])
            raise InputError(f"task {name}: unknown setting {key!r}; {hint}")
        heads[name] = TASKS[name](width, continuous, **own)
    return nn.ModuleDict(heads)


def read_weights(tasks: Mapping[str, Mapping]) -> dict[str, float]:
    """Factor of the loss of each task in the sum."""
    return {name: of.get("weight", WEIGHTS.get(name, 1.0)) for name, of in tasks.items()}
