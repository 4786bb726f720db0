"""A pipeline over one topic in a session that stays: each run starts its queries on the same checkpoint."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from clickstream.broker.reading import read_ranges
from clickstream.broker.topics import offset_ranges
from clickstream.check.decode.schema import schema_of
from clickstream.check.findings import Verdict
from clickstream.check.landed.reading import landed_scan
from clickstream.check.verifying import verify
from clickstream.clock import SystemClock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Table
from clickstream.contract.progress import BatchProgress
from clickstream.contract.run.batch_record import BatchRecord, LandedFile
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import records_of
from clickstream.contract.run.terms import RunTerms
from clickstream.errors import ClickstreamError, PartDied, UsageError
from clickstream.pipeline.process.landings import landings_of
from clickstream.pipeline.run import new_terms
from clickstream.pipeline.verify.one_batch import write_all_rows
from clickstream.runtime.processes.started import last_lines
from clickstream.settings import PIPELINE, PLACE, kit_environment
from clickstream.sinks.start import leftovers
from clickstream.sinks.start.output_matches_records import verified_files
from clickstream.sinks.start.run_terms import claim
from clickstream.stream.halves import refuse_unsound_halves
from clickstream.stream.queries import plan_queries, run_queries
from clickstream.testing.given import StorySettings, as_environment
from clickstream.testing.topics import Topic

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Killed(ClickstreamError):
    """The end of a run in the middle: raised where a landing reaches the point."""


@dataclass(frozen=True, slots=True)
class Kill:
    """Where a run ends: the n-th time that a query's landing reaches a point of `sinks/landing/points.py`."""

    query: str
    point: str
    time: int = 1

    def reached(self) -> Callable[[str, str], None]:
        """What raises `Killed` there, called with each query and point that a landing reaches."""
        seen = 0

        def reached(query: str, point: str) -> None:
            nonlocal seen
            seen += (query, point) == (self.query, self.point)
            if seen == self.time and (query, point) == (self.query, self.point):
                raise Killed(f"{query} was killed at {point}")

        return reached


class PipelineRun:
    """Output and checkpoint of one run, and what has landed there.

    Args:
        pipeline: what it computes.
        settings: what it runs with.
        topic: what it reads, from the first record.
        session: where it runs.
        folder: gets the folders `output` and `checkpoints`.
    """

    def __init__(
        self, pipeline: Pipeline, settings: StorySettings, topic: Topic, session: "SparkSession", folder: Path
    ) -> None:
        self.pipeline = pipeline
        self.layout = Layout(output=folder / "output" / "story", checkpoint=folder / "checkpoints" / "story")
        self._settings = settings
        self._topic = topic
        self._session = session
        self._clock = SystemClock()
        # Planning takes thousands of calls to the JVM.
        self._plans = cache(self._plan)

    def run(self, *, at_most: int | None = None, kill: Kill | None = None) -> list[BatchProgress]:
        """Start the queries as after a restart, and return the batches that landed when all is read.

        Args:
            at_most: most offsets of one micro-batch of a query; by default all that are there.
            kill: where the run ends; the other query ends after its running batch.
        """
        stream = self._settings.stream
        landed: list[BatchProgress] = []
        terms = claim(self.layout, self._terms(), self.pipeline)
        leftovers.remove(self.layout, self.pipeline.tables, recorded=verified_files(self.layout))
        # A query takes the number of its state's partitions from the session.
        self._session.conf.set("spark.sql.shuffle.partitions", stream.shuffle_partitions)
        run_queries(
            self._plans(at_most),
            stream,
            layout=self.layout,
            landings=landings_of(
                self.pipeline,
                self.layout,
                terms,
                self._settings.sink,
                clock=self._clock,
                on_batch=landed.append,
                reached=kill.reached() if kill else lambda _query, _point: None,
            ),
            available_now=True,
            stop_requested=lambda: False,
            clock=self._clock,
        )
        return landed

    def run_until_aborted(self, kill: Kill, *, at_most: int | None = None) -> bool:
        """Start the queries as after a restart, and abort them where `kill` says; whether they came there."""
        try:
            self.run(at_most=at_most, kill=kill)
        except Killed:
            return True
        return False

    def run_until_killed(self, kill: Kill, *, at_most: int | None = None) -> bool:
        """The same in a process of its own, which `kill -9` ends."""
        if self.pipeline is not PIPELINE:
            raise UsageError(
                f"A process of its own can run the pipeline of the settings, {PIPELINE.name}, and no other.",
                next_step="Set PIPELINE to the pipeline of this story, or leave out `process=True`.",
            )
        folder = self.layout.output.parent.parent
        log = folder / "killed.log"
        temporary = folder / "tmp"  # a killed job leaves its scratch folder behind
        temporary.mkdir(exist_ok=True)
        environment = {
            **as_environment(self.pipeline, self._settings, self._topic.broker),
            "PIPELINE": PLACE,
            "OUTPUT_PATH": str(self.layout.output.parent),
            "CHECKPOINT_PATH": str(self.layout.checkpoint.parent),
            "RUN_ID": self.layout.output.name,
            "STATE_PATH": str(folder / "state"),
            "TMPDIR": str(temporary),
            **({} if at_most is None else {"MAX_OFFSETS_PER_TRIGGER": str(at_most)}),
        }
        job = ("-m", "clickstream.torture.job_killed_at", kill.query, kill.point, str(kill.time))
        with log.open("ab") as written:
            code = subprocess.run(
                (sys.executable, *job),
                env=kit_environment(environment),
                stdout=written,
                stderr=written,
                check=False,
            ).returncode
        if code not in (0, -signal.SIGKILL):
            raise PartDied(
                f"The job ended with exit code {code}.", next_step=f"See {log}.", details=last_lines(log)
            )
        return code != 0

    def records(self, query: str) -> list[BatchRecord]:
        """The records of the batches of a query that have landed."""
        return records_of(self.layout, query)

    def files(self, table: Table) -> list[LandedFile]:
        """The Parquet files of a table that have landed, in order."""
        return [file for record in self.records(table.query) for file in record.tables[table.name].parquet]

    def rows(self, table: Table, files: list[LandedFile]) -> pl.DataFrame:
        """The rows in files of a table."""
        if not files:
            return pl.DataFrame(schema=schema_of(table))
        return landed_scan(self.layout, files).select(table.column_names).collect()

    def verdict(self) -> Verdict:
        """The check of all that has landed; tables without a polars half are computed in this session."""
        broker = self._topic.broker
        return verify(
            self.layout,
            self.pipeline,
            lambda ranges: read_ranges(broker, ranges, clock=self._clock),
            clock=self._clock,
            ask_ranges=lambda: offset_ranges(broker),
            one_batch=partial(write_all_rows, self._session),
        )

    def _plan(self, at_most: int | None) -> "dict[str, DataFrame]":
        refuse_unsound_halves(self._session, self.pipeline, self._settings.windows)
        records = self._topic.records(self._session, at_most=at_most)
        return plan_queries(records, self.pipeline, self._settings.stream, self._settings.windows)

    def _terms(self) -> RunTerms:
        settings = self._settings
        return new_terms(settings.stream, settings.windows, self._topic.name, self._topic.topic_id)
