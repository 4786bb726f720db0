"""A kit's status in versions of falling length; the essentials fit a screen of 24 lines of 80 columns."""

from collections.abc import Iterator
from datetime import UTC

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clickstream.contract.status import KitStatus, PartState
from clickstream.report.commands import command, pasteable
from clickstream.report.plain_text import tame
from clickstream.report.status.as_text import (
    age,
    check_line,
    parts_table,
    queries_table,
    status,
    tables_table,
    topic_line,
    watermark_lines,
)
from clickstream.report.tables import numbers
from clickstream.settings import PIPELINE

_COLUMNS_WITH_LOGS = 120


def versions(found: KitStatus, columns: int = 80) -> Iterator[RenderableType]:
    """The status, the longest version first; wide terminals have the logs of parts.

    All of it; without partitions; without rules; without empty lines; parts in a line and a row per table.
    """
    head = Text(f"{found.at.astimezone(UTC):%H:%M:%S} UTC · Ctrl-C ends", style="dim")
    with_logs = columns >= _COLUMNS_WITH_LOGS
    yield Group(head, status(found, with_logs=with_logs))
    topic = [] if found.topic is None else [_line(topic_line(found, found.topic))]
    remarks = list(_remarks(found))
    parts = parts_table(found.parts, with_logs=with_logs)
    queries, watermark, tables, check = _landed(found)
    yield Group(head, parts, *topic, *queries, *watermark, *tables, *check, *remarks)
    close: list[RenderableType] = [_close(parts), *topic, *map(_close, queries), *watermark]
    rows: list[RenderableType] = [*map(_close, tables), *check, *remarks]
    yield Group(head, *close, Text(""), *rows)
    yield Group(head, *close, *rows)
    shortest = [_rows_and_lag(found)] if found.queries else []
    yield Group(_parts_line(found), *topic, *watermark, *shortest, *check, *remarks)


def _landed(found: KitStatus) -> tuple[list[Table], list[Text], list[Table], list[Text]]:
    """Queries, watermark, tables and last check; all empty before a batch has landed."""
    if not found.queries:
        return [], [], [], []
    return [queries_table(found)], watermark_lines(found), [tables_table(found)], [check_line(found)]


def _close(table: Table) -> Table:
    table.box = None
    table.padding = (0, 2, 0, 0)
    return table


def _parts_line(found: KitStatus) -> Text:
    by_state: dict[PartState, list[str]] = {}
    for part in found.parts:
        by_state.setdefault(part.state, []).append(part.name)
    parts = (f"{state}: {', '.join(names)}" for state, names in by_state.items())
    return Text(f"{found.at.astimezone(UTC):%H:%M:%S}  {' · '.join(parts)}")


def _rows_and_lag(found: KitStatus) -> Table:
    """A row per table: its rows, and lag, age and watermark of its query."""
    table = _close(Table("table", *numbers("rows landed", "lag", "newest batch")))
    queries = {query.query: query for query in found.queries}
    for each in PIPELINE.tables:
        query = queries.get(each.query)
        if query is None or each.name not in found.rows_landed:
            continue
        table.add_row(
            each.name,
            f"{found.rows_landed[each.name]:,}",
            "?" if query.lag is None else f"{query.lag:,}",
            f"{age(found, query)} ago",
        )
    return table


def _remarks(found: KitStatus) -> Iterator[Text]:
    """The problems, a line each; `status` without --watch has the details."""
    for part in found.parts:
        if part.state.died:
            yield _line(
                f"{part.name} {part.state}: {tame(part.why)}; see `{command('status')}`", style="bold red"
            )
        elif part.differences.settings:
            yield _line(f"{part.name} runs with other settings than those of now; see `{command('status')}`")
    yield from (_line(pasteable(note)) for note in found.notes)


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
