"""How late the events of a run were, batch by batch, and what the watermark did with them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.history.batches import NO_BATCH
from clickstream.check.history.run import Query, read_run
from clickstream.check.history.timeline import is_late, window_starts_us
from clickstream.check.landed.reading import landed_files, landed_scan, reading_rows
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import AGGREGATES, Kind, Table
from clickstream.contract.run.layout import Layout
from clickstream.errors import CouldNotCheck

Grid = Sequence[Sequence[int]]
"""Numbers of events: a row for each span of event time, the oldest first, with a number for each column."""

_Numbers = npt.NDArray[np.int64]
_ON_TIME, _COUNTED, _DROPPED = range(3)


@dataclass(frozen=True, slots=True)
class Lateness:
    """The events of a run as a table with tumbling windows saw them.

    A column is one batch that read records, or several adjacent ones: `batches` has the first and the last.
    `watermarks_us` are the watermarks that decide which events of a column's last batch are late. An event is
    on time if it is not behind the watermark, `counted` if it is behind it and its window is still open,
    `dropped` if its window is closed. A row of a grid begins `row_us` after the one before, the first at
    `first_us`; events outside the rows are in the outermost ones. Times are microseconds of the Unix epoch.
    """

    table: str
    window_ms: int
    delay_ms: int
    first_us: int
    row_us: int
    batches: tuple[tuple[int, int], ...]
    watermarks_us: tuple[int, ...]
    on_time: Grid
    counted: Grid
    dropped: Grid


def lateness_of(layout: Layout, pipeline: Pipeline, table: Table, *, columns: int, rows: int) -> Lateness:
    """Compare every landed event with the watermark of its batch, file by file.

    Raises:
        CouldNotCheck: nothing has landed, or the table has no tumbling windows.
        OutputDamaged: a batch record or a file cannot be read.
    """
    if table.kind is not Kind.TUMBLING:
        raise CouldNotCheck(
            f"{table.name} has no tumbling windows.",
            next_step=f"Use one of {', '.join(each.name for each in tumbling_tables(pipeline))}.",
        )
    run = read_run(layout, pipeline)
    query = run.queries[AGGREGATES]
    files = landed_files(layout, pipeline.event_table)
    reading = [number for number in query.records if query.records[number].offsets_in]
    if not files or not reading:
        raise CouldNotCheck(
            f"No event has landed in {layout.output}.", next_step="Wait for a batch, then try again."
        )
    column_of, previous_us = _columns(query, reading, columns)
    last = np.flatnonzero(np.diff(column_of[reading], append=columns))
    batches = list(zip([0, *(last[:-1] + 1)], last, strict=True))
    watermarks_us = tuple(previous_us[reading][last].tolist())
    window_us = run.terms.windows_ms[table.name] * 1_000
    counts = np.zeros((3, rows, len(last)), dtype=np.int64)
    time = pl.col("event_ts").cast(pl.Int64)
    with reading_rows(pipeline.event_table):
        low, high = landed_scan(layout, files).select(low=time.min(), high=time.max()).collect().row(0)
        first_us, row_us = _rows(watermarks_us, low, high, rows)
        for file in files:
            events = landed_scan(layout, [file]).select("kafka_partition", "kafka_offset", us=time).collect()
            places = (events["kafka_partition"].to_numpy(), events["kafka_offset"].to_numpy())
            batch, us = query.batches.batch_of(*places), events["us"].to_numpy()
            known = (batch != NO_BATCH) & (column_of[batch] >= 0)
            batch, us = batch[known], us[known]
            state = np.where(us < previous_us[batch], _COUNTED, _ON_TIME)
            state[is_late(window_starts_us(us, window_us) + window_us, previous_us[batch])] = _DROPPED
            row = np.clip((us - first_us) // row_us, 0, rows - 1)
            np.add.at(counts, (state, row, column_of[batch]), 1)
    return Lateness(
        table=table.name,
        window_ms=run.terms.windows_ms[table.name],
        delay_ms=run.terms.watermark_delay_ms,
        first_us=first_us,
        row_us=row_us,
        batches=tuple((reading[a], reading[b]) for a, b in batches),
        watermarks_us=watermarks_us,
        on_time=counts[_ON_TIME].tolist(),
        counted=counts[_COUNTED].tolist(),
        dropped=counts[_DROPPED].tolist(),
    )


def tumbling_tables(pipeline: Pipeline) -> list[Table]:
    """The tables whose windows have a fixed length."""
    return [table for table in pipeline.windowed_tables if table.kind is Kind.TUMBLING]


def _columns(query: Query, reading: list[int], columns: int) -> tuple[_Numbers, _Numbers]:
    """For each batch its column, -1 for one that read nothing, and the watermark by which it drops events."""
    column_of = np.full(len(query.batches), -1, dtype=np.int64)
    column_of[reading] = np.arange(len(reading)) * min(columns, len(reading)) // len(reading)
    previous_us = np.zeros(len(query.batches), dtype=np.int64)
    previous_us[reading] = [query.records[each].previous_watermark_ms * 1_000 for each in reading]
    return column_of, previous_us


def _rows(watermarks_us: tuple[int, ...], low: int, high: int, rows: int) -> tuple[int, int]:
    """Where the first row begins and how long each is; a few events far from the watermark do not count."""
    known = [each for each in watermarks_us if each]
    if known:
        around_us = max(known[-1] - known[0], 60_000_000)
        low, high = max(low, known[0] - around_us), min(high, known[-1] + around_us)
    return low, max(1, -(-(high - low + 1) // rows))
