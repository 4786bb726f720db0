"""Running parts as a table, and the settings in which they differ from those of now."""

from collections.abc import Iterable, Iterator, Sequence

from rich.markup import escape
from rich.table import Column, Table

from clickstream.contract.progress import Differences, RunningPart
from clickstream.report.commands import from_here, pasteable, setting_from_here
from clickstream.report.tables import slim_table

_COLUMNS_WITH_LOGS = 140


def parts_table(parts: Sequence[RunningPart], columns: int | None = None) -> Table:
    """A row per part; logs are left out if they do not fit the terminal's columns, addresses never."""
    with_logs = columns is None or columns >= _COLUMNS_WITH_LOGS
    table = slim_table(
        Column("part", overflow="fold"),
        Column("pid or container" if with_logs else "pid", no_wrap=True),
        Column("address", overflow="fold"),
        "answered",
        *([Column("log", overflow="fold")] if with_logs else []),
    )
    for part in parts:
        log = "" if part.log is None else escape(from_here(part.log))
        table.add_row(
            part.name if part.started_now else f"{part.name} (ran already)",
            part.container[:12] if part.pid is None else str(part.pid),
            escape(part.address),
            escape(part.answered),
            *([log] if with_logs else []),
        )
    return table


def differing_settings(parts: Iterable[tuple[str, Differences]]) -> Iterator[str]:
    """For each part that differs: every setting with both values, and the command that applies it."""
    for name, found in parts:
        if not found.settings:
            continue
        yield f"{name} runs with other settings than those of now:"
        width = max(len(each.name) for each in found.settings)
        for each in found.settings:
            runs_with, now = setting_from_here(each.runs_with), setting_from_here(each.now)
            yield f"  {each.name:<{width}}  runs with {runs_with}, now {now}"
        if found.why:
            yield f"  not by a restart: {found.why}"
        yield f"  to apply them: {pasteable(found.apply)}"
