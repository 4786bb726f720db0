"""A kit's status as lines for a log: one at first, then one for each batch and each change of a part."""

from collections.abc import Iterator

from clickstream.contract.status import KitStatus, LandedBatch, QueryStatus
from clickstream.moment import written_ms
from clickstream.report.status.as_text import per_second, span, written
from clickstream.report.verdict.result import result_in_words


def lines_since(found: KitStatus, before: KitStatus | None) -> Iterator[str]:
    """A line per batch since the status before; the whole status if there was none, or a part has changed."""
    if before is None or _states(found) != _states(before):
        yield one_line(found)
    if before is not None:
        yield from (batch_line(found, batch) for batch in found.new_batches)


def _states(found: KitStatus) -> list[tuple[str, str, int | None]]:
    return [(part.name, part.state, part.pid) for part in found.parts]


def one_line(found: KitStatus) -> str:
    """The whole status: time, parts, offsets, the largest lag, rows by table."""
    parts = ", ".join(f"{part.name} {part.state}" for part in found.parts)
    words = [f"{written(found.at)} {parts}"]
    if found.topic is not None:
        words.append(f"topic {found.topic.offset_count:,} offsets")
    lags = [query.lag for query in found.queries if query.lag is not None]
    if lags:
        words.append(f"lag {max(lags):,}")
    if found.queries:
        words.append("landed " + _rows(found.rows_landed))
    if (check := found.last_check) is not None:
        result = result_in_words(check.passed, check.not_checked)
        words.append(f"last check {result} at {written(check.checked_at)}")
    return " · ".join(words)


def batch_line(found: KitStatus, batch: LandedBatch) -> str:
    """A batch: its offsets, duration and rows; of the newest one also the rates, lag and watermark."""
    words = [f"{written(batch.landed_at)} {batch.query} batch {batch.batch_id}: {batch.offsets_in:,} offsets"]
    if batch.duration_s is not None:
        words.append(f"took {batch.duration_s:.1f} s")
    newest = next((query for query in found.queries if query.query == batch.query), None)
    if newest is not None and newest.batch_id == batch.batch_id:
        words += _of_newest(found, newest)
    words.append("landed " + _rows(batch.rows))
    return " · ".join(words)


def _of_newest(found: KitStatus, query: QueryStatus) -> Iterator[str]:
    yield f"per second {per_second(found.input_per_s)} in, {per_second(query.processed_per_s)} processed"
    if query.lag is not None:
        yield f"lag {query.lag:,}"
    if query.watermark_ms:
        behind = ""
        if query.newest_event_ms is not None:
            behind = f", {span((query.newest_event_ms - query.watermark_ms) / 1_000)} behind the newest event"
        yield f"watermark {written_ms(query.watermark_ms, digits=0)}{behind}"


def _rows(rows: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {table}" for table, count in rows.items())
