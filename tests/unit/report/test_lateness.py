"""The picture of late events, in a terminal and as SVG."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from clickstream.check.history.lateness import Lateness
from clickstream.report.html.lateness import as_svg
from clickstream.report.lateness import as_diagram

MINUTE_US = 60_000_000
FOUND = Lateness(
    table="clicks",
    window_ms=60_000,
    delay_ms=30_000,
    first_us=0,
    row_us=MINUTE_US,
    batches=((0, 0), (2, 4)),
    watermarks_us=(-1, 90_000_000),
    on_time=((5, 0), (0, 1_200), (0, 7)),
    counted=((0, 0), (0, 2), (0, 0)),
    dropped=((0, 3), (0, 0), (0, 0)),
)


def test_a_cell_shows_the_watermark_before_the_latest_events() -> None:
    assert as_diagram(FOUND, 2).splitlines() == [
        "clicks: windows of 1 minute, watermark 30 seconds behind the newest event",
        "",
        "         │  ·",
        "         │  ─",
        "00:00:00 │ ·x",
        "         └───",
        "           batch 0 4",
        "",
        "· on time 1,212   o late, counted 2   x late, dropped 3   ─ watermark",
    ]


def test_few_batches_have_wide_columns() -> None:
    assert as_diagram(FOUND, 20).splitlines()[4] == f"00:00:00 │ {'·' * 10}{'x' * 10}"


def test_the_picture_is_sound_xml_and_a_name_stays_text() -> None:
    svg = as_svg(replace(FOUND, table="<script>alert(1)</script>"))
    root = ET.fromstring(svg)  # noqa: S314 (our own text)
    circles = [each for each in root.iter("{http://www.w3.org/2000/svg}circle") if len(each)]
    assert [each.get("class") for each in circles] == ["on", "on", "on", "counted", "dropped"]
    assert "<script" not in svg
    assert "1,200 events" in svg


def test_a_watermark_outside_of_the_picture_is_not_drawn() -> None:
    assert 'class="watermark" d=""' in as_svg(replace(FOUND, watermarks_us=(-1, -1)))
