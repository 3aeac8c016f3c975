"""A file on its way: what has come of it, and the checksum of that."""

import os
from pathlib import Path

from jetbench.data.fetch.checksums import Expected, checksum, feed, start
from jetbench.data.fetch.space import expect_space
from jetbench.data.fetch.states import State, lacking, read_state, state_of, write_state
from jetbench.errors import InputError


class Partial:
    """File that grows over many transfers; a context manager that closes it.

    Attributes:
        name: of the whole file.
        known: whether a checksum will tell if the bytes are of one file.
        kept: bytes that have come.
        furthest: the most that were kept before the last break.
        total: bytes of the whole file; None until the entry or a server says it.
        givers: addresses that gave the bytes; EARLIER for those of an earlier call.
        mixing: whether an address may go on where another one stopped.
        state: what lies beside the file; its address and validator only if no checksum is known.
    """

    EARLIER = "an earlier call"

    def __init__(self, path: Path, expected: Expected, size: int | None = None):
        self.path, self.name, self.expected, self.size = path, path.stem, expected, size
        self.file = open(path, "ab")  # noqa: SIM115
        self.known = self.mixing = expected.value is not None
        self.kept = self.furthest = self.file.tell()
        self.state = State() if self.known or not self.kept else read_state(path)
        self.total = size or self.state.total
        self.givers = {self.state.url or self.EARLIER} if self.kept else set()
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
        """Begin with nothing, as if nothing had come."""
        self.file.truncate(0)
        state_of(self.path).unlink(missing_ok=True)
        self.kept, self.total, self.givers, self.hasher = 0, self.size, set(), None
        self.furthest, self.state = 0, State()

    def restart(self) -> None:
        """Begin again with nothing; only what goes further than before will count as a gain."""
        furthest = max(self.furthest, self.kept)
        self.clear()
        self.furthest = furthest

    def keep_for(self, url: str) -> None:
        """Restart, unless `url` may go on with what is kept.

        Without a checksum nobody would notice bytes of two files: they must come from one address,
        with a validator that tells whether the file is still the same.
        """
        own = self.state.url == url and self.state.validator is not None
        if self.kept and not (self.known or own):
            self.restart()

    def note(self, url: str, validator: str | None) -> None:
        """Keep the size beside the file and, without a checksum, where its first byte is from."""
        begins = not self.known and self.kept == 0
        origin = {"url": url, "validator": validator} if begins else {}
        self.keep_state(self.state._replace(total=self.total, **origin))

    def keep_state(self, state: State) -> None:
        """Write the state, if it is another one."""
        if state != self.state:
            write_state(self.path, state)
        self.state = state

    def expect_space(self) -> None:
        """Refuse to go on where this file and the others that are begun here do not fit.

        The size is in the state before the others are counted: of two that begin at once one sees
        the other, or both do. Who is refused needs no space any more.

        Raises:
            InputError: the disk is too small.
        """
        lack = (self.total or self.kept) - self.kept
        others = lacking(self.path.parent)
        others.pop(self.name, None)
        try:
            expect_space(self.path.parent, lack, others if lack else None)
        except InputError:
            self.keep_state(self.state._replace(total=None))
            raise

    def gained(self) -> bool:
        """Whether more is kept than before the last break."""
        before, self.furthest = self.furthest, max(self.furthest, self.kept)
        return self.kept > before

    def finish(self, path: Path) -> None:
        """Give the whole file its name."""
        state_of(self.path).unlink(missing_ok=True)
        os.replace(self.path, path)

    def checksum(self) -> str:
        """Checksum of what has come, which is on the disk then, even if the power fails."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if self.hasher is None:
            return checksum(self.expected.kind, self.path)
        return self.hasher.hexdigest()
