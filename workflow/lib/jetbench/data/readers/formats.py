"""What a library raises on a broken file of its format -> InputError that names the file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from jetbench.errors import InputError

ADVICE = "; replace it, or delete it to have it made or fetched again"
Chunk = TypeVar("Chunk")


class Format(NamedTuple):
    """A kind of file: what is expected of it in words, and what its library raises otherwise."""

    expected: str
    errors: type[Exception] | tuple[type[Exception], ...]

    @contextmanager
    def reading(self, path: str | os.PathLike) -> Iterator[None]:
        """Turn what the library raises into an InputError; one from within stays as it is."""
        try:
            yield
        except InputError:
            raise
        except self.errors as error:
            got = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            advice = "" if isinstance(error, FileNotFoundError) else ADVICE
            raise InputError(f"{path}: expected {self.expected}, got {got}{advice}") from error

    def each(self, path: str | os.PathLike, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The chunks, while the library reads them; what their taker raises is left alone."""
        while True:
            with self.reading(path):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk


def check_size(path: str | os.PathLike, expected: int) -> None:
    """Refuse a file of fewer bytes than its head tells."""
    got = os.path.getsize(path)
    if got < expected:
        raise InputError(f"{path}: expected {expected} bytes, got {got}: truncated{ADVICE}")
