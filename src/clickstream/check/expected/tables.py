"""What every table of a query must hold."""

import polars as pl

from clickstream.check.decode.chunk import Decoded
from clickstream.check.decode.schema import BATCH, decoded_events
from clickstream.check.expected.committed import CommittedEvents, batch_ids_of, committed_events
from clickstream.check.expected.groups import Groups, with_measures
from clickstream.check.expected.kept import Expected, kept_of
from clickstream.check.expected.one_batch import OneBatch, not_checked, rows_of_one_batch
from clickstream.check.history.batches import NO_BATCH, Batches
from clickstream.check.history.run import Run
from clickstream.contract.definition.loading import place_of_function
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, Table
from clickstream.errors import DefinitionInvalid

_ANY_LENGTH_MS = 1_000


def expected_tables(
    query: str, run: Run, pipeline: Pipeline, decoded: Decoded, one_batch: OneBatch | None = None
) -> tuple[CommittedEvents, dict[str, Expected]]:
    """What each table of a query must hold, and the events that the query saw.

    `one_batch` computes the tables without a polars half; without it they are not checked.
    """
    batches, terms = run.queries[query].batches, run.terms
    if query == EVENTS:
        committed = committed_events(decoded.events, batches, None)
        return committed, {
            pipeline.event_table.name: _events(committed),
            pipeline.rejected_table.name: _rejected(decoded.rejected, batches),
        }
    committed = committed_events(decoded.events, batches, terms.watermark_delay_ms)
    windows_ms = terms.windows_ms
    independent = [table for table in pipeline.windowed_tables if table.polars is not None]
    others = {
        table: kept_of(table, committed, windows_ms[table.name])
        for table in pipeline.windowed_tables
        if table.polars is None
    }
    return committed, {
        **{table.name: expected_rows(table, committed, windows_ms[table.name]) for table in independent},
        **rows_of_one_batch(others, windows_ms, pipeline.fields_read, one_batch),
    }


def refuse_unsound_polars_halves(pipeline: Pipeline) -> None:
    """Return only if every polars half computes its table's columns from no events at all.

    Raises:
        DefinitionInvalid: one fails, or computes other columns; names table, file and line.
    """
    nothing = pl.DataFrame(schema=decoded_events(pipeline.event))
    committed = committed_events(nothing, Batches(AGGREGATES, ({},)), 0)
    for table in pipeline.windowed_tables:
        if table.polars is not None:
            expected_rows(table, committed, _ANY_LENGTH_MS)


def expected_rows(table: Table, committed: CommittedEvents, window_ms: int) -> Expected:
    """What a table with windows must hold by its polars half; not checked if that is yet to be written.

    Raises:
        DefinitionInvalid: the polars half cannot be computed, or computes other columns.
    """
    assert table.polars is not None  # noqa: S101 - the others are computed as one batch
    kept = kept_of(table, committed, window_ms)
    try:
        measures = table.polars(Groups(kept.committed, kept.rows, kept.grouping))
        rows = with_measures(kept.keys, table, measures)
    except NotImplementedError:
        return not_checked(
            table,
            kept,
            f"its polars half `{table.polars.__name__}` raises NotImplementedError",
            "Write it, or remove `polars=` from the table: the check then uses the Spark half.",
        )
    except (Exception, SystemExit) as error:  # of whatever a person has written
        why = str(error).partition("\n")[0] or "no message"
        raise DefinitionInvalid(
            f"The polars half of table {table.name} ({place_of_function(table.polars)}) fails with"
            f" {type(error).__name__}: {why}.",
            next_step="Correct it: it takes Groups and gives a Measure for each of the table's measures.",
        ) from error
    return kept.expected(rows.with_columns(pl.Series(BATCH, kept.completed_in)))


def _events(committed: CommittedEvents) -> Expected:
    """Every decoded event, late ones included; strings stay dictionary-encoded."""
    return Expected(committed.events.with_columns(pl.Series(BATCH, committed.batch_ids)))


def _rejected(rejected: pl.DataFrame, batches: Batches) -> Expected:
    """Every rejected message with its bytes and reason."""
    rows = rejected.with_columns(pl.Series(BATCH, batch_ids_of(rejected, batches)))
    return Expected(rows.filter(pl.col(BATCH) != NO_BATCH))
