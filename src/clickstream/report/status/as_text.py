"""A kit's status for people: tables that fit 80 columns, and one line if the output is not a terminal."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from clickstream.contract.status import KitStatus, PartState, PartStatus, QueryStatus, TopicStatus
from clickstream.moment import written_ms
from clickstream.report.commands import command, from_here, pasteable
from clickstream.report.plain_text import tame
from clickstream.report.status.running_parts import differing_settings
from clickstream.report.tables import numbers, slim_table

_MOST_PARTITIONS = 12
_STYLES = {
    PartState.RUNNING: "green",
    PartState.NO_ANSWER: "bold red",
    PartState.STOPPING: "yellow",
    PartState.KILLED: "bold red",
    PartState.CRASHED: "bold red",
    PartState.STOPPED: "dim",
}


def status(found: KitStatus) -> RenderableType:
    """Parts, topic, queries and tables, one below the other; what died comes with its last words."""
    shown: list[RenderableType] = [parts_table(found.parts)]
    shown += [line for part in found.parts if part.state.died for line in _last_words(part)]
    if found.topic is not None:
        shown.append(_topic(found, found.topic))
    if found.queries:
        shown += [queries_table(found), tables_table(found)]
    shown += [Text(pasteable(note)) for note in found.notes]
    # A command that the terminal wraps is still one line when it is copied; one that we wrap is not.
    different = differing_settings((part.name, part.differences) for part in found.parts)
    shown += [Text(line, no_wrap=True, overflow="ignore") for line in different]
    return Group(*shown)


def one_line(found: KitStatus) -> str:
    """The same in a line, for a log: time, parts, offsets, the largest lag, rows by table."""
    parts = ", ".join(f"{part.name} {part.state}" for part in found.parts)
    words = [f"{_moment(found.at)} {parts}"]
    if found.topic is not None:
        words.append(f"topic {found.topic.offset_count:,} offsets")
    lags = [query.lag for query in found.queries if query.lag is not None]
    if lags:
        words.append(f"lag {max(lags):,}")
    if found.queries:
        words.append("landed " + ", ".join(f"{rows:,} {table}" for table, rows in found.rows_landed.items()))
    return " · ".join(words)


def span(seconds: float) -> str:
    """A length of time in its two largest units: `3 min 4 s`."""
    whole = int(seconds)
    for size, unit, smaller_size, smaller in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller_size} {smaller}"
    return f"{whole} s"


def age(found: KitStatus, query: QueryStatus) -> str:
    """How long ago a query's newest batch landed."""
    return span(max(0.0, (found.at - query.landed_at).total_seconds()))


def parts_table(parts: Iterable[PartStatus]) -> Table:
    """A row per part."""
    table = slim_table("part", "state", *numbers("pid"), Column("address", overflow="fold"), "uptime")
    for part in parts:
        table.add_row(
            part.name,
            Text(part.state, style=_STYLES[part.state]),
            part.container or ("" if part.pid is None else str(part.pid)),
            escape(part.address),
            "" if part.uptime_s is None else span(part.uptime_s),
        )
    return table


def _last_words(part: PartStatus) -> list[RenderableType]:
    lines = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=(0, 1, 0, 0))
    for line in part.last_lines:
        lines.add_row(Text("  │", style="dim"), Text(tame(line), style="dim"))
    log = "" if part.log is None else f"; its log is {from_here(part.log)}"
    lines.add_row("  →", Text(f"`{command('up')}` starts it again{log}"))
    return [Text(f"{part.name} {part.state}: {tame(part.why)}.", style="bold"), lines, Text("")]


def topic_line(found: KitStatus, topic: TopicStatus) -> str:
    """The topic's name, its broker, and how many offsets it has."""
    line = f"topic {topic.name} at {topic.bootstrap_servers}: {topic.offset_count:,} offsets"
    if found.acknowledged is not None:
        line += f", {found.acknowledged:,} acknowledged"
    if (last := found.acknowledged_at_least) is not None:
        line += f", at least {last.count:,} acknowledged to the last producer (as of {_moment(last.at)})"
    return line


def _topic(found: KitStatus, topic: TopicStatus) -> RenderableType:
    table = slim_table(
        "partition",
        *numbers("end offset", *(query.query for query in found.queries)),
        title=topic_line(found, topic),
    )
    for partition, (_, end) in list(topic.offsets.items())[:_MOST_PARTITIONS]:
        committed = (query.committed.get(partition) for query in found.queries)
        table.add_row(
            str(partition), f"{end:,}", *("-" if offset is None else f"{offset:,}" for offset in committed)
        )
    if (more := len(topic.offsets) - _MOST_PARTITIONS) > 0:
        table.add_row(f"… {more} more", "--json")
    return table


def queries_table(found: KitStatus) -> Table:
    """A row per query: its newest batch, and how far behind it is."""
    table = slim_table("query", *numbers("last batch", "age", "offsets", "watermark", "lag"))
    for query in found.queries:
        table.add_row(
            query.query,
            str(query.batch_id),
            age(found, query),
            f"{query.offsets_in:,}",
            written_ms(query.watermark_ms, digits=0) if query.watermark_ms else "-",
            "?" if query.lag is None else f"{query.lag:,}",
        )
    return table


def tables_table(found: KitStatus) -> Table:
    """A row per table."""
    table = slim_table("table", *numbers("rows landed"))
    for name, rows in found.rows_landed.items():
        table.add_row(name, f"{rows:,}")
    return table


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
