"""Tables as they are read: rows of text from the results of a study."""

import pandas as pd

from jetbench.errors import InputError
from jetbench.report.cells import heading, measured, origin, printed, published, short
from jetbench.report.masked_tables import ladder, pretraining, sweep
from jetbench.report.numbers import label

SETTINGS = {  # heading of a published setting: its column
    "embedding": "embed_dims",
    "pair embedding": "pair_embed_dims",
    "width": "transformer_dim",
    "heads": "heads",
    "FC": "fc_dims",
    "lr": "lr",
    "batch": "batch",
    "epochs": "epochs",
}


def taggers(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Accuracy, AUC and rejections: for every tagger a row of ours above the published one.

    A variant of a tagger of which nothing is published has no second row.
    """
    shown = quantities(results)
    rows = []
    for _, result in results.iterrows():
        for whose, jets, text in (
            (origin(result), result["train_jets"], measured),
            ("published", result["size"], published),
        ):
            row = {"k": f"{result['top']:.0f}"} if "top" in results else {}
            row |= {"Tagger": names[result["tagger"]], "Result": whose, "Training jets": jets}
            row |= {heading(quantity, result): text(result, quantity) for quantity in shown}
            if whose != "published" or expected_published(result, shown):
                rows.append(row)
    return pd.DataFrame(rows)


def topk(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The same for every number k of particles to which the attention is limited."""
    if "top" not in results:
        raise InputError("expected limits of the attention, got none: table topk needs study top")
    return taggers(results, names)


def cost(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Parameters and multiply-accumulates, and the accuracy that they buy, ours and published."""
    check_costs(results, "cost")
    rows = []
    for _, result in results.iterrows():
        rows.append(
            {
                "Tagger": names[result["tagger"]],
                "Parameters": exactly(result["parameters"]),
                "published parameters": short(result, "parameters"),
                "MACs": label(result["macs"]),
                "published MACs": short(result, "macs"),
                f"Accuracy, {origin(result)}": measured(result, "accuracy"),
                "published accuracy": published(result, "accuracy"),
            }
        )
    return pd.DataFrame(rows)


def sizes(results: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Published settings of networks, and what ours of that name cost and reach."""
    check_costs(results, "sizes")
    rows = []
    for _, result in results.iterrows():
        row = {"Tagger": names[result["tagger"]]}
        row |= {f"published {name}": printed(result, key) for name, key in SETTINGS.items()}
        row |= {"Parameters": exactly(result["parameters"]), "MACs": label(result["macs"])}
        rows.append(row | {f"Accuracy, {origin(result)}": measured(result, "accuracy")})
    return pd.DataFrame(rows)


def check_costs(results: pd.DataFrame, table: str) -> None:
    """InputError if a table of costs would have none."""
    if "macs" not in results:
        raise InputError(f"expected the costs of the models, got none: table {table} needs them")


def exactly(number: float) -> str:
    """All digits, in groups of three."""
    return f"{number:,.0f}".replace(",", " ")


def expected_published(result: pd.Series, shown: list[str]) -> bool:
    """Whether a tagger has a published row: if it starts from scratch, even one of dashes."""
    numbers = [result.get(f"{quantity}_published") for quantity in shown]
    return result["tagger"] == result["model"] or any(map(pd.notna, numbers))


def quantities(results: pd.DataFrame) -> list[str]:
    """Accuracy, AUC and the rejections, these in the order of the published table if it has any."""
    measured_too = [name.removesuffix("_efficiency") for name in results if "_efficiency" in name]
    published_first = [name.removesuffix("_published") for name in results if "_published" in name]
    rejections = [name for name in published_first if name in measured_too] + measured_too
    return list(dict.fromkeys(["accuracy", "auc", *rejections]))


TABLES = {
    function.__name__: function
    for function in (taggers, topk, cost, sizes, pretraining, ladder, sweep)
}
