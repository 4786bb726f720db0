"""The answer to a statement: its columns, and its rows batch by batch."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from clickstream.check.decode.schema import schema_of
from clickstream.check.landed.reading import landed_files, landed_scan
from clickstream.check.row_values import Row, column_type, csv_of, rows_of
from clickstream.check.sql.polars_errors import FAILURES, error_of
from clickstream.check.sql.statement import refuse_all_but_queries, tokens
from clickstream.check.terms import terms_of
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Column
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.recorded_batches import LIST_DAMAGE
from clickstream.errors import ClickstreamError, OutputDamaged

ROWS_AT_A_TIME = 10_000
"""Rows of an answer that are in memory as Python's values at a time."""


class Answer:
    """What a statement gives over the tables that have landed by now; rows are read when they are asked for.

    Raises:
        UsageError: the statement cannot be run; each method may raise it.
        CouldNotCheck: no run has landed, or another contract wrote it.
        OutputDamaged: a batch record or a landed file is missing or damaged; each method may raise it.
    """

    def __init__(self, layout: Layout, pipeline: Pipeline, sql: str) -> None:
        terms_of(layout, pipeline)
        refuse_all_but_queries(sql)
        self._sql, self._tables = sql, pipeline.tables
        self._without_rows = {table.name: pl.LazyFrame(schema=schema_of(table)) for table in pipeline.tables}
        named = {token.name.lower() for token in tokens(sql)}
        self._files = {
            table: landed_files(layout, table) for table in pipeline.tables if table.name.lower() in named
        }
        self._output = layout.output
        landed = {
            table.name: landed_scan(layout, files).select(table.column_names)
            for table, files in self._files.items()
            if files
        }
        with self._explaining():
            self._rows = pl.SQLContext({**self._without_rows, **landed}, eager=False).execute(sql)
            self._schema = self._rows.collect_schema()
        self.columns = tuple(Column(name, column_type(dtype)) for name, dtype in self._schema.items())
        """The columns of the answer, each with the type by which it is shown."""

    def first(self, count: int) -> tuple[list[Row], int]:
        """The first `count` rows, and how many rows there are."""
        rows: list[Row] = []
        total = 0
        for frame in self._frames(self._rows):
            rows += rows_of(frame.head(count - len(rows)))
            total += frame.height
        return rows, total

    def batches(self, limit: int | None) -> Iterator[list[Row]]:
        """All rows, or the first `limit`, some thousands at a time."""
        yield from map(rows_of, self._frames(self._limited(limit)))

    def csv(self, limit: int | None) -> Iterator[str]:
        """The same as CSV, the header first."""
        yield csv_of(pl.DataFrame(schema=self._schema), header=True)
        for frame in self._frames(self._limited(limit)):
            yield csv_of(frame, header=False)

    def _limited(self, limit: int | None) -> pl.LazyFrame:
        return self._rows if limit is None else self._rows.head(limit)

    def _frames(self, rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
        with self._explaining():
            for frame in rows.collect_batches(chunk_size=ROWS_AT_A_TIME, engine="streaming"):
                yield from frame.iter_slices(ROWS_AT_A_TIME)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise self._explained(error) from error

    def _explained(self, error: BaseException) -> ClickstreamError:
        """Why polars failed: a statement that is wrong fails without rows, too."""
        try:
            pl.SQLContext(self._without_rows, eager=False).execute(self._sql).collect()
        except FAILURES as of_statement:
            return error_of(self._sql, of_statement, self._tables)
        for files in self._files.values():
            for file in files:
                path = self._output / file.path
                difference = file.difference(path.stat().st_size) if path.exists() else "is missing"
                if difference:
                    return OutputDamaged(f"{path} {difference}.", next_step=LIST_DAMAGE)
        return error_of(self._sql, error, self._tables)
