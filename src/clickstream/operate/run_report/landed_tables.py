"""The landed tables of a report: rows, files, growth and newest rows of each."""

from functools import lru_cache

from clickstream.check.landed.newest import newest_rows
from clickstream.clock import Clock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.layout import FORMATS, Layout
from clickstream.errors import ClickstreamError
from clickstream.operate.run_report.history import RunHistory
from clickstream.operate.run_report.over_time import landed_rows
from clickstream.report.commands import pasteable
from clickstream.report.landed_rows import cells_of
from clickstream.report.run_report import FilesFacts, TableFacts

_NEWEST_ROWS = 10
_ROWS_STAY_S = 10.0
"""The newest rows of a table are not read more often than that: most of a live page's work would be this."""
_Rows = tuple[tuple[str, ...], ...]


class LandedTables:
    """The tables of a run; asked again, it reads rows and draws charts only of tables that have changed."""

    def __init__(self, layout: Layout, pipeline: Pipeline, history: RunHistory, clock: Clock) -> None:
        self._layout = layout
        self._pipeline = pipeline
        self._history = history
        self._clock = clock
        self._read_at_s: dict[str, float] = {}
        self._newest: dict[str, tuple[int, _Rows, str]] = {}
        """Of each table: its rows when the newest were read, the newest, and why there are none."""
        # By the number of batches, so that a chart is drawn again only if some have landed.
        self._chart = lru_cache(maxsize=len(pipeline.tables))(lambda table, _: landed_rows(history, table))

    def facts(self) -> tuple[TableFacts, ...]:
        """Every table of the pipeline, in order."""
        return tuple(self._facts_of(table) for table in self._pipeline.tables)

    def _facts_of(self, table: Table) -> TableFacts:
        so_far, batches = self._history.tables[table.name], self._history.count[table.query]
        has_changed = self._newest.get(table.name, (-1,))[0] != so_far.rows
        now_s = self._clock.monotonic_s()
        if has_changed and now_s - self._read_at_s.get(table.name, float("-inf")) >= _ROWS_STAY_S:
            self._read_at_s[table.name] = now_s
            self._newest[table.name] = (so_far.rows, *self._read_newest(table, so_far.rows))
        _, newest, note = self._newest[table.name]
        return TableFacts(
            table=table.name,
            kind=table.kind,
            query=table.query,
            rows=so_far.rows,
            files=tuple(FilesFacts(each, so_far.files[each], so_far.size_bytes[each]) for each in FORMATS),
            columns=table.column_names,
            newest=newest,
            landed=self._chart(table, batches),
            note=note,
        )

    def _read_newest(self, table: Table, rows: int) -> tuple[_Rows, str]:
        """The newest rows as text, or why there are none."""
        if not rows:
            return (), "No row has landed yet."
        try:
            # No more than there are: records would be read back to the first one in search of the others.
            found = newest_rows(self._layout, self._pipeline, table, min(_NEWEST_ROWS, rows)).rows
        except ClickstreamError as error:
            return (), f"{error.sentence} {pasteable(error.next_step)}"
        cells = cells_of(found, table.columns)
        return tuple(zip(*(cells[name] for name in table.column_names), strict=True)), ""
