"""One file from several addresses: a broken transfer goes on, other bytes are refused."""

import random
import sys
from dataclasses import dataclass
from http.client import HTTPResponse
from time import monotonic, sleep

from jetbench.data.fetch.partial import Partial
from jetbench.data.fetch.responses import (
    Broken,
    Refused,
    ask,
    expect_file,
    expect_same,
    placed,
    read,
    validator_of,
)
from jetbench.errors import InputError
from jetbench.progress import track

ATTEMPTS = 8  # in a row, without a new byte
FIRST_WAIT, LONGEST_WAIT = 1, 120  # seconds between attempts
PIECE = 2**18  # bytes
LEAST_RATE, RATE_TIME = 10_000, 300  # bytes/s, over so many seconds: less counts as a break


@dataclass
class Mirror:
    """An address, what was wrong with it last, and when it may be asked again."""

    url: str
    reason: str = "not asked"
    ready: float = 0.0  # in the time of monotonic()


class Rate:
    """Watches how fast bytes come: a server that gives one a minute is as good as silent."""

    def __init__(self):
        self.since, self.bytes = monotonic(), 0

    def add(self, count: int) -> None:
        """Count bytes that came. Broken, if it was less than LEAST_RATE over RATE_TIME."""
        self.bytes += count
        elapsed = monotonic() - self.since
        if elapsed < RATE_TIME:
            return
        if self.bytes < LEAST_RATE * elapsed:
            raise Broken(f"{self.bytes} bytes in {elapsed:.0f} s are too slow")
        self.since, self.bytes = monotonic(), 0


def fetch(urls: list[str], partial: Partial) -> str:
    """Complete `partial` from the addresses in turn, and return its checksum.

    As long as more bytes come between two breaks this goes on for ever.

    Raises:
        InputError: no address has the expected file, or none gave a byte ATTEMPTS times in a row;
            what has come is kept. Or the disk is too small.
    """
    urls = sorted(urls, key=lambda url: url != partial.state.url)  # who gave what is kept: first
    mirrors = [Mirror(url) for url in urls]
    left, fruitless, wait = list(mirrors), 0, 0.0
    while left and fruitless < ATTEMPTS:
        mirror = take_next(left, partial)
        rest(max(wait, mirror.ready - monotonic()), mirror, partial)
        try:
            receive(mirror.url, partial)
            return verified(partial, mirror.url)
        except Refused as error:
            mirror.reason = str(error)
        except Broken as error:
            mirror.reason, mirror.ready = str(error), monotonic() + error.after
            fruitless = 0 if partial.gained() else fruitless + 1
            partial.keep_for(mirror.url)
            wait = min(FIRST_WAIT * 2**fruitless, LONGEST_WAIT) * random.uniform(0.5, 1)
            left.insert(0 if partial.alone else len(left), mirror)
        print(f"{mirror.url}: {mirror.reason}", file=sys.stderr)
    reasons = "; ".join(f"{mirror.url}: {mirror.reason}" for mirror in mirrors)
    kept = f"{partial.kept} bytes are kept, the same command goes on from there"
    raise InputError(
        f"{partial.name}: expected the file from one of its addresses, got {reasons}; "
        f"{kept if partial.kept else 'nothing is kept'}"
    )


def take_next(left: list[Mirror], partial: Partial) -> Mirror:
    """Take out the first that may be asked at once, else the one that may be soonest."""
    now = monotonic()
    soonest = min(range(len(left)), key=lambda i: max(left[i].ready, now))
    return left.pop(0 if partial.alone else soonest)


def rest(seconds: float, mirror: Mirror, partial: Partial) -> None:
    """Wait before the next attempt, and say so."""
    if seconds > 0:
        print(
            f"{partial.name}: {partial.kept} bytes are kept; "
            f"{mirror.url} is asked in {seconds:.0f} s",
            file=sys.stderr,
        )
        sleep(seconds)


def verified(partial: Partial, url: str) -> str:
    """Checksum of the whole file; if it is another one than expected, all bytes are dropped.

    Only an address that gave them all is to blame; otherwise each is tried alone.
    """
    got = partial.checksum()
    mismatch = partial.expected.mismatch(got, partial.path, partial.name)
    if mismatch is None:
        return got
    givers = sorted(partial.givers)
    partial.clear()
    if givers == [url]:
        raise Refused(mismatch)
    partial.mixing = False
    raise Broken(f"{mismatch} of bytes from {' and '.join(givers)}; from the beginning")


def receive(url: str, partial: Partial) -> None:
    """Add to `partial` what it lacks. Broken, if not all comes; Refused; InputError: full disk."""
    partial.keep_for(url)
    if partial.expected.kind != "git_blob":
        partial.prepare()  # before the server is made to wait
    with ask(url, partial) as response:
        expect_file(response, partial)
        expect_same(response, partial)
        begin, total = placed(response, partial)
        if None not in (total, partial.total) and total != partial.total:
            raise Refused(f"expected a file of {partial.total} bytes, got one of {total}")
        if total is not None and partial.kept > total:
            partial.clear()
        partial.total = total or partial.total
        if partial.total is None and not partial.known:
            raise Refused("expected a size or a checksum to know the whole file by, got neither")
        partial.note(url, validator_of(response.headers))
        partial.expect_space()
        partial.prepare()
        append(response, partial, begin, url)


def append(response: HTTPResponse, partial: Partial, begin: int, url: str) -> None:
    """Add what comes behind the bytes that are kept. Broken, if it is not all of the file."""
    position, total, rate = begin, partial.total, Rate()
    options = {"initial": begin, "unit": "B", "unit_scale": True}
    with track(None, partial.name, total, **options) as bar:
        while piece := read(response, PIECE if total is None else min(PIECE, total - position)):
            partial.write(piece[partial.kept - position :], url)
            position += len(piece)
            bar.update(len(piece))
            if position != total:
                rate.add(len(piece))
    if total is not None and position < total:
        raise Broken(f"expected {total} bytes, got {position}")
