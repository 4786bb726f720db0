"""The outcome of each fault, during a torture run and at its end."""

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
    """How often each fault was injected, and the mean duration of its rounds; by name."""
    table = Table(*_ROUNDS, title="Faults survived", title_justify="left")
    for row in _rows(survived):
        table.add_row(*row)
    return table


def rounds_markdown(survived: Survived) -> str:
    """The same for a document."""
    return markdown_table(_ROUNDS, _rows(survived))


def torture_verdict(hits: Sequence[bool], seed: int) -> str:
    """The last line: how many faults were injected, and how many missed."""
    missed = f", {hits.count(False)} missed" if False in hits else ""
    injected = hits.count(True)
    faults = "1 fault" if injected == 1 else f"{injected} faults"
    return f"PASS: {faults} injected{missed}; every landed row was correct after each (seed {seed})"


_ROUNDS = ("fault", "injected", "missed", "seconds each")
_FAULTS = ("fault", "what is done, and what must happen then")


def _rows(survived: Survived) -> Iterator[tuple[str, ...]]:
    for fault in sorted({fault for fault, _, _ in survived}):
        durations_s = [duration_s for name, duration_s, _ in survived if name == fault]
        hits = [hit for name, _, hit in survived if name == fault]
        seconds_each = f"{sum(durations_s) / len(durations_s):.1f}"
        yield fault, str(hits.count(True)), str(hits.count(False)), seconds_each


def faults_markdown(promise_of: Mapping[str, str]) -> str:
    """The same table for docs/faults.md."""
    return markdown_table(_FAULTS, ((f"`{fault}`", promise) for fault, promise in promise_of.items()))


def faults_table(promise_of: Mapping[str, str]) -> Table:
    """What each fault does, and what must happen then."""
    table = Table(*_FAULTS)
    for fault, promise in promise_of.items():
        table.add_row(fault, escape(promise))
    return table
