"""Published numbers: one row a tagger and training size, or one a limit of the attention."""

from os import PathLike

import numpy as np
import pandas as pd

from jetbench.errors import InputError
from jetbench.report.numbers import count

# Columns that say what a row is about; a model may stand in several sweeps.
KEYS = ("model", "train_jets", "max_particles", "sweep")
# Settings of a network and its training, shown as they are printed: 64-256-64, 6.75e-3.
PRINTED = ("embed_dims", "pair_embed_dims", "transformer_dim", "heads", "fc_dims") + (
    "lr",
    "batch",
    "epochs",
)
# Where a row stands in its table: a step of the ladder with its target, a sweep.
PLACES = ("step", "target", "sweep")


def read_published(path: str | PathLike) -> pd.DataFrame:
    """Published numbers; counts such as 2.14M become numbers, keys and settings stay as printed.

    InputError without the columns that say what a row is about, or if two rows are about the same.
    """
    table = pd.read_csv(path, comment="#", dtype=str)
    check_columns(table, path)
    keys = [name for name in KEYS if name in table]
    if table.duplicated(keys).any():
        twice = table.loc[table.duplicated(keys), keys].iloc[0].to_dict()
        raise InputError(f"{path}: expected one row for {twice}, got several")
    numbers = [name for name in table if name not in KEYS + PRINTED + PLACES]
    table[numbers] = table[numbers].map(lambda text: np.nan if pd.isna(text) else count(text))
    return table


def check_columns(table: pd.DataFrame, path: str | PathLike) -> None:
    """InputError unless rows name their model and, but for settings, the jets it was trained on."""
    settings_alone = set(table) <= {*KEYS, *PRINTED}
    for name in ("model",) if settings_alone else ("model", "train_jets"):
        if name not in table:
            raise InputError(f"{path}: expected a column {name}, got {', '.join(table)}")


def published_rows(
    reference: pd.DataFrame, tagger: str, model: str, size: str, top: int | None
) -> list[dict[str, float]]:
    """The published numbers of a tagger, {column}_published: one row, NaN where there are none.

    A tagger in several sweeps has a row in each. Numbers of a model without more words are those of
    its training from scratch on the published jets, and so those of its official weights too, but
    not of a fine-tuned one.
    """
    names = [tagger, model] if tagger in (model, f"{model}_official") else [tagger]
    about = rows_about(reference, size, top)
    numbers = [name for name in about if name not in KEYS or name in PLACES]
    found = next((name for name in names if name in set(about["model"])), None)
    rows = about.loc[about["model"] == found, numbers].to_dict("records")
    return [
        {f"{name}_published": row[name] for name in numbers}
        for row in rows or [dict.fromkeys(numbers, np.nan)]
    ]


def rows_about(reference: pd.DataFrame, size: str, top: int | None) -> pd.DataFrame:
    """Rows about a training size and a limit; a file without limits has none about any."""
    if top is not None and "max_particles" not in reference:
        return reference[:0]
    asked = {"train_jets": size, "max_particles": str(top)}
    for name in asked.keys() & set(reference):
        reference = reference[reference[name] == asked[name]]
    return reference
