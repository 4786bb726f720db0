"""The two streaming queries: started together, watched together, ended together."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame

from clickstream.clock import Clock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import AGGREGATES, EVENTS
from clickstream.contract.run.layout import Layout, local_uri
from clickstream.duration import Duration
from clickstream.errors import ClickstreamError
from clickstream.settings import StreamSettings
from clickstream.stream.aggregates import aggregate_rows
from clickstream.stream.decode.decoding import Decoder, event_rows, events_of
from clickstream.stream.ending import what_ended
from clickstream.stream.resuming import remove_cut_off, repeat_last_batch
from clickstream.stream.running_query import RunningQuery
from clickstream.stream.session.jvm import JVM_GONE, is_gone, jvm_failure, needing_the_jvm

LandBatch = Callable[[DataFrame, int], None]
"""Lands one micro-batch of a query: its rows (`contract/batch_rows.py`) and the batch id."""

_POLL_S = 0.1
_CLOSING_POLL_S = 0.02
_WAITING_DEADLINE_S = 6.0


def plan_queries(
    records: DataFrame, pipeline: Pipeline, settings: StreamSettings, windows: Mapping[str, Duration]
) -> dict[str, DataFrame]:
    """The streams of rows (`contract/batch_rows.py`) of the two queries by name; nothing runs yet.

    `windows` has the length of the windows of each table, or its gap, by table name.
    """
    # Building its expressions takes some five thousand calls to the JVM: once.
    decoded = Decoder(pipeline.event, settings.future_tolerance)(records)
    delay, partitions = settings.watermark_delay, settings.shuffle_partitions
    return {
        EVENTS: event_rows(decoded, pipeline),
        AGGREGATES: aggregate_rows(events_of(decoded), pipeline, windows, delay, partitions),
    }


def run_queries(
    plans: Mapping[str, DataFrame],
    settings: StreamSettings,
    *,
    layout: Layout,
    landings: Mapping[str, LandBatch],
    available_now: bool,
    stop_requested: Callable[[], bool],
    clock: Clock,
) -> None:
    """Start the queries and return when they have ended.

    Args:
        plans: as `plan_queries` gives them.
        settings: the trigger.
        layout: where each query keeps its checkpoint.
        landings: for each query what lands its batches; called on a thread of the query.
        available_now: end when all that was there at the start has been read, in as many batches as the
            source cuts it into; otherwise run until asked to stop.
        stop_requested: asked often; once true, every query ends after its running batch.
        clock: for waiting between two looks at the queries.

    Raises:
        ClickstreamError: what a landing raised, as it is; the other queries have ended.
        PartDied: a query ended by itself, or the JVM did; names the query and Spark's first line.
    """
    running: list[RunningQuery] = []
    try:
        with needing_the_jvm():
            try:
                for name, rows in plans.items():
                    query = RunningQuery(name, rows, layout.query_checkpoint(name), landings[name])
                    _start(query, rows, settings, available_now)
                    running.append(query)
                while any(query.is_active for query in running):
                    if stop_requested() or any(query.has_failed for query in running):
                        break
                    clock.sleep(_POLL_S)
                _close(running, clock)
            except BaseException:
                _stop_at_once(running)
                raise
        _raise_first_failure(running)
    finally:
        for query in running:
            query.release()


def _start(query: RunningQuery, rows: DataFrame, settings: StreamSettings, available_now: bool) -> None:
    remove_cut_off(query.checkpoint)
    writer = (
        rows.writeStream.queryName(query.name)
        .option("checkpointLocation", local_uri(query.checkpoint))
        .outputMode("append")
        .foreachBatch(query.land)
    )
    if available_now:
        repeat_last_batch(query.checkpoint)
        writer = writer.trigger(availableNow=True)
    else:
        writer = writer.trigger(processingTime=f"{settings.trigger_interval.milliseconds} milliseconds")
    try:
        # The query's thread inherits it; a scheduler that is not fair has no pools and ignores it.
        rows.sparkSession.sparkContext.setLocalProperty("spark.scheduler.pool", query.name)
        query.started_as(writer.start())
    except (PySparkException, Py4JJavaError) as error:
        raise what_ended(query.name, error, query.checkpoint) from error


def _raise_first_failure(running: list[RunningQuery]) -> None:
    for query in running:
        if isinstance(query.failure, ClickstreamError):
            raise query.failure
    for query in running:
        error = query.failure or query.exception
        if error is not None and is_gone(error):
            raise jvm_failure(error) from error
        if error is not None:
            raise what_ended(query.name, error, query.checkpoint) from error


def _close(running: list[RunningQuery], clock: Clock) -> None:
    """End every query after its running batch, however long that takes.

    A query that is in no batch and does not end waits for the broker, and may do so for minutes: it has
    nothing to finish, and is stopped.
    """
    for query in running:
        query.end_after_batch()
    deadline_s = {query.name: clock.monotonic_s() + _WAITING_DEADLINE_S for query in running}
    still_open = running
    while still_open := [query for query in still_open if not query.has_ended()]:
        now_s = clock.monotonic_s()
        for query in still_open:
            if query.is_in_a_batch:
                deadline_s[query.name] = now_s + _WAITING_DEADLINE_S
            elif now_s > deadline_s[query.name]:
                query.stop()
        clock.sleep(_CLOSING_POLL_S)


def _stop_at_once(running: list[RunningQuery]) -> None:
    with suppress(*JVM_GONE):
        for query in running:
            query.stop()
