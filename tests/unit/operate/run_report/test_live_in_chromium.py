"""A browser opens the live page: it refreshes itself, asks this server only, and its console stays empty."""

import threading

import pytest

from chromium import chromium, find_chromium
from clickstream.clock import SystemClock
from clickstream.operate.run_report.serving import LivePage, LiveServer
from unit.report.html.sample_report import sample_report

PROGRAM = find_chromium()


@pytest.mark.skipif(
    PROGRAM is None, reason="Chromium is not installed: `apt install chromium`, or put Chrome on PATH"
)
def test_the_live_page_refreshes_itself_and_the_still_one_is_linked() -> None:
    assert PROGRAM
    with LiveServer(LivePage(sample_report, SystemClock()), 0) as server, chromium(PROGRAM) as browser:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        browser.open(server.address)
        browser.wait_for_load()
        assert browser.value("document.querySelector('nav a').textContent") == "Stop refreshing"
        assert browser.value("document.querySelector('nav a').href") == f"{server.address}still"
        pages = [each for each in browser.requests if each == server.address]
        assert len(pages) >= 2
        assert set(browser.requests) <= {server.address, f"{server.address}favicon.ico"}
        assert browser.messages == []
        server.shutdown()
