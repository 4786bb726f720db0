"""Events against the watermark: the counts are those of the check, for any number of columns and rows."""

from pathlib import Path

import pytest

from clickstream.check.history.lateness import lateness_of, tumbling_tables
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, SESSIONS
from clickstream.contract.run.layout import Layout
from clickstream.errors import CouldNotCheck, OutputDamaged
from clickstream.report.lateness import total
from unit.check.landing import STORY, T0, Landing, S, land, table_named


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path, STORY)


@pytest.mark.parametrize("columns", [1, 2, 60])
@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("name", ["page_metrics", "geo_metrics"])
def test_as_many_are_dropped_as_the_check_finds(landing: Landing, name: str, columns: int, rows: int) -> None:
    found = lateness_of(landing.layout, CLICKS, table_named(name), columns=columns, rows=rows)
    verdict = landing.verify()
    by_table = {table.table: table.late_events_dropped for table in verdict.tables}
    assert total(found.dropped) == by_table[name]
    assert total(found.on_time) + total(found.counted) + total(found.dropped) == verdict.events


def test_an_event_behind_the_watermark_counts_while_its_window_is_open(landing: Landing) -> None:
    pages, geo = (
        lateness_of(landing.layout, CLICKS, table_named(name), columns=60, rows=20)
        for name in ("page_metrics", "geo_metrics")
    )
    assert pages.batches == ((0, 0), (1, 1), (2, 2), (3, 3))
    assert pages.watermarks_us == (0, 0, T0, T0 + 12 * S)
    # An event of T0 + 3 s in the last batch: windows of 10 s are closed by then, windows of 20 s are not.
    assert (total(pages.counted), total(pages.dropped)) == (0, 1)
    assert (total(geo.counted), total(geo.dropped)) == (1, 0)


def test_only_tables_with_tumbling_windows_have_a_picture(landing: Landing) -> None:
    assert [table.name for table in tumbling_tables(CLICKS)] == ["page_metrics", "geo_metrics"]
    for table in (SESSIONS, EVENTS_RAW):
        with pytest.raises(CouldNotCheck, match="no tumbling windows"):
            lateness_of(landing.layout, CLICKS, table, columns=60, rows=20)


def test_without_a_run_and_with_a_damaged_file_it_could_not_be_drawn(tmp_path: Path) -> None:
    pages = table_named("page_metrics")
    with pytest.raises(CouldNotCheck, match="Nothing has landed"):
        lateness_of(Layout(tmp_path / "none", tmp_path / "none"), CLICKS, pages, columns=60, rows=20)
    landing = land(tmp_path)
    landing.files("events_raw")[0].write_bytes(b"torn")
    with pytest.raises(OutputDamaged, match="cannot be read"):
        lateness_of(landing.layout, CLICKS, pages, columns=60, rows=20)
