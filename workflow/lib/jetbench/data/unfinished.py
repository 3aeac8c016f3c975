"""Fits under way, kept beside the file that they will be, so that a killed one goes on."""

import sys
import time
from os import PathLike
from pathlib import Path

import numpy as np

from jetbench.data.fitting import read_fit, write_fit
from jetbench.errors import InputError

FORM = "jetbench-unfinished"


class Unfinished:
    """The last centroids of the fit that will be `path`, and the passes made.

    `source` is all that decides what comes out (data, tokens, seed); what was kept of another
    source is not gone on from. `seconds` is the time between two saves.
    """

    def __init__(self, path: str | PathLike, source: dict, seconds: float = 60):
        self.path = Path(path).with_suffix(".unfinished.h5")
        self.source, self.seconds, self.saved = source, seconds, time.monotonic()

    def load(self) -> tuple[np.ndarray, int] | None:
        """Centroids (T, C) and passes, or None to begin afresh; says which on standard error."""
        if not self.path.exists():
            return None
        try:
            arrays, about = read_fit(self.path, FORM)
        except InputError:
            return self.pass_over("damaged")
        changed = [name for name, value in self.source.items() if about.get(name) != value]
        if changed:
            return self.pass_over(f"of another fit: {', '.join(changed)}")
        print(f"{self.path}: going on after {about['passes']} passes", file=sys.stderr)
        return arrays["centroids"], int(about["passes"])

    def pass_over(self, why: str) -> None:
        """Say why what was kept is of no use."""
        print(f"{self.path}: not used: {why}", file=sys.stderr)

    def save(self, centroids: np.ndarray, passes: int) -> None:
        """Keep the centroids, if the last time is long enough ago."""
        if time.monotonic() - self.saved >= self.seconds:
            write_fit(self.path, FORM, {"centroids": centroids}, passes=passes, **self.source)
            self.saved = time.monotonic()

    def remove(self) -> None:
        """Forget the fit, once its file is written."""
        self.path.unlink(missing_ok=True)
