"""Files that appear whole or not at all, and their checksums."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jetbench.errors import InputError


@contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """Path beside `path` to write to; renamed to `path` on success, removed on failure.

    The rename is atomic because both lie in one folder, so a killed job never leaves half a file
    under the final name, and the next attempt overwrites what it left. The suffix of `path` is
    kept: writers choose formats by it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def held(folder: str | os.PathLike, what: str, name: str = ".held") -> Iterator[None]:
    """Hold `folder`, or what `name` in it stands for, for one process, however it dies.

    Raises:
        InputError: another process holds it, say one that outlived the killed workflow.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    with open(Path(folder) / name, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise InputError(
                f"{folder}: another {what} is at work here (process {file.read().strip()}): "
                "wait for it or stop it"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def sha256(path: str | os.PathLike) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
