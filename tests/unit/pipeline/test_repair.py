"""Damage to a sound landing, repaired from the topic: the rows of before, marked, and losses in words."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from clickstream.check.findings import Code
from clickstream.check.reading import read
from clickstream.check.repair_plan import RepairPlan
from clickstream.check.repairing import plan_repair
from clickstream.contract.landed import record_of, records_of
from clickstream.contract.layout import Layout
from clickstream.contract.records import OffsetRange
from clickstream.contract.sealing import seal, unseal
from clickstream.contract.tables import QUERIES, TABLES
from clickstream.duration import Duration
from clickstream.errors import RunInProgress
from clickstream.pipeline.places import layout_of
from clickstream.pipeline.repair import carry_out, repair_run, tidy_up
from clickstream.report import repair as report
from clickstream.settings import SinkSettings, load
from clickstream.sinks.compacting import compact
from clickstream.sinks.holding import held
from clickstream.sinks.relanding import FILES_PLACED, POINTS, RECORD_REPLACED
from clickstream.sinks.standing import standing_files
from clickstream.testing import ManualClock
from unit.check.landing import Landing, contents, land, table_named


class Ended(Exception):
    """Stands for the end of the process."""


def ending_at(point: str) -> Callable[[str], None]:
    def reached(here: str) -> None:
        if here == point:
            raise Ended

    return reached


Damaging = Callable[[Landing], None]
ALL = Duration.parse("1 hour")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return land(tmp_path_factory.mktemp("sound"), empty_batches=3)


@pytest.fixture(scope="module")
def compacted(sound: Landing, tmp_path_factory: pytest.TempPathFactory) -> Landing:
    landing = copied(sound, tmp_path_factory.mktemp("compacted"))
    compact(landing.layout, SinkSettings(), keep=2, remove_after=ALL, clock=ManualClock())
    return landing


def copied(landing: Landing, folder: Path) -> Landing:
    shutil.copytree(landing.layout.output.parent, folder, dirs_exist_ok=True)
    return Landing(Layout(folder / "output", folder / "checkpoints"), landing.topic)


@pytest.fixture
def landing(sound: Landing, tmp_path: Path) -> Landing:
    return copied(sound, tmp_path)


def ranges(landing: Landing, *, without_first: int = 0) -> dict[int, OffsetRange]:
    ends = {partition: offset + 1 for partition, offset, _, _ in landing.topic}
    return {partition: (without_first, end) for partition, end in ends.items()}


def planned(landing: Landing, *, without_first: int = 0, gone: str = "") -> RepairPlan:
    there = {} if gone else ranges(landing, without_first=without_first)
    return plan_repair(landing.layout, landing.read_topic, lambda: there, gone=gone)


def repair(landing: Landing, **sink: object) -> RepairPlan:
    plan = planned(landing)
    carry_out(plan, landing.layout, SinkSettings(**sink), ManualClock())
    tidy_up(plan, landing.layout)
    return plan


def rows_of(landing: Landing) -> dict[str, list[tuple]]:
    tables = {table.name: read(table.name, landing.layout.output).collect() for table in TABLES}
    return {name: rows.sort(rows.columns).rows() for name, rows in tables.items()}


def files_of(landing: Landing) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in landing.layout.output.rglob("*")
        if path.suffix != ".lock" and path.is_file()
    }


def repaired(landing: Landing) -> dict[tuple[str, int], tuple[str, ...]]:
    return {
        (query, record.batch_id): record.repaired
        for query in QUERIES
        for record in records_of(landing.layout, query)
        if record.repaired
    }


def record_path(landing: Landing, query: str, batch_id: int) -> Path:
    return landing.layout.record_path(query, batch_id)


def raw_file_missing(landing: Landing) -> None:
    landing.files("events_raw")[0].unlink()


def rejected_file_cut(landing: Landing) -> None:
    path = landing.files("events_rejected")[1]
    path.write_bytes(path.read_bytes()[:-9])


def csv_edited(landing: Landing) -> None:
    path = landing.files("geo_metrics", "csv")[-1]
    path.write_text(path.read_text().replace(",1", ",2", 1))


def sessions_garbage(landing: Landing) -> None:
    landing.files("sessions")[0].write_bytes(b"\0" * 100)


def record_missing(landing: Landing) -> None:
    record_path(landing, "page_metrics", 2).unlink()


def record_garbage(landing: Landing) -> None:
    record_path(landing, "events_raw", 1).write_text("{")


def first_record_missing(landing: Landing) -> None:
    record_path(landing, "sessions", 0).unlink()


def newest_record_missing(landing: Landing) -> None:
    record_path(landing, "geo_metrics", 6).unlink()


def many_records_missing(landing: Landing) -> None:
    for batch_id in (1, 2, 3):
        record_path(landing, "page_metrics", batch_id).unlink()


def record_and_file_missing(landing: Landing) -> None:
    record_missing(landing)
    landing.files("page_metrics")[0].unlink()


def record_missing_and_file_doubled(landing: Landing) -> None:
    record_missing(landing)
    folder = landing.layout.table_dir("page_metrics", "parquet")
    shutil.copy(folder / "batch-000000000002-00000.parquet", folder / "batch-000000000002-00001.parquet")


def record_missing_and_file_edited(landing: Landing) -> None:
    record_garbage(landing)
    table = table_named("events_raw")
    rows = landing.rows(table, 1).with_columns(pl.lit(7, pl.Int64).alias("latency_ms"))
    for file_format in ("parquet", "csv"):
        name = landing.layout.landed_name(1, 0, file_format)
        (landing.layout.table_dir("events_raw", file_format) / name).write_bytes(contents(rows, file_format))


DAMAGES: dict[Damaging, dict[tuple[str, int], tuple[str, ...]]] = {
    raw_file_missing: {("events_raw", 0): ("events_raw",)},
    rejected_file_cut: {("events_raw", 1): ("events_rejected",)},
    csv_edited: {("geo_metrics", 3): ("geo_metrics",)},
    sessions_garbage: {("sessions", 2): ("sessions",)},
    # A lost record whose files hold what the topic gives: nothing is put there but the record.
    record_missing: {},
    record_garbage: {},
    first_record_missing: {},
    newest_record_missing: {},
    many_records_missing: {},
    record_and_file_missing: {("page_metrics", 2): ("page_metrics",)},
    record_missing_and_file_doubled: {("page_metrics", 2): ("page_metrics",)},
    record_missing_and_file_edited: {("events_raw", 1): ("events_raw",)},
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_what_is_damaged_is_landed_anew_with_the_rows_of_before_and_marked(sound, landing, damage):
    damage(landing)
    assert not landing.verify().passed
    before = {query: records_of(sound.layout, query) for query in QUERIES}
    plan = repair(landing)
    assert plan.losses == ()
    assert repaired(landing) == DAMAGES[damage]
    assert rows_of(landing) == rows_of(sound)
    # Offsets, watermarks and query id are those of before: a start that replays the batch finds its own.
    for query, records in before.items():
        for was, now in zip(records, records_of(landing.layout, query), strict=True):
            bare = {"tables": {}, "repaired": ()}
            assert replace(now, **bare) == replace(was, **bare)
    standing_files(landing.layout)


@pytest.mark.parametrize("damage", [sessions_garbage, record_and_file_missing])
def test_the_check_passes_then_and_says_that_it_has_proved_nothing_of_it(landing, damage):
    damage(landing)
    repair(landing)
    verdict = landing.verify()
    assert verdict.passed
    (warning,) = verdict.findings
    assert warning.code is Code.REPAIRED
    assert warning.sentence == "1 batch repaired: rows put there by the checker itself, not proved."


def test_a_lost_record_whose_files_are_there_is_written_anew_and_all_of_it_is_proved(landing):
    many_records_missing(landing)
    before = [path.stat().st_mtime_ns for path in landing.files("page_metrics")]
    plan = repair(landing)
    assert "3 lost records written anew" in report.done(plan)
    assert before == [path.stat().st_mtime_ns for path in landing.files("page_metrics")]
    assert landing.verify().findings == ()


def test_repaired_rows_are_not_taken_for_the_jobs_when_their_record_is_lost_too(sound, landing):
    landing.files("page_metrics")[0].unlink()
    repair(landing)
    (batch,) = repaired(landing)
    record_path(landing, *batch).unlink()
    plan = repair(landing)
    assert plan.remedies[0].row_counts()["page_metrics"] > 0
    assert repaired(landing) == {batch: ("page_metrics",)}
    assert rows_of(landing) == rows_of(sound)


def test_what_a_repair_that_was_cut_off_has_placed_is_not_taken_for_the_jobs(sound, landing):
    record_and_file_missing(landing)
    plan = planned(landing)
    with pytest.raises(Ended):
        carry_out(plan, landing.layout, SinkSettings(), ManualClock(), reached=ending_at(FILES_PLACED))
    repair(landing)
    assert repaired(landing) == {("page_metrics", 2): ("page_metrics",)}
    assert rows_of(landing) == rows_of(sound)


def test_behind_batches_that_nothing_tells_apart_windows_stay_as_they_are(landing):
    for batch_id in (0, 1):
        record_path(landing, "page_metrics", batch_id).unlink()
    shutil.rmtree(landing.layout.query_checkpoint("page_metrics") / "offsets")
    (csv,) = landing.record("page_metrics", 2).tables["page_metrics"].csv
    (landing.layout.output / csv.path).unlink()
    before = files_of(landing)
    plan = repair(landing)
    assert files_of(landing) == before
    lost = {(loss.first, loss.last): loss.why for loss in plan.losses}
    assert "nothing tells where batch 0 before it ended" in lost[1, 2]


def test_a_sound_batch_is_never_touched(landing):
    sessions_garbage(landing)
    output = landing.layout.output
    others = {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in output.rglob("*")
        if path.is_file() and "sessions" not in path.parts[-3:] and path.parent.name != "sessions"
    }
    sound_records = [record_path(landing, "sessions", batch_id) for batch_id in (0, 1, 3, 4, 5, 6)]
    others |= {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sound_records}
    repair(landing)
    assert others == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in others}


def test_nothing_is_planned_where_nothing_is_damaged(landing):
    plan = planned(landing)
    assert plan.is_empty
    assert report.plan(plan, "default").startswith("Nothing is damaged")


def test_a_doubled_file_is_named_and_removed(landing):
    folder = landing.layout.table_dir("sessions", "parquet")
    shutil.copy(folder / "batch-000000000002-00000.parquet", folder / "batch-000000000002-00001.parquet")
    (folder / "mine.txt").write_text("somebody else's")
    plan = repair(landing)
    assert plan.leftovers == ("sessions/parquet/batch-000000000002-00001.parquet",)
    assert "no record names it: to be removed" in report.plan(plan, "default")
    assert [finding.file for finding in landing.verify().findings] == ["sessions/parquet/mine.txt"]


def test_planning_writes_nothing(landing):
    many_records_missing(landing)
    before = sorted(landing.layout.output.rglob("*"))
    planned(landing)
    assert sorted(landing.layout.output.rglob("*")) == before


def test_a_repair_that_was_done_leaves_nothing_to_repair(landing):
    record_garbage(landing)
    repair(landing)
    assert planned(landing).is_empty


def test_a_repaired_file_never_takes_the_name_of_one_that_is_there(landing):
    sessions_garbage(landing)
    old = landing.files("sessions")[0]
    repair(landing)
    assert not old.exists()
    record = record_of(landing.layout, "sessions", 2)
    assert record is not None
    assert record.tables["sessions"].parquet[0].path.endswith("batch-000000000002-00001-repaired.parquet")


def test_files_take_the_form_that_the_settings_give_where_no_record_tells_it(sound, landing):
    many_records_missing(landing)
    shutil.rmtree(landing.layout.output / "page_metrics")
    repair(landing, PARTITION_BY_DATE=True, CSV_COMPRESSION="gzip", MAX_RECORDS_PER_FILE=2)
    record = record_of(landing.layout, "page_metrics", 2)
    assert record is not None
    landed = record.tables["page_metrics"]
    assert all("/dt=20" in file.path and file.rows <= 2 for file in (*landed.parquet, *landed.csv))
    assert all(file.path.endswith(".csv.gz") for file in landed.csv)
    assert len(landed.parquet) > 1
    assert landing.verify().passed
    assert rows_of(landing) == rows_of(sound)


def test_files_keep_the_form_that_the_record_tells(landing):
    sessions_garbage(landing)
    repair(landing, PARTITION_BY_DATE=True, CSV_COMPRESSION="gzip")
    record = record_of(landing.layout, "sessions", 2)
    assert record is not None
    assert [Path(file.path).parent.name for file in record.files()] == ["parquet", "csv"]
    assert record.tables["sessions"].csv[0].path.endswith(".csv")


def test_all_of_a_query_is_landed_anew_where_its_checkpoint_is_there(sound, landing):
    shutil.rmtree(landing.layout.records_dir("sessions"))
    shutil.rmtree(landing.layout.output / "sessions")
    assert "query's id" in planned(landing).losses[0].why
    (landing.layout.query_checkpoint("sessions") / "metadata").write_text('{"id":"id-of-sessions"}')
    assert repair(landing).losses == ()
    assert rows_of(landing) == rows_of(sound)
    assert landing.verify().passed


# Without Spark's log.


def test_one_lost_record_is_known_from_its_neighbours_alone(tmp_path):
    landing = land(tmp_path, spark_log=False)
    record = landing.record("geo_metrics", 2)
    record_path(landing, "geo_metrics", 2).unlink()
    repair(landing)
    again = landing.record("geo_metrics", 2)
    assert replace(again, tables=record.tables, repaired=()) == record
    assert landing.verify().passed


def test_of_several_lost_records_it_says_exactly_what_is_lost(tmp_path):
    landing = land(tmp_path, spark_log=False)
    offsets = landing.record("page_metrics", 1).offsets
    ends = {partition: end for partition, (_, end) in landing.record("page_metrics", 2).offsets.items()}
    watermarks = (
        landing.record("page_metrics", 0).watermark_ms,
        landing.record("page_metrics", 2).watermark_ms,
    )
    for batch_id in (1, 2):
        record_path(landing, "page_metrics", batch_id).unlink()
    plan = repair(landing)
    (loss,) = plan.losses
    assert (loss.query, loss.first, loss.last, loss.tables) == ("page_metrics", 1, 2, ("page_metrics",))
    assert loss.offsets == {partition: (start, ends[partition]) for partition, (start, _) in offsets.items()}
    assert loss.windows_ms == watermarks
    text = report.plan(plan, "default")
    assert "page_metrics, batches 1 to 2: lost, page_metrics" in text
    assert "RUN_ID=default-replayed" in text
    assert "clickstream stream --available-now" in text


def test_a_lost_newest_record_that_only_garbage_is_left_of_is_told(tmp_path):
    landing = land(tmp_path, spark_log=False)
    record_path(landing, "events_raw", 4).write_text("{")
    (loss,) = planned(landing).losses
    assert (loss.first, loss.tables) == (4, ("events_raw", "events_rejected"))
    assert all(end is None for _, end in loss.offsets.values())
    assert "offsets from" in report.plan(planned(landing), "default")


# The topic.


def test_without_the_topic_all_that_is_damaged_is_lost_and_why(landing):
    sessions_garbage(landing)
    raw_file_missing(landing)
    plan = planned(landing, gone="the topic is gone")
    assert plan.remedies == ()
    assert [(loss.query, loss.first, loss.why) for loss in plan.losses] == [
        ("events_raw", 0, "the topic is gone"),
        ("sessions", 2, "the topic is gone"),
    ]


def test_where_retention_took_the_first_records_later_events_still_are_landed_anew(sound, landing):
    landing.files("events_raw")[2].unlink()
    raw_file_missing(landing)
    sessions_garbage(landing)
    plan = planned(landing, without_first=2)
    assert [(remedy.query, remedy.first) for remedy in plan.remedies] == [("events_raw", 2)]
    assert [(loss.query, loss.first) for loss in plan.losses] == [("events_raw", 0), ("sessions", 2)]
    carry_out(plan, landing.layout, SinkSettings(), ManualClock())
    assert landing.rows(table_named("events_raw"), 1).equals(sound.rows(table_named("events_raw"), 1))
    assert repaired(landing) == {("events_raw", 2): ("events_raw",)}


def test_nothing_is_put_beside_sound_batches_that_hold_other_rows_than_the_topic_gives(landing):
    sessions_garbage(landing)
    csv_edited(landing)
    landing.topic = [
        (partition, offset, stamp, value.replace(b'"bob"', b'"rob"') if value else value)
        for partition, offset, stamp, value in landing.topic
    ]
    plan = planned(landing)
    assert [remedy.query for remedy in plan.remedies] == ["geo_metrics"]
    assert [loss.query for loss in plan.losses] == ["sessions"]
    assert plan.disagreeing["sessions"] > 0
    assert "not what the topic gives" in plan.losses[0].why


def test_rows_that_differ_in_a_batch_that_is_as_it_landed_are_no_damage(landing):
    table = table_named("page_metrics")
    landing.rewrite(table, 2, landing.rows(table, 2).with_columns(pl.col("pageviews") + 1))
    assert planned(landing).is_empty


# What Spark has not committed.


def test_a_garbage_record_that_spark_has_not_committed_is_left_to_spark(landing):
    (landing.layout.query_checkpoint("sessions") / "commits" / "6").unlink()
    record_path(landing, "sessions", 6).write_text("")
    plan = repair(landing)
    assert (plan.remedies, plan.losses) == ((), ())
    assert not record_path(landing, "sessions", 6).exists()
    assert landing.verify().findings == ()


# A repair that ends anywhere.


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("of_compacted", [False, True], ids=["single", "compacted"])
def test_a_repair_that_is_cut_off_is_made_good_by_the_next_one(
    sound, compacted, tmp_path, point, of_compacted
):
    landing = copied(compacted if of_compacted else sound, tmp_path)
    csv_edited(landing)
    with pytest.raises(Ended):
        carry_out(planned(landing), landing.layout, SinkSettings(), ManualClock(), ending_at(point))
    # Readers by record see every row once all the time: here the Parquet files were whole.
    assert rows_of(landing) == rows_of(sound)
    # What a compaction's name lies under, the next `compact` removes too: the check only warns of it.
    assert planned(landing).is_empty == (of_compacted and point == RECORD_REPLACED)
    repair(landing)
    verdict = landing.verify()
    assert [finding.code for finding in verdict.findings] == [Code.REPAIRED]
    assert rows_of(landing) == rows_of(sound)


def test_it_refuses_while_a_job_runs_before_it_looks_for_a_broker(landing, tmp_path):
    settings, _ = load(
        {"OUTPUT_PATH": tmp_path, "CHECKPOINT_PATH": tmp_path / "checkpoints", "RUN_ID": "output"},
        dotenv=Path("none"),
    )
    clock = ManualClock()
    with held(layout_of(settings.paths), clock), pytest.raises(RunInProgress, match="Another job runs"):
        repair_run(
            settings,
            may_write=lambda _plan: True,
            clock=clock,
            on_stage=print,
            on_download=lambda _done, _total: None,
        )


# Compacted batches.


@pytest.mark.parametrize(("table", "file_format"), [("events_raw", "parquet"), ("page_metrics", "csv")])
def test_a_damaged_compacted_file_is_written_anew_with_every_batch_told_apart(
    sound, compacted, tmp_path, table, file_format
):
    landing = copied(compacted, tmp_path)
    (path,) = [path for path in landing.files(table, file_format) if path.name.startswith("compacted")]
    path.write_bytes(path.read_bytes()[:-5])
    repair(landing)
    assert not path.exists()
    assert rows_of(landing) == rows_of(sound)
    assert {batch_id for _, batch_id in repaired(landing)} == {0, 1, 2, 3, 4}
    verdict = landing.verify()
    assert verdict.passed
    assert [finding.code for finding in verdict.findings] == [Code.REPAIRED]
    standing_files(landing.layout)


def test_a_garbage_compaction_record_gives_way_to_the_single_ones_below_it(sound, compacted, tmp_path):
    landing = copied(compacted, tmp_path)
    landing.layout.compacted_path("sessions", 0, 4).write_text("{}")
    plan = repair(landing)
    assert [removal.query for removal in plan.removals] == ["sessions"]
    assert repaired(landing) == {}
    assert rows_of(landing) == rows_of(sound)
    assert landing.verify().findings == ()


def test_a_garbage_compaction_record_alone_is_made_good_batch_by_batch(sound, compacted, tmp_path):
    landing = copied(compacted, tmp_path)
    landing.layout.compacted_path("sessions", 0, 4).write_text("{}")
    for batch_id in range(5):
        record_path(landing, "sessions", batch_id).unlink()
    plan = repair(landing)
    assert len(plan.remedies) == 5
    assert rows_of(landing) == rows_of(sound)
    assert landing.verify().passed


# Odd rows.


def test_what_csv_must_carry_is_carried(landing):
    for path in (*landing.files("events_raw"), *landing.files("events_raw", "csv")):
        path.unlink()
    for path in (*landing.files("events_rejected"), *landing.files("events_rejected", "csv")):
        path.unlink()
    repair(landing)
    verdict = landing.verify()
    assert verdict.passed
    assert [finding.code for finding in verdict.findings] == [Code.REPAIRED]


def test_text_is_written_as_the_job_writes_it(sound, landing):
    path = landing.files("events_raw", "csv")[2]
    text = path.read_bytes()
    path.unlink()
    repair(landing)
    record = record_of(landing.layout, "events_raw", 2)
    assert record is not None
    assert (landing.layout.output / record.tables["events_raw"].csv[0].path).read_bytes() == text
    rows = sound.rows(table_named("events_raw"), 2)
    assert text == contents(rows, "csv")


def test_a_record_without_the_mark_reads_as_before(landing):
    path = record_path(landing, "sessions", 2)
    assert "repaired" not in unseal(path.read_text())


def test_a_mark_on_a_table_of_another_query_is_refused(landing):
    path = record_path(landing, "sessions", 2)
    path.write_text(seal({**unseal(path.read_text()), "repaired": ["page_metrics"]}))
    assert Code.RECORD_INVALID in {finding.code for finding in landing.verify().findings}
