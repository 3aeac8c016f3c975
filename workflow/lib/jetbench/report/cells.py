"""One cell of a table: a number of ours or a published one, as it is read."""

import pandas as pd

from jetbench.report.numbers import NOTHING, label, with_error, with_interval

DIGITS = {"accuracy": 3, "auc": 4}  # of the published numbers; rejections have none
FEW = 10  # passing jets below which a symmetric error says too little


def origin(result: pd.Series) -> str:
    """Scale and source of our numbers, so that no cell can be taken for a published one."""
    return f"{result['scale']} ({result['source']})"


def heading(quantity: str, result: pd.Series) -> str:
    """Column heading: Accuracy, AUC, or class and signal efficiency such as "Tbl 99.5 %"."""
    if quantity in DIGITS:
        return {"accuracy": "Accuracy", "auc": "AUC"}[quantity]
    return f"{result[f'{quantity}_class']} {100 * result[f'{quantity}_efficiency']:g} %"


def measured(result: pd.Series, quantity: str) -> str:
    """Value ± spread over seeds, or ± statistical error of a single one; or its lower limit.

    A rejection with few passing jets has its Poisson interval instead, also over several seeds:
    these may all have let the same one jet pass.
    """
    limit = result.get(f"{quantity}_limit")
    if pd.notna(limit):
        return f"> {limit:.0f}" if limit >= 100 else f"> {limit:.2g}"
    if result.get(f"{quantity}_passed", FEW) < FEW and pd.notna(result[quantity]):
        return with_interval(*(result[f"{quantity}{end}"] for end in ("", "_low", "_high")))
    error = result[f"{quantity}_spread"]
    return with_error(result[quantity], error if pd.notna(error) else result[f"{quantity}_error"])


def published(result: pd.Series, quantity: str, digits: int | None = None) -> str:
    """Published value with its published digits, and its published error if there is one."""
    value, error = (result.get(f"{quantity}{part}_published") for part in ("", "_error"))
    if pd.isna(value):
        return NOTHING
    digits = DIGITS.get(quantity, 0) if digits is None else digits
    numbers = [value] if pd.isna(error) else [value, error]
    return " ± ".join(f"{number:.{digits}f}" for number in numbers)


def gained(result: pd.Series) -> str:
    """What pre-training gains, with its sign and its error."""
    text = with_error(result["gain"], result["gain_error"])
    return f"+{text}" if result["gain"] > 0 else text.replace("-", "−")


def short(result: pd.Series, quantity: str) -> str:
    """Published count with a unit."""
    value = result.get(f"{quantity}_published")
    return NOTHING if pd.isna(value) else label(value)


def printed(result: pd.Series, setting: str) -> str:
    """Published setting as it is printed."""
    value = result.get(f"{setting}_published")
    return NOTHING if pd.isna(value) else str(value)
