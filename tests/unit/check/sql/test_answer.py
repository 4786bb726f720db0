"""SQL gives what another engine gives over the same files, and reads only files that batch records list."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from clickstream.check.decode.schema import schema_of
from clickstream.check.sql.answer import Answer
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import EVENTS_RAW, TABLES
from clickstream.contract.definition.tables import Table
from clickstream.contract.run.layout import Layout
from clickstream.errors import CouldNotCheck, OutputDamaged, UsageError
from unit.check.landing import Landing, land

QUERIES = (
    "SELECT count(*) AS n FROM events_raw",
    "SELECT count(page) AS n, count(DISTINCT user_id) AS users FROM events_raw",
    "SELECT page, sum(pageviews) AS n, max(revenue) AS most FROM page_metrics GROUP BY page",
    "SELECT country, page FROM events_raw WHERE revenue > 1 OR page LIKE '/%' AND latency_ms >= 120",
    "SELECT user_id, avg(latency_ms) AS mean FROM events_raw GROUP BY user_id HAVING count(*) > 1",
    "SELECT * FROM sessions WHERE session_start >= '2025-12-31 23:59:42'",
    "SELECT max(window_end) AS last, min(window_start) AS first FROM page_metrics",
    "SELECT s.user_id, e.page, s.session_end FROM sessions s JOIN events_raw e ON s.user_id = e.user_id",
    "WITH per_user AS (SELECT user_id, count(*) AS n FROM events_raw GROUP BY user_id) "
    "SELECT n, count(*) AS users FROM per_user GROUP BY n",
    "SELECT reason, value FROM events_rejected UNION ALL SELECT page, NULL FROM events_raw",
    "SELECT page, CASE WHEN revenue IS NULL THEN 'none' ELSE 'some' END AS kind FROM events_raw",
    "SELECT kafka_offset FROM events_raw WHERE kafka_partition = 0 ORDER BY kafka_offset DESC LIMIT 2",
)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    landing = land(tmp_path)
    for table in TABLES:  # what an interrupted batch left
        leftover = landing.layout.table_dir(table.name, "parquet") / "batch-000000000099-00000.parquet"
        pl.DataFrame({"of no": ["batch"]}).write_parquet(leftover)
    return landing


def answered(layout: Layout, sql: str) -> pl.DataFrame:
    """The rows of the answer, from what is printed as JSON."""
    rows = [row for batch in Answer(layout, CLICKS, sql).batches(None) for row in batch]
    return pl.DataFrame(rows, infer_schema_length=None, orient="row")


def sorted_texts(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    moments = (
        pl.col(pl.Datetime("us", "*")).dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ")
    )
    return sorted(tuple(map(str, row)) for row in frame.with_columns(moments).rows())


def by_duckdb(landing: Landing, sql: str) -> pl.DataFrame:
    """The answer of duckdb over the files that the records list."""
    with duckdb.connect() as engine:
        for table in TABLES:
            records = [
                landing.record(table.query, int(path.stem))
                for path in landing.layout.record_paths(table.query)
            ]
            files = [
                str(landing.layout.output / file.path)
                for record in records
                for file in record.tables[table.name].parquet
            ]
            engine.register(table.name, engine.read_parquet(files))
        return pl.DataFrame(engine.sql(sql).to_arrow_table())


@pytest.mark.parametrize("sql", QUERIES)
def test_the_answer_is_that_of_duckdb_over_the_same_files(landing: Landing, sql: str) -> None:
    expected = by_duckdb(landing, sql)
    found = answered(landing.layout, sql)
    assert found.columns == expected.columns
    assert found.height > 0
    assert sorted_texts(found) == sorted_texts(expected)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_without_rows_is_an_empty_table_with_its_columns(tmp_path: Path, table: Table) -> None:
    answer = Answer(land(tmp_path, ((),)).layout, CLICKS, f"SELECT * FROM {table.name}")
    assert tuple(column.name for column in answer.columns) == table.column_names
    assert answer.first(10) == ([], 0)
    assert list(answer.csv(None)) == [",".join(table.column_names) + "\n"]


def test_the_first_rows_come_with_the_number_of_all(landing: Landing) -> None:
    answer = Answer(landing.layout, CLICKS, "SELECT kafka_offset FROM events_raw ORDER BY kafka_offset")
    rows, count = answer.first(2)
    assert (rows, count) == ([{"kafka_offset": 0}, {"kafka_offset": 0}], 9)
    assert sum(map(len, answer.batches(5))) == 5


def test_batches_that_have_landed_since_are_in_the_next_answer(landing: Landing) -> None:
    newest = landing.layout.record_paths("events")[-2]
    text = newest.read_text()
    newest.unlink()
    before = answered(landing.layout, "SELECT count(*) AS n FROM events_raw").item()
    newest.write_text(text)
    assert before < answered(landing.layout, "SELECT count(*) AS n FROM events_raw").item() == 9


def test_show_tables_lists_the_tables_of_the_pipeline(landing: Landing) -> None:
    assert set(answered(landing.layout, "SHOW TABLES")["name"]) == {table.name for table in TABLES}


def test_names_of_tables_may_have_capital_letters(landing: Landing) -> None:
    assert answered(landing.layout, "SELECT count(*) AS n FROM Events_Raw").item() == 9


def refused(landing: Landing, sql: str) -> UsageError:
    with pytest.raises(UsageError) as error:
        Answer(landing.layout, CLICKS, sql).first(10)
    return error.value


@pytest.mark.parametrize(
    ("sql", "sentence", "next_step", "marked"),
    [
        ("SELECT pge FROM page_metrics", "no column 'pge'", "Did you mean page? The columns are", "pge"),
        ("SELECT PAGE FROM page_metrics", "no column 'PAGE'", "Did you mean page?", "PAGE"),
        ("SELECT s.nope FROM sessions s", "no column 'nope'", "The columns are user_id", "nope"),
        ("SELECT sessions.pge FROM sessions", "no column 'pge'", "The columns are user_id", "pge"),
        ("SELECT 1 FROM page_metric", "no table 'page_metric'", "Did you mean page_metrics?", "page_metric"),
        ("SELECT page\nFROM page_metrics\nWHERE )", "Expected: an expression, found: )", "mark", ")"),
        ("SELECT page FROM page_metrics WHERE", "found: the end", "mark", ""),
        ("SELECT 'page", "Unterminated string literal", "mark", "'page"),
        ("SELECT frob(page) FROM page_metrics", "unsupported function 'frob'", "", "frob"),
        ("SELECT page FROM page_metrics GROUP BY revenue", "'page' should participate", "", "page"),
        ("SELECT 1 FROM page_metrics WHERE pageviews > 'x'", "compare string with numeric", "", "pageviews"),
        ("SELECT sum(page) FROM page_metrics", "not supported for dtype", "", "sum"),
        ("SELECT CAST(page AS INT) FROM page_metrics", "conversion from `str` to `i32`", "", "page AS"),
        (
            "SELECT 1 FROM sessions WHERE session_end > TIMESTAMP '2026-01-01 00:00:00'",
            "could not evaluate '>' comparison",
            "Write times as texts",
            "session_end",
        ),
    ],
)  # fmt: skip
def test_an_error_points_at_the_place_and_names_what_there_is(
    landing: Landing, sql: str, sentence: str, next_step: str, marked: str
) -> None:
    error = refused(landing, sql)
    assert error.exit_code == 2
    assert sentence in error.sentence
    assert next_step in error.next_step
    line, caret = error.details
    column = caret.index("^")
    assert set(caret) <= {" ", "^"}
    assert line[column:].startswith(marked) if marked else column >= len(line.rstrip())


def test_a_long_line_is_cut_around_the_place(landing: Landing) -> None:
    error = refused(landing, f"SELECT {'page, ' * 30}pge, {'page, ' * 30} 1 FROM page_metrics")
    line, caret = error.details
    assert len(line) <= 72
    assert line[caret.index("^") :].startswith("pge")


def test_wide_characters_before_the_place_move_the_mark(landing: Landing) -> None:
    _, caret = refused(landing, "SELECT '値段', pge FROM page_metrics").details
    assert caret.index("^") == len("SELECT '値段', ") + 2


def test_damaged_files_are_not_taken_for_an_error_in_the_statement(landing: Landing) -> None:
    sql = "SELECT page, latency_ms FROM events_raw"
    file = next(path for path in landing.files("events_raw") if "000000000000-" in path.name)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(OutputDamaged, match=r"batch-000000000000-00000\.parquet has 100 bytes"):
        Answer(landing.layout, CLICKS, sql).first(10)
    assert "no column 'nope'" in refused(landing, "SELECT nope FROM events_raw").sentence
    file.unlink()
    with pytest.raises(OutputDamaged, match="is missing"):
        Answer(landing.layout, CLICKS, sql)
    landing.layout.record_path("events", 1).write_text("{")
    with pytest.raises(OutputDamaged, match=r"000000000001\.json"):
        Answer(landing.layout, CLICKS, sql)


def test_without_a_run_there_is_nothing_to_query(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "output", tmp_path / "checkpoint")
    with pytest.raises(CouldNotCheck, match="Nothing has landed"):
        Answer(layout, CLICKS, f"SELECT * FROM {EVENTS_RAW.name}")


def test_every_table_can_be_read_as_it_is(landing: Landing) -> None:
    for table in TABLES:
        files = [path for path in landing.files(table.name) if "000000000099-" not in path.name]
        expected = pl.concat(pl.read_parquet(path) for path in files)
        assert expected.schema == schema_of(table)
        rows, count = Answer(landing.layout, CLICKS, f"SELECT * FROM {table.name}").first(100)
        assert count == len(rows) == expected.height
