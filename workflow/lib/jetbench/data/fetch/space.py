"""Free disk: asked for before the first byte, not missed after the hundredth gigabyte."""

import shutil
from pathlib import Path

from jetbench.errors import InputError

MARGIN = 0.01  # of what is written: the file system keeps books of its own


def expect_space(folder: Path, size: int) -> None:
    """Refuse to begin what does not fit on the disk of `folder`, which need not exist yet.

    Raises:
        InputError: `size` bytes and 1 % more are not free; it says what is.
    """
    while not folder.exists():
        folder = folder.parent
    needed, free = size * (1 + MARGIN), shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"{folder}: expected {needed / 1e9:.3f} GB of free disk, got {free / 1e9:.3f} GB"
        )
