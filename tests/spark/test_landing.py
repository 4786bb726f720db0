"""Landing: whatever ends a batch, wherever, its rows land exactly once, and CSV says what Parquet says."""

import gc
import hashlib
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from clickstream.check.landed.csv_rows import read_csv_rows
from clickstream.clicks.tables import EVENTS_RAW, EVENTS_REJECTED, GEO_METRICS, PAGE_METRICS, TABLES
from clickstream.contract.definition.tables import AGGREGATES, EVENTS, QUERIES, ColumnType, Table
from clickstream.errors import CheckpointDamaged, CheckpointMismatch, FolderNotWritable, PartDied
from clickstream.sinks.landing.points import BATCH_STARTED, FILES_MOVED, POINTS, RECORD_WRITTEN
from file_topic import click
from hostile_messages import HOSTILE_MESSAGES
from landing_job import LandingJob, killed_at
from repo.readers import LANDED_IN_README, readme_line


def fill(job: LandingJob) -> None:
    """Three batches with data for every table; sums are of quarters, so that they are exact."""
    for minute in (0, 3, 6):
        job.topic.add(
            *(
                click(f"12:0{minute}:{second:02}", user_id=f"u{second % 3}", page="/", revenue=second / 4)
                for second in range(0, 60, 5)
            ),
            click(f"12:0{minute}:30", page=7),
            b"",
        )


@pytest.fixture(scope="module")
def undisturbed(session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> LandingJob:
    """What lands when nothing goes wrong."""
    job = LandingJob(session, tmp_path_factory.mktemp("undisturbed"))
    fill(job)
    job.run()
    return job


@pytest.fixture
def job(session: SparkSession, tmp_path: Path) -> LandingJob:
    return LandingJob(session, tmp_path)


def assert_same_rows(job: LandingJob, other: LandingJob) -> None:
    for table in TABLES:
        assert job.rows(table).equals(other.rows(table)), table.name
    assert job.named_files() == job.all_files()


def test_every_batch_has_its_record_and_every_file_is_named_as_it_is(undisturbed: LandingJob) -> None:
    for query in QUERIES:
        records = undisturbed.records(query)
        # Three batches of data; the aggregates then run one more for the watermark that has moved.
        assert [record.batch_id for record in records] == list(range(3 if query == EVENTS else 4))
        assert {(record.run_id, record.query, record.topic) for record in records} == {
            ("run-1", query, "events")
        }
        assert [record.offsets for record in records[:3]] == [{0: (0, 1)}, {0: (1, 2)}, {0: (2, 3)}]
    for table in TABLES:
        assert undisturbed.rows(table).height > 0, table.name
        for record in undisturbed.records(table.query):
            landed = record.tables[table.name]
            assert landed.rows == sum(file.rows for file in landed.parquet)
            for file in (*landed.parquet, *landed.csv):
                content = (undisturbed.layout.output / file.path).read_bytes()
                assert (file.size_bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert undisturbed.named_files() == undisturbed.all_files()
    assert list((undisturbed.layout.output / "_staging").iterdir()) == []
    assert undisturbed.remove_leftovers() == []


def test_the_line_of_readme_reads_the_landed_rows(
    undisturbed: LandingJob, tmp_path: Path, session: SparkSession
) -> None:
    run = tmp_path / LANDED_IN_README
    run.parent.mkdir(parents=True)
    run.symlink_to(undisturbed.layout.output)
    # Spark's own working folder is where its JVM was started.
    line = readme_line("spark").replace(LANDED_IN_README, str(run))
    rows = eval(line, {"spark": session})  # noqa: S307 - our own document
    expected = undisturbed.rows(PAGE_METRICS)
    assert tuple(rows.columns) == tuple(expected.columns)
    assert sorted(row["page"] for row in rows.collect()) == sorted(expected["page"])


def test_a_record_tells_the_watermark_of_its_batch_and_of_the_one_before(undisturbed: LandingJob) -> None:
    noon_ms = 1_772_366_400_000
    records = undisturbed.records(AGGREGATES)
    # The newest event of each batch is at …:55, the delay is 30 s.
    expected = [0, noon_ms + 25_000, noon_ms + 205_000, noon_ms + 385_000]
    assert [record.watermark_ms for record in records] == expected
    assert [record.previous_watermark_ms for record in records] == [0, *expected[:-1]]
    assert {record.watermark_ms for record in undisturbed.records(EVENTS)} == {0}


# The first batch of the aggregates that has rows, and so files, is the third one.
@pytest.mark.thorough
@pytest.mark.parametrize(("query", "time"), [(EVENTS, 2), (AGGREGATES, 3)])
@pytest.mark.parametrize("point", POINTS)
def test_a_job_ended_at_any_point_goes_on_to_the_rows_of_an_undisturbed_one(
    job: LandingJob, undisturbed: LandingJob, point: str, query: str, time: int
) -> None:
    fill(job)
    with pytest.raises(PartDied, match=f"Killed: {point}|{point}") as death:
        job.run(reached=killed_at(point, time, query))
    assert query in death.value.sentence
    if point == FILES_MOVED:
        # Files are in their places, but nothing says so: nobody may count them.
        assert set(job.named_files()) < set(job.all_files())

    job.run()

    assert_same_rows(job, undisturbed)
    if point == RECORD_WRITTEN:
        assert any(progress.replayed for progress in job.progress)


def test_a_job_ended_again_and_again_goes_on_to_the_rows_of_an_undisturbed_one(
    job: LandingJob, undisturbed: LandingJob
) -> None:
    fill(job)
    for point in POINTS:
        with pytest.raises(PartDied):
            job.run(reached=killed_at(point, time=1))
        job.remove_leftovers()
    job.run()
    assert_same_rows(job, undisturbed)


@pytest.mark.thorough
def test_a_job_that_ended_before_the_batch_without_data_runs_it_the_next_time(
    job: LandingJob, undisturbed: LandingJob
) -> None:
    fill(job)
    job.run()
    # As if the job had ended after the last batch with data: what came after it is gone.
    job.forget_batch(AGGREGATES, 3)
    job.remove_leftovers()
    assert job.rows(GEO_METRICS).height < undisturbed.rows(GEO_METRICS).height

    job.run()

    assert_same_rows(job, undisturbed)
    told = [(each.query, each.batch_id, each.replayed) for each in job.progress]
    assert told == [(AGGREGATES, 2, True), (AGGREGATES, 3, False)]
    # And with nothing owed, nothing runs.
    job.run()
    assert job.progress == []


def test_a_batch_that_has_landed_is_computed_again_and_its_files_are_left_alone(job: LandingJob) -> None:
    fill(job)
    job.run()
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in job.all_files()}
    replayed = {query: job.forget_commit(query) for query in QUERIES}

    job.run()

    assert {each.query: each.batch_id for each in job.progress if each.replayed} == replayed
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in job.all_files()} == before
    # The state of the replayed batch is whole: later batches go on from it.
    job.topic.add(click("12:30:00", user_id="u0", page="/", revenue=1))
    job.run()
    assert not any(each.replayed for each in job.progress)


@pytest.mark.thorough
def test_a_record_of_another_batch_is_refused_with_what_differs(job: LandingJob) -> None:
    fill(job)
    job.run(queries=[AGGREGATES])
    last = job.forget_commit(AGGREGATES)
    job.edit_record(AGGREGATES, last, watermark_ms=5)
    with pytest.raises(CheckpointMismatch, match=f"batch {last} of aggregates has landed with watermark 5"):
        job.run(queries=[AGGREGATES])
    job.edit_record(AGGREGATES, last, offsets={"0": [0, 99]})
    with pytest.raises(CheckpointMismatch, match="has landed with offsets"):
        job.run(queries=[AGGREGATES])


def test_a_batch_without_rows_leaves_a_record_and_no_file(job: LandingJob) -> None:
    job.topic.add()
    job.run()
    for query in QUERIES:
        (record,) = job.records(query)
        assert record.offsets == {0: (0, 1)}
        assert {
            name: (landed.rows, landed.parquet, landed.csv) for name, landed in record.tables.items()
        } == {table.name: (0, (), ()) for table in TABLES if table.query == query}
    assert job.all_files() == []


def test_hostile_text_reads_back_from_csv_as_from_parquet(job: LandingJob) -> None:
    job.topic.add(*(message.value for message in HOSTILE_MESSAGES))
    job.run(queries=[EVENTS])
    landed = 0
    for table in (EVENTS_RAW, EVENTS_REJECTED):
        for parquet, csv in zip(job.files(table, "parquet"), job.files(table, "csv"), strict=True):
            rows = pl.read_parquet(parquet)
            assert rows.columns == list(table.column_names)
            assert read_csv_rows(csv.read_bytes(), table).equals(rows, null_equal=True)
            landed += rows.height
    assert landed == len(HOSTILE_MESSAGES)


SPARK_TYPES = {
    ColumnType.STRING: "string",
    ColumnType.INT32: "int",
    ColumnType.INT64: "bigint",
    ColumnType.FLOAT64: "double",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.BYTES: "binary",
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_spark_reads_from_parquet_what_polars_reads(undisturbed: LandingJob, table: Table) -> None:
    files = [str(file) for file in undisturbed.files(table, "parquet")]
    rows = undisturbed.session.read.parquet(*files)
    assert rows.dtypes == [(column.name, SPARK_TYPES[column.type]) for column in table.columns]
    moments = [column.name for column in table.columns if column.type is ColumnType.TIMESTAMP]
    micros = [f"unix_micros({name})" if name in moments else name for name in table.column_names]
    by_spark = [
        tuple(bytes(value) if isinstance(value, bytearray) else value for value in row)
        for row in rows.selectExpr(*micros).collect()
    ]
    by_polars = undisturbed.rows(table).with_columns(pl.col(moments).cast(pl.Int64)).rows()
    assert sorted(by_spark, key=repr) == sorted(by_polars, key=repr)


@pytest.mark.acts("MAX_RECORDS_PER_FILE")
def test_a_batch_of_many_files_has_the_same_rows_in_file_k_of_both_formats(job: LandingJob) -> None:
    fill(job)
    job.run(queries=[EVENTS], sink={"OUTPUT_FILES_PER_BATCH": 2, "MAX_RECORDS_PER_FILE": 5})
    for record in job.records(EVENTS):
        landed = record.tables["events_raw"]
        assert [file.rows for file in landed.parquet] == [5, 5, 2]
        for parquet, csv in zip(landed.parquet, landed.csv, strict=True):
            rows = pl.read_parquet(job.layout.output / parquet.path)
            assert rows.height == parquet.rows == csv.rows
            content = (job.layout.output / csv.path).read_bytes()
            assert read_csv_rows(content, EVENTS_RAW).equals(rows, null_equal=True)


@pytest.mark.thorough
def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_declared(
    job: LandingJob, undisturbed: LandingJob
) -> None:
    fill(job)
    # A file where a folder must be stops everybody, root too.
    blocked = job.layout.table_dir("events_rejected", "csv")
    blocked.parent.mkdir(parents=True)
    blocked.write_text("in the way")
    with pytest.raises(FolderNotWritable, match="cannot be written") as refusal:
        job.run()
    assert "start again" in refusal.value.next_step
    assert job.records(EVENTS) == []
    blocked.unlink()
    job.run()
    assert_same_rows(job, undisturbed)


@pytest.mark.thorough
def test_the_death_of_one_query_ends_the_others_and_says_why(job: LandingJob) -> None:
    fill(job)
    (job.topic.folder / "999999.parquet").write_bytes(b"not Parquet")
    with pytest.raises(PartDied) as death:
        job.run()
    assert death.value.sentence.startswith(f"The query {death.value.sentence.split()[2]} ended: ")
    assert death.value.sentence.split()[2] in QUERIES
    assert not job.session.streams.active


@pytest.mark.parametrize(
    ("waiting", "trigger"),
    [
        pytest.param(0, "1 second", id="keeping up", marks=pytest.mark.thorough),
        pytest.param(20, "0 seconds", id="catching up"),
    ],
)
def test_asked_to_stop_a_continuous_job_ends_its_batches_and_leaves_nothing_to_replay(
    job: LandingJob, waiting: int, trigger: str
) -> None:
    fill(job)
    for _ in range(waiting):
        job.topic.add(click("12:10:00", user_id="u"))
    job.run(
        stop_requested=lambda: {each.query for each in job.progress} == set(QUERIES),
        stream={"TRIGGER_INTERVAL": trigger},
    )
    assert not job.session.streams.active
    for query in QUERIES:
        commits = job.log_numbers(query, "commits")
        assert job.log_numbers(query, "offsets") == commits == list(range(len(job.records(query))))
        assert 0 < len(commits) < 3 + waiting or not waiting


def test_every_point_of_a_landing_is_reached_in_order(job: LandingJob) -> None:
    fill(job)
    reached: list[str] = []
    job.run(queries=[EVENTS], reached=lambda _query: reached.append)
    assert reached == [*POINTS] * 3
    assert POINTS[0] == BATCH_STARTED


@pytest.mark.thorough
def test_a_run_whose_first_log_entry_was_never_named_begins_all_the_same(
    job: LandingJob, undisturbed: LandingJob
) -> None:
    fill(job)
    for query in QUERIES:
        offsets = job.layout.query_checkpoint(query) / "offsets"
        offsets.mkdir(parents=True)
        (offsets / ".0.00000000-0000-0000-0000-000000000000.tmp").write_text("v1\n{}")
    job.run()
    assert_same_rows(job, undisturbed)


def test_state_that_was_damaged_inside_is_named_and_nothing_begins_anew(job: LandingJob) -> None:
    fill(job)
    job.run()
    before = job.all_files()
    state = max(
        job.layout.query_checkpoint(AGGREGATES).glob("state/2/0/*.delta"), key=lambda path: int(path.stem)
    )
    content = bytearray(state.read_bytes())
    content[len(content) // 2] ^= 1
    state.write_bytes(content)
    job.topic.add(click("12:20:00", user_id="u1"))
    with pytest.raises(CheckpointDamaged, match=f"aggregates ended, .*{state.parents[2]} cannot") as damaged:
        job.run()
    assert "restore" in damaged.value.next_step.lower()
    assert set(before) <= set(job.all_files())


def test_a_session_that_stays_keeps_no_query_that_has_ended(job: LandingJob) -> None:
    def queries() -> int:
        gc.collect()
        return sum(isinstance(each, StreamingQuery) for each in gc.get_objects())

    before = queries()
    job.topic.add(click("12:00:00", user_id="u1"))
    job.run()
    # Python keeps what the JVM may call back; that must not lead to the query.
    assert queries() <= before
