"""Names, colours and order of the taggers, the same in every table and figure."""

from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml

from jetbench.errors import InputError

KEYS = {"label", "colour", "line", "marker"}


class Variant(NamedTuple):
    """How a tagger that does not start from scratch is told from the one that does."""

    words: str  # behind the label of the model
    line: str | list  # in figures with several variants
    fill: str  # which half of a marker is full


VARIANTS = {  # by suffix of the tagger's name
    "": Variant("", "solid", "full"),
    "_fine_tuned": Variant(", fine-tuned", "dashed", "left"),
    "_official": Variant(", official weights", "dashdot", "top"),
    "_official_fine_tuned": Variant(", fine-tuned from official weights", "dotted", "bottom"),
    "_frozen": Variant(", frozen", [8, 1], "full"),
    "_untrained": Variant(", untrained", [1, 3], "none"),
    "_pretrained": Variant(", pre-trained", [8, 1, 1, 1], "left"),
}


def read_taggers(path: str | PathLike) -> dict[str, dict]:
    """Label, colour, line style and marker of every model, in the order of the file."""
    looks = yaml.safe_load(Path(path).read_text())
    for name, look in looks.items():
        if set(look) != KEYS:
            raise InputError(f"{path}: {name}: expected {sorted(KEYS)}, got {sorted(look)}")
    return looks


def check_known(models, looks: dict[str, dict]) -> None:
    """InputError for a model without a look."""
    unknown = sorted(set(models) - set(looks))
    if unknown:
        raise InputError(f"taggers.yaml: expected an entry for {unknown}, got {', '.join(looks)}")


def arrange(results: pd.DataFrame, looks: dict[str, dict]) -> pd.DataFrame:
    """Rows in the order of the models; InputError for a model without a look."""
    check_known(results["model"], looks)
    order = {name: place for place, name in enumerate(looks)}
    return results.sort_values("model", key=lambda models: models.map(order), kind="stable")


def label_of(looks: dict[str, dict], model: str, suffix: str) -> str:
    """Name of a tagger as people read it: "ParT, fine-tuned"."""
    return looks[model]["label"] + VARIANTS[suffix].words


def labels(results: pd.DataFrame, looks: dict[str, dict]) -> dict[str, str]:
    """These names by the tagger."""
    pairs = zip(results["tagger"], results["model"], strict=True)
    return {tagger: label_of(looks, model, tagger.removeprefix(model)) for tagger, model in pairs}
