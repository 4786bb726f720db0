"""What the check says of a sound landing, and what it refuses to say anything about."""

import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickstream.check.findings import Code, Severity
from clickstream.clicks import CLICKS
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, QUERIES
from clickstream.errors import CouldNotCheck
from unit.check.landing import GAP, RUN, STORY, T0, Rejected, click, land


def test_a_sound_landing_passes_with_the_figures_of_the_story(tmp_path):
    verdict = land(tmp_path).verify()
    assert verdict.findings == ()
    assert verdict.passed
    assert (verdict.events, verdict.rejected) == (9, 3)
    assert verdict.reasons == {"wrong_type:user_id": 1, "empty": 1, "not_utf8": 1}
    figures = {
        table.table: (table.rows_expected, table.rows_landed, table.open_windows, table.late_events_dropped)
        for table in verdict.tables
    }
    assert figures == {
        "events_raw": (9, 9, None, None),
        "events_rejected": (3, 3, None, None),
        # Windows of 10 s: four pages of [0 s, 10 s), one of [10 s, 20 s); two of [30 s, 40 s) are open.
        "page_metrics": (5, 5, 2, 1),
        # Windows of 20 s: the event at 3 s in the last batch is not late for [0 s, 20 s).
        "geo_metrics": (2, 2, 2, 0),
        "sessions": (3, 3, 2, 1),
    }


def test_a_verdict_tells_batches_records_watermark_and_what_sparks_log_confirmed(tmp_path):
    landing = land(tmp_path, empty_batches=2)
    shutil.rmtree(landing.layout.query_checkpoint(EVENTS))
    (landing.layout.query_checkpoint(AGGREGATES) / "offsets" / "0").unlink()
    queries = {query.query: query for query in landing.verify().queries}
    events, aggregates = queries[EVENTS], queries[AGGREGATES]
    for query in (events, aggregates):
        assert (query.batches, query.batches_with_offsets, query.offsets) == (6, 4, 12)
    assert (events.watermark_ms, aggregates.watermark_ms) == (0, T0 // 1_000 + 31_000)
    assert (events.batches_cross_checked, aggregates.batches_cross_checked) == (0, 5)


def test_a_run_whose_log_spark_has_cut_is_checked_in_full(tmp_path):
    landing = land(tmp_path, empty_batches=6)
    for query in QUERIES:
        for log in ("offsets", "commits"):
            for batch_id in range(8):
                (landing.layout.query_checkpoint(query) / log / str(batch_id)).unlink()
    verdict = landing.verify()
    assert verdict.findings == ()
    assert (verdict.events, verdict.rejected) == (9, 3)
    assert {(query.batches, query.batches_cross_checked) for query in verdict.queries} == {(10, 2)}
    # And it is noticed there as anywhere.
    landing.layout.record_path(AGGREGATES, 2).unlink()
    assert not landing.verify().passed


def test_every_stage_is_timed(tmp_path):
    assert sum(land(tmp_path).verify().seconds_by_stage.values()) > 0


sent = st.one_of(
    st.builds(
        lambda quarter_s, **fields: click(quarter_s / 4, **fields),
        st.integers(0, 160),
        user_id=st.sampled_from(["ann", "bob", "", None]),
        page=st.sampled_from(["/", "/ü", '"', "a,b\r\nc", "\\", "", " x ", None]),
        country=st.sampled_from(["DE", "", None]),
        revenue=st.sampled_from([None, 0.0, 19.99, -0.01, 1e12, 1e-300]),
    ),
    st.sampled_from(
        [
            Rejected(b"", "empty"),
            Rejected(b"{", "not_json"),
            Rejected(None, "empty"),
            Rejected(b"[]", "not_an_object"),
            Rejected(b'{"Page":"/"}', "no_known_field"),
            GAP,
        ]
    ),
)


def has_a_record(batches):
    return any(message is not GAP for batch in batches for message in batch)


@given(st.lists(st.lists(sent, max_size=6), max_size=6).filter(has_a_record), st.integers(1, 3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_reference_lands_passes(tmp_path, batches, partitions):
    shutil.rmtree(tmp_path / "output", ignore_errors=True)
    shutil.rmtree(tmp_path / "checkpoints", ignore_errors=True)
    verdict = land(tmp_path, tuple(map(tuple, batches)), partitions=partitions).verify()
    assert verdict.findings == ()


def test_a_partition_that_appears_later_is_read_from_its_beginning(tmp_path):
    landing = land(tmp_path, partitions=3, spark_log=False)
    for query in QUERIES:
        for batch_id in (0, 1):
            record = landing.record(query, batch_id)
            offsets = {partition: span for partition, span in record.offsets.items() if span != (0, 0)}
            landing.write_record(replace(record, offsets=offsets))
    assert landing.verify().findings == ()


def test_a_future_event_that_moves_the_watermark_is_worth_a_warning_and_no_failure(tmp_path):
    verdict = land(tmp_path, (*STORY, (click(86_400),))).verify()
    assert verdict.passed
    assert [finding.code for finding in verdict.warnings] == [Code.WATERMARK_AHEAD]
    assert "partition 0, offset 7" in verdict.warnings[0].sentence


def test_files_of_a_batch_that_has_not_landed_are_worth_a_warning_and_no_failure(tmp_path):
    landing = land(tmp_path)
    torn = landing.layout.table_dir("sessions", "parquet") / landing.layout.landed_name(5, 0, "parquet")
    torn.write_bytes(b"PAR1 torn")
    verdict = landing.verify()
    assert verdict.passed
    (warning,) = verdict.findings
    assert (warning.code, warning.severity, warning.batch_id) == (Code.FILE_LEFTOVER, Severity.WARNING, 5)


def test_files_that_readers_pass_over_are_passed_over(tmp_path):
    landing = land(tmp_path)
    for name in ("_SUCCESS", ".batch-000000000000-00000.parquet.crc", "_temporary/0/part.parquet"):
        path = landing.layout.table_dir("events_raw", "parquet") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert landing.verify().findings == ()


def test_no_output_is_not_a_pass(tmp_path):
    landing = land(tmp_path)
    landing.layout.output_terms_path().unlink()
    with pytest.raises(CouldNotCheck, match="Nothing has landed") as refused:
        landing.verify()
    assert refused.value.next_step


def test_terms_that_cannot_be_read_are_not_a_pass(tmp_path):
    landing = land(tmp_path)
    for text in (
        "{",
        "{}",
        replace(RUN, windows_ms={**RUN.windows_ms, "page_metrics": 0}).to_json(describe(CLICKS)),
        replace(RUN, windows_ms={**RUN.windows_ms, "page_metrics": 10**30}).to_json(describe(CLICKS)),
        replace(RUN, windows_ms={**RUN.windows_ms, "sessions": 2**62}).to_json(describe(CLICKS)),
        replace(RUN, watermark_delay_ms=2**63).to_json(describe(CLICKS)),
        replace(RUN, future_tolerance_ms=10**30).to_json(describe(CLICKS)),
        RUN.to_json(contract=describe(CLICKS, version=99)),
    ):
        landing.layout.output_terms_path().write_text(text)
        with pytest.raises(CouldNotCheck):
            landing.verify()


def test_a_query_without_any_batch_is_not_a_pass(tmp_path):
    landing = land(tmp_path)
    shutil.rmtree(landing.layout.records_dir(AGGREGATES))
    shutil.rmtree(landing.layout.query_checkpoint(AGGREGATES))
    with pytest.raises(CouldNotCheck, match="No batch of aggregates"):
        landing.verify()


def test_batches_without_any_record_of_the_topic_are_not_a_pass(tmp_path):
    with pytest.raises(CouldNotCheck, match="nothing to compare"):
        land(tmp_path, ()).verify()
