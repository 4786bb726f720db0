"""jgo brings a jar from the repository that the person's configuration names, or says which host failed."""

import gc
import http.server
import socket
import threading
from contextlib import contextmanager

import pytest

from clickstream.errors import JarsUnavailable
from clickstream.runtime.java.fetching import fetch_with_jgo
from clickstream.runtime.java.lockfile import LockedJar
from clickstream.testing import ManualClock

JAR = LockedJar("org.example", "thing", "1.0", "00" * 32, 100_000)
PATH = "/maven/org/example/thing/1.0/thing-1.0.jar"
CONTENT = bytes(range(250)) * 400


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Names a repository on this machine as the central one, in jgo's own configuration."""

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def name(port):
        configuration = tmp_path / "jgo.conf"
        configuration.write_text(f"[repositories]\ncentral = http://127.0.0.1:{port}/maven\n")
        monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))

    return name


@contextmanager
def serving(answers):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            contents = answers.get(self.path, [])
            content = contents.pop(0) if len(contents) > 1 else b"".join(contents)
            self.send_response(200 if contents else 404)
            self.send_header("Content-Length", str(len(CONTENT) if contents else 0))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_jar_comes_from_the_mirror_and_every_byte_is_told(tmp_path, mirror):
    told = []
    with serving({PATH: [CONTENT]}) as port:
        mirror(port)
        path = fetch_with_jgo(JAR, tmp_path, told.append, clock=ManualClock())
    assert path.read_bytes() == CONTENT
    assert sum(told) == len(CONTENT)


def test_a_download_that_breaks_off_is_begun_again_and_its_bytes_are_taken_back(tmp_path, mirror):
    told = []
    clock = ManualClock()
    with serving({PATH: [CONTENT[:50_000], CONTENT]}) as port:
        mirror(port)
        path = fetch_with_jgo(JAR, tmp_path, told.append, clock=clock)
    assert path.read_bytes() == CONTENT
    assert sum(told) == len(CONTENT)
    assert min(told) < 0
    assert len(clock.sleeps_s) == 1


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # jgo leaves the 404's answer open
def test_a_jar_that_no_repository_has_is_named(tmp_path, mirror):
    with serving({}) as port:
        mirror(port)
        with pytest.raises(JarsUnavailable, match=r"org\.example:thing:1\.0 could not be fetched: no repo"):
            fetch_with_jgo(JAR, tmp_path, lambda size_bytes: None, clock=ManualClock())
    gc.collect()  # now, while the filter holds


def test_without_a_network_the_host_and_its_reason_are_said(tmp_path, mirror):
    with socket.socket() as bound:  # bound, but nobody listens: a connection is refused
        bound.bind(("127.0.0.1", 0))
        mirror(bound.getsockname()[1])
        with pytest.raises(JarsUnavailable) as raised:
            fetch_with_jgo(JAR, tmp_path, lambda size_bytes: None, clock=ManualClock())
    assert "org.example:thing:1.0 could not be fetched from 127.0.0.1: " in raised.value.sentence
    assert "Connection refused" in raised.value.sentence
    assert "\n" not in raised.value.sentence
    assert "HTTPS_PROXY" in raised.value.next_step


def test_a_proxy_that_does_not_answer_is_said_to_be_one(tmp_path, mirror, monkeypatch):
    mirror(9)
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(JarsUnavailable, match="through the proxy that the environment names"):
            fetch_with_jgo(JAR, tmp_path, lambda size_bytes: None, clock=ManualClock())
