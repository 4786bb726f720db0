"""A running pipeline as a table, and what a person can do with it."""

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.markup import escape
from rich.table import Column, Table

from clickstream.contract.progress import RunningPart
from clickstream.report.commands import command, from_here

_COLUMNS_WITH_LOGS = 140


def parts_table(parts: Sequence[RunningPart], columns: int | None = None) -> Table:
    """A row per part in street order; where logs do not fit they are left out, and addresses stay whole.

    Args:
        parts: the parts.
        columns: of the terminal; None if the output is not one.
    """
    with_logs = columns is None or columns >= _COLUMNS_WITH_LOGS
    table = Table(
        Column("part", overflow="fold"),
        Column("pid or container" if with_logs else "pid", no_wrap=True),
        Column("address", overflow="fold"),
        "answered",
        *([Column("log", overflow="fold")] if with_logs else []),
        box=box.SIMPLE_HEAD,
        pad_edge=False,
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


def next_steps(run: Path) -> str:
    """How to look at the output in the run's folder, check it, and stop."""
    return _aligned(
        ("look at it", command("status", "--watch"), "parts, lag, rows"),
        ("", command("show", "page_metrics"), f"the files are in {from_here(run)}"),
        ("check it", command("check"), ""),
    )


def steps_without_job() -> str:
    """How to look at parts among which there is no job, and to stop them."""
    return _aligned(
        ("look at it", command("status"), "parts"),
        ("", command("topic", "describe"), "offsets, settings"),
    )


def _aligned(*steps: tuple[str, str, str]) -> str:
    """Lines of what for, command and remark; the last one stops it."""
    steps = (*steps, ("stop it", command("down"), "keeps the data; --volumes removes it"))
    width = max(len(each) for _, each, _ in steps)
    return "\n".join(
        f"{what:<12} {each:<{width}}   {f'({remark})' if remark else ''}".rstrip()
        for what, each, remark in steps
    )


def from_here_or_as_is(value: str) -> str:
    """A value, shortened as `from_here` does if it is an absolute path."""
    return from_here(Path(value)) if value.startswith("/") else value
