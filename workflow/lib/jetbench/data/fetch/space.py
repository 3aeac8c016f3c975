"""Free disk: asked for before the first byte, not missed after the hundredth gigabyte."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from jetbench.errors import InputError

MARGIN = 0.01  # of what is written: the file system keeps books of its own


def expect_space(folder: Path, size: int, others: Mapping[str, int] | None = None) -> None:
    """Refuse to begin what does not fit on the disk of `folder`, which need not exist yet.

    Args:
        size: bytes to be written.
        others: bytes that others have begun to write there and still lack, by their names.

    Raises:
        InputError: so many bytes and 1 % more are not free; it says what is.
    """
    others = others or {}
    while not folder.exists():
        folder = folder.parent
    needed = (size + sum(others.values())) * (1 + MARGIN)
    free = shutil.disk_usage(folder).free
    if needed > free:
        names = f" (also for the unfinished {', '.join(sorted(others))})" if others else ""
        raise InputError(
            f"{folder}: expected {needed / 1e9:.3f} GB of free disk{names}, got {free / 1e9:.3f} GB"
        )
