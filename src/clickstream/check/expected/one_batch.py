"""Tables without a polars half: their rows by the Spark half, over all events that count, as one batch.

It finds loss, duplicates and wrong lateness, but not a half that computes the wrong thing.
Which events count, and which windows are complete, is decided here as for every other table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import polars as pl

from clickstream.check.decode.schema import BATCH, TOLERANCE, schema_of, tolerance_of, with_strings
from clickstream.check.expected.kept import Expected, Kept
from clickstream.check.findings import Coverage, NotChecked
from clickstream.contract.batch_rows import WAVE
from clickstream.contract.definition.tables import Agreement, Kind, Table
from clickstream.errors import EnvironmentNotReady

MOST_WAVES = 20


@dataclass(frozen=True, slots=True)
class Work:
    """A table whose rows are to be computed: from the Parquet file `events` to Parquet in the folder `rows`.

    The events have the fields that any table reads, `event_ts` and `WAVE`, from 0 to `waves` - 1.
    `window_ms` is the length of the windows, or the gap.
    """

    table: Table
    window_ms: int
    events: Path
    waves: int
    rows: Path


OneBatch = Callable[[Sequence[Work]], None]
"""Computes rows by Spark halves; raises EnvironmentNotReady if that cannot be done here."""


def rows_of_one_batch(
    tables: Mapping[Table, Kept],
    windows_ms: Mapping[str, int],
    fields: Sequence[str],
    one_batch: OneBatch | None,
) -> dict[str, Expected]:
    """What these tables must hold, or that they are not checked, by the events that count in each.

    `fields` are those that any table reads.

    Raises:
        DefinitionInvalid: a Spark half cannot be computed.
    """
    found: dict[str, Expected] = {}
    if not tables:
        return found
    if one_batch is None:
        return {
            table.name: not_checked(table, kept, "Spark is not there", "Run `clickstream check`.")
            for table, kept in tables.items()
        }
    with TemporaryDirectory(prefix="clickstream-check-") as folder:
        works = []
        for table, kept in tables.items():
            waves = _waves(table, kept)
            count = int(waves.max(initial=0)) + 1
            if count > MOST_WAVES:
                why = f"one batch would join more than {MOST_WAVES} sessions of a key that the job kept apart"
                step = "Give the table a polars half, which follows every batch."
                found[table.name] = not_checked(table, kept, why, step)
                continue
            events, rows = Path(folder) / f"{table.name}.parquet", Path(folder) / table.name
            _write(kept, fields, waves, events)
            works.append(Work(table, windows_ms[table.name], events, count, rows))
        try:
            one_batch(works)
        except EnvironmentNotReady as error:
            return found | {
                work.table.name: not_checked(work.table, tables[work.table], error.sentence, error.next_step)
                for work in works
            }
        for work in works:
            found[work.table.name] = _read(work, tables[work.table])
    return found


def not_checked(table: Table, kept: Kept, why: str, next_step: str) -> Expected:
    """That a table is not checked, with what is known of it all the same."""
    nothing = pl.DataFrame(schema={**schema_of(table), BATCH: pl.Int32})
    return kept.expected(nothing, Coverage.NOT_CHECKED, NotChecked(why.removesuffix("."), next_step))


def _write(kept: Kept, fields: Sequence[str], waves: npt.NDArray[np.int64], file: Path) -> None:
    events = kept.committed.events.select(*fields, "event_ts")[kept.rows]
    wave = pl.Series(WAVE, waves[kept.grouping.of_row], pl.Int32)
    with_strings(events.with_columns(wave)).write_parquet(file)


def _read(work: Work, kept: Kept) -> Expected:
    """The rows that Spark wrote, each with the batch whose watermark completes it."""
    schema = schema_of(work.table)
    files = sorted(work.rows.glob("*.parquet"))
    frames = [pl.read_parquet(file, glob=False).select(schema.names()).cast(schema) for file in files]
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    end = "session_end" if work.table.kind is Kind.SESSION else "window_end"
    completed_in = kept.committed.timeline.batch_that_completes(rows[end].cast(pl.Int64).to_numpy())
    # Unknown here: the values that were added. Their sum is taken to be the column's largest value.
    tolerances = [
        (pl.col(column.name).abs().max() * TOLERANCE).fill_null(0.0).alias(tolerance_of(column.name))
        for column in work.table.columns
        if column.agreement is not Agreement.EXACT
    ]
    return kept.expected(rows.with_columns(pl.Series(BATCH, completed_in), *tolerances), Coverage.ONE_BATCH)


def _waves(table: Table, kept: Kept) -> npt.NDArray[np.int64]:
    """The wave of each group: 0, but for sessions that begin before another one of their key has ended.

    The job has landed the earlier one before it saw the later one's events; one batch would join them.
    """
    waves = np.zeros(kept.keys.height, dtype=np.int64)
    if table.kind is not Kind.SESSION:
        return waves
    sessions = kept.keys.with_row_index("number").sort(*table.group, "session_start")
    start_us, end_us = (sessions[name].cast(pl.Int64).to_list() for name in ("session_start", "session_end"))
    touches = sessions.select(
        (pl.col("session_start") <= pl.col("session_end").shift(1).over(table.group)).fill_null(value=False)
    ).to_series()
    ends_us: list[int] = []
    before = -1
    for at in touches.arg_true().to_list():
        if at - 1 != before:
            ends_us = [end_us[at - 1]]
        wave = next((wave for wave, end in enumerate(ends_us) if end < start_us[at]), len(ends_us))
        ends_us[wave : wave + 1] = [end_us[at]]
        waves[sessions["number"][at]] = wave
        before = at
    return waves
