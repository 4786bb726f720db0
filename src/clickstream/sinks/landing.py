"""One micro-batch to files, exactly once: all tables and formats of a batch become visible together.

A batch writes into its staging folder, moves its files to names that are the same for every try, and then
declares them by its record, written last and atomically. Readers trust records alone, so that a batch cut
off anywhere has landed whole or not at all; its next try replaces what is left.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame

from clickstream.clock import Clock
from clickstream.contract.batch import BatchRecord, LandedFile, LandedTable
from clickstream.contract.layout import FORMATS, Layout
from clickstream.contract.progress import BatchProgress
from clickstream.contract.tables import Table, tables_of
from clickstream.errors import CheckpointMismatch
from clickstream.settings import SinkSettings
from clickstream.sinks.durable import not_writable, sealed, sync_folders, write_atomically, writing
from clickstream.sinks.offset_log import LoggedBatch, OffsetsIn, kafka_offsets, read_logged_batch
from clickstream.sinks.writing import CsvCopies, ParquetFooters, compute, write_parquet

BATCH_STARTED = "batch_started"
PARQUET_WRITTEN = "parquet_written"
CSV_WRITTEN = "csv_written"
FILES_MOVED = "files_moved"
RECORD_WRITTEN = "record_written"
POINTS = (BATCH_STARTED, PARQUET_WRITTEN, CSV_WRITTEN, FILES_MOVED, RECORD_WRITTEN)
"""Where a landing says that it has arrived, in order; a crash test ends the process there."""


class Landing:
    """Lands the batches of one query; called with the rows of each table, by table name, and the batch id.

    Args:
        query: the query's name; its tables are those of the contract.
        run_id: from the run's terms; stands in every record.
        topic: what the query reads; stands in every record.
        layout: the run's paths.
        settings: how many files, and how many rows in one.
        clock: for the duration of a batch.
        on_batch: told of each batch when it has landed.
        reached: told of each of `POINTS` in turn.
        offsets_in: reads the source's line in Spark's offset log; Kafka's form by default.
    """

    def __init__(
        self,
        query: str,
        *,
        run_id: str,
        topic: str,
        layout: Layout,
        settings: SinkSettings,
        clock: Clock,
        on_batch: Callable[[BatchProgress], None] = lambda _progress: None,
        reached: Callable[[str], None] = lambda _point: None,
        offsets_in: OffsetsIn = kafka_offsets,
    ) -> None:
        self._query = query
        self._tables = tables_of(query)
        self._run_id = run_id
        self._topic = topic
        self._layout = layout
        self._settings = settings
        self._clock = clock
        self._on_batch = on_batch
        self._reached = reached
        self._offsets_in = offsets_in
        # Made with the first batch: they need its session.
        self._footers: ParquetFooters | None = None
        self._csv_copies: dict[str, CsvCopies] = {}

    def __call__(self, rows: Mapping[str, DataFrame], batch_id: int) -> None:
        """Compute the batch in full and land it, or leave alone what has landed before.

        Raises:
            CheckpointMismatch: the batch has landed with other offsets, another watermark or another query.
            FolderNotWritable: the output cannot be written; nothing of the batch is declared.
        """
        begun_s = self._clock.monotonic_s()
        batch = read_logged_batch(
            self._layout.query_checkpoint(self._query), batch_id, offsets_in=self._offsets_in
        )
        record = self._landed(batch, batch_id)
        self._reached(BATCH_STARTED)
        replayed = record is not None
        if record is None:
            record = self._land(rows, batch, batch_id)
        else:
            # The state of an aggregate commits with its computation: without it the next start fails.
            for table in self._tables:
                compute(rows[table.name])
            shutil.rmtree(self._layout.staging_dir(self._query, batch_id), ignore_errors=True)
        self._on_batch(
            BatchProgress(
                query=self._query,
                batch_id=batch_id,
                rows_in=record.rows_in,
                rows_landed={name: landed.rows for name, landed in record.tables.items()},
                watermark_ms=record.watermark_ms,
                duration_s=self._clock.monotonic_s() - begun_s,
                replayed=replayed,
            )
        )

    def _landed(self, batch: LoggedBatch, batch_id: int) -> BatchRecord | None:
        """The batch's record where it has landed, after a look at whether it is this batch's."""
        path = self._layout.record_path(self._query, batch_id)
        try:
            record = BatchRecord.from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._mismatch(f"the record {path} cannot be read: {error}") from error
        for what, landed, logged in (
            ("run", record.run_id, self._run_id),
            ("query id", record.query_id, batch.query_id),
            ("offsets", record.offsets, batch.offsets),
            ("watermark", record.watermark_ms, batch.watermark_ms),
        ):
            if landed != logged:
                raise self._mismatch(
                    f"batch {batch_id} of {self._query} has landed with {what} {landed},"
                    f" the checkpoint says {logged}"
                )
        return record

    def _mismatch(self, what: str) -> CheckpointMismatch:
        return CheckpointMismatch(
            f"The output and the checkpoint do not belong together: {what}.",
            next_step="Restore both from one moment, or begin anew with an empty output and checkpoint.",
        )

    def _land(self, rows: Mapping[str, DataFrame], batch: LoggedBatch, batch_id: int) -> BatchRecord:
        staging = self._layout.staging_dir(self._query, batch_id)
        with writing(self._layout.output):
            if staging.exists():
                shutil.rmtree(staging)
            staged = self._stage(rows, staging)
            landed = {table.name: self._move(table, batch_id, staged[table.name]) for table in self._tables}
            self._reached(FILES_MOVED)
            record = BatchRecord(
                run_id=self._run_id,
                query=self._query,
                query_id=batch.query_id,
                batch_id=batch_id,
                topic=self._topic,
                offsets=batch.offsets,
                watermark_ms=batch.watermark_ms,
                previous_watermark_ms=batch.previous_watermark_ms,
                tables=landed,
            )
            write_atomically(self._layout.record_path(self._query, batch_id), record.to_json())
            self._reached(RECORD_WRITTEN)
            shutil.rmtree(staging)
        return record

    def _stage(self, rows: Mapping[str, DataFrame], staging: Path) -> "dict[str, _Staged]":
        """Write all tables below the staging folder; a table without rows keeps no file."""
        session = next(iter(rows.values())).sparkSession
        if self._footers is None:
            self._footers = ParquetFooters(session)
            self._csv_copies = {table.name: CsvCopies(table) for table in self._tables}
        staged: dict[str, _Staged] = {}
        try:
            for table in self._tables:
                files = write_parquet(rows[table.name], staging / table.name / "parquet", self._settings)
                counts = {file: self._footers.row_count(file) for file in files}
                staged[table.name] = {file: count for file, count in counts.items() if count}, []
            self._reached(PARQUET_WRITTEN)
            for table in self._tables:
                counts, csv_files = staged[table.name]
                if counts:
                    folder = staging / table.name / "csv"
                    csv_files += self._csv_copies[table.name].write(session, list(counts), folder)
            self._reached(CSV_WRITTEN)
        except (PySparkException, Py4JJavaError) as error:
            raise _as_folder_error(error, self._layout.output) from error
        return staged

    def _move(self, table: Table, batch_id: int, staged: "_Staged") -> LandedTable:
        """Give the staged files their landed names, durable, after removing what an earlier try left."""
        counts, csv_files = staged
        landed: dict[str, list[LandedFile]] = {}
        for file_format, files in zip(FORMATS, (list(counts), csv_files), strict=True):
            folder = self._layout.table_dir(table.name, file_format)
            folder.mkdir(parents=True, exist_ok=True)
            first = self._layout.landed_name(batch_id, 0, file_format)
            for leftover in folder.glob(first.replace("-00000.", "-*.")):
                leftover.unlink()
            landed[file_format] = []
            for part, (file, rows) in enumerate(zip(files, counts.values(), strict=True)):
                size_bytes, sha256 = sealed(file)
                place = folder / self._layout.landed_name(batch_id, part, file_format)
                file.replace(place)
                path = place.relative_to(self._layout.output).as_posix()
                landed[file_format].append(LandedFile(path, rows, size_bytes, sha256))
            sync_folders([folder])
        return LandedTable(
            rows=sum(counts.values()), parquet=tuple(landed["parquet"]), csv=tuple(landed["csv"])
        )


_Staged = tuple[dict[Path, int], list[Path]]
"""Rows by Parquet file, in order, and the CSV files in the same order."""


def _as_folder_error(error: Exception, folder: Path) -> Exception:
    """What Spark says of a full or unwritable disk, in words; any other error as it is."""
    text = str(error)
    for sign in (
        "No space left on device",
        "Permission denied",
        "Read-only file system",
        "Disk quota exceeded",
    ):
        if sign in text:
            return not_writable(folder, sign)
    return error
