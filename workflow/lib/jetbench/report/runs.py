"""Names of runs, and of the taggers that they make."""

import re
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from jetbench.errors import InputError

PARTS = 6
SUFFIXES = {"scratch": "", "jetclass": "_fine_tuned"}
SUFFIXES |= {"frozen": "_frozen", "untrained": "_untrained", "pretrained": "_pretrained"}


class Run(NamedTuple):
    """One training, by its name {scale}/{task}/{model}/{start}/{jets}/{seed}.

    Where its attention is limited to the `top` largest scores, its files lie in a folder below.
    """

    scale: str
    task: str
    model: str
    start: str
    jets: str
    seed: str
    top: int | None = None


def run_named(name: str, top: int | None = None) -> Run:
    """The run of that name."""
    parts = name.split("/")
    if len(parts) != PARTS:
        raise InputError(f"expected a run {'/'.join(Run._fields[:PARTS])}, got {name!r}")
    return Run(*parts, top)


def run_of(path: str | PathLike) -> Run:
    """The run in whose folder a file lies: {run}/curves.csv or {run}/top10/curves.csv."""
    folder = Path(path).parent
    limit = re.fullmatch(r"top(\d+)", folder.name)
    parts = (folder.parent if limit else folder).parts[-PARTS:]
    return run_named("/".join(parts), int(limit[1]) if limit else None)


def variant(start: str, task: str) -> str:
    """What a start makes of a model, as a suffix of the tagger's name; none from scratch.

    Official weights are those of JetClass: on that task they are taken as they are. An encoder that
    is trained no further is frozen: pre-trained, or untrained with random weights.
    """
    if start == "official":
        return "_official" if task == "jetclass" else "_official_fine_tuned"
    return SUFFIXES[start]
