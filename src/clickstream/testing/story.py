"""A pipeline as a story: send events, run a batch, expect rows; kill, run again, check everything."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import AGGREGATES, QUERIES, Table
from clickstream.contract.definition.validation import first_fault
from clickstream.contract.progress import BatchProgress
from clickstream.duration import LONGEST_MS, Duration
from clickstream.moment import written_ms
from clickstream.report.plain_text import plain_lines
from clickstream.report.verdict.as_text import last_line
from clickstream.report.verdict.as_text import verdict as verdict_text
from clickstream.sinks.landing.points import POINTS
from clickstream.testing.given import story_settings
from clickstream.testing.matching import Row
from clickstream.testing.orders import arrangements
from clickstream.testing.parts import topic
from clickstream.testing.pipeline_run import Kill, PipelineRun
from clickstream.testing.rows import differences, python_rows
from clickstream.testing.steps import Origin, SendsRecords, Steps, Unexpected, counted
from clickstream.testing.topics import Topic, Value, epoch_ms, shown

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import SparkSession

_CLOSING = "9000-01-01T00:00:00Z"
"""An event so late that it completes every window of the events before it."""
_NOTHING_IS_LATE = Duration(LONGEST_MS)


class Story(SendsRecords):
    """One pipeline, topic, output and checkpoint; each method is a step.

    What a story expects is new: since it last asked for rows of that table, or for late events. Every step
    raises StoryFailed, an AssertionError with the whole story, if something is not as expected.

    Args:
        pipeline: what it runs.
        session: where it runs.
        bootstrap_servers: the broker's address.
        folder: gets output and checkpoint.
        origin: printed with a failure.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        session: "SparkSession",
        bootstrap_servers: str,
        folder: Path,
        origin: Origin = Origin(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(Steps(origin), lambda: self._open()[0])
        self._pipeline = pipeline
        self._session = session
        self._address = bootstrap_servers
        self._folder = folder
        self._origin = origin
        self._given: dict[str, object] = {}
        self._owned = ExitStack()
        self._opened: tuple[Topic, PipelineRun] | None = None
        self._arranged = 0
        self._seen: dict[str, int] = {}
        self._late_seen: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owned.close()

    @property
    def folder(self) -> Path:
        """Where output and checkpoint are."""
        return self._folder

    def given(self, pipeline: Pipeline | None = None, /, **settings: object) -> Self:
        """Run another pipeline, or with other settings, such as `WATERMARK_DELAY="10 seconds"`; first step.

        Others have their declared defaults, but for one partition of the topic and one of Spark's state. The
        environment and `.env` have no say.
        """
        __tracebackhide__ = True

        def give() -> None:
            if self._opened is not None:
                raise Unexpected("`given` comes before the first event is sent and before the first run.")
            if pipeline is not None and (fault := first_fault(pipeline)):
                raise Unexpected(f"The pipeline {pipeline.name} cannot run: {fault}.")
            story_settings(pipeline or self._pipeline, self._given | settings)
            self._pipeline = pipeline or self._pipeline
            self._given |= settings

        words = [pipeline.name] if pipeline else []
        self._steps.step(f"given {', '.join(words + [f'{k}={v}' for k, v in settings.items()])}", give)
        return self

    def run(
        self,
        *,
        at_most: int | None = None,
        kill_at: str | None = None,
        query: str = AGGREGATES,
        time: int = 1,
        process: bool = False,
    ) -> None:
        """Start the job on the checkpoint, let it read all that was sent, and stop it.

        Args:
            at_most: cut what is there into micro-batches of at most so many offsets; by default one.
            kill_at: end the job where a landing reaches this point: `batch_started`, `parquet_written`,
                `csv_written`, `files_moved` or `record_written`.
            query: which query is killed, `aggregates` or `events`.
            time: 1 for the first time that the query reaches this point, 2 for the second.
            process: run the job as a process of its own and end it by `kill -9`; by default an error ends the
                run in this session, with the same files on disk.
        """
        __tracebackhide__ = True
        words = "run" + (f", at most {at_most} offsets a batch" if at_most else "")
        words += f", killed when {query} reaches {kill_at}" if kill_at else ""
        words += f" for time {time}" if time > 1 else ""
        words += ", in a process of its own" if process else ""

        def run() -> None:
            if kill_at is None:
                self._tell(self._run.run(at_most=at_most))
                return
            if kill_at not in POINTS or query not in QUERIES:
                raise Unexpected(
                    f"There is no point {kill_at} of query {query}.",
                    f"Points: {', '.join(POINTS)}. Queries: {', '.join(QUERIES)}.",
                )
            kill = Kill(query, kill_at, time)
            run_until = self._run.run_until_killed if process else self._run.run_until_aborted
            if not run_until(kill, at_most=at_most):
                raise Unexpected(f"The run ended before {query} reached {kill_at}.")

        self._steps.step(words, run)

    def expect(self, table: str, rows: Sequence[Row]) -> None:
        """Expect exactly these new rows of a table, in any order; a row names the columns that matter.

        A time may be a text such as `2026-03-01T12:00:00Z`. Floats agree within 1e-9 of the larger one.
        """
        __tracebackhide__ = True
        self._steps.step(
            f"expect {counted(len(rows), 'new row')} of {table}", lambda: self._compare(table, rows)
        )

    def expect_rejected(self, *reasons: str) -> None:
        """Expect exactly these reasons, one for each message that was newly rejected, in any order."""
        __tracebackhide__ = True
        rejected = self._pipeline.rejected_table.name
        self._steps.step(
            f"expect rejected messages: {', '.join(reasons) or 'none'}",
            lambda: self._compare(rejected, [{"reason": reason} for reason in reasons]),
        )

    def expect_watermark(self, moment: str | datetime | None) -> None:
        """Expect the watermark of the tables with windows to be at this time; None before any event."""
        __tracebackhide__ = True

        def compare() -> None:
            records = self._run.records(AGGREGATES)
            found_ms = records[-1].watermark_ms if records else 0
            if found_ms != (0 if moment is None else epoch_ms(moment)):
                raise Unexpected(f"The watermark is at {_moment(found_ms)}.")

        self._steps.step(f"expect the watermark {moment}", compare)

    def expect_late(self, count: int, table: str = "") -> None:
        """Expect so many new late events: those whose window or session the watermark had passed.

        Args:
            count: how many.
            table: the table that dropped them; by default each table with windows.
        """
        __tracebackhide__ = True

        def compare() -> None:
            tables = [self._table(table)] if table else self._pipeline.windowed_tables
            late = {each.table: each.late_events_dropped or 0 for each in self._run.verdict().tables}
            new = {each.name: late[each.name] - self._late_seen.get(each.name, 0) for each in tables}
            self._late_seen |= {each.name: late[each.name] for each in tables}
            if any(found != count for found in new.values()):
                raise Unexpected(*(f"{name}: {counted(found, 'late event')}" for name, found in new.items()))

        self._steps.step(
            f"expect {counted(count, 'late event')}" + (f" of {table}" if table else ""), compare
        )

    def check(self, *tables: str) -> None:
        """Recompute every landed row of all tables from the topic, and compare files, records and offsets.

        A table that is not checked fails it. One without a polars half is computed by its Spark half again.

        Args:
            tables: only these must be checked; others may have a polars half that is yet to be written.
        """
        __tracebackhide__ = True

        def check() -> None:
            named = {self._table(name).name for name in tables}
            found = self._run.verdict()
            not_checked = {table.table for table in found.tables if table.not_checked}
            if not found.passed or (not_checked & named if tables else not_checked):
                raise Unexpected(*plain_lines(verdict_text(found)))
            self._steps.add(last_line(found))

        self._steps.step("check everything", check)

    def rows(self, table: str) -> "pl.DataFrame":
        """All rows of a table that have landed, as polars has them."""
        __tracebackhide__ = True

        def read() -> "pl.DataFrame":
            found = self._table(table)
            return self._run.rows(found, self._run.files(found))

        return self._steps.step(f"read all rows of {table}", read)

    def expect_same_rows_in_any_order(self, *events: Value, times: int = 3) -> None:
        """Expect the same rows of all tables with windows, whatever the order and the batches of the events.

        Runs the events as given in one batch, then `times` times shuffled and in one to four batches, each on
        a topic and a checkpoint of its own. The watermark stays behind every event until all were sent, so
        that none is late; then one event of the year 9000 completes all windows. The seed decides the orders.
        """
        __tracebackhide__ = True

        def compare() -> None:
            expected = self._arranged_rows([events])
            for batches in arrangements(events, self._origin.seed, times=times):
                found = self._arranged_rows(batches)
                for table in self._pipeline.windowed_tables:
                    lines = differences(found[table.name], python_rows(expected[table.name]), table.key)
                    if lines:
                        sent = [
                            f"batch {n}: {shown(event)}" for n, each in enumerate(batches) for event in each
                        ]
                        raise Unexpected(f"{table.name} in this order:", *sent, *lines)

        words = f"expect the same rows of {counted(len(events), 'event')} in any order"
        self._steps.step(words, compare)

    def _arranged_rows(self, batches: Sequence[Sequence[Value]]) -> Mapping[str, "pl.DataFrame"]:
        """The rows of the tables with windows of one run of its own."""
        self._arranged += 1
        folder = self._folder / f"order-{self._arranged}"
        settings = story_settings(self._pipeline, {**self._given, "WATERMARK_DELAY": _NOTHING_IS_LATE})
        with topic(self._address, partitions=1) as own:
            run = PipelineRun(self._pipeline, settings, own, self._session, folder)
            for events in batches[:-1]:
                own.send(*events)
                run.run()
            # The last batch and the event that completes it: Spark moves the watermark after a batch.
            own.send(*batches[-1])
            own.send({self._pipeline.event.time_field: _CLOSING}, timestamp=_CLOSING)
            run.run()
            return {table.name: run.rows(table, run.files(table)) for table in self._pipeline.windowed_tables}

    def _compare(self, name: str, rows: Sequence[Row]) -> None:
        table = self._table(name)
        files = self._run.files(table)
        new = files[self._seen.get(name, 0) :]
        self._seen[name] = len(files)
        if lines := differences(self._run.rows(table, new), rows, table.key):
            raise Unexpected(*lines)

    def _table(self, name: str) -> Table:
        for table in self._pipeline.tables:
            if table.name == name:
                return table
        known = ", ".join(table.name for table in self._pipeline.tables)
        raise Unexpected(f"There is no table {name}. Tables: {known}.")

    def _tell(self, landed: Sequence[BatchProgress]) -> None:
        for query in QUERIES:
            batches = [batch for batch in landed if batch.query == query]
            if batches:
                rows = ", ".join(
                    f"{sum(batch.rows_landed[table] for batch in batches)} {table}"
                    for table in batches[0].rows_landed
                )
                self._steps.add(f"{query}: {counted(len(batches), 'batch', 'batches')}; rows: {rows}")

    @property
    def _run(self) -> PipelineRun:
        return self._open()[1]

    def _open(self) -> tuple[Topic, PipelineRun]:
        if self._opened is None:
            settings = story_settings(self._pipeline, self._given)
            own = self._owned.enter_context(topic(self._address, partitions=settings.partitions))
            run = PipelineRun(self._pipeline, settings, own, self._session, self._folder)
            self._opened = own, run
        return self._opened


def _moment(epoch_ms: int) -> str:
    return f"{written_ms(epoch_ms)} UTC" if epoch_ms else "its beginning: no event has moved it"
