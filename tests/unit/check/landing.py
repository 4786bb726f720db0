"""A run as the job would have landed it, made from the row-by-row reference: folders, files, records, topic.

Every test begins with a sound landing, damages one thing, and asks what the check says.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from clickstream.check.findings import Verdict
from clickstream.check.verifying import verify
from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import TABLES
from clickstream.clock import SystemClock
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, QUERIES, ColumnType, Table
from clickstream.contract.records import OffsetRange, TopicRecords
from clickstream.contract.run.batch_record import BatchRecord, LandedFile, LandedTable
from clickstream.contract.run.layout import FORMATS, Layout
from clickstream.contract.run.terms import RunTerms
from unit.check.reference import (
    Click,
    Replay,
    Row,
    Terms,
    replay_geo,
    replay_pages,
    replay_sessions,
    watermarks_of,
)

S = 1_000_000
T0 = 1_767_225_580 * S
"""Twenty seconds before midnight."""
TERMS = Terms(page_window_us=10 * S, geo_window_us=20 * S, gap_us=5 * S, delay_ms=3_000)
RUN = RunTerms(
    run_id="run-1",
    topic="events",
    topic_id="",
    starting_offsets="earliest",
    windows_ms={"page_metrics": 10_000, "geo_metrics": 20_000, "sessions": 5_000},
    watermark_delay_ms=3_000,
    shuffle_partitions=1,
)
_TYPES = {
    ColumnType.STRING: pl.String,
    ColumnType.INT32: pl.Int32,
    ColumnType.INT64: pl.Int64,
    ColumnType.FLOAT64: pl.Float64,
    ColumnType.TIMESTAMP: pl.Datetime("us", "UTC"),
    ColumnType.BYTES: pl.Binary,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NANOSECONDS = 1_767_225_640_000_000_000
"""A Kafka timestamp that was written in nanoseconds, where milliseconds are due."""


@dataclass(frozen=True)
class Rejected:
    """A message that is not an event, and the reason it must be rejected for."""

    value: bytes | None
    reason: str


class Gap:
    """An offset without a record: the end of a transaction, or a record of an aborted one."""


GAP = Gap()
Sent = Click | Rejected | Gap


def click(seconds: float, **fields: Any) -> Click:
    return Click(ts_us=T0 + round(seconds * S), **fields)


STORY: tuple[tuple[Sent, ...], ...] = (
    (
        click(1, user_id="ann", page="/cart", event_type="purchase", revenue=19.99, session_id="s1"),
        click(2, user_id="bob", revenue=None),
        click(3, user_id=None, page=None, country=None),
        Rejected(b'{"user_id":7}', "wrong_type:user_id"),
    ),
    (
        click(4, user_id="ann", event_type="purchase", revenue=5.5),
        click(15, user_id="bob"),
        Rejected(None, "empty"),
    ),
    (click(33, user_id="ann", page='a,b"c"\r\n', country=""), click(2, user_id="bob", page="/late")),
    (click(3, user_id="bob", page="/too late"), Rejected(b"\xff", "not_utf8"), click(34, user_id="cat")),
)
"""Four batches of one query with everything in them: nulls, late events, rejected messages, open windows."""


@dataclass
class Landing:
    """A landed run: where it is, the records of the topic it was made from, and the end of each partition."""

    layout: Layout
    topic: list[tuple[int, int, int, bytes | None]]
    ends: dict[int, int]

    def read_topic(self, spans: Mapping[int, OffsetRange]) -> Iterator[TopicRecords]:
        """The records of the asked offsets, two at a time."""
        asked = [
            row for row in self.topic if row[0] in spans and spans[row[0]][0] <= row[1] < spans[row[0]][1]
        ]
        for first in range(0, len(asked), 2):
            partitions, offsets, timestamps, values = zip(*asked[first : first + 2], strict=True)
            yield TopicRecords(list(partitions), list(offsets), list(timestamps), list(values))

    def verify(self, ranges: Mapping[int, OffsetRange] | None = None, **asked: Any) -> Verdict:
        """The check, against a topic with these offsets; by default with all that were written."""
        known = ranges or {partition: (0, end) for partition, end in self.ends.items()}
        return verify(
            self.layout, CLICKS, self.read_topic, clock=SystemClock(), ask_ranges=lambda: known, **asked
        )

    def record(self, query: str, batch_id: int) -> BatchRecord:
        return BatchRecord.from_json(self.layout.record_path(query, batch_id).read_text())

    def write_record(self, record: BatchRecord) -> None:
        path = self.layout.record_path(record.query, record.batch_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(record.to_json())

    def files(self, table: str, file_format: str = "parquet") -> list[Path]:
        return sorted(self.layout.table_dir(table, file_format).iterdir())

    def rewrite(self, table: Table, batch_id: int, rows: pl.DataFrame, *, honest: bool = True) -> None:
        """Land other rows for a table and batch; the record is made to fit, or left as it was."""
        record = self.record(table.query, batch_id)
        landed = land_table(self.layout, table, batch_id, rows)
        if honest:
            self.write_record(replace(record, tables={**record.tables, table.name: landed}))

    def rows(self, table: Table, batch_id: int) -> pl.DataFrame:
        path = self.layout.table_dir(table.name, "parquet") / self.layout.landed_name(batch_id, 0, "parquet")
        return pl.read_parquet(path)


def land(
    folder: Path,
    batches: tuple[tuple[Sent, ...], ...] = STORY,
    *,
    partitions: int = 2,
    empty_batches: int = 1,
    spark_log: bool = True,
    unreadable_before: int | None = None,
    stamps_ms: tuple[int, ...] = (),
) -> Landing:
    """Land these batches, the same for every query, and then batches without records, as Spark adds one.

    `stamps_ms` are the Kafka timestamps, in turn; by default a minute after T0.
    In front of the batch `unreadable_before`, partition 0 has a record that Spark cannot read.
    """
    layout = Layout(folder / "output", folder / "checkpoints")
    cut = [*batches, *([()] * empty_batches)]
    ends = dict.fromkeys(range(partitions), 0)
    landing = Landing(layout, [], ends)
    offsets: list[dict[int, OffsetRange]] = []
    raw: list[list[Row]] = []
    rejected: list[list[Row]] = []
    for batch_id, sent in enumerate(cut):
        if batch_id == unreadable_before:
            landing.topic.append((0, ends[0], NANOSECONDS, b"unreadable"))
            ends[0] += 1
        starts = dict(ends)
        raw.append([])
        rejected.append([])
        for number, message in enumerate(sent):
            partition = number % partitions
            # Records are stamped when they are sent: a minute after T0, when all of the story has happened.
            count = len(landing.topic)
            stamp_ms = stamps_ms[count % len(stamps_ms)] if stamps_ms else T0 // 1_000 + 60_000 + count
            place = {
                "kafka_partition": partition,
                "kafka_offset": ends[partition],
                "kafka_timestamp": stamp_ms * 1_000,
            }
            if isinstance(message, Gap):
                ends[partition] += 1
                continue
            if isinstance(message, Click):
                fields = fields_of(message)
                value: bytes | None = json.dumps(fields, ensure_ascii=False).encode()
                raw[-1].append({**fields, "event_ts": message.ts_us, **place})
            else:
                value = message.value
                rejected[-1].append({**place, "value": value, "reason": message.reason})
            landing.topic.append((partition, ends[partition], stamp_ms, value))
            ends[partition] += 1
        offsets.append({partition: (starts[partition], ends[partition]) for partition in ends})
    clicks = [[message for message in sent if isinstance(message, Click)] for sent in cut]
    replays: dict[str, Replay] = {
        "page_metrics": replay_pages(clicks, TERMS),
        "geo_metrics": replay_geo(clicks, TERMS),
        "sessions": replay_sessions(clicks, TERMS),
    }
    rows_of = {
        "events_raw": raw,
        "events_rejected": rejected,
        **{
            name: [[row for row in replay.rows if row["batch_id"] == batch] for batch in range(len(cut))]
            for name, replay in replays.items()
        },
    }
    # One watermark for all windows; without windows there is none.
    watermarks = {AGGREGATES: watermarks_of(clicks, TERMS.delay_ms), EVENTS: [0] * len(cut)}
    for query in QUERIES:
        for batch_id in range(len(cut)):
            watermark_ms = watermarks[query][batch_id]
            landing.write_record(
                BatchRecord(
                    run_id=RUN.run_id,
                    query=query,
                    query_id=f"id-of-{query}",
                    batch_id=batch_id,
                    topic=RUN.topic,
                    offsets=offsets[batch_id],
                    watermark_ms=watermark_ms,
                    previous_watermark_ms=watermarks[query][batch_id - 1] if batch_id else 0,
                    tables={
                        table.name: land_table(
                            layout, table, batch_id, frame(table, rows_of[table.name][batch_id])
                        )
                        for table in CLICKS.tables_of(query)
                    },
                )
            )
            if spark_log:
                # A batch ends in Spark's log where the next one begins.
                following = offsets[min(batch_id + 1, len(cut) - 1)]
                logged = {
                    partition: (start, end if batch_id == len(cut) - 1 else following[partition][0])
                    for partition, (start, end) in offsets[batch_id].items()
                }
                write_spark_log(layout.query_checkpoint(query), batch_id, logged, watermark_ms)
    for path in (layout.output_terms_path(), layout.checkpoint_terms_path()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RUN.to_json(describe(CLICKS)))
    return landing


def fields_of(message: Click) -> dict[str, Any]:
    written = {
        "event_time": event_time_of(message.ts_us),
        "referrer": "google",
        "latency_ms": 120,
    }
    return {name: written.get(name, getattr(message, name, None)) for name in CLICK.names}


def event_time_of(ts_us: int) -> str:
    """The time as an event has it; beyond Python's datetime by the furthest offset, which takes it there."""
    for offset, hours in (("+00:00", 0), ("-18:00", -18), ("+18:00", 18)):
        with suppress(OverflowError):
            written = EPOCH + (timedelta(microseconds=ts_us) + timedelta(hours=hours))
            return written.replace(tzinfo=None).isoformat(timespec="microseconds") + offset
    raise ValueError(f"no event has the time {ts_us}")


def frame(table: Table, rows: list[Row]) -> pl.DataFrame:
    moments = [column.name for column in table.columns if column.type is ColumnType.TIMESTAMP]
    schema = {column.name: _TYPES[column.type] for column in table.columns}
    as_integers = {**schema, **dict.fromkeys(moments, pl.Int64)}
    picked = [{name: row[name] for name in schema} for row in rows]
    return pl.DataFrame(picked, schema=as_integers).cast(schema)


def land_table(layout: Layout, table: Table, batch_id: int, rows: pl.DataFrame) -> LandedTable:
    files: dict[str, tuple[LandedFile, ...]] = dict.fromkeys(FORMATS, ())
    if rows.height:
        for file_format in FORMATS:
            path = layout.table_dir(table.name, file_format) / layout.landed_name(batch_id, 0, file_format)
            content = contents(rows, file_format)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            entry = LandedFile(
                path.relative_to(layout.output).as_posix(),
                rows.height,
                len(content),
                hashlib.sha256(content).hexdigest(),
            )
            files[file_format] = (entry,)
    return LandedTable(rows.height, files["parquet"], files["csv"])


def contents(rows: pl.DataFrame, file_format: str) -> bytes:
    buffer = io.BytesIO()
    if file_format == "parquet":
        rows.write_parquet(buffer)
    else:
        rows.with_columns(pl.col(pl.Binary).bin.encode("base64")).write_csv(
            buffer, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ"
        )
    return buffer.getvalue()


def write_spark_log(
    checkpoint: Path, batch_id: int, offsets: Mapping[int, OffsetRange], watermark_ms: int
) -> None:
    for name in ("offsets", "commits", "sources/0"):
        (checkpoint / name).mkdir(parents=True, exist_ok=True)
    ends = json.dumps({RUN.topic: {str(partition): end for partition, (_, end) in offsets.items()}})
    metadata = json.dumps({"batchWatermarkMs": watermark_ms, "batchTimestampMs": 1, "conf": {}})
    (checkpoint / "offsets" / str(batch_id)).write_text(f"v1\n{metadata}\n{ends}")
    (checkpoint / "commits" / str(batch_id)).write_text('v1\n{"nextBatchWatermarkMs":0}')
    if batch_id == 0:
        starts = json.dumps({RUN.topic: {str(partition): start for partition, (start, _) in offsets.items()}})
        (checkpoint / "sources" / "0" / "0").write_bytes(b"\0v1\n" + starts.encode())


def table_named(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)
