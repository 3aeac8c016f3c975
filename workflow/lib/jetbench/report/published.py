"""Published numbers: one row a tagger and training size, or one a limit of the attention."""

from os import PathLike

import numpy as np
import pandas as pd

from jetbench.errors import InputError
from jetbench.report.numbers import count

# Columns that say what a row is about.
KEYS = ("model", "train_jets", "max_particles")
# Settings of a network and its training, shown as they are printed: 64-256-64, 6.75e-3.
PRINTED = ("embed_dims", "pair_embed_dims", "transformer_dim", "heads", "fc_dims") + (
    "lr",
    "batch",
    "epochs",
)


def read_published(path: str | PathLike) -> pd.DataFrame:
    """Published numbers; counts such as 2.14M become numbers, keys and settings stay as printed.

    InputError without a column that says what a row is about, or if two rows are about the same.
    """
    table = pd.read_csv(path, comment="#", dtype=str)
    keys = [name for name in KEYS if name in table]
    if not {"model", "max_particles"} & set(keys):
        raise InputError(f"{path}: expected a column model, got {', '.join(table)}")
    if table.duplicated(keys).any():
        twice = table.loc[table.duplicated(keys), keys].iloc[0].to_dict()
        raise InputError(f"{path}: expected one row for {twice}, got several")
    numbers = [name for name in table if name not in KEYS + PRINTED]
    table[numbers] = table[numbers].map(lambda text: np.nan if pd.isna(text) else count(text))
    return table


def published_row(
    reference: pd.DataFrame, tagger: str, model: str, size: str, top: int | None
) -> dict[str, float]:
    """The published numbers of a tagger, {column}_published, NaN where there are none.

    Numbers of a model without more words are those of its training from scratch on the published
    jets, and so those of its official weights too, but not of a fine-tuned one.
    """
    chosen = reference
    if "max_particles" in reference:
        chosen = chosen[chosen["max_particles"] == str(top)]
    if "train_jets" in reference:
        chosen = chosen[chosen["train_jets"] == size]
    names = [tagger, model] if tagger in (model, f"{model}_official") else [tagger]
    if "model" in reference:
        found = [chosen[chosen["model"] == name] for name in names]
        chosen = next((rows for rows in found if len(rows)), found[0])
    elif model not in names:
        chosen = chosen[:0]
    numbers = reference.columns.difference(KEYS, sort=False)
    return {
        f"{name}_published": chosen[name].iloc[0] if len(chosen) else np.nan for name in numbers
    }
