"""The whole job over a topic of files, in one process: run it, end it anywhere, look at what has landed."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl
from pyspark.sql import SparkSession

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import TABLES
from clickstream.clock import SystemClock
from clickstream.contract.definition.tables import QUERIES, Table
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.sealing import seal, unseal
from clickstream.settings import SinkSettings
from clickstream.sinks.landing.micro_batch import Landing
from clickstream.sinks.start import leftovers
from clickstream.sinks.start.output_matches_records import verified_files
from clickstream.stream.queries import plan_queries, run_queries
from file_topic import FileTopic, file_offsets
from story import stream_settings, windows_of


class Killed(Exception):
    """Stands for the end of the process at one point of a landing."""


def killed_at(point: str, time: int, query: str | None = None) -> Callable[[str], Callable[[str], None]]:
    """For each query, or one, something that raises when its landing reaches `point` for the n-th time."""

    def of_query(name: str) -> Callable[[str], None]:
        seen = 0

        def reached(here: str) -> None:
            nonlocal seen
            seen += here == point
            if here == point and seen == time and query in {None, name}:
                raise Killed(point)

        return reached

    return of_query


class LandingJob:
    """A topic, a layout, and the job between them; `progress` is what the landings told of the last run."""

    def __init__(self, session: SparkSession, folder: Path) -> None:
        self.session = session
        self.topic = FileTopic(folder / "topic")
        self.layout = Layout(output=folder / "output", checkpoint=folder / "checkpoint")
        self.progress: list[Any] = []  # BatchProgress

    def run(
        self,
        *,
        queries: Iterable[str] = QUERIES,
        reached: Callable[[str], Callable[[str], None]] = lambda _query: lambda _point: None,
        stop_requested: Callable[[], bool] | None = None,
        sink: dict[str, Any] | None = None,
        stream: dict[str, Any] | None = None,
    ) -> None:
        """Run it over all that is in the topic, or until `stop_requested` says so."""
        self.progress.clear()
        settings = stream_settings(**(stream or {}))
        plans = plan_queries(self.topic.records(self.session), CLICKS, settings, windows_of(**(stream or {})))
        landings = {
            query: Landing(
                CLICKS,
                query,
                run_id="run-1",
                topic="events",
                layout=self.layout,
                settings=SinkSettings(**(sink or {})),
                clock=SystemClock(),
                on_batch=self.progress.append,
                reached=reached(query),
                offsets_in=file_offsets,
            )
            for query in QUERIES
        }
        run_queries(
            {name: rows for name, rows in plans.items() if name in set(queries)},
            settings,
            layout=self.layout,
            landings=landings,
            available_now=stop_requested is None,
            stop_requested=stop_requested or (lambda: False),
            clock=SystemClock(),
        )

    def records(self, query: str) -> list[BatchRecord]:
        return [BatchRecord.from_json(path.read_text()) for path in self.layout.record_paths(query)]

    def files(self, table: Table, file_format: str) -> list[Path]:
        """The files of a table that records name, in order."""
        return [
            self.layout.output / file.path
            for record in self.records(table.query)
            for file in getattr(record.tables[table.name], file_format)
        ]

    def all_files(self) -> list[Path]:
        """Every file in the tables' folders."""
        return sorted(
            path
            for table in TABLES
            for path in (self.layout.output / table.name).rglob("*")
            if path.is_file()
        )

    def named_files(self) -> list[Path]:
        """Every file that a record names."""
        return sorted(
            file for table in TABLES for each in ("parquet", "csv") for file in self.files(table, each)
        )

    def remove_leftovers(self) -> list[Path]:
        """Remove what runs that were ended left, as the next start does; the files."""
        return leftovers.remove(self.layout, TABLES, recorded=verified_files(self.layout))

    def rows(self, table: Table) -> pl.DataFrame:
        """The landed rows of a table, sorted by its key."""
        frames = [pl.read_parquet(file, glob=False) for file in self.files(table, "parquet")]
        return pl.concat(frames).sort(table.key) if frames else pl.DataFrame()

    def log_numbers(self, query: str, log: str) -> list[int]:
        """The batches in Spark's own `offsets` or `commits` of a query."""
        folder = self.layout.query_checkpoint(query) / log
        return sorted(int(path.name) for path in folder.glob("*") if path.name.isdigit())

    def forget_commit(self, query: str) -> int:
        """Take back the last commit of a query, as a crash just before it would have; its batch id."""
        last = self.log_numbers(query, "commits")[-1]
        (self.layout.query_checkpoint(query) / "commits" / str(last)).unlink()
        return last

    def forget_batch(self, query: str, batch_id: int) -> None:
        """Take back the last batch of a query as if it had never begun, its record too."""
        assert self.forget_commit(query) == batch_id
        checkpoint = self.layout.query_checkpoint(query)
        (checkpoint / "offsets" / str(batch_id)).unlink()
        for path in checkpoint.glob(f"state/*/*/{batch_id + 1}.delta"):
            path.unlink()
        self.layout.record_path(query, batch_id).unlink()

    def edit_record(self, query: str, batch_id: int, **changed: object) -> None:
        path = self.layout.record_path(query, batch_id)
        path.write_text(seal({**unseal(path.read_text()), **changed}))
