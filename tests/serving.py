"""A server on this machine that tests download from, and that behaves as badly as it is told to."""

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """How one request is answered; as it is here, it is answered well."""

    status: int | None = None  # of an answer without content
    headers: dict = field(default_factory=dict)  # beside those that belong to the status
    content: bytes | None = None  # instead of the right one
    ranges: bool = True  # knows them
    length: bool = True  # says how long the answer is
    stop: int | None = None  # bytes after which it hangs up
    pace: float | None = None  # instead of hanging up, it gives a byte every so many seconds
    stall: bool = False  # instead of hanging up, it keeps silent
    heeds: bool = True  # If-Range, by the ETag or the Last-Modified among `headers`


class Site:
    """What a server has, how it will answer, and what it was asked.

    `answers` are taken one a request; when none is left, each request gets `usual`.
    """

    def __init__(self, content):
        self.content, self.usual, self.answers = content, Answer(), []
        self.asked, self.conditions, self.closing = [], [], threading.Event()

    def next_answer(self):
        """The next of the queue, or the usual one."""
        return self.answers.pop(0) if self.answers else self.usual


class Handler(BaseHTTPRequestHandler):
    """Answers GET as its `site` says; asked through a proxy's eyes, `path` is a whole address."""

    site = None

    def do_GET(self):
        """Take the next answer and give it."""
        self.site.asked.append((self.path, self.headers["Range"]))
        self.site.conditions.append(self.headers["If-Range"])
        answer = self.site.next_answer()
        if answer.status is not None:
            self.head(answer.status, answer.headers)
        else:
            self.give(answer)

    def give(self, answer):
        """Send content, from where the range begins."""
        content = self.site.content if answer.content is None else answer.content
        condition = self.headers["If-Range"] if answer.heeds else None
        same = condition is None or condition in answer.headers.values()
        asked = self.headers["Range"] if answer.ranges and same else None
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        if start >= len(content) > 0:
            return self.head(416, {"Content-Range": f"bytes */{len(content)}"})
        headers = {"Content-Length": len(content) - start} if answer.length else {}
        if asked:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.head(206 if asked else 200, headers | answer.headers)
        self.wfile.write(content[start:][: answer.stop])
        for byte in content[start:][answer.stop :] if answer.pace else b"":
            self.wfile.write(bytes([byte]))
            if self.site.closing.wait(answer.pace):
                return
        if answer.stall:
            self.site.closing.wait()

    def head(self, status, headers):
        """Send the status and the headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def served(content):
    """A site with this content, and the address of its server."""
    site = Site(content)
    handler = type("Handler", (Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site, f"http://127.0.0.1:{running.server_port}"
        finally:  # else a failed test would wait for ever
            site.closing.set()
            running.shutdown()
