"""Files that killed jobs left behind, and which of them nothing will read again."""

import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from jetbench.errors import InputError
from jetbench.files import held

WEIGHTS = "weights.safetensors"
CHECKPOINTS = "checkpoint*.pt"  # as jetbench.training.checkpoints names them
PARTIALS = ".*.partial*"  # as jetbench.files.whole does; downloads that go on have no leading point
DAY = 24 * 3600  # seconds; nobody writes a file whose last byte is older


def finished(results: Path) -> list[str]:
    """Weights of the trainings that have left checkpoints all the same."""
    folders = {path.parent for path in results.rglob(CHECKPOINTS)}
    return sorted(str(folder / WEIGHTS) for folder in folders if (folder / WEIGHTS).exists())


def clean(results: Path, unsure: Collection[str] = ()) -> Iterator[str]:
    """Delete the spent files under `results`; a line for each, then the MB freed and kept.

    `unsure` are weights that Snakemake will delete, since it did not see their training end: the
    checkpoint gives them back.
    """
    now, freed, kept = time.time(), 0, 0
    accepted = set(finished(results)).difference(unsure)
    for path in sorted([*results.rglob(CHECKPOINTS), *results.rglob(PARTIALS)]):
        if (found := look(path)) is None:
            continue
        size = found.st_size
        if is_spent(path, found.st_mtime, accepted, now) and delete(path):
            freed += size
            yield f"deleted {path} ({megabytes(size)})"
        elif path.match(CHECKPOINTS):
            kept += size
    yield f"freed {megabytes(freed)}; {megabytes(kept)} stay, of trainings that are to go on"


def look(path: Path) -> os.stat_result | None:
    """Size and times of a file; None if the run beside this one has moved or deleted it."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def is_spent(path: Path, written: float, accepted: Collection[str], now: float) -> bool:
    """Whether nothing will read a file again that was `written` at this time.

    That is a checkpoint of a training whose weights are accepted, or part of a file that nobody has
    written to for a day.
    """
    if path.match(CHECKPOINTS):
        return str(path.parent / WEIGHTS) in accepted
    return path.match(PARTIALS) and now - written > DAY


def delete(path: Path) -> bool:
    """Delete a file; False if it is a checkpoint of a training that is at work."""
    if path.match(PARTIALS):
        path.unlink(missing_ok=True)
        return True
    try:
        with held(path.parent, "training"):
            path.unlink(missing_ok=True)
    except InputError:
        return False
    return True


def megabytes(size: int) -> str:
    """Bytes as text in MB."""
    return f"{size / 1e6:.1f} MB"
