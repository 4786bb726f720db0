"""Landed rows fit the terminal; what does not fit is named, and JSON has everything."""

import json

import pytest
from rich.console import Console

from clickstream.check.landed.newest import NewestRows, newest_rows
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, PAGE_METRICS, TABLES
from clickstream.contract.definition.tables import Column, ColumnType, Table
from clickstream.report.landed_rows import as_json_lines, as_table, counted_table
from unit.check.landing import STORY, land


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NewestRows]:
    layout = land(tmp_path_factory.mktemp("landed"), STORY).layout
    return {table.name: newest_rows(layout, CLICKS, table, 20) for table in TABLES}


def printed(newest: NewestRows, width: int | None) -> list[str]:
    console = Console(width=width or 1_000, color_system=None, record=False)
    with console.capture() as capture:
        console.print(as_table(newest, width), soft_wrap=width is None)
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_cell_is_cut_and_what_is_left_out_is_named(
    landed: dict[str, NewestRows], table: Table, width: int
) -> None:
    lines = printed(landed[table.name], width)
    text = " ".join(lines)
    head = lines[1].split()
    assert max(map(len, lines)) <= width
    assert len(head) >= 3
    assert all(name in text for name in table.column_names)
    assert set(head) <= set(table.column_names)


def test_without_a_terminal_every_column_is_there(landed: dict[str, NewestRows]) -> None:
    assert printed(landed[EVENTS_RAW.name], None)[1].split() == list(EVENTS_RAW.column_names)


def test_json_has_a_line_a_row_with_every_column_and_bytes_in_base64(landed: dict[str, NewestRows]) -> None:
    rows = [json.loads(line) for line in as_json_lines(landed[EVENTS_REJECTED.name]).splitlines()]
    assert [tuple(row) for row in rows] == [EVENTS_REJECTED.column_names] * 3
    assert [row["value"] for row in rows] == ["eyJ1c2VyX2lkIjo3fQ==", None, "/w=="]


def test_control_characters_of_a_row_do_not_reach_the_terminal(landed: dict[str, NewestRows]) -> None:
    hostile = NewestRows(
        PAGE_METRICS, [dict.fromkeys(PAGE_METRICS.column_names) | {"page": "a\x1b[31m\r\nb"}]
    )
    assert "a\\x1b[31m\\r\\nb" in " ".join(printed(hostile, 80))


@pytest.mark.parametrize("width", [20, 80])
def test_a_name_that_a_query_gives_to_a_column_does_not_act_on_the_terminal(width: int) -> None:
    columns = [Column("[bold]\x1b[2J", ColumnType.INT64), Column("\n[/]" + "x" * 30, ColumnType.STRING)]
    rows = [{columns[0].name: 1, columns[1].name: "a"}]
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(counted_table(rows, 1, columns, width), soft_wrap=True)
    lines = capture.get().splitlines()
    assert all(line.isprintable() for line in lines)
    assert "[bold]\\x1b[2J" in lines[1]
    assert lines[-1] == "1 row"
