"""The table of settings: whole names and values on any terminal, meanings where they fit."""

import io

import pytest
from rich.console import Console

from clickstream.report.effective_settings import as_table
from clickstream.settings import EffectiveSetting

ADDRESSES = ",".join(f"broker-{number}.example.com:9093" for number in range(3))
SETTINGS = [
    EffectiveSetting(
        "KAFKA_BOOTSTRAP_SERVERS", "broker", ADDRESSES, ".env", "Addresses of the broker. More."
    ),
    EffectiveSetting(
        "SPARK_SQL_SHUFFLE_PARTITIONS", "stream", "2", "environment", "Partitions of the state."
    ),
]


def shown(columns: int | None) -> str:
    console = Console(file=io.StringIO(), width=columns or 140)
    console.print(as_table(SETTINGS, columns))
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("columns", [80, 100, 120, 200, None])
def test_names_and_values_are_whole_and_no_line_is_longer_than_the_terminal(columns: int | None) -> None:
    lines = shown(columns).splitlines()
    assert max(map(len, lines)) <= (columns or 140)
    cells = [[cell.strip() for cell in line.split("│")] for line in lines if line.startswith("│")]
    for setting in SETTINGS:
        begin = next(number for number, row in enumerate(cells) if row[1] == setting.name)
        folded = [cells[begin][2]]
        folded += [row[2] for row in cells[begin + 1 :] if not row[1]] if setting.value == ADDRESSES else []
        assert "".join(folded) == setting.value


@pytest.mark.parametrize(("columns", "has"), [(80, False), (119, False), (120, True), (None, True)])
def test_meanings_are_there_where_there_is_room_and_else_where_they_are(
    columns: int | None, has: bool
) -> None:
    text = " ".join(shown(columns).split())
    assert ("Partitions of the state" in text) == has
    assert ("docs/configuration.md" in text) != has
