"""Files that appear whole or not at all, folders held by one process, and checksums."""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jetbench.errors import InputError
from jetbench.holders import Holder, read_holder, this_process

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """Path beside `path` to write to; renamed to `path` on success, removed on failure.

    The rename is atomic because both lie in one folder, so a killed job never leaves half a file
    under the final name, and the next attempt overwrites what it left. The suffix of `path` is
    kept: writers choose formats by it.

    Raises:
        InputError: the disk is full, or a quota is used up.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        yield partial
        os.replace(partial, path)
    except OSError as error:
        if error.errno not in FULL:
            raise
        kept = "; what was there before stays" if path.exists() else ""
        raise InputError(
            f"{path}: expected room to write it, got: {os.strerror(error.errno)}{kept}"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def held(folder: str | os.PathLike, what: str, name: str = ".held") -> Iterator[None]:
    """Hold `folder`, or what `name` in it stands for, for one process, however it dies.

    The lock is flock. Over NFS it becomes the same lock of the server as lockf (so a process that
    took both would lock itself out), but lockf would let go when any descriptor of the file is
    closed. Some file systems lock within one machine only, or not at all: there the holder that is
    written in the file is asked after.

    Raises:
        InputError: another process holds it, say one that outlived the killed workflow.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder) / name
    with open(path, "a+") as file:
        locked = lock(file)
        file.seek(0)
        holder = read_holder(file.read())
        if not is_free(locked, holder):
            hint = f"; if it is dead, delete {path}" if locked is None else ""
            stop = f": {holder.remedy()}" if holder else ""
            raise InputError(
                f"{folder}: another {what} is at work here ({holder or 'unknown process'}): "
                f"wait for it or stop it{stop}{hint}"
            )
        file.truncate(0)
        json.dump(this_process()._asdict(), file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)  # what is left in the file is of one that was killed


def lock(file: IO) -> bool | None:
    """Lock an open file; False if another has, None where the file system knows no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return None
    return True


def is_free(locked: bool | None, holder: Holder | None) -> bool:
    """Whether a folder may be held, after `lock` and from what the last holder wrote there."""
    if locked is False:
        return False
    if holder is None or (locked and holder.machine == this_process().machine):
        return True
    alive = holder.alive()
    # Where nothing is known of the holder, a lock is trusted, and its absence is not.
    return bool(locked) if alive is None else not alive


def sha256(path: str | os.PathLike) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
