"""Progress of long loops: one line every few seconds, so that parallel jobs stay readable."""

import sys
from collections.abc import Iterable

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 5


class Lines:
    """Text stream that ends each refresh of a bar with a new line instead of overwriting it.

    Several jobs share one terminal (and a log file keeps what it is given), so overwriting bars
    would write over each other.
    """

    def __init__(self, stream):
        self.stream = stream

    def write(self, text: str) -> None:
        """Pass on the text of one refresh as one line; drop the control characters around it."""
        text = text.strip("\r\n\x1b[A ")
        if text:
            self.stream.write(text + "\n")

    def flush(self) -> None:
        """Flush the stream beneath."""
        self.stream.flush()


def track(
    iterable: Iterable | None, description: str, total: float | None = None, **options
) -> tqdm:
    """tqdm over `iterable` that prints a line at most every five seconds, and one at the end."""
    return tqdm(
        iterable,
        desc=description,
        total=total,
        file=Lines(sys.stderr),
        ascii=" =",
        ncols=100,
        mininterval=SECONDS_BETWEEN_LINES,
        maxinterval=SECONDS_BETWEEN_LINES,
        miniters=0 if iterable is None else None,
        **options,
    )
