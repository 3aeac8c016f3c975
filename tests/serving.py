"""A server on this machine that tests download from."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(BaseHTTPRequestHandler):
    """Serves `content`; `ranges`: knows ranges, `stop`: bytes after which it hangs up."""

    content, ranges, stop, asked = b"", True, None, []

    def do_GET(self):
        self.asked.append(self.headers["Range"])
        start = 0
        if self.ranges and self.headers["Range"]:
            start = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
        self.send_response(416 if start >= len(self.content) else 206 if start else 200)
        self.send_header("Content-Length", len(self.content) - start)
        self.end_headers()
        self.wfile.write(self.content[start : self.stop])

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def served(content):
    """The handler, whose class attributes a test may change, and the server's address."""
    handler = type("Handler", (Server,), {"content": content, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever).start()
        yield handler, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
