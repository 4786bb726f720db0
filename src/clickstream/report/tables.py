"""Tables of one kind: slim ones on a terminal, and Markdown for documents."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.markup import escape
from rich.table import Column, Table


def slim_table(*columns: Column | str, title: str | None = None) -> Table:
    """A table with a line below its head and no other lines."""
    return Table(
        *columns,
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title=None if title is None else escape(title),
        title_justify="left",
        title_style="",
    )


def numbers(*headings: str) -> list[Column]:
    """Columns whose cells are aligned to the right."""
    return [Column(heading, justify="right") for heading in headings]


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows as a table in Markdown."""
    head, *body = (f"| {' | '.join(cells)} |" for cells in (headings, *rows))
    return "\n".join((head, f"|{'---|' * len(headings)}", *body))
