"""The table that `up` ends with."""

import io
from pathlib import Path

from rich.console import Console

from clickstream.contract.progress import RunningPart
from clickstream.report.plain_text import plain_lines
from clickstream.report.status.running_parts import parts_table

LOGS = Path("/project/.clickstream/logs")
PARTS = [
    RunningPart(name, address, 1_234_567, LOGS / f"{name}.log", answered, started_now=False)
    for name, address, answered in (
        ("embedded-kafka", "127.0.0.1:19092", "returned a record"),
        ("producer", "→ events", "1,234,567 records acknowledged"),
        ("stream", "events → data/output", "every query has landed a batch (4)"),
    )
]


def lines_at(columns: int) -> list[str]:
    console = Console(file=io.StringIO(), width=columns, color_system=None)
    rendered = console.render_lines(parts_table(PARTS, columns))
    return ["".join(segment.text for segment in line).rstrip() for line in rendered]


def test_names_and_addresses_are_whole_at_80_columns() -> None:
    lines = lines_at(80)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for part in PARTS:
        assert part.name in text
        assert part.address in text
    assert "…" not in text


def test_logs_are_named_where_they_fit() -> None:
    for lines in (lines_at(160), plain_lines(parts_table(PARTS))):
        for part in PARTS:
            assert str(part.log) in "\n".join(lines)
