"""The report as a live page on loopback: read-only, for this machine's own browsers."""

import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from clickstream.clock import Clock
from clickstream.report.html.page import page, policy
from clickstream.report.run_report import RunReport
from clickstream.runtime.machine.ports import LOOPBACK

REFRESH_S = 2
"""How often a browser asks for the page."""
_FRESH_S = 1.0
"""A page that is not older serves several browsers."""
_LONGEST_WAIT_S = 10.0
"""A connection that sends nothing for so long is closed."""
_LIVE, _STILL, _ICON = "/", "/still", "/favicon.ico"


class LivePage:
    """The page, read again when it is asked for and not fresh any more; several threads may ask."""

    def __init__(self, read: Callable[[], RunReport], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._pages: dict[str, bytes] = {}
        self._read_at_s = float("-inf")

    def content(self, path: str) -> bytes:
        """The page that refreshes itself, or the one that stays as it is."""
        with self._one_at_a_time:
            if self._clock.monotonic_s() - self._read_at_s >= _FRESH_S:
                found = self._read()
                self._pages = {}
                self._report = found
                self._read_at_s = self._clock.monotonic_s()
            if path not in self._pages:
                refresh_s = REFRESH_S if path == _LIVE else None
                self._pages[path] = page(self._report, refresh_s=refresh_s, live=True).encode()
            return self._pages[path]


class LiveServer(ThreadingHTTPServer):
    """Serves a live page on a port of loopback, 0 for a free one; close it in a `with` block."""

    request_queue_size = 32

    def __init__(self, live: LivePage, port: int, *, longest_wait_s: float = _LONGEST_WAIT_S) -> None:
        super().__init__((LOOPBACK, port), type("Answer", (_Answer,), {"timeout": longest_wait_s}))
        self.live = live
        self.address = f"http://{LOOPBACK}:{self.server_port}/"
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost"))

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as its base has it
        """Ignore a client that has gone; report everything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Answer(BaseHTTPRequestHandler):
    """One request: GET of the page by its own name, and nothing else."""

    server: LiveServer
    server_version, sys_version = "clickstream", ""

    def do_GET(self) -> None:
        """Answer with the page."""
        if not self._is_from_here():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.path == _ICON:
            self._head(HTTPStatus.NO_CONTENT, 0)
        elif self.path not in (_LIVE, _STILL):
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            try:
                content = self.server.live.content(self.path)
            except Exception:
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
                raise
            self._head(HTTPStatus.OK, len(content), "text/html; charset=utf-8")
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request that is not HTTP or has another method than GET."""
        is_method = code == HTTPStatus.NOT_IMPLEMENTED
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED if is_method else HTTPStatus(code))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as its base has it
        """Print no line for a request: there is one every two seconds."""

    def _is_from_here(self) -> bool:
        """Whether the browser means this page: other names may point to loopback, and other pages may ask."""
        hosts = self.headers.get_all("Host", [])
        origins = self.headers.get_all("Origin", [])
        own = {f"http://{host}" for host in self.server.hosts}
        return len(hosts) == 1 and hosts[0].lower() in self.server.hosts and set(origins) <= own

    def _refuse(self, status: HTTPStatus) -> None:
        content = f"{status.value} {status.phrase}\n".encode()
        self._head(status, len(content), "text/plain; charset=utf-8")
        if self.command != "HEAD":
            self.wfile.write(content)

    def _head(self, status: HTTPStatus, length: int, kind: str = "") -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET")
        self.send_header("Content-Length", str(length))
        self.send_header("Content-Security-Policy", f"{policy()}; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
