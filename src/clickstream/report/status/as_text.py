"""A kit's status for people: tables that fit 80 columns."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from clickstream.contract.status import KitStatus, PartState, PartStatus, QueryStatus
from clickstream.contract.topic import TopicStatus
from clickstream.moment import written_ms
from clickstream.report.commands import command, from_here, pasteable
from clickstream.report.plain_text import tame
from clickstream.report.status.running_parts import differing_settings
from clickstream.report.tables import numbers, slim_table
from clickstream.report.verdict.result import result_in_words

_MOST_PARTITIONS = 12
_WHOLE_FROM = 100
_ONE_LINE: Any = {"no_wrap": True, "overflow": "ellipsis"}
_STYLES = {
    PartState.RUNNING: "green",
    PartState.NO_ANSWER: "bold red",
    PartState.STOPPING: "yellow",
    PartState.KILLED: "bold red",
    PartState.CRASHED: "bold red",
    PartState.STOPPED: "dim",
}


def status(found: KitStatus, *, with_logs: bool = False) -> RenderableType:
    """Parts, topic, queries, tables and the last check; a part that died comes with its last log lines."""
    shown: list[RenderableType] = [parts_table(found.parts, with_logs=with_logs)]
    shown += [line for part in found.parts if part.state.died for line in _last_words(part)]
    if found.topic is not None:
        shown += [Text(topic_line(found, found.topic)), _partitions(found, found.topic)]
    if found.queries:
        shown += [queries_table(found), *watermark_lines(found), tables_table(found), check_line(found)]
    shown += [Text(pasteable(note)) for note in found.notes]
    # A command that the terminal wraps is still one line when it is copied; one that we wrap is not.
    different = differing_settings((part.name, part.differences) for part in found.parts)
    shown += [Text(line, no_wrap=True, overflow="ignore") for line in different]
    return Group(*shown)


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
    return since(found, query.landed_at)


def since(found: KitStatus, moment: datetime) -> str:
    """The time from a moment to the status."""
    return span(max(0.0, (found.at - moment).total_seconds()))


def per_second(rate: float | None) -> str:
    """A rate with at most one digit after the point; `-` if it is not known yet."""
    if rate is None:
        return "-"
    return f"{rate:,.0f}" if rate >= _WHOLE_FROM else f"{rate:.1f}"


def parts_table(parts: Iterable[PartStatus], *, with_logs: bool = False) -> Table:
    """A row per part."""
    logs = [Column("log", overflow="fold")] if with_logs else []
    table = slim_table("part", "state", *numbers("pid"), Column("address", overflow="fold"), "uptime", *logs)
    for part in parts:
        table.add_row(
            part.name,
            Text(part.state, style=_STYLES[part.state]),
            part.container or ("" if part.pid is None else str(part.pid)),
            escape(part.address),
            "" if part.uptime_s is None else span(part.uptime_s),
            *(["" if part.log is None else escape(from_here(part.log))] if with_logs else []),
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
    if found.input_per_s is not None:
        line += f", {per_second(found.input_per_s)} per second"
    if found.acknowledged is not None:
        line += f", {found.acknowledged:,} acknowledged"
    if (last := found.acknowledged_at_least) is not None:
        line += f", at least {last.count:,} acknowledged to the last producer (as of {written(last.at)})"
    return line


def _partitions(found: KitStatus, topic: TopicStatus) -> Table:
    table = slim_table("partition", *numbers("end offset", *(query.query for query in found.queries)))
    for partition, (_, end) in list(topic.offsets.items())[:_MOST_PARTITIONS]:
        committed = (query.committed.get(partition) for query in found.queries)
        table.add_row(
            str(partition), f"{end:,}", *("-" if offset is None else f"{offset:,}" for offset in committed)
        )
    if (more := len(topic.offsets) - _MOST_PARTITIONS) > 0:
        table.add_row(f"… {more} more", "--json")
    return table


def queries_table(found: KitStatus) -> Table:
    """A row per query: its newest batch, what it processes per second, and how far behind it is."""
    table = slim_table("query", *numbers("last batch", "age", "took", "offsets", "per second", "lag"))
    for query in found.queries:
        table.add_row(
            query.query,
            str(query.batch_id),
            age(found, query),
            "-" if query.duration_s is None else f"{query.duration_s:.1f} s",
            f"{query.offsets_in:,}",
            per_second(query.processed_per_s),
            "?" if query.lag is None else f"{query.lag:,}",
        )
    return table


def watermark_lines(found: KitStatus) -> list[Text]:
    """The watermark of each query that has one, and how far it is behind the newest event."""
    lines = []
    for query in found.queries:
        if not query.watermark_ms and query.newest_event_ms is None:
            continue
        words = f"watermark {written_ms(query.watermark_ms, digits=0) if query.watermark_ms else 'none yet'}"
        if query.newest_event_ms is not None:
            words += f", newest event {written_ms(query.newest_event_ms, digits=0)}"
            if query.watermark_ms:
                words += f": {span((query.newest_event_ms - query.watermark_ms) / 1_000)} behind"
        lines.append(Text(words))
    return lines


def tables_table(found: KitStatus) -> Table:
    """A row per table: its rows, and the events that were late for it at the last check."""
    late = found.last_check.late if found.last_check else None
    table = slim_table("table", *numbers("rows landed", *([] if late is None else ["late dropped"])))
    for name, rows in found.rows_landed.items():
        of_check = [] if late is None else [f"{late[name]:,}" if name in late else "-"]
        table.add_row(name, f"{rows:,}", *of_check)
    return table


def check_line(found: KitStatus) -> Text:
    """The last verdict, and whether it is of all batches."""
    check = found.last_check
    if check is None:
        return Text(f"last check: none, late events not known; run `{command('check')}`", **_ONE_LINE)
    verdict = (
        result_in_words(check.passed, check.not_checked),
        "green" if check.passed else "bold red",
    )
    newer = (
        f"{check.batches_since:,} batches landed since" if check.batches_since else "no batch landed since"
    )
    return Text.assemble(
        "last check: ", verdict, f" {since(found, check.checked_at)} ago, {newer}", **_ONE_LINE
    )


def written(moment: datetime) -> str:
    """A moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
