"""Weights that are there, and whose checkpoints must stay all the same."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from jetbench.errors import InputError
from jetbench.monitoring.states import INCOMPLETE
from jetbench.planning.dag import dry_run


def doubts(config: dict, weights: Sequence[str]) -> dict[str, str]:
    """Of sorted weights, those that Snakemake will delete or cannot tell of, and why."""
    if not weights:  # without targets it would be `all`
        return {}
    try:
        return incomplete(config, weights)
    except InputError:  # says it of one of them, and nothing of the others
        models = groupby(weights, lambda path: Path(path).parents[3])
        return {path: why for _, own in models for path, why in alone(config, list(own)).items()}


def incomplete(config: dict, weights: Sequence[str]) -> dict[str, str]:
    """Those that Snakemake will delete. Raises InputError if it cannot tell of all."""
    jobs = [job for job in dry_run(config, weights) if INCOMPLETE in job.reason]
    return {path: "Snakemake did not see its training end" for job in jobs for path in job.outputs}


def alone(config: dict, weights: Sequence[str]) -> dict[str, str]:
    """The same for the trainings of one model, which Snakemake may no longer know."""
    try:
        return incomplete(config, weights)
    except InputError as error:
        return dict.fromkeys(weights, str(error).splitlines()[0])
