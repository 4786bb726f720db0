"""What came of each fault, while it goes on and at the end."""

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table


def round_line(number: int, rounds: int, fault: str, outcome: str, duration_s: float) -> str:
    """One round that was survived."""
    return f"{number:>4}/{rounds}  {fault}: {outcome}  ({duration_s:.1f} s)"


def rounds_table(survived: Sequence[tuple[str, float]]) -> Table:
    """How often each fault was inflicted, and how long it took on the average; by name."""
    table = Table("fault", "times", "survived", "seconds each", title="Faults", title_justify="left")
    for fault in sorted({fault for fault, _ in survived}):
        durations_s = [duration_s for name, duration_s in survived if name == fault]
        times = len(durations_s)
        table.add_row(fault, str(times), str(times), f"{sum(durations_s) / times:.1f}")
    return table


def faults_markdown(promise_of: Mapping[str, str]) -> str:
    """The same as docs/faults.md has it."""
    rows = [f"| `{fault}` | {promise} |" for fault, promise in promise_of.items()]
    return "\n".join(["| fault | what is done, and what must come of it |", "|---|---|", *rows])


def faults_table(promise_of: Mapping[str, str]) -> Table:
    """What each fault does, and what must come of it."""
    table = Table("fault", "what is done, and what must come of it")
    for fault, promise in promise_of.items():
        table.add_row(fault, escape(promise))
    return table
