"""When a row of a live run is due, and how late it lands."""

import numpy as np
import polars as pl

from bench.delays import due, passed_at_ms, percentiles, record_delays_s, watermark_delays_s

EVENTS = pl.DataFrame(
    # Sent in another order than they happened: the second one is late.
    {"kafka_timestamp": [1_000.0, 3_000.0, 2_000.0, 4_000.0], "event_ts": [1_000.0, 3_000.0, 500.0, 4_000.0]}
)
DELAY_MS = 1_000


def test_a_window_is_due_with_the_record_that_moves_the_watermark_to_its_end() -> None:
    ends_ms = np.array([0.0, 500.0, 2_000.0, 3_000.0])
    assert passed_at_ms(EVENTS, ends_ms, DELAY_MS).tolist() == [1_000, 3_000, 3_000, 4_000]


def test_a_window_that_no_record_has_passed_has_no_delay() -> None:
    rows = pl.DataFrame({"window_end": [2_000.0, 3_500.0], "landed_ms": [3_700.0, 9_000.0]})
    assert record_delays_s(rows, "window_end", EVENTS, DELAY_MS).tolist() == [0.7]


def test_rows_of_late_events_are_left_out() -> None:
    rows = pl.DataFrame({"session_end": [900.0, 1_000.0, 1_001.0], "previous_watermark_ms": [1_000.0] * 3})
    assert due(rows, "session_end")["session_end"].to_list() == [1_001]


def test_a_delay_after_the_watermark_begins_with_the_end_of_the_batch_that_moved_it() -> None:
    rows = pl.DataFrame({"landed_ms": [5_500.0], "earlier_landed_ms": [4_000.0]})
    assert watermark_delays_s(rows).tolist() == [1.5]


def test_percentiles_are_those_of_the_values_and_none_without_values() -> None:
    assert percentiles(np.arange(101) / 100) == {"p50": 0.5, "p95": 0.95, "max": 1.0}
    assert percentiles(np.array([])) == {}
