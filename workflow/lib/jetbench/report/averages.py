"""Metrics of several seeds, which share their test jets, as one flat row."""

import numpy as np

from jetbench.evaluation.intervals import rejection_interval
from jetbench.report.runs import run_named

UNDEFINED = dict.fromkeys(("", "_error", "_low", "_high"), np.nan)  # where nothing passed


def average(seeds: list[dict]) -> dict[str, float | str]:
    """Flat row of the mean metrics of several seeds; `seed` and `accuracies` are of each, words."""
    first = seeds[0]
    row = {"seeds": len(seeds), "test_jets": first["jets"], "background": first["background"]}
    row["seed"] = " ".join(run_named(metrics["run"]).seed for metrics in seeds)
    row["accuracies"] = " ".join(str(value) for value in column(seeds, "accuracy", "value"))
    for name in ("accuracy", "auc"):
        values, errors = (column(seeds, name, key) for key in ("value", "error"))
        row |= {name: values.mean(), f"{name}_error": errors.mean()}
        row[f"{name}_spread"] = spread(values)
    for name in first["rejections"]:
        rejections = average_rejection([metrics["rejections"][name] for metrics in seeds])
        row |= {f"rej_{name}{suffix}": value for suffix, value in rejections.items()}
    return row


def average_rejection(seeds: list[dict]) -> dict[str, float | str]:
    """1 / mean background efficiency: defined even where nothing passed in one of the seeds.

    The interval is that of the mean number of passing jets: more seeds are not more test jets.
    """
    first, passed = seeds[0], np.mean([seed["passed"] for seed in seeds])
    values, limits = (  # NaN where they are not defined
        np.array([seed[key] for seed in seeds], dtype=float) for key in ("value", "limit")
    )
    estimate = estimated(passed, first["background"]) if passed else UNDEFINED
    return estimate | {
        "_spread": spread(values),
        "_limit": np.nan if passed else limits[0],
        "_passed": passed,
        "_background": first["background"],
        "_class": first["class"],
        "_efficiency": first["efficiency"],
    }


def estimated(passed: float, background: int) -> dict[str, float]:
    """background / passed, its error and its interval."""
    value = background / passed
    low, high = rejection_interval(passed, background)
    return {"": value, "_error": value / np.sqrt(passed), "_low": low, "_high": high}


def column(seeds: list[dict], name: str, key: str) -> np.ndarray:
    """One number of each seed, NaN where it is not defined."""
    return np.array([metrics[name][key] for metrics in seeds], dtype=float)


def spread(values: np.ndarray) -> float:
    """Standard deviation over seeds; NaN for a single one."""
    return values.std(ddof=1) if len(values) > 1 else np.nan
