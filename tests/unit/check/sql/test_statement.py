"""Statements end at a semicolon outside of texts and comments; only queries of landed tables run."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from clickstream.check.sql.statement import is_blank, refuse_all_but_queries, split
from clickstream.errors import UsageError


@pytest.mark.parametrize(
    ("sql", "statements", "rest"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1"], "SELECT 2"),
        ("SELECT ';' AS a;", ["SELECT ';' AS a"], ""),
        ("SELECT 'it''s; ' ;SELECT 2;", ["SELECT 'it''s; '", "SELECT 2"], ""),
        ('SELECT 1 AS "a;""b";', ['SELECT 1 AS "a;""b"'], ""),
        ("SELECT 1 -- ; no\n;", ["SELECT 1 -- ; no"], ""),
        ("SELECT /* ; */ 1;", ["SELECT /* ; */ 1"], ""),
        ("SELECT $$;$$;", ["SELECT $$;$$"], ""),
        ("SELECT 'open; ", [], "SELECT 'open;"),
        ("SELECT /* open; ", [], "SELECT /* open;"),
        ("", [], ""),
    ],
)
def test_a_statement_ends_at_a_semicolon_outside_of_texts(sql: str, statements: list[str], rest: str) -> None:
    assert split(sql) == (statements, rest)


@pytest.mark.parametrize("sql", ["", " \n", "-- a remark", "/* a remark */ ; ;"])
def test_blanks_comments_and_semicolons_are_no_statement(sql: str) -> None:
    assert is_blank(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "(SELECT 1)",
        "-- a remark\nWITH q AS (SELECT 1) SELECT * FROM q",
        "FROM t",
        "VALUES (1)",
        "SHOW TABLES",
        "SELECT 'read_csv(' AS drop",
        "SELECT /* a */ /* b */ '/* /*' AS a;;",
        "SELECT DATE '2026-01-31' AS e, x'00' AS b",
    ],
)
def test_queries_are_taken(sql: str) -> None:
    refuse_all_but_queries(sql)


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("DROP TABLE t", "DROP is not a query, and landed tables are read-only."),
        ("create table x as select 1", "CREATE is not a query, and landed tables are read-only."),
        ("DELETE FROM t", "DELETE is not a query"),
        ("TRUNCATE TABLE t", "TRUNCATE is not a query"),
        ("INSERT INTO t VALUES (1)", "INSERT is not a query"),
        ("UPDATE t SET a = 1", "UPDATE is not a query"),
        ("EXPLAIN SELECT 1", "EXPLAIN is not a query"),
        ("SHOW COLUMNS FROM t", "SHOW is not a query"),
        ("'text'", "This is not a query"),
        ("SELECT * FROM read_csv('/etc/passwd')", "read_csv reads a file, and only landed tables"),
        ("SELECT * FROM READ_PARQUET ('x')", "READ_PARQUET reads a file"),
        ("SELECT * FROM \"read_json\"('x')", "read_json reads a file"),
        ("SELECT * FROM `read_ipc` /* x */ ('x')", "read_ipc reads a file"),
        ("SELECT * FROM scan_parquet('x')", "scan_parquet reads a file"),
        ("SELECT /* /* */ ' */ * FROM read_csv('x') -- '", "A comment has another comment inside."),
        ("SELECT 1 /*/* */", "A comment has another comment inside."),
        (r"SELECT e'\'' AS a, * FROM read_csv('x') -- '", "A text cannot have a prefix."),
        ("SELECT Q'[ ' ]' AS a, * FROM read_csv('x') -- '", "A text cannot have a prefix."),
        ("SELECT 1; SELECT 2", "There is a second statement."),
        ("SELECT 1" + " UNION SELECT 1" * 200, "The statement has 200 operators, more than 100."),
        ("SELECT 1" + " + 1" * 5_000, "The statement has 5,000 operators"),
        ("SELECT \udcff", "The statement is not UTF-8 text."),
    ],
)
def test_what_would_change_something_or_read_a_file_is_refused(sql: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_all_but_queries(sql)
    assert refused.value.sentence.startswith(sentence)
    assert refused.value.exit_code == 2
    assert "^" in refused.value.details[1]


@pytest.mark.parametrize(
    "write", [pl.DataFrame.write_parquet, pl.DataFrame.write_csv, pl.DataFrame.write_ndjson]
)
def test_polars_reads_no_file_by_its_name_alone(
    tmp_path: Path, write: Callable[[pl.DataFrame, Path], None]
) -> None:
    # Guards the test above: what is refused there are all ways to a file that polars' SQL has.
    write(pl.DataFrame({"a": [1]}), tmp_path / "file")
    for name in (f"'{tmp_path}/file'", f'"{tmp_path}/file"'):
        with pytest.raises(pl.exceptions.PolarsError, match="not found"):
            pl.SQLContext(eager=False).execute(f"SELECT * FROM {name}").collect()
