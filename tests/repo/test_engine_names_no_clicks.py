"""Whatever is particular to clicks is in src/clickstream/clicks: the rest of the source names none of it."""

import ast
import re
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from repo.project import ROOT

ENGINE = sorted(
    path
    for path in (ROOT / "src" / "clickstream").rglob("*.py")
    if "clicks" not in path.relative_to(ROOT / "src" / "clickstream").parts
)
TABLES = {table.name for table in CLICKS.tables}
FIELDS = set(CLICKS.event.names)
COLUMNS = {column.name for table in CLICKS.windowed_tables for column in table.columns[2:]} - FIELDS
WINDOWS = {window.name for window in CLICKS.windows}

# Words that mean something else in an engine: names of clicks only where they stand alone in quotes.
ORDINARY = {"page", "device", "browser", "country", "campaign", "revenue", "sessions", "events"}
ENGINES_OWN = {"session_start", "session_end", "window_start", "window_end"}
UNMISTAKABLE = re.compile(
    rf"\b({'|'.join((TABLES | FIELDS | COLUMNS | WINDOWS) - ORDINARY - ENGINES_OWN)})\b"
)


def quoted_words(source: str) -> set[str]:
    """Every string of the source that is one word."""
    strings = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in strings if isinstance(text, str) and text.isidentifier()}


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_the_engine_names_no_table_field_column_or_window_of_clicks(path: Path) -> None:
    source = path.read_text()
    assert UNMISTAKABLE.findall(source) == []
    # `events` is a query of the engine, and a column of a table of clicks.
    assert quoted_words(source) & (ORDINARY - {"events"}) == set()
