"""A log file has one line an event, with its time and figures, and no library floods it."""

import logging

from clickstream.cli.printing.logs import OncePerWhile, batch_log
from clickstream.contract.progress import BatchProgress
from clickstream.testing import ManualClock


def record(logger: str) -> logging.LogRecord:
    return logging.LogRecord(logger, logging.WARNING, "file", 1, "down", None, None)


def test_a_logger_speaks_once_in_ten_seconds_and_does_not_silence_others():
    clock = ManualClock()
    allowed = OncePerWhile(clock)
    assert allowed.filter(record("librdkafka"))
    assert not allowed.filter(record("librdkafka"))
    assert allowed.filter(record("another"))
    clock.advance(10)
    assert allowed.filter(record("librdkafka"))


def test_a_batch_is_one_line_of_keys_and_values(capsys):
    batch_log()(
        BatchProgress(
            query="events",
            batch_id=3,
            offsets_in=10,
            rows_landed={"events_raw": 9, "events_rejected": 1},
            watermark_ms=0,
            duration_s=0.5,
            replayed=False,
        )
    )
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert line.startswith("timestamp=")
    for pair in ("event=batch_landed", "query=events", "offsets_in=10", "rows_events_rejected=1"):
        assert f" {pair}" in line
