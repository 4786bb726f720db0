"""`status --watch` shows parts, lag and landed rows on a screen of 24 lines of 80 columns."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.tables import AGGREGATES, QUERIES
from clickstream.contract.status import KitStatus, LastCheck, PartState, PartStatus, QueryStatus
from clickstream.contract.topic import TopicStatus
from clickstream.report.status.on_screen import versions

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def part(name: str, state: PartState = PartState.RUNNING) -> PartStatus:
    dead = state is PartState.CRASHED
    return PartStatus(
        name,
        state,
        address="127.0.0.1:9092",
        pid=123_456,
        uptime_s=None if dead else 3_600.0,
        log=Path("/project/.clickstream/logs") / f"{name}.log",
        why="it left with exit code 3: the broker did not answer" if dead else "",
        last_lines=("a line of its log " * 9,) * 5 if dead else (),
    )


def kit(*parts: PartStatus, partitions: int = 3, notes: tuple[str, ...] = ()) -> KitStatus:
    offsets = dict.fromkeys(range(partitions), (0, 9_999_999_999))
    return KitStatus(
        at=NOW,
        parts=parts,
        topic=TopicStatus("events", "127.0.0.1:9092", offsets),
        queries=tuple(
            QueryStatus(
                query,
                batch_id=123_456,
                landed_at=NOW - timedelta(seconds=75),
                offsets_in=12_345_678,
                watermark_ms=1_767_268_800_000,
                committed={partition: end for partition, (_, end) in offsets.items()},
                lag=7_654_321,
                duration_s=1_234.5,
                processed_per_s=123_456.7,
                newest_event_ms=1_767_268_830_000 if query == AGGREGATES else None,
            )
            for query in QUERIES
        ),
        rows_landed={table.name: 9_999_999_999 for table in TABLES},
        acknowledged=9_999_999_999,
        notes=notes,
        input_per_s=99_999.9,
        last_check=LastCheck(False, NOW - timedelta(hours=5), 12_345, {TABLES[2].name: 8_888_888_888}),
    )


SMALL = kit(part("embedded-kafka"), part("producer"), part("stream"))
CLUSTER = ("spark-master", *(f"spark-worker-{number}" for number in range(1, 17)))
LARGE = kit(
    part("embedded-kafka"),
    part("producer", PartState.CRASHED),
    *map(part, CLUSTER),
    part("stream", PartState.CRASHED),
    partitions=1_000,
    notes=("3 batch records cannot be read, such as " + "a/long/path/" * 12,),
)


def screens(found: KitStatus, columns: int) -> list[list[str]]:
    """The lines of every version, the longest version first."""
    console = Console(file=io.StringIO(), width=columns, color_system=None)
    return [
        ["".join(segment.text for segment in line).rstrip() for line in console.render_lines(version)]
        for version in versions(found, columns)
    ]


@pytest.mark.parametrize("found", [SMALL, LARGE], ids=["a small kit", "a large kit with dead parts"])
def test_a_version_fits_24_lines_of_80_columns_and_has_the_essentials(found: KitStatus):
    fitting = [lines for lines in screens(found, 80) if len(lines) <= 24]
    assert fitting
    text = "\n".join(fitting[0])
    for each in found.parts:
        assert each.name in " ".join(text.split())
    for table in TABLES:
        assert any(line.startswith(table.name) and "9,999,999,999" in line for line in fitting[0])
    assert "7,654,321" in text
    assert "newest event 2026-01-01 12:00:30: 30 s behind" in text
    assert "last check: FAIL 5 h 0 min ago, 12,345 batches landed since" in text
    for each in found.parts:
        assert (each.state is PartState.CRASHED) == (f"{each.name} crashed" in text)


def test_a_small_kit_has_every_figure_on_24_lines_of_80_columns():
    shown = next(lines for lines in screens(SMALL, 80) if len(lines) <= 24)
    assert max(map(len, shown)) <= 80
    text = "\n".join(shown)
    for figure in ("running", "123456", "127.0.0.1:9092", "1 h 0 min", "100,000 per second", "123,457"):
        assert figure in text, figure
    for figure in ("1234.5 s", "1 min 15 s", "7,654,321", "8,888,888,888", "late dropped", "12:00:00 UTC"):
        assert figure in text, figure


def test_a_wide_screen_has_the_logs_of_parts():
    assert "stream.log" in "\n".join(screens(SMALL, 140)[0])
    assert "stream.log" not in "\n".join(screens(SMALL, 80)[0])


def test_without_a_check_the_screen_says_so():
    lines = screens(replace(SMALL, last_check=None), 80)[1]
    assert any(line.startswith("last check: none") for line in lines)
    assert "late dropped" not in "\n".join(lines)


def test_a_bigger_screen_shows_more():
    lengths = [len(lines) for lines in screens(SMALL, 80)]
    assert lengths == sorted(lengths, reverse=True)
    assert any("end offset" in line for line in screens(SMALL, 80)[0])


def test_a_table_that_was_not_checked_is_counted_behind_the_result():
    check = LastCheck(True, NOW - timedelta(hours=5), 0, {}, not_checked=1)
    found = replace(SMALL, last_check=check)
    assert any("last check: PASS (1 table not checked) 5 h" in line for line in screens(found, 140)[0])
