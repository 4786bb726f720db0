"""The report of a run says what its records, its files and the last check say, and reads only what is new."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.contract.definition.tables import AGGREGATES, EVENTS
from clickstream.errors import BrokerUnavailable
from clickstream.operate.run_report.history import RunHistory
from clickstream.operate.run_report.over_time import charts_of
from clickstream.operate.run_report.reading import ReportReader
from clickstream.pipeline.verify.last_verdict import keep_verdict
from clickstream.report.html.page import page
from clickstream.report.run_report import Chart, RunReport, as_json
from clickstream.settings import Settings
from clickstream.testing import ManualClock
from unit.check.landing import STORY, T0, Landing, Rejected, click, land
from unit.check.reference import Click
from unit.report.html.test_page import Page
from unit.report.test_hostile_data import FIRST_US, LAST_US, STAMPS_MS, hostile_clicks

S = 1_000_000
CLOCK = ManualClock()


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path, STORY)


@pytest.fixture
def of_landing(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of the run that has landed the story."""
    paths = settings.paths.model_copy(
        update={"run_id": "output", "output": tmp_path, "checkpoint": tmp_path / "none"}
    )
    return replace(settings, paths=paths)


def read(settings: Settings) -> RunReport:
    return ReportReader(settings, CLOCK).read()


def chart(report: RunReport, title: str) -> Chart:
    return next(each for each in report.charts if each.title == title)


def values(found: Chart, name: str) -> list[float]:
    return [value for _, value in next(each for each in found.series if each.name == name).points]


def land_at(landing: Landing, query: str, at_s: dict[int, float]) -> None:
    """Set when batches have landed."""
    for batch_id, moment_s in at_s.items():
        os.utime(landing.layout.record_path(query, batch_id), (moment_s, moment_s))


def test_a_run_without_a_check_is_not_checked(landing: Landing, of_landing: Settings) -> None:
    report = read(of_landing)
    assert (report.outcome.result, report.verdict, report.late) == ("not_checked", None, {})
    assert "clickstream check" in report.outcome.next_step.replace("python -m ", "")
    assert chart(report, "Late events dropped").series == ()


def test_every_table_has_its_rows_files_and_newest_rows(landing: Landing, of_landing: Settings) -> None:
    report = read(of_landing)
    assert [table.table for table in report.tables] == [table.name for table in CLICKS.tables]
    for found, table in zip(report.tables, CLICKS.tables, strict=True):
        records = [landing.record(table.query, batch).tables[table.name] for batch in range(5)]
        assert found.rows == sum(record.rows for record in records)
        for files, entries in zip(
            found.files,
            ([f for r in records for f in r.parquet], [f for r in records for f in r.csv]),
            strict=True,
        ):
            assert (files.files, files.size_bytes) == (len(entries), sum(each.size_bytes for each in entries))
        assert len(found.newest) == min(10, found.rows)
        assert all(len(row) == len(table.columns) for row in found.newest)
        assert values(found.landed, "rows")[-1] == found.rows


def test_records_flow_from_the_topic_to_the_tables(landing: Landing, of_landing: Settings) -> None:
    report = read(of_landing)
    counts = {step.label: step.count for step in report.flow}
    assert counts["sent"] is None
    assert counts["read by the job"] == len(landing.topic)
    assert counts["landed"] + counts["rejected"] == len(landing.topic)  # type: ignore[operator]
    assert report.rejected == {"wrong_type:user_id": 1, "empty": 1, "not_utf8": 1}


def test_after_a_check_it_has_the_verdict_and_late_events_by_batch(
    landing: Landing, of_landing: Settings
) -> None:
    verdict = landing.verify()
    keep_verdict(landing.layout, verdict, CLOCK)
    report = read(of_landing)
    assert (report.outcome.result, report.outcome.batches_since) == ("pass", 0)
    late = {
        table.table: table.late_events_dropped for table in verdict.tables if table.late_by_batch is not None
    }
    assert report.late == late
    drawn = chart(report, "Late events dropped")
    assert {each.name: sum(value for _, value in each.points) for each in drawn.series} == late
    assert sum(late.values()) > 0  # type: ignore[arg-type]


def test_a_failed_check_shows_its_findings_and_rows(landing: Landing, of_landing: Settings) -> None:
    table = CLICKS.event_table
    landing.rewrite(table, 0, landing.rows(table, 0).head(1))
    report = ReportReader(of_landing, CLOCK).read(verdict=landing.verify())
    assert report.outcome.result == "fail"
    text = " ".join(Page(page(report)).texts)
    assert "Rows of events_raw that disagree with the topic" in text
    assert "rows_differ" in text


def test_damaged_and_missing_files_do_not_end_it(landing: Landing, of_landing: Settings) -> None:
    first, second, *_ = landing.files("events_raw")
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 0xFF
    first.write_bytes(content)
    second.unlink()
    landing.files("sessions")[-1].write_bytes(b"")
    landing.layout.record_path(AGGREGATES, 2).write_text("{}")
    report = ReportReader(of_landing, CLOCK).read(verdict=landing.verify())
    assert report.outcome.result == "fail"
    assert any("Batch records that cannot be read: 1, such as" in note for note in report.notes)
    assert next(table for table in report.tables if table.table == "sessions").note
    Page(page(report))


def test_batches_that_landed_after_the_check_are_counted(tmp_path: Path, of_landing: Settings) -> None:
    landing = land(tmp_path, STORY, spark_log=False)
    for query in (EVENTS, AGGREGATES):
        landing.layout.record_path(query, 4).rename(landing.layout.output / f"{query}.json")
    keep_verdict(landing.layout, landing.verify(), CLOCK)
    for query in (EVENTS, AGGREGATES):
        (landing.layout.output / f"{query}.json").rename(landing.layout.record_path(query, 4))
    report = read(of_landing)
    assert report.outcome.batches_since == 2
    assert "2 batches have landed since" in " ".join(" ".join(Page(page(report)).texts).split())


def test_a_run_without_a_batch_and_an_empty_folder_say_that_nothing_has_landed(
    landing: Landing, of_landing: Settings, settings: Settings
) -> None:
    for query in (EVENTS, AGGREGATES):
        for path in landing.layout.record_paths(query):
            path.unlink()
    for each in (of_landing, settings):
        report = read(each)
        assert report.outcome.sentence.startswith("Nothing has landed in ")
        assert (report.tables, report.charts) == ((), ())
        Page(page(report))


def test_a_run_of_another_contract_is_named_as_one(landing: Landing, of_landing: Settings) -> None:
    path = landing.layout.output_terms_path()
    content = json.loads(path.read_text())
    del content["contract"]["parts"]["table sessions"]
    path.write_text(json.dumps({**content, "contract_hash": "0" * 64}))
    report = read(of_landing)
    assert report.outcome.result == "could_not_check"
    assert "lacks table sessions" in report.outcome.sentence
    Page(page(report))


def test_the_error_of_a_check_that_could_not_be_done_is_shown(landing: Landing, of_landing: Settings) -> None:
    error = BrokerUnavailable(
        "No broker runs here.", next_step="Start one with `clickstream up`.", details=("a",)
    )
    report = ReportReader(of_landing, CLOCK).read(error=error)
    assert (report.outcome.result, report.outcome.sentence) == ("could_not_check", "No broker runs here.")
    assert report.outcome.details == ("a",)


def test_asked_again_it_reads_only_new_batches(landing: Landing, of_landing: Settings) -> None:
    last = {query: landing.layout.record_path(query, 4) for query in (EVENTS, AGGREGATES)}
    texts = {query: path.read_text() for query, path in last.items()}
    for path in last.values():
        path.unlink()
    reader = ReportReader(of_landing, CLOCK)
    before = reader.read()
    assert {query.query: query.batches for query in before.queries} == {EVENTS: 4, AGGREGATES: 4}
    # What was read is not read again: it may have gone.
    landing.files("events_raw")[0].unlink()
    for query, path in last.items():
        path.write_text(texts[query])
    after = reader.read()
    assert {query.query: query.batches for query in after.queries} == {EVENTS: 5, AGGREGATES: 5}
    assert len(values(chart(after, "Event time and watermark"), "newest event")) == 5


def test_newest_rows_are_read_again_after_ten_seconds(landing: Landing, of_landing: Settings) -> None:
    clock = ManualClock()
    last = {landing.layout.record_path(EVENTS, batch): landing.record(EVENTS, batch) for batch in (3, 4)}
    for path in last:
        path.unlink()
    reader = ReportReader(of_landing, clock)
    before = reader.read().tables[0].newest
    for record in last.values():
        landing.write_record(record)
    table = reader.read().tables[0]
    assert (table.rows, table.newest) == (len(before) + 2, before)
    clock.advance(10)
    assert len(reader.read().tables[0].newest) == len(before) + 2


def test_a_record_that_is_missing_does_not_hide_those_after_it(landing: Landing) -> None:
    landing.layout.record_path(EVENTS, 0).unlink()
    landing.layout.record_path(AGGREGATES, 3).unlink()
    history = RunHistory(landing.layout, CLICKS)
    history.update()
    assert history.count == {EVENTS: 4, AGGREGATES: 4}
    record = replace(landing.record(EVENTS, 4), batch_id=7)
    landing.write_record(record)
    history.update()
    assert history.count == {EVENTS: 5, AGGREGATES: 4}


def test_after_the_run_was_removed_it_starts_over(landing: Landing, of_landing: Settings) -> None:
    history = RunHistory(landing.layout, CLICKS)
    history.update()
    assert history.count == {EVENTS: 5, AGGREGATES: 5}
    for path in landing.layout.record_paths(EVENTS)[1:]:
        path.unlink()
    history.update()
    assert history.count == {EVENTS: 1, AGGREGATES: 5}


def test_newest_event_time_and_watermark_are_those_of_the_batches(
    landing: Landing, of_landing: Settings
) -> None:
    found = chart(read(of_landing), "Event time and watermark")
    assert values(found, "newest event") == [T0 + second * S for second in (3, 15, 33, 34, 34)]
    assert values(found, "watermark") == [T0, T0 + 12 * S, T0 + 30 * S, T0 + 31 * S]


def test_the_duration_is_from_planning_to_landing(landing: Landing, of_landing: Settings) -> None:
    record = landing.record(EVENTS, 1)
    landing.write_record(replace(record, planned_at_ms=1_800_000_000_000))
    land_at(landing, EVENTS, {1: 1_800_000_002.5})
    found = chart(read(of_landing), "Duration of a batch")
    assert values(found, EVENTS) == [2.5]


@pytest.fixture
def live(tmp_path: Path) -> tuple[RunHistory, Landing]:
    """Four batches of one record each, sent every ten seconds from 1,000 s on."""
    one = (STORY[0][0],)
    landing = land(
        tmp_path, (one,) * 4, empty_batches=0, stamps_ms=(1_000_000, 1_010_000, 1_020_000, 1_030_000)
    )
    return RunHistory(landing.layout, CLICKS), landing


def test_points_are_in_order_of_time_if_the_times_of_the_records_are_not(
    landing: Landing, of_landing: Settings
) -> None:
    land_at(landing, EVENTS, {0: 100, 1: 400, 2: 200, 3: 300, 4: 500})
    points = chart(read(of_landing), "Records in each batch").series[0].points
    assert [at_s for at_s, _ in points] == [100, 400, 400, 400, 500]


def test_of_a_copy_that_lost_the_times_of_files_it_shows_when_batches_were_planned(
    landing: Landing, of_landing: Settings
) -> None:
    for batch_id in range(5):
        record = landing.record(EVENTS, batch_id)
        landing.write_record(replace(record, planned_at_ms=1_000_000 + batch_id * 10_000))
    land_at(landing, EVENTS, {batch_id: 1_005 + batch_id * 10 for batch_id in range(5)})
    report = read(of_landing)
    assert values(chart(report, "Duration of a batch"), EVENTS) == [5] * 5
    assert report.notes == ()
    progress = next(query for query in report.queries if query.query == EVENTS)
    assert progress.begun_at == datetime.fromtimestamp(1_000, UTC)
    assert progress.records_per_s == round(progress.records / 45)
    land_at(landing, EVENTS, dict.fromkeys(range(5), 9_000))
    report = read(of_landing)
    points = chart(report, "Records in each batch").series[0].points
    assert [at_s for at_s, _ in points] == [1_000, 1_010, 1_020, 1_030, 1_040]
    assert all(series.name != EVENTS for series in chart(report, "Duration of a batch").series)
    assert {query.begun_at for query in report.queries} == {None}
    assert "as after a copy" in report.notes[0]


def test_lag_is_what_was_in_the_topic_and_not_read_when_a_batch_landed(
    live: tuple[RunHistory, Landing],
) -> None:
    history, landing = live
    # Each batch lands 20 s after its record was sent: two more are in the topic by then.
    land_at(landing, EVENTS, {0: 1_020, 1: 1_030, 2: 1_040, 3: 1_050})
    history.update()
    lag = charts_of(history, None, None)[2]
    assert values(lag, EVENTS) == [2, 2, 1, 0]
    assert values(charts_of(history, None, 10)[2], EVENTS) == [2, 8, 7, 6]


def test_records_that_were_sent_before_the_job_began_are_lag_from_the_beginning(
    live: tuple[RunHistory, Landing],
) -> None:
    history, _ = live  # landed now: decades after the records were sent
    history.update()
    assert values(charts_of(history, None, None)[2], EVENTS) == [3, 2, 1, 0]


def test_hostile_texts_and_times_beyond_every_calendar_are_on_the_page(
    tmp_path: Path, of_landing: Settings
) -> None:
    batches = (
        (Click(ts_us=FIRST_US), *hostile_clicks()),
        (Rejected(b"\xed\xa0\x80\xff\x1b[2J\0", "not_utf8"), Click(ts_us=LAST_US)),
        (click(40), Rejected(b"x" * 100_000, "not_json")),
    )
    landing = land(tmp_path, batches, stamps_ms=STAMPS_MS)
    report = ReportReader(of_landing, CLOCK).read(verdict=landing.verify())
    parsed = Page(page(report))
    assert not {tag for tag, _ in parsed.tags} & {"script", "img", "link"}
    text = "".join(parsed.texts).replace("\t", " ")
    assert all(each.isprintable() for line in text.split("\n") for each in line)
    assert "<script>alert(1)</script>&amp;" in text
    assert "+10000-01-01" in text
    assert len(page(report)) < 500_000


def test_the_sentence_of_a_failure_names_a_file_as_it_is(landing: Landing, of_landing: Settings) -> None:
    file = landing.files("sessions")[0]
    file.unlink()
    report = ReportReader(of_landing, CLOCK).read(verdict=landing.verify())
    assert report.outcome.sentence.startswith(f"sessions/parquet/{file.name}")


def test_json_has_all_of_it(landing: Landing, of_landing: Settings) -> None:
    keep_verdict(landing.layout, landing.verify(), CLOCK)
    content = json.loads(as_json(read(of_landing)))
    assert content["format_version"] == 1
    assert content["outcome"]["result"] == "pass"
    assert len(content["charts"]) == 5
    assert {table["table"] for table in content["tables"]} == {table.name for table in CLICKS.tables}
