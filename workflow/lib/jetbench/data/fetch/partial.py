"""A file on its way: what has come of it, and the checksum of that."""

import os
from pathlib import Path

from jetbench.data.fetch.checksums import Expected, checksum, feed, start


class Partial:
    """File that grows over many transfers; a context manager that closes it.

    Attributes:
        name: of the whole file.
        kept: bytes that have come.
        total: bytes of the whole file; None until the entry or a server says it.
        givers: addresses that gave the bytes; EARLIER for those of an earlier call.
        mixing: whether an address may go on where another one stopped.
    """

    EARLIER = "an earlier call"

    def __init__(self, path: Path, expected: Expected, size: int | None = None):
        self.path, self.name, self.expected, self.size = path, path.stem, expected, size
        self.file = open(path, "ab")  # noqa: SIM115
        self.kept, self.total, self.mixing = self.file.tell(), size, True
        self.givers = {self.EARLIER} if self.kept else set()
        self.hasher = None
        if size is not None and self.kept > size:
            self.clear()

    def __enter__(self) -> "Partial":
        return self

    def __exit__(self, *_) -> None:
        self.file.close()

    @property
    def alone(self) -> bool:
        """Whether only the address that gave what is kept may go on."""
        return self.kept > 0 and not self.mixing

    def prepare(self) -> None:
        """Begin the checksum with what is kept; git's name has to wait for the size."""
        if self.hasher is None and (self.expected.kind != "git_blob" or self.total is not None):
            self.hasher = start(self.expected.kind, self.total)
            if self.kept:
                self.file.flush()
                feed(self.hasher, self.path, f"check what is kept of {self.name}")

    def write(self, piece: bytes, giver: str) -> None:
        """Add what `giver` gave."""
        self.file.write(piece)
        if self.hasher is not None:
            self.hasher.update(piece)
        if piece:
            self.givers.add(giver)
        self.kept += len(piece)

    def clear(self) -> None:
        """Begin again with nothing."""
        self.file.truncate(0)
        self.kept, self.total, self.givers, self.hasher = 0, self.size, set(), None

    def checksum(self) -> str:
        """Checksum of what has come, which is on the disk then, even if the power fails."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if self.hasher is None:
            return checksum(self.expected.kind, self.path)
        return self.hasher.hexdigest()
