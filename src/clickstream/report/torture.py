"""What came of each fault, while it goes on and at the end."""

from collections.abc import Iterator, Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from clickstream.report.tables import markdown_table


def round_line(number: int, rounds: int, fault: str, outcome: str, duration_s: float) -> str:
    """One round that was survived."""
    return f"{number:>4}/{rounds}  {fault}: {outcome}  ({duration_s:.1f} s)"


Survived = Sequence[tuple[str, float, bool]]
"""Of each round the fault, how many seconds it took, and whether the fault hit."""


def rounds_table(survived: Survived) -> Table:
    """How often each fault was inflicted, and how long a round of it took on the average; by name."""
    table = Table(*_ROUNDS, title="Faults survived", title_justify="left")
    for row in _rows(survived):
        table.add_row(*row)
    return table


def rounds_markdown(survived: Survived) -> str:
    """The same for a document."""
    return markdown_table(_ROUNDS, _rows(survived))


def torture_verdict(inflicted: Sequence[bool], seed: int) -> str:
    """The last line: how many faults were inflicted, and how many have missed."""
    missed = inflicted.count(False)
    of_them = f", {missed} more missed" if missed else ""
    hits = inflicted.count(True)
    faults = "1 fault" if hits == 1 else f"{hits} faults"
    return f"PASS: {faults}{of_them}, and after each every landed row was right (seed {seed})"


_ROUNDS = ("fault", "inflicted", "missed", "seconds each")
_FAULTS = ("fault", "what is done, and what must come of it")


def _rows(survived: Survived) -> Iterator[tuple[str, ...]]:
    for fault in sorted({fault for fault, _, _ in survived}):
        durations_s = [duration_s for name, duration_s, _ in survived if name == fault]
        inflicted = [hit for name, _, hit in survived if name == fault]
        seconds_each = f"{sum(durations_s) / len(durations_s):.1f}"
        yield fault, str(inflicted.count(True)), str(inflicted.count(False)), seconds_each


def faults_markdown(promise_of: Mapping[str, str]) -> str:
    """The same as docs/faults.md has it."""
    return markdown_table(_FAULTS, ((f"`{fault}`", promise) for fault, promise in promise_of.items()))


def faults_table(promise_of: Mapping[str, str]) -> Table:
    """What each fault does, and what must come of it."""
    table = Table(*_FAULTS)
    for fault, promise in promise_of.items():
        table.add_row(fault, escape(promise))
    return table
