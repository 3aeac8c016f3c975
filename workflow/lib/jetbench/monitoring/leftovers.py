"""Files that killed jobs left behind, and which of them nothing will read again."""

import time
from collections.abc import Iterator
from pathlib import Path

from jetbench.errors import InputError
from jetbench.files import held

CHECKPOINTS = "checkpoint*.pt"  # as jetbench.training.checkpoints names them
PARTIALS = ".*.partial*"  # as jetbench.files.whole does; downloads that go on have no leading point
DAY = 24 * 3600  # seconds; nobody writes a file whose last byte is older


def is_spent(path: Path, now: float) -> bool:
    """Whether nothing will read a file again.

    That is a checkpoint of a training whose weights are there, or part of a file that nobody has
    written to for a day.
    """
    if path.match(CHECKPOINTS):
        return (path.parent / "weights.safetensors").exists()
    return path.match(PARTIALS) and now - path.stat().st_mtime > DAY


def clean(results: Path) -> Iterator[str]:
    """Delete the spent files under `results`; a line for each, then the MB freed and kept."""
    now, freed, kept = time.time(), 0, 0
    for path in sorted([*results.rglob(CHECKPOINTS), *results.rglob(PARTIALS)]):
        size = path.stat().st_size
        if is_spent(path, now) and delete(path):
            freed += size
            yield f"deleted {path} ({megabytes(size)})"
        elif path.match(CHECKPOINTS):
            kept += size
    yield f"freed {megabytes(freed)}; {megabytes(kept)} stay, of trainings that are to go on"


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
