"""One request for the rest of a file, and what may go wrong with it.

HTTP as in RFC 9110, sections 8.8 (validators), 10.2.3 (Retry-After), 13.1.5 (If-Range), 14
(ranges) and 15 (status).
"""

import re
import time
import urllib.error
import urllib.request
from email.utils import mktime_tz, parsedate_tz
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse

from jetbench.data.fetch.partial import Partial

TIMEOUT = 60  # seconds without a byte
LONGEST_REST = 3600  # seconds that a server may ask for
PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


class Broken(Exception):
    """A transfer ended early; the same address may be asked again, `after` so many seconds."""

    def __init__(self, reason: str, after: float = 0):
        super().__init__(reason)
        self.after = after


class Refused(Exception):
    """An address does not have the file."""


def ask(url: str, partial: Partial) -> HTTPResponse:
    """Response with the bytes from the last one kept on: so a whole file has an answer too."""
    headers = {"User-Agent": "jetbench"}  # some servers turn Python's own name away
    if partial.kept:
        headers["Range"] = f"bytes={partial.kept - 1}-"
    if partial.state.validator:  # another file then comes whole
        headers["If-Range"] = partial.state.validator
    try:  # not urlopen: it remembers the first proxies that it saw
        opener = urllib.request.build_opener()
        return opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        beyond = error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        if beyond and partial.kept and (partial.total is None or not partial.known):
            partial.clear()  # what is kept is longer than the file
            return ask(url, partial)
        if error.code in PASSING or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Broken(str(error), seconds_asked_for(error.headers["Retry-After"])) from None
        raise Refused(str(error)) from None
    except (OSError, HTTPException) as error:
        raise Broken(reason(error)) from None


def seconds_asked_for(retry_after: str | None) -> float:
    """Seconds of a Retry-After, which names them or a date; 0 where it is neither."""
    value = retry_after or ""
    if value.isdecimal():
        seconds = float(value)
    else:
        date = parsedate_tz(value)
        seconds = mktime_tz(date) - time.time() if date else 0.0
    return min(max(seconds, 0.0), LONGEST_REST)


def reason(error: Exception) -> str:
    """What broke a connection, in words."""
    cause = getattr(error, "reason", error)  # urllib wraps what happened before the response
    return f"no byte for {TIMEOUT} s" if isinstance(cause, TimeoutError) else str(cause)


def validator_of(headers: HTTPMessage) -> str | None:
    """Strong ETag, else the Last-Modified if it was at least a second ago; None: neither."""
    tag, changed = headers["ETag"], headers["Last-Modified"]
    if tag and not tag.startswith("W/"):
        return tag
    then, now = parsedate_tz(changed or ""), parsedate_tz(headers["Date"] or "")
    return changed if then and now and mktime_tz(then) < mktime_tz(now) else None


def expect_file(response: HTTPResponse, partial: Partial) -> None:
    """Refuse a page in HTML and, where no checksum is known, any words in place of a file."""
    kind = response.headers.get_content_type() if "Content-Type" in response.headers else ""
    if kind == "text/html":
        raise Refused("expected a file, got a page in HTML")
    if not partial.known and (kind.startswith("text/") or kind == "application/json"):
        raise Refused(f"expected a file, got {kind}")


def expect_same(response: HTTPResponse, partial: Partial) -> None:
    """Restart `partial` if no checksum is known and the response may be of another file.

    Raises:
        Broken: it is, and only its end has come.
    """
    if partial.known or not partial.kept:
        return
    if response.status != HTTPStatus.PARTIAL_CONTENT:
        partial.restart()
    elif validator_of(response.headers) not in (None, partial.state.validator):
        partial.restart()
        raise Broken("the file has changed since its first bytes came; from the beginning")


def placed(response: HTTPResponse, partial: Partial) -> tuple[int, int | None]:
    """Where in the file a response begins, and the size of the file if it is said."""
    if response.status != HTTPStatus.PARTIAL_CONTENT:  # a server that knows no ranges
        return 0, response.length
    said, begin = response.headers["Content-Range"], partial.kept - 1
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", said or "")
    if found is None or int(found[1]) != begin:
        raise Refused(f"expected the bytes from {begin} on, got Content-Range {said}")
    return begin, None if found[2] == "*" else int(found[2])


def read(response: HTTPResponse, most: int) -> bytes:
    """Bytes that are there; none at the end. Broken, if the connection is."""
    try:
        return response.read1(most)  # not read: it loses what came before a break
    except (OSError, HTTPException) as error:
        raise Broken(reason(error)) from None
