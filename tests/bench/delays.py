"""How long rows of a live run took to land, from its landed files and its batch records."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import read_record


@dataclass(frozen=True, slots=True)
class LandedBatch:
    """A batch record, and when it was written: from then on its rows can be read."""

    record: BatchRecord
    landed_ms: float
    earlier_landed_ms: float
    """When the query's batch before it landed; the same for its first one."""


def landed_batches(layout: Layout) -> list[LandedBatch]:
    """Every batch of every query that has landed, by query and batch."""
    found: list[LandedBatch] = []
    for query in QUERIES:
        paths = layout.record_paths(query)
        times_ms = [path.stat().st_mtime * 1_000 for path in paths]
        found += [
            LandedBatch(read_record(path), at_ms, before_ms)
            for path, at_ms, before_ms in zip(paths, times_ms, [*times_ms[:1], *times_ms], strict=False)
        ]
    return found


def rows_of(batches: Sequence[LandedBatch], table: str, columns: Sequence[str], output: Path) -> pl.DataFrame:
    """These columns of a table's rows in these batches, times as milliseconds, with those of their batch."""
    frames = [
        pl.read_parquet(output / file.path, columns=list(columns))
        .with_columns(pl.col(pl.Datetime).dt.epoch("us") / 1_000)
        .with_columns(
            landed_ms=pl.lit(batch.landed_ms),
            earlier_landed_ms=pl.lit(batch.earlier_landed_ms),
            previous_watermark_ms=pl.lit(float(batch.record.previous_watermark_ms)),
        )
        for batch in batches
        if table in batch.record.tables
        for file in batch.record.tables[table].parquet
    ]
    return pl.concat(frames) if frames else pl.DataFrame()


def event_delays_s(events: pl.DataFrame) -> np.ndarray:
    """From a record's timestamp to landed, by event."""
    return ((events["landed_ms"] - events["kafka_timestamp"]) / 1_000).to_numpy()


def passed_at_ms(events: pl.DataFrame, ends_ms: np.ndarray, delay_ms: int) -> np.ndarray:
    """When the record was sent that moved the watermark to each of these ends; NaN if none did.

    The watermark is the newest event time minus the delay, so that a window's rows are due from then on.
    """
    in_order = events.sort("kafka_timestamp")
    watermarks_ms = in_order["event_ts"].cum_max().to_numpy() - delay_ms
    sent_ms = np.append(in_order["kafka_timestamp"].to_numpy(), np.nan)
    at_ms: np.ndarray = sent_ms[np.searchsorted(watermarks_ms, ends_ms)]
    return at_ms


def due(rows: pl.DataFrame, end: str) -> pl.DataFrame:
    """The rows without those of late events.

    A window or session behind the watermark may still let a late event in, whose row is due at once.
    """
    return rows.filter(pl.col(end) > pl.col("previous_watermark_ms"))


def record_delays_s(rows: pl.DataFrame, end: str, events: pl.DataFrame, delay_ms: int) -> np.ndarray:
    """From the record that moved the watermark past a window's end to its row landed, by row that is due."""
    delays_ms: np.ndarray = rows["landed_ms"].to_numpy() - passed_at_ms(
        events, rows[end].to_numpy(), delay_ms
    )
    known: np.ndarray = delays_ms[~np.isnan(delays_ms)] / 1_000
    return known


def watermark_delays_s(rows: pl.DataFrame) -> np.ndarray:
    """From the end of the batch that moved the watermark to the row landed, by row that is due."""
    return ((rows["landed_ms"] - rows["earlier_landed_ms"]) / 1_000).to_numpy()


def percentiles(values: np.ndarray, digits: int = 2) -> dict[str, float]:
    """Median, 95th percentile and maximum; empty for no values."""
    if not len(values):
        return {}
    found = zip(("p50", "p95", "max"), np.percentile(values, [50, 95, 100]), strict=True)
    return {name: round(float(value), digits) for name, value in found}
