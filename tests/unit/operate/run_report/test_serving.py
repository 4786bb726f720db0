"""The live page answers its own browsers with the report, and refuses everything else."""

import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from clickstream.clock import Clock, SystemClock
from clickstream.operate.run_report.serving import LivePage, LiveServer
from clickstream.report.run_report import RunReport
from clickstream.testing import ManualClock
from unit.report.html.sample_report import sample_report


class Reads:
    """Counts how often the report is read."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> RunReport:
        self.count += 1
        return sample_report(batches=3, rows=1)


@contextmanager
def serving_with(reads: Reads, clock: Clock, *, longest_wait_s: float = 10.0) -> Iterator[LiveServer]:
    with LiveServer(LivePage(reads, clock), 0, longest_wait_s=longest_wait_s) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def server(reads: Reads) -> Iterator[LiveServer]:
    with serving_with(reads, ManualClock()) as served:
        yield served


def ask(
    server: LiveServer, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    with closing(connection):
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def raw(server: LiveServer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_it_listens_on_loopback_only(server: LiveServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_the_page_refreshes_itself_and_the_still_one_does_not(server: LiveServer) -> None:
    status, headers, live = ask(server)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'http-equiv="refresh" content="2"' in live
    assert b'http-equiv="refresh"' not in ask(server, "/still")[2]


def test_every_answer_keeps_other_pages_out(server: LiveServer) -> None:
    for path in ("/", "/none", "/favicon.ico"):
        _, headers, _ = ask(server, path)
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert headers["content-security-policy"].endswith("; frame-ancestors 'none'")
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "X" * 100]
)
def test_only_get_is_answered(server: LiveServer, reads: Reads, method: str) -> None:
    body = b"x=1" if method == "POST" else None
    status, headers, content = ask(server, method=method, body=body)
    assert (status, headers["allow"]) == (405, "GET")
    assert b"<html" not in content
    assert reads.count == 0


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.evil.example", ""],
)
def test_another_host_is_refused(server: LiveServer, reads: Reads, host: str) -> None:
    assert ask(server, Host=host.format(port=server.server_port))[0] == 403
    assert reads.count == 0


def test_its_own_names_are_answered(server: LiveServer) -> None:
    for host in (f"127.0.0.1:{server.server_port}", f"LOCALHOST:{server.server_port}"):
        assert ask(server, Host=host, Origin=f"http://localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_another_origin_is_refused(server: LiveServer, reads: Reads, origin: str) -> None:
    assert ask(server, Origin=origin.format(port=server.server_port))[0] == 403
    assert reads.count == 0


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1\r\n",  # without a Host
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n",
    ],
)
def test_no_host_or_two_are_refused(server: LiveServer, request_line: bytes) -> None:
    request = request_line.replace(b"{port}", str(server.server_port).encode()) + b"\r\n"
    assert raw(server, request).split(b"\r\n")[0].endswith(b"403 Forbidden")


@pytest.mark.parametrize("path", ["/none", "/../../etc/passwd", "/still/", "/?x=1", "/%2e%2e/"])
def test_another_path_is_not_found(server: LiveServer, path: str) -> None:
    assert ask(server, path)[0] == 404


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b"\r\n\r\n",
        b"",
    ],
    ids=["tls", "one word", "version", "long", "nothing"],
)
def test_what_is_not_http_ends_quietly(
    server: LiveServer, request_bytes: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert b"200 OK" not in raw(server, request_bytes)
    assert ask(server)[0] == 200
    assert capfd.readouterr() == ("", "")


def test_twenty_browsers_at_once_get_one_reading(server: LiveServer, reads: Reads) -> None:
    with ThreadPoolExecutor(20) as browsers:
        answers = list(browsers.map(lambda _: ask(server), range(100)))
    assert {status for status, _, _ in answers} == {200}
    assert reads.count == 1


def test_a_report_that_cannot_be_read_is_an_error_of_the_server(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> RunReport:
        raise RuntimeError("a defect")

    with LiveServer(LivePage(fails, ManualClock()), 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        assert ask(server)[0] == 500
        server.shutdown()
        thread.join()
    assert "a defect" in capfd.readouterr().err


def test_a_page_that_is_no_longer_fresh_is_read_again() -> None:
    reads, clock = Reads(), ManualClock()
    page = LivePage(reads, clock)
    page.content("/")
    page.content("/still")
    assert reads.count == 1
    clock.advance(1.0)
    page.content("/")
    assert reads.count == 2


def test_slow_clients_do_not_keep_others_out_and_are_cut_off(
    reads: Reads,
) -> None:
    with serving_with(reads, SystemClock(), longest_wait_s=0.5) as server:
        slow = [socket.create_connection(("127.0.0.1", server.server_port), timeout=30) for _ in range(25)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        assert ask(server)[0] == 200
        for connection in slow:
            assert connection.recv(1_000) == b""
            connection.close()
