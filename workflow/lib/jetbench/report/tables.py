"""Tables as they are read: rows of text from the results of a study."""

import pandas as pd

from jetbench.errors import InputError
from jetbench.report.numbers import NOTHING, label, with_error

DIGITS = {"accuracy": 3, "auc": 4}  # of the published numbers; rejections have none


def taggers(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Accuracy, AUC and rejections: for every tagger a row of ours above the published one."""
    rows = []
    for _, result in results.iterrows():
        for whose, jets, text in (
            (origin(result), result["train_jets"], measured),
            ("published", result["size"], published),
        ):
            row = {"Tagger": names[result["model"]], "Result": whose, "Training jets": jets}
            rows.append(row | {heading(q, result): text(result, q) for q in quantities(results)})
    return pd.DataFrame(rows)


def cost(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Parameters and multiply-accumulates, and the accuracy that they buy, ours and published."""
    if "macs" not in results:
        raise InputError("expected the costs of the models, got none: table cost needs them")
    rows = []
    for _, result in results.iterrows():
        rows.append(
            {
                "Tagger": names[result["model"]],
                "Parameters": f"{result['parameters']:,.0f}".replace(",", " "),
                "published parameters": short(result, "parameters"),
                "MACs": label(result["macs"]),
                "published MACs": short(result, "macs"),
                f"Accuracy, {origin(result)}": measured(result, "accuracy"),
                "published accuracy": published(result, "accuracy"),
            }
        )
    return pd.DataFrame(rows)


def origin(result: pd.Series) -> str:
    """Scale and source of our numbers, so that no cell can be taken for a published one."""
    return f"{result['scale']} ({result['source']})"


def quantities(results: pd.DataFrame) -> list[str]:
    """Accuracy, AUC and the rejections, these in the order of the published table if it has any."""
    published_first = [name.removesuffix("_published") for name in results if "_published" in name]
    measured_too = [name.removesuffix("_efficiency") for name in results if "_efficiency" in name]
    rejections = [name for name in published_first + measured_too if name.startswith("rej_")]
    return list(dict.fromkeys(["accuracy", "auc", *rejections]))


def heading(quantity: str, result: pd.Series) -> str:
    """Column heading: Accuracy, AUC, or class and signal efficiency such as "Tbl 99.5 %"."""
    if quantity in DIGITS:
        return {"accuracy": "Accuracy", "auc": "AUC"}[quantity]
    return f"{quantity.removeprefix('rej_')} {100 * result[f'{quantity}_efficiency']:g} %"


def measured(result: pd.Series, quantity: str) -> str:
    """Value ± spread over seeds, or ± statistical error of a single one; or its lower limit."""
    limit = result.get(f"{quantity}_limit")
    if pd.notna(limit):
        return f"> {limit:.0f}" if limit >= 100 else f"> {limit:.2g}"
    error = result[f"{quantity}_spread"]
    return with_error(result[quantity], error if pd.notna(error) else result[f"{quantity}_error"])


def published(result: pd.Series, quantity: str) -> str:
    """Published value with its published digits."""
    value = result.get(f"{quantity}_published")
    return NOTHING if pd.isna(value) else f"{value:.{DIGITS.get(quantity, 0)}f}"


def short(result: pd.Series, quantity: str) -> str:
    """Published count with a unit."""
    value = result.get(f"{quantity}_published")
    return NOTHING if pd.isna(value) else label(value)


TABLES = {"taggers": taggers, "cost": cost}
