"""Damage to a sound landing: each kind is found, and named by table, batch, file and value."""

import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from clickstream.check.findings import Code, Finding, Mismatch, Verdict
from clickstream.clicks import CLICKS
from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.description import describe
from clickstream.contract.definition.tables import AGGREGATES, Table
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.sealing import seal, unseal
from unit.check.landing import RUN, Landing, click, contents, land, table_named

PAGE_METRICS, SESSIONS = table_named("page_metrics"), table_named("sessions")
EVENTS_RAW, EVENTS_REJECTED = table_named("events_raw"), table_named("events_rejected")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return land(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def landing(sound: Landing, tmp_path: Path) -> Landing:
    """A sound landing of one's own, to be damaged."""
    shutil.copytree(sound.layout.output.parent, tmp_path, dirs_exist_ok=True)
    return replace(sound, layout=Layout(tmp_path / "output", tmp_path / "checkpoints"))


def found(verdict: Verdict, code: Code) -> Finding:
    """The one finding of this kind."""
    assert not verdict.passed
    (finding,) = [finding for finding in verdict.findings if finding.code is code]
    return finding


def codes(verdict: Verdict) -> list[Code]:
    return sorted(finding.code for finding in verdict.findings)


def mismatches(verdict: Verdict, table: Table) -> dict[Mismatch, int]:
    (of_table,) = [verdict_on for verdict_on in verdict.tables if verdict_on.table == table.name]
    return {mismatch: count for mismatch, count in of_table.mismatches.items() if count}


# Each column of each table, in the first batch that landed rows: one value changed in both formats, and the
# record made to fit, so that only the comparison with the topic can tell.


def first_batch(landing: Landing, table: Table) -> int:
    return next(batch for batch in range(5) if landing.record(table.query, batch).tables[table.name].rows)


def changed(value: pl.Series) -> pl.Series:
    """Another value of the same type in the first row."""
    first = value[0]
    match value.dtype:
        case pl.String():
            other: object = "changed"
        case pl.Binary():
            other = b"changed"
        case pl.Datetime():
            return pl.concat([value.cast(pl.Int64).head(1) + 1, value.cast(pl.Int64)[1:]]).cast(value.dtype)
        case _:
            other = (first or 0) + 1_000
    return pl.concat([pl.Series([other], dtype=value.dtype), value[1:]])


COLUMNS = [(table, column.name) for table in TABLES for column in table.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: getattr(part, "name", part))
def test_one_changed_value_is_found_in_every_column_of_every_table(landing, table, column):
    batch = first_batch(landing, table)
    rows = landing.rows(table, batch)
    landing.rewrite(table, batch, rows.with_columns(changed(rows[column]).alias(column)))
    verdict = landing.verify()
    assert found(verdict, Code.ROWS_DIFFER).table == table.name
    (of_table,) = [verdict_on for verdict_on in verdict.tables if verdict_on.table == table.name]
    if column in table.key:
        assert mismatches(verdict, table) == {Mismatch.MISSING: 1, Mismatch.UNEXPECTED: 1}
    else:
        assert mismatches(verdict, table) == {Mismatch.DIFFERENT: 1}
        (example,) = of_table.examples
        assert (example.column, example.batch_id) == (column, batch)
        assert example.file == landing.record(table.query, batch).tables[table.name].parquet[0].path
        assert example.expected != example.landed


def test_a_value_changed_behind_the_records_back_is_named_with_its_row(landing):
    rows = landing.rows(PAGE_METRICS, 2)
    landing.rewrite(PAGE_METRICS, 2, rows.with_columns(pl.col("pageviews") + 1), honest=False)
    verdict = landing.verify()
    named = {finding.file for finding in verdict.findings if finding.code is Code.FILE_CHANGED}
    assert named == {
        "page_metrics/parquet/batch-000000000002-00000.parquet",
        "page_metrics/csv/batch-000000000002-00000.csv",
    }
    assert mismatches(verdict, PAGE_METRICS) == {Mismatch.DIFFERENT: rows.height}
    example = verdict.tables[2].examples[0]
    assert (example.column, example.expected, example.landed) == ("pageviews", "1", "2")


def test_a_sum_may_differ_by_the_order_of_additions_and_no_more(landing):
    rows = landing.rows(SESSIONS, 2)
    for shift, differs in ((1e-10, False), (1e-7, True)):
        landing.rewrite(SESSIONS, 2, rows.with_columns(pl.col("session_revenue") * (1 + shift)))
        assert bool(mismatches(landing.verify(), SESSIONS)) == differs


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf")])
def test_a_sum_that_is_no_number_is_found(landing, bad):
    rows = landing.rows(PAGE_METRICS, 2)
    landing.rewrite(PAGE_METRICS, 2, rows.with_columns(pl.lit(bad, pl.Float64).alias("revenue")))
    assert mismatches(landing.verify(), PAGE_METRICS) == {Mismatch.DIFFERENT: rows.height}


def test_a_missing_row_and_an_invented_row_are_found(landing):
    rows = landing.rows(EVENTS_RAW, 0)
    landing.rewrite(EVENTS_RAW, 0, rows[1:])
    verdict = landing.verify()
    assert mismatches(verdict, EVENTS_RAW) == {Mismatch.MISSING: 1}
    assert "in neither" in found(verdict, Code.RECORD_COUNT).sentence
    invented = rows.with_columns(pl.col("kafka_offset") + 1_000)
    landing.rewrite(EVENTS_RAW, 0, pl.concat([rows, invented]))
    assert mismatches(landing.verify(), EVENTS_RAW) == {Mismatch.UNEXPECTED: rows.height}


def test_a_doubled_row_is_found_and_counted_once_more(landing):
    rows = landing.rows(SESSIONS, 2)
    landing.rewrite(SESSIONS, 2, pl.concat([rows, rows[:1]]))
    verdict = landing.verify()
    assert mismatches(verdict, SESSIONS) == {Mismatch.DOUBLED: 1}
    assert verdict.tables[4].examples[0].key["user_id"] == f'"{rows["user_id"][0]}"'


def test_a_record_that_landed_in_both_tables_is_found(landing):
    rejected = landing.rows(EVENTS_REJECTED, 0)
    raw = landing.rows(EVENTS_RAW, 0)
    twice = raw[:1].with_columns(rejected.select("kafka_partition", "kafka_offset", "kafka_timestamp")[:1])
    landing.rewrite(EVENTS_RAW, 0, pl.concat([raw, twice.select(raw.columns)]))
    verdict = landing.verify()
    finding = found(verdict, Code.RECORD_COUNT)
    assert "more than once" in finding.sentence
    assert finding.details == (
        f"partition {rejected['kafka_partition'][0]}, offset {rejected['kafka_offset'][0]}",
    )


def test_rows_that_another_batch_should_have_landed_are_found(landing):
    rows = landing.rows(PAGE_METRICS, 2)
    landing.rewrite(PAGE_METRICS, 2, rows[1:])
    landing.rewrite(PAGE_METRICS, 3, pl.concat([landing.rows(PAGE_METRICS, 3), rows[:1]]))
    verdict = landing.verify()
    assert mismatches(verdict, PAGE_METRICS) == {Mismatch.DIFFERENT: 1}
    example = verdict.tables[2].examples[0]
    assert (example.column, example.expected, example.landed) == ("batch_id", "2", "3")


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_deleted_file_is_named(landing, table, file_format):
    path = landing.files(table.name, file_format)[0]
    path.unlink()
    finding = found(landing.verify(), Code.FILE_MISSING)
    assert finding.file == path.relative_to(landing.layout.output).as_posix()
    assert finding.batch_id == first_batch(landing, table)


@pytest.mark.parametrize("name", ["batch-000000000002-00001.parquet", "copy.parquet", "deep/er/copy.parquet"])
def test_a_doubled_file_is_named_with_the_one_it_doubles(landing, name):
    original = landing.layout.table_dir("sessions", "parquet") / "batch-000000000002-00000.parquet"
    copy = original.parent / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(original, copy)
    finding = found(landing.verify(), Code.FILE_LEFTOVER)
    assert finding.file == f"sessions/parquet/{name}"
    assert "doubles sessions/parquet/batch-000000000002-00000.parquet" in finding.sentence


def test_a_file_that_the_record_names_twice_is_found_with_its_rows(landing):
    record = landing.record(AGGREGATES, 2)
    landed = record.tables["sessions"]
    doubled = replace(landed, rows=landed.rows * 2, parquet=landed.parquet * 2, csv=landed.csv * 2)
    landing.write_record(replace(record, tables={**record.tables, "sessions": doubled}))
    verdict = landing.verify()
    assert codes(verdict) == [Code.FILE_TWICE, Code.FILE_TWICE, Code.ROWS_DIFFER]
    assert mismatches(verdict, SESSIONS) == {Mismatch.DOUBLED: landed.rows}


@pytest.mark.parametrize("garbage", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"\0" * 1_000])
def test_a_parquet_file_of_garbage_is_a_finding_and_no_traceback(landing, garbage):
    path = landing.files("sessions")[0]
    path.write_bytes(garbage)
    verdict = landing.verify()
    relative = path.relative_to(landing.layout.output).as_posix()
    assert found(verdict, Code.FILE_CHANGED).file == relative
    assert found(verdict, Code.FILE_UNREADABLE).file == relative
    assert mismatches(verdict, SESSIONS)[Mismatch.MISSING]


def test_a_truncated_parquet_file_is_found(landing):
    path = landing.files("events_raw")[0]
    path.write_bytes(path.read_bytes()[:-40])
    verdict = landing.verify()
    assert found(verdict, Code.FILE_CHANGED).batch_id == 0
    assert found(verdict, Code.FILE_UNREADABLE).batch_id == 0


def test_a_parquet_file_with_other_columns_or_types_is_found(landing):
    rows = landing.rows(SESSIONS, 2)
    for other in (
        rows.drop("user_id"),
        rows.rename({"user_id": "user"}),
        rows.select(reversed(rows.columns)),
        rows.with_columns(pl.col("session_start").dt.cast_time_unit("ms")),
        rows.with_columns(pl.col("events_in_session").cast(pl.Int32)),
    ):
        landing.rewrite(SESSIONS, 2, other)
        schema = [finding for finding in landing.verify().findings if finding.code is Code.FILE_SCHEMA]
        assert "sessions/parquet/batch-000000000002-00000.parquet" in {finding.file for finding in schema}


CSV_EDITS = {
    "a changed value": (",1,0.0", ",7,0.0"),
    "a text that is no number": (",1,0.0", ",one,0.0"),
    "a row too few": ("bob", None),
    "another header": ("user_id", "user"),
    "a cell too many": (",1,0.0", ",1,0.0,9"),
    "a microsecond more": (".000000Z", ".000001Z"),
    "an open quote": ("bob", '"bob'),
}


@pytest.mark.parametrize("honest", [True, False], ids=["record made to fit", "record left"])
@pytest.mark.parametrize(("old", "new"), CSV_EDITS.values(), ids=CSV_EDITS.keys())
def test_a_changed_csv_is_found_and_named(landing, old, new, honest):
    path = landing.files("sessions", "csv")[-1]
    text = path.read_text()
    assert old in text
    lines = text.splitlines(keepends=True)
    edited = "".join(line for line in lines if old not in line) if new is None else text.replace(old, new, 1)
    path.write_text(edited)
    if honest:
        make_fit(landing, path)
    verdict = landing.verify()
    assert not verdict.passed
    relative = path.relative_to(landing.layout.output).as_posix()
    assert all(finding.file == relative for finding in verdict.findings)
    assert mismatches(verdict, SESSIONS) == {}


def make_fit(landing: Landing, path: Path) -> None:
    """Write size and hash of an edited file into its record, as an attentive forger would."""
    import hashlib

    batch_id = int(path.name.split("-")[1])
    record = landing.record(AGGREGATES, batch_id)
    content = path.read_bytes()
    entry = replace(
        record.tables["sessions"].csv[0], size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    landing.write_record(
        replace(
            record, tables={**record.tables, "sessions": replace(record.tables["sessions"], csv=(entry,))}
        )
    )


def test_null_and_empty_text_are_two_things_in_csv(landing):
    rows = landing.rows(EVENTS_RAW, 2)
    assert "" in rows["country"].to_list()
    path = landing.layout.table_dir("events_raw", "csv") / "batch-000000000002-00000.csv"
    nulled = rows.with_columns(pl.when(pl.col("country") != "").then(pl.col("country")).alias("country"))
    path.write_bytes(contents(nulled, "csv"))
    finding = found(landing.verify(), Code.FORMATS_DIFFER)
    assert finding.file == "events_raw/csv/batch-000000000002-00000.csv"


def test_rows_in_another_order_are_the_same_rows(landing):
    rows = landing.rows(EVENTS_RAW, 0)
    path = landing.layout.table_dir("events_raw", "csv") / "batch-000000000000-00000.csv"
    path.write_bytes(contents(rows.reverse(), "csv"))
    assert codes(landing.verify()) == [Code.FILE_CHANGED]


# Records.


NOTHING_LANDED = {table.name: {"rows": 0, "parquet": [], "csv": []} for table in CLICKS.tables_of(AGGREGATES)}


def edit(landing: Landing, of_query: str, of_batch: int, **changes: object) -> None:
    path = landing.layout.record_path(of_query, of_batch)
    path.write_text(seal({**unseal(path.read_text()), **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"record_version": 99},
        {"query": "events"},
        {"batch_id": 7},
        {"batch_id": "2"},
        {"run_id": "run-2"},
        {"topic": "others"},
        {"offsets": {"0": [3, 1]}},
        {"offsets": {"0": [-1, 1]}},
        {"offsets": None},
        {"watermark_ms": "now"},
        {"watermark_ms": -1},
        {"offsets": {"0": [0, float("inf")]}},
        {"offsets": {"0": [0, 10**30]}},
        {"offsets": {str(10**12): [0, 1]}},
        {"watermark_ms": True},
        {"tables": {}},
        {"tables": NOTHING_LANDED | {"page_metrics": {"rows": 1, "parquet": [], "csv": []}}},
        {"tables": NOTHING_LANDED | {"page_metrics": {"rows": "1", "parquet": 5, "csv": []}}},
        {
            "tables": NOTHING_LANDED
            | {
                "page_metrics": {
                    "rows": 0,
                    "parquet": [
                        {
                            "path": "page_metrics/parquet/../../../etc/passwd",
                            "rows": 0,
                            "size_bytes": 0,
                            "sha256": "",
                        }
                    ],
                    "csv": [],
                }
            }
        },
    ],
    ids=str,
)
def test_a_record_that_says_what_cannot_be_is_named_and_does_not_spoil_the_rest(landing, changes):
    edit(landing, AGGREGATES, 2, **changes)
    verdict = landing.verify()
    finding = found(verdict, Code.RECORD_INVALID)
    assert finding.file == "_landed/aggregates/000000000002.json"
    assert (finding.query, finding.batch_id) == (AGGREGATES, 2)
    # The batch's rows count as not landed; those of later batches are still right.
    assert mismatches(verdict, PAGE_METRICS) == {Mismatch.MISSING: 4}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "1", '{"record_version": 1}', "\ufeff{}"])
def test_a_record_that_is_none_is_named(landing, text):
    landing.layout.record_path(AGGREGATES, 2).write_text(text)
    assert found(landing.verify(), Code.RECORD_INVALID).batch_id == 2


@pytest.mark.parametrize("spark_log", [True, False])
@pytest.mark.parametrize("batch_id", [0, 2, 3])
def test_a_deleted_record_is_named_and_does_not_spoil_the_rest(tmp_path, batch_id, spark_log):
    landing = land(tmp_path, spark_log=spark_log)
    landed = landing.record(AGGREGATES, batch_id).tables
    landing.layout.record_path(AGGREGATES, batch_id).unlink()
    verdict = landing.verify()
    finding = found(verdict, Code.RECORD_MISSING)
    assert (finding.query, finding.batch_id) == (AGGREGATES, batch_id)
    rows = {table.table: table.mismatched_rows for table in verdict.tables}
    assert rows == {**dict.fromkeys(rows, 0), **{name: table.rows for name, table in landed.items()}}
    assert sum(rows.values()) == {0: 0, 2: 6, 3: 4}[batch_id]


def test_a_deleted_last_record_is_known_from_sparks_log(landing):
    landing.layout.record_path(AGGREGATES, 4).unlink()
    finding = found(landing.verify(), Code.RECORD_MISSING)
    assert (finding.query, finding.batch_id) == (AGGREGATES, 4)


def test_all_records_of_a_query_deleted_is_known_from_sparks_log(landing):
    shutil.rmtree(landing.layout.records_dir(AGGREGATES))
    verdict = landing.verify()
    assert codes(verdict).count(Code.RECORD_MISSING) == 5
    assert mismatches(verdict, SESSIONS) == {Mismatch.MISSING: 3}


def test_an_edited_watermark_is_found_and_named(landing):
    record = landing.record(AGGREGATES, 2)
    edit(landing, AGGREGATES, 2, watermark_ms=record.watermark_ms + 1)
    verdict = landing.verify()
    assert found(verdict, Code.WATERMARK_WRONG).batch_id == 2
    assert found(verdict, Code.OFFSETS_NOT_SPARKS).batch_id == 2


def test_an_edited_previous_watermark_is_found_without_sparks_log(tmp_path):
    landing = land(tmp_path, spark_log=False)
    edit(landing, AGGREGATES, 3, previous_watermark_ms=0)
    verdict = landing.verify()
    assert codes(verdict) == [Code.WATERMARK_WRONG]
    assert "batch 3: previous watermark" in verdict.findings[0].details[0]


def test_edited_offsets_are_found_and_named(landing):
    offsets = {
        str(partition): list(span) for partition, span in landing.record(AGGREGATES, 1).offsets.items()
    }
    offsets["0"][1] += 1
    edit(landing, AGGREGATES, 1, offsets=offsets)
    verdict = landing.verify()
    assert found(verdict, Code.OFFSETS_BROKEN).batch_id == 2
    assert found(verdict, Code.OFFSETS_NOT_SPARKS).batch_id == 1


def test_a_record_with_another_query_id_is_found(landing):
    edit(landing, AGGREGATES, 3, query_id="another")
    assert "another from batch 3 on" in found(landing.verify(), Code.RECORD_INVALID).sentence


def test_an_edited_hash_or_count_is_named_with_its_file(landing):
    record = landing.record(AGGREGATES, 3)
    landed = record.tables["geo_metrics"]
    for entry in (
        replace(landed.parquet[0], sha256="0" * 64),
        replace(landed.parquet[0], size_bytes=1),
    ):
        landing.write_record(
            replace(record, tables={**record.tables, "geo_metrics": replace(landed, parquet=(entry,))})
        )
        finding = found(landing.verify(), Code.FILE_CHANGED)
        assert finding.file == landed.parquet[0].path
    fewer = replace(
        landed, rows=1, parquet=(replace(landed.parquet[0], rows=1),), csv=(replace(landed.csv[0], rows=1),)
    )
    landing.write_record(replace(record, tables={**record.tables, "geo_metrics": fewer}))
    assert codes(landing.verify()) == [Code.FILE_CHANGED, Code.FILE_CHANGED]


# What stands beside the output.


def test_a_checkpoint_that_is_gone_is_said_and_no_failure(landing):
    landing.layout.checkpoint_terms_path().unlink()
    verdict = landing.verify()
    assert verdict.passed
    assert [finding.code for finding in verdict.warnings] == [Code.CHECKPOINT_MISSING]


def test_terms_of_another_run_beside_the_checkpoint_are_found(landing):
    landing.layout.checkpoint_terms_path().write_text(replace(RUN, run_id="run-2").to_json(describe(CLICKS)))
    assert codes(landing.verify()) == [Code.TERMS_DIFFER]
    landing.layout.checkpoint_terms_path().write_text("{")
    assert codes(landing.verify()) == [Code.TERMS_DIFFER]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v1",
        "v1\n{}\n{}",
        'v1\n{"batchWatermarkMs":1e999}\n{"events":{"0":1,"1":1}}',
        "v1\n[]\n[]",
        'v1\n{"batchWatermarkMs":0}\n{"a":1}',
    ],
)
def test_an_entry_of_sparks_log_that_cannot_be_read_is_found(landing, text):
    (landing.layout.query_checkpoint(AGGREGATES) / "offsets" / "2").write_text(text)
    assert codes(landing.verify()) == [Code.OFFSETS_NOT_SPARKS]


def test_another_window_than_the_terms_say_is_found(tmp_path):
    landing = land(tmp_path)
    for path in (landing.layout.output_terms_path(), landing.layout.checkpoint_terms_path()):
        path.write_text(
            replace(RUN, windows_ms={**RUN.windows_ms, "sessions": 6_000}).to_json(describe(CLICKS))
        )
    assert mismatches(landing.verify(), SESSIONS)


def test_an_event_counted_in_the_wrong_query_batch_is_found(tmp_path):
    # The job drops an event that it should have kept: its window is a row short of what the topic says.
    landing = land(tmp_path)
    rows = landing.rows(PAGE_METRICS, 2)
    landing.rewrite(PAGE_METRICS, 2, rows.filter(pl.col("page").ne_missing("/late")))
    verdict = landing.verify()
    assert mismatches(verdict, PAGE_METRICS) == {Mismatch.MISSING: 1}
    assert verdict.tables[2].examples[0].key["page"] == '"/late"'
    assert click(2, page="/late").page == "/late"


@pytest.mark.thorough
def test_every_record_and_csv_cut_in_half_is_noticed(landing):
    output = landing.layout.output
    for path in sorted([*output.rglob("*.csv"), *output.rglob("_landed/*/*.json")]):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        verdict = landing.verify()
        assert path.relative_to(output).as_posix() in {finding.file for finding in verdict.failures}
        path.write_bytes(content)
    assert landing.verify().passed
