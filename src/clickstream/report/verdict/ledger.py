"""What was sent and what became of it, in a few lines and a small table."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from clickstream.check.ledger_verdict import FaultAccount, LedgerVerdict
from clickstream.report.tables import numbers

_KINDS = ":"
"""Separates a fault and its kind: all kinds are counted in one row."""


def ledger(found: LedgerVerdict) -> Iterator[RenderableType]:
    """The balance as a chain of equations, and a row per fault; nothing wider than 80 columns."""
    yield Text("\n".join(("", *_balance(found))))
    if found.faults:
        yield _faults(found)


def _balance(found: LedgerVerdict) -> Iterator[str]:
    producers = f"{found.producers:,} producer{'s' if found.producers != 1 else ''}"
    still = f", {found.running:,} still sending" if found.running else ""
    killed = found.producers - found.closed - found.running
    ended = f", {killed:,} ended without closing the ledger" if killed else ""
    yield f"Ledger of {producers}{still}{ended}"
    failed = f" + {found.failed:,} failed" if found.failed else ""
    under_way = found.produced - found.acknowledged - found.failed
    unknown = f" + {under_way:,} not known" if under_way else ""
    yield f"  sent {found.produced:,} = acknowledged {found.acknowledged:,}{failed}{unknown}"
    sign = "=" if found.in_topic >= found.acknowledged else "≠"
    yield f"  in the topic {found.in_topic:,} {sign} acknowledged {found.acknowledged:,}"
    if found.from_running:
        whose = "a producer that is still running" if found.running == 1 else "producers still running"
        yield f"    + {found.from_running:,} from {whose}"
    if found.from_others:
        or_killed = " or a killed one" if killed else ""
        yield f"    + {found.from_others:,} from another producer{or_killed}"
    not_read = max(0, found.in_topic - found.committed)
    sign = "=" if found.in_topic == found.landed + found.rejected + not_read else "≠"
    yield (
        f"  in the topic {found.in_topic:,} {sign} landed {found.landed:,} + rejected {found.rejected:,}"
        + (f" + {not_read:,} not read" if not_read else "")
    )


def _faults(found: LedgerVerdict) -> Table:
    table = Table(
        Column("fault", no_wrap=True),
        *numbers("sent", "landed", "rejected", "not read", "late dropped"),
        title="Sent on purpose",
        title_justify="left",
    )
    for row in fault_rows(found):
        table.add_row(*row)
    return table


def fault_rows(found: LedgerVerdict) -> Iterator[tuple[str, ...]]:
    """Of each fault with all its kinds: its name, sent, landed, rejected, not read, late dropped."""
    by_name: dict[str, list[FaultAccount]] = {}
    for account in found.faults:
        by_name.setdefault(account.fault.split(_KINDS)[0], []).append(account)
    for name, accounts in by_name.items():
        # What one table drops another may count.
        by_table = [sum(a.late_dropped.get(t, 0) for a in accounts) for t in accounts[0].late_dropped]
        yield (
            name,
            f"{sum(account.acknowledged for account in accounts):,}",
            f"{sum(account.landed for account in accounts):,}",
            f"{sum(account.rejected for account in accounts):,}",
            f"{sum(account.not_read for account in accounts):,}",
            _range(by_table),
        )


def _range(by_table: list[int]) -> str:
    """How many the tables dropped: one number, or from fewest to most."""
    if not any(by_table):
        return "-"
    fewest, most = min(by_table), max(by_table)
    return f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
