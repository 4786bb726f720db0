"""A browser opens the page from disk: no request, an empty console, nothing wider than the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chromium import Browser, chromium, find_chromium
from clickstream.report.html.page import page
from unit.report.html.sample_report import sample_report

PROGRAM = find_chromium()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="Chromium is not installed: `apt install chromium`, or put Chrome on PATH"
)
HOSTILE = "<script>alert(1)</script><img src=http://127.0.0.1:9/x onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert PROGRAM
    with chromium(PROGRAM) as opened:
        yield opened


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Browser:
    """The browser with the page of a failed run, whose texts are hostile."""
    file = tmp_path / "report.html"
    file.write_text(page(sample_report(result="fail", text=HOSTILE)), encoding="utf-8")
    browser.requests.clear()
    browser.messages.clear()
    browser.show()
    browser.open(file.as_uri())
    return browser


def test_it_asks_for_nothing_but_itself_and_the_console_is_empty(opened: Browser, tmp_path: Path) -> None:
    assert opened.requests == [(tmp_path / "report.html").as_uri()]
    assert opened.messages == []
    assert opened.value("document.querySelectorAll('script, img').length") == 0


def test_its_own_style_is_let_in_by_its_policy(opened: Browser) -> None:
    assert opened.value("getComputedStyle(document.querySelector('.verdict')).borderLeftWidth") == "8px"


@pytest.mark.parametrize(
    ("width", "media"),
    [(320, ""), (400, ""), (768, ""), (1_200, ""), (2_000, ""), (700, "print"), (1_000, "print")],
)
def test_nothing_is_wider_than_the_window(opened: Browser, width: int, media: str) -> None:
    opened.show(width=width, media=media)
    wider = (
        f"[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, svg, details, pre')"
        f" && e.getBoundingClientRect().right > {width}).map(e => e.outerHTML.slice(0, 200))"
    )
    assert opened.value(wider) == []
    assert opened.value("document.documentElement.scrollWidth") <= width


def test_it_is_dark_where_the_reader_prefers_dark_and_light_on_paper(opened: Browser) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    opened.show(dark=True)
    dark = opened.value(ground)
    opened.show(dark=True, media="print")
    assert (dark, opened.value(ground)) == ("rgb(14, 18, 23)", "rgb(255, 255, 255)")


def test_tab_reaches_links_details_and_everything_that_scrolls(opened: Browser) -> None:
    wanted = opened.value("document.querySelectorAll('a[href], summary, [tabindex=\"0\"]').length")
    hidden = opened.value("document.querySelectorAll('details > :not(summary)[tabindex=\"0\"]').length")
    reached = set()
    for _ in range(wanted + 1):
        opened.press_tab()
        place = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
        reached.add(opened.value(f"document.activeElement === document.body ? -1 : {place}"))
    assert len(reached - {-1}) == wanted - hidden
