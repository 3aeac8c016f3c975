"""Names, colours and order of the taggers, the same in every table and figure."""

from os import PathLike
from pathlib import Path

import pandas as pd
import yaml

from jetbench.errors import InputError

KEYS = {"label", "colour", "line", "marker"}


def read_taggers(path: str | PathLike) -> dict[str, dict]:
    """Label, colour, line style and marker of every tagger, in the order of the file."""
    looks = yaml.safe_load(Path(path).read_text())
    for name, look in looks.items():
        if set(look) != KEYS:
            raise InputError(f"{path}: {name}: expected {sorted(KEYS)}, got {sorted(look)}")
    return looks


def arrange(results: pd.DataFrame, looks: dict[str, dict]) -> pd.DataFrame:
    """Rows in the order of the taggers; InputError for a tagger without a look."""
    unknown = sorted(set(results["model"]) - set(looks))
    if unknown:
        raise InputError(f"taggers.yaml: expected an entry for {unknown}, got {', '.join(looks)}")
    order = {name: place for place, name in enumerate(looks)}
    return results.sort_values("model", key=lambda models: models.map(order), kind="stable")
