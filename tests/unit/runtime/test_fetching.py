"""jgo brings a jar from the repository that the person's configuration names, or says which host failed."""

import gc
import http.server
import socket
import threading
from contextlib import contextmanager

import pytest
import stamina

from clickstream.errors import JarsUnavailable
from clickstream.runtime.fetching import fetch_through_jgo
from clickstream.runtime.lockfile import LockedJar

JAR = LockedJar("org.example", "thing", "1.0", "00" * 32, 100_000)
CONTENT = bytes(range(250)) * 400


@pytest.fixture(autouse=True)
def _one_attempt():
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Names a repository on this machine as the central one, in jgo's own configuration."""

    def name(port):
        configuration = tmp_path / "jgo.conf"
        configuration.write_text(f"[repositories]\ncentral = http://127.0.0.1:{port}/maven\n")
        monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    return name


@contextmanager
def serving(answers):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = answers.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

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
    with serving({"/maven/org/example/thing/1.0/thing-1.0.jar": CONTENT}) as port:
        mirror(port)
        path = fetch_through_jgo(JAR, tmp_path, told.append)
    assert path.read_bytes() == CONTENT
    assert sum(told) == len(CONTENT)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # jgo leaves the 404's answer open
def test_a_jar_that_no_repository_has_is_named(tmp_path, mirror):
    with serving({}) as port:
        mirror(port)
        with pytest.raises(JarsUnavailable, match=r"org\.example:thing:1\.0 could not be fetched: no repo"):
            fetch_through_jgo(JAR, tmp_path, lambda size_bytes: None)
    gc.collect()  # now, while the filter holds


def test_without_a_network_the_host_and_its_reason_are_said(tmp_path, mirror):
    with socket.socket() as bound:  # bound, but nobody listens: a connection is refused
        bound.bind(("127.0.0.1", 0))
        mirror(bound.getsockname()[1])
        with pytest.raises(JarsUnavailable) as raised:
            fetch_through_jgo(JAR, tmp_path, lambda size_bytes: None)
    assert "org.example:thing:1.0 could not be fetched from 127.0.0.1: " in raised.value.sentence
    assert "Connection refused" in raised.value.sentence
    assert "\n" not in raised.value.sentence
    assert "HTTPS_PROXY" in raised.value.next_step
