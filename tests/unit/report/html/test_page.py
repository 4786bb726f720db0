"""The page is one valid file without scripts and addresses, texts of others stay text, all can read it."""

import base64
import hashlib
import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from clickstream.clicks import CLICKS
from clickstream.report.html.page import page, style
from clickstream.report.run_report import RunReport
from unit.report.html.sample_report import DAY_BATCHES, sample_report

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "polyline", "circle"}
SELF_CLOSED = {"path", "polyline"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "<!-- --><!DOCTYPE x>",
    "</title></svg></table>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1) http://example.com/x",
    "`<b>code</b>`",
    "\x1b[2J\x00\u202e\u2066",
    "&amp;&#60;script&#62;",
)


class Page(HTMLParser):
    """Parses a page strictly: every element is closed in order; keeps what tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        assert len(dict(attributes)) == len(attributes)
        if tag not in VOID - {"circle"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in SELF_CLOSED
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]


REPORTS = {
    "passed": sample_report(),
    "failed": sample_report(result="fail"),
    "not checked": sample_report(result="not_checked"),
    "could not check": sample_report(result="could_not_check"),
    "without batches": sample_report(batches=0, rows=0, result="not_checked"),
    "of a day": sample_report(batches=DAY_BATCHES),
}


@pytest.fixture(params=REPORTS.values(), ids=REPORTS)
def report(request: pytest.FixtureRequest) -> RunReport:
    found: RunReport = request.param
    return found


def test_it_is_valid_and_every_reference_inside_it_leads_somewhere(report: RunReport) -> None:
    text = page(report)
    parsed = Page(text)
    assert text.startswith("<!DOCTYPE html>\n")
    ids = parsed.values("id")
    assert len(ids) == len(set(ids))
    assert set(parsed.values("aria-labelledby")) <= set(ids)
    assert {link.removeprefix("#") for link in parsed.values("href")} <= set(ids)


def test_it_has_no_script_and_no_address_and_no_style_attribute(report: RunReport) -> None:
    text = page(report)
    parsed = Page(text)
    assert {tag for tag, _ in parsed.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "form",
        "base",
    } == set()
    names = {name for _, attributes in parsed.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")} | ({"style", "src", "xlink:href"} & names)
    assert "url(" not in text
    assert "@import" not in text
    assert "://" not in text


def test_its_policy_lets_in_its_own_style_and_nothing_else(report: RunReport) -> None:
    text = page(report)
    policies = [
        attributes["content"]
        for _, attributes in Page(text).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    inline = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(policies) == len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert str(policies[0]).split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("result", ["pass", "fail", "not_checked"])
def test_hostile_text_stays_text(text: str, result: str) -> None:
    harmless = Page(page(sample_report(result=result, text="plain")))
    hostile = Page(page(sample_report(result=result, text=text)))
    # The same elements with the same attributes, except for a `code` that backticks ask for.
    tags = [tag for tag, _ in hostile.tags if tag != "code"]
    assert tags == [tag for tag, _ in harmless.tags if tag != "code"]
    assert all(each.isprintable() for part in hostile.texts for line in part.split("\n") for each in line)
    if text.isprintable() and "`" not in text:
        assert any(text in part for part in hostile.texts)


def test_a_run_of_a_day_fits_500_kb_and_says_what_is_left_out() -> None:
    # As wide as cells of newest rows get.
    report = sample_report(batches=DAY_BATCHES, text="x" * 40)
    text = page(report)
    assert len(text.encode()) <= 500_000
    assert text.count("Thinned: ") == len(report.charts) + len(report.tables)
    assert "Thinned: " not in page(sample_report(batches=60))


def test_every_table_of_the_pipeline_is_there_with_its_columns_and_newest_rows(report: RunReport) -> None:
    parsed = Page(page(report))
    for table in CLICKS.tables:
        assert table.name in parsed.texts
        if report.tables[0].newest:
            assert set(table.column_names) <= set(parsed.texts)


def test_the_verdict_comes_first_in_words(report: RunReport) -> None:
    words = {
        "pass": "PASS",
        "fail": "FAIL",
        "not_checked": "Not checked yet",
        "could_not_check": "Could not check",
    }
    text = page(report)
    assert text.index(words[report.outcome.result] + "</h2>") < text.index("<h2", text.index("</h2>"))


def test_everything_that_scrolls_can_be_reached_by_keyboard_and_has_a_name(report: RunReport) -> None:
    for _, attributes in Page(page(report)).tags:
        if attributes.get("class") == "scroll":
            assert attributes["tabindex"] == "0"
            assert attributes["aria-label"]


def test_every_chart_has_a_name_tooltips_and_a_table_of_its_values() -> None:
    parsed = Page(page(REPORTS["passed"]))
    count = len(REPORTS["passed"].charts) + len(REPORTS["passed"].tables)
    charts = [
        attributes for tag, attributes in parsed.tags if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(charts) == count
    assert all(attributes["aria-label"] for attributes in charts)
    assert [tag for tag, _ in parsed.tags].count("details") == count + 1  # and one for the settings
    circles = sum(tag == "circle" for tag, _ in parsed.tags)
    assert circles == sum(tag == "title" for tag, _ in parsed.tags) - 1 > 0


def test_a_chart_is_readable_where_a_viewer_drops_the_style() -> None:
    for tag, attributes in Page(page(REPORTS["passed"])).tags:
        if tag == "polyline" or "line" in (attributes.get("class") or "").split():
            assert attributes["fill"] == "none"
            assert attributes["stroke"]


def test_only_a_live_page_asks_to_be_refreshed() -> None:
    assert 'http-equiv="refresh"' not in page(REPORTS["passed"])
    live = page(REPORTS["passed"], refresh_s=2, live=True)
    assert '<meta http-equiv="refresh" content="2">' in live
    assert 'href="/still"' in live
    still = page(REPORTS["passed"], live=True)
    assert 'http-equiv="refresh"' not in still
    assert 'href="/"' in still


def colours(rule: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


MODES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\}", style(), re.DOTALL), strict=True))
TEXTS = [
    *((text, ground) for text in ("text", "muted", "link") for ground in ("page", "card", "code")),
    *((kind, f"{kind}-soft") for kind in ("pass", "fail", "warn")),
    *((text, f"{kind}-soft") for text in ("text", "muted") for kind in ("pass", "fail", "warn")),
    *((kind, "card") for kind in ("fail", "warn")),
]


@pytest.mark.parametrize("mode", MODES)
def test_texts_have_a_contrast_of_4_5_and_lines_of_3(mode: str) -> None:
    found = colours(MODES[mode])
    assert found.keys() == colours(MODES["light"]).keys()
    assert {(text, ground) for text, ground in TEXTS if contrast(found[text], found[ground]) < 4.5} == set()
    assert {n for n in range(6) if contrast(found[f"s{n}"], found["card"]) < 3} == set()


def test_commands_that_repeat_a_run_can_be_pasted() -> None:
    commands = ("export SEED=7", "export OUTPUT_PATH='/a b'", "clickstream check")
    text = page(replace(sample_report(), repeat=commands))
    pasted = re.findall(r"<pre>\n(.*?)\n</pre>", text, re.DOTALL)
    assert [html.unescape(each).splitlines() for each in pasted] == [list(commands)]


def test_words_are_apart_where_a_viewer_drops_the_style() -> None:
    report = sample_report()
    words = re.sub(r"\s+", " ", "".join(Page(page(report)).texts))
    step = report.flow[0]
    assert f"{step.label} {step.count:,} {step.note}" in words
    assert "Flow Charts Tables How it was run" in words


def test_long_reasons_and_details_are_cut_but_a_row_is_whole() -> None:
    row = "only in CSV: " + ", ".join(f"column_{number}=1" for number in range(40))
    failed = sample_report(result="fail")
    assert failed.verdict is not None
    finding = replace(failed.verdict.findings[0], details=(row, "z" * 10_000))
    verdict = replace(failed.verdict, findings=(finding,))
    text = page(replace(failed, verdict=verdict, rejected={"y" * 10_000: 1}))
    assert row in text
    assert max(map(len, re.findall("y+|z+", text))) == 999
    assert "y" * 161 not in text
