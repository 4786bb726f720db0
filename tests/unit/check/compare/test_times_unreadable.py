"""Times in another form than the rule's are a warning: the Kafka timestamps count in their place."""

import polars as pl
import pytest

from clickstream.check.compare.watermark_findings import times_unreadable
from clickstream.check.findings import Code, Severity

KAFKA_US = 1_772_366_400_000_000


def warnings(*times: str | None, event_us: int = KAFKA_US):
    moments = pl.Series([event_us] * len(times), dtype=pl.Int64)
    events = pl.DataFrame({"at": pl.Series(times, dtype=pl.String), "event_ts": moments}).with_columns(
        kafka_timestamp=pl.lit(KAFKA_US)
    )
    return times_unreadable(events, "at")


@pytest.mark.parametrize("text", ["1777881600000", "04.05.2026 08:00:00", "2026-05-04 08:00", "", "now"])
def test_a_time_in_another_form_is_counted_and_shown(text):
    (warning,) = warnings("2026-03-01T12:00:00Z", text, text, None)
    assert (warning.code, warning.severity) == (Code.TIMES_UNREADABLE, Severity.WARNING)
    assert warning.sentence.startswith(f"2 events have no ISO-8601 time in at, but text such as {text!r}")


def test_times_in_the_form_and_events_without_one_are_no_warning():
    assert warnings("2026-03-01T12:00:00Z", "2026-03-01 12:00:00.123456+00:00", None) == []
    assert warnings("another time counts", event_us=KAFKA_US + 1) == []
