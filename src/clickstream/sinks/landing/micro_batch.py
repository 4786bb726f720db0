"""One micro-batch to files, exactly once: all tables and formats of a batch become visible together.

A batch writes into its staging folder, moves its files to names that are the same for every try, and then
declares them by its record, written last and atomically. Readers read only what records list, so a batch
that was interrupted anywhere has landed as a whole or not at all; its next try replaces what is left.
"""

import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress

from pyspark.sql import DataFrame

from clickstream.clock import Clock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.progress import BatchProgress
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout, ways_out
from clickstream.contract.run.query_log import OffsetsIn, kafka_offsets, planned_at_ms
from clickstream.contract.run.recorded_batches import record_of
from clickstream.errors import CheckpointMismatch
from clickstream.settings import SinkSettings
from clickstream.sinks.durable import write_atomically, writing
from clickstream.sinks.landing.offset_log import LoggedBatch, read_logged_batch
from clickstream.sinks.landing.placing import place, remove_earlier_try
from clickstream.sinks.landing.points import (
    BATCH_STARTED,
    CSV_WRITTEN,
    FILES_MOVED,
    PARQUET_WRITTEN,
    RECORD_WRITTEN,
)
from clickstream.sinks.landing.spark_write import compute
from clickstream.sinks.landing.staging import Staging, in_words


class Landing:
    """Lands the batches of one query; called with its rows (`contract/batch_rows.py`) and the batch id.

    Args:
        pipeline: its tables.
        query: the query's name.
        run_id: from the run's terms; is in every record.
        topic: what the query reads; is in every record.
        layout: the run's paths.
        settings: how many files, how many rows in one, and their form.
        clock: for the duration of a batch.
        on_batch: called with each batch when it has landed.
        reached: called with each of `points.POINTS` in turn.
        offsets_in: reads the source's line in Spark's offset log; Kafka's form by default.
    """

    def __init__(
        self,
        pipeline: Pipeline,
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
        self._run_id = run_id
        self._topic = topic
        self._layout = layout
        self._clock = clock
        self._on_batch = on_batch
        self._reached = reached
        self._offsets_in = offsets_in
        self._staging = Staging(pipeline, query, settings)
        self._is_first = True
        # A JVM whose Python was killed may still write; never to the files of a later attempt.
        self._attempt = uuid.uuid4().hex[:12]

    def __call__(self, rows: DataFrame, batch_id: int) -> None:
        """Compute the batch in full and land it, or keep the files that have landed before.

        Raises:
            CheckpointMismatch: the batch has landed with other offsets, another watermark or another query.
            OutputDamaged: the record of the batch cannot be read.
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
            compute(rows)
        self._on_batch(
            BatchProgress(
                query=self._query,
                batch_id=batch_id,
                offsets_in=record.offsets_in,
                rows_landed={name: landed.rows for name, landed in record.tables.items()},
                watermark_ms=record.watermark_ms,
                duration_s=self._clock.monotonic_s() - begun_s,
                replayed=replayed,
            )
        )

    def _landed(self, batch: LoggedBatch, batch_id: int) -> BatchRecord | None:
        """The batch's record where it has landed, after a look at whether it is this batch's."""
        record = record_of(self._layout, self._query, batch_id)
        if record is None:
            return None
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
            next_step=f"Restore both from the same backup.\n{ways_out(self._layout)}",
        )

    def _land(self, rows: DataFrame, batch: LoggedBatch, batch_id: int) -> BatchRecord:
        folder = self._layout.staging_dir(self._query, batch_id, self._attempt)
        with writing(self._layout.output):
            if self._is_first:
                # Earlier tries are of earlier starts: only the first batch of this one can have any.
                for table in self._staging.tables:
                    remove_earlier_try(self._layout, table, batch_id)
                self._is_first = False
            with in_words(self._layout.output):
                parquet = self._staging.write_parquet(rows, folder)
                self._reached(PARQUET_WRITTEN)
                csv = self._staging.write_csv(parquet, folder)
                self._reached(CSV_WRITTEN)
            tables = {
                table.name: place(self._layout, table, batch_id, parquet[table.name], csv[table.name])
                for table in self._staging.tables
            }
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
                tables=tables,
                planned_at_ms=planned_at_ms(self._layout.query_checkpoint(self._query), batch_id),
            )
            write_atomically(self._layout.record_path(self._query, batch_id), record.to_json())
            self._reached(RECORD_WRITTEN)
            shutil.rmtree(folder)
            with suppress(OSError):  # not empty: a later start removes what an earlier try left
                folder.parent.rmdir()
        return record
