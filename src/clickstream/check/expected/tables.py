"""What every table of a query must hold."""

import polars as pl

from clickstream.check.decode.chunk import Decoded
from clickstream.check.decode.schema import BATCH
from clickstream.check.expected.committed import CommittedEvents, batch_ids_of, committed_events
from clickstream.check.expected.rows import Expected
from clickstream.check.expected.sessions import expected_sessions
from clickstream.check.expected.tumbling import expected_windows
from clickstream.check.history.batches import NO_BATCH, Batches
from clickstream.check.history.run import Run
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import EVENTS, Kind, Table
from clickstream.errors import DefinitionInvalid


def expected_tables(
    query: str, run: Run, pipeline: Pipeline, decoded: Decoded
) -> tuple[CommittedEvents, dict[str, Expected]]:
    """What each table of a query must hold, and the events that the query saw."""
    batches, terms = run.queries[query].batches, run.terms
    if query == EVENTS:
        committed = committed_events(decoded.events, batches, None)
        return committed, {
            pipeline.event_table.name: _events(committed),
            pipeline.rejected_table.name: _rejected(decoded.rejected, batches),
        }
    committed = committed_events(decoded.events, batches, terms.watermark_delay_ms)
    return committed, {
        table.name: expected_rows(table, committed, terms.windows_ms[table.name])
        for table in pipeline.windowed_tables
    }


def expected_rows(table: Table, committed: CommittedEvents, window_ms: int) -> Expected:
    """What a table with windows must hold.

    Raises:
        DefinitionInvalid: the table's polars half cannot be computed, or computes other columns.
    """
    if table.polars is None:
        raise DefinitionInvalid(f"{table.name} has no half for polars.", next_step="Give the table one.")
    compute = expected_sessions if table.kind is Kind.SESSION else expected_windows
    try:
        return compute(committed, table, table.polars, window_ms)
    except (AttributeError, LookupError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DefinitionInvalid(
            f"polars cannot compute {table.name}: {type(error).__name__}: {str(error).splitlines()[0]}.",
            next_step="Correct the table's polars half; `check/expected/groups.py` has its measures.",
        ) from error


def _events(committed: CommittedEvents) -> Expected:
    """Every decoded event, late ones included; strings stay dictionary-encoded."""
    return Expected(committed.events.with_columns(pl.Series(BATCH, committed.batch_ids)))


def _rejected(rejected: pl.DataFrame, batches: Batches) -> Expected:
    """Every rejected message with its bytes and reason."""
    rows = rejected.with_columns(pl.Series(BATCH, batch_ids_of(rejected, batches)))
    return Expected(rows.filter(pl.col(BATCH) != NO_BATCH))
