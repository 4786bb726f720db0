"""Where the output is no terminal, results are lines with aligned columns and nothing else."""

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from clickstream.report.plain_text import plain_lines


def test_tables_lose_their_boxes_and_keep_their_columns():
    rows = Table(
        "name",
        Column("rows\nlanded", justify="right"),
        title="A title wider than this",
        caption="A note",
    )
    name = "a name of two hundred letters ".ljust(200, "x")
    rows.add_row("a", Text("1,000", style="red"))
    rows.add_row(name, "2")
    assert plain_lines(Group(Text("first"), Group(rows, Text("last", style="bold")))) == [
        "first",
        "",
        "A title wider than this",
        f"{'name':<200}  rows landed",
        f"{'a':<200}        1,000",
        f"{name}            2",
        "A note",
        "",
        "last",
    ]


def test_a_grid_of_facts_stays_together():
    facts = Table.grid(Column(no_wrap=True), Column(overflow="fold"))
    facts.add_row("topic", "events")
    facts.add_row("id", "x" * 300)
    assert plain_lines(facts) == ["topic  events", f"id     {'x' * 300}"]
