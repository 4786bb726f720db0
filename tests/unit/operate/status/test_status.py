"""Status tells each part's state and end, and from the batch records alone what has landed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.contract.definition.description import describe
from clickstream.contract.part_names import EMBEDDED_KAFKA, PRODUCER, STREAM
from clickstream.contract.progress import DeliveryCounts
from clickstream.contract.run.recorded_batches import read_record
from clickstream.contract.status import KitStatus, PartState, PartStatus
from clickstream.contract.topic import TopicStatus
from clickstream.errors import PartDied
from clickstream.operate.status.kit_status import StatusReader, exit_code_of
from clickstream.operate.status.landed_so_far import LandedSoFar
from clickstream.pipeline.heartbeat import Heartbeat
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.verify.last_verdict import keep_verdict
from clickstream.report.status import as_json as status_json
from clickstream.report.status import as_lines
from clickstream.report.status import as_text as status_text
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings
from clickstream.testing import ManualClock
from unit.check.landing import RUN, STORY, land


@pytest.fixture
def landed(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a run that has landed the story."""
    paths = settings.paths.model_copy(update={"run_id": "output", "output": tmp_path})
    land(tmp_path, STORY)
    return replace(settings, paths=paths)


@pytest.fixture
def sleeper() -> Iterator[psutil.Process]:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        yield psutil.Process(process.pid)
        process.kill()


def record(settings: Settings, name: str, pid: int, created_at: float, log: str = "") -> None:
    state = settings.paths.state
    path = state / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(log)
    StartedProcess(name, pid, created_at, ("python",), path).save(state)


def read(settings: Settings) -> KitStatus:
    return StatusReader(settings, ManualClock()).read()


def part(found: KitStatus, name: str) -> PartStatus:
    return next(each for each in found.parts if each.name == name)


def shown(found: KitStatus, width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(status_text.status(found))
    return capture.get()


def test_where_nothing_was_started_all_is_stopped_and_the_exit_code_is_3(settings: Settings) -> None:
    found = read(settings)
    assert [(each.name, each.state) for each in found.parts] == [
        (EMBEDDED_KAFKA, PartState.STOPPED),
        (PRODUCER, PartState.STOPPED),
        (STREAM, PartState.STOPPED),
    ]
    assert exit_code_of(found) == 3


def test_a_part_that_runs_has_its_pid_and_uptime(settings: Settings, sleeper: psutil.Process) -> None:
    record(settings, PRODUCER, sleeper.pid, sleeper.create_time())
    found = read(settings)
    assert (part(found, PRODUCER).state, part(found, PRODUCER).pid) == (PartState.RUNNING, sleeper.pid)
    assert exit_code_of(found) == 0
    assert str(sleeper.pid) in shown(found)


def test_a_part_that_died_says_its_exit_code_and_last_lines(settings: Settings) -> None:
    # This very process, under another start time: a pid that has come round again.
    record(settings, STREAM, os.getpid(), 1.0, log="one\ntwo\n")
    with pytest.raises(PartDied), Heartbeat(settings.paths.state, STREAM, ManualClock()).noting_the_end():
        raise PartDied("The query aggregates died.")
    found = read(settings)
    died = part(found, STREAM)
    assert (died.state, died.exit_code, died.last_lines) == (PartState.CRASHED, 4, ("one", "two"))
    assert exit_code_of(found) == 4
    text = shown(found)
    assert "stream crashed: exit code 4: The query aggregates died." in text
    assert "│ two" in text


def test_a_part_of_which_nobody_knows_how_it_ended_has_crashed(settings: Settings) -> None:
    record(settings, PRODUCER, os.getpid(), 1.0)
    found = read(settings)
    assert (part(found, PRODUCER).state, part(found, PRODUCER).exit_code) == (PartState.CRASHED, None)
    assert "producer crashed: it ended, and the cause is not known." in shown(found)


@pytest.mark.parametrize(
    ("code", "stopping", "state", "why"),
    [
        (0, False, PartState.STOPPED, "it ended without an error: exit code 0"),
        (0, True, PartState.STOPPED, "it was asked to end: exit code 0"),
        (143, True, PartState.STOPPED, "it was asked to end: exit code 143"),
        (-15, True, PartState.STOPPED, "it was asked to end: SIGTERM"),
        (-15, False, PartState.KILLED, "by SIGTERM"),
        (-9, False, PartState.KILLED, "by SIGKILL"),
        (-9, True, PartState.KILLED, "by SIGKILL"),
        (3, False, PartState.CRASHED, "exit code 3"),
        (3, True, PartState.CRASHED, "exit code 3"),
    ],
)
def test_stopped_killed_and_crashed_are_told_apart(
    settings: Settings, code: int, stopping: bool, state: PartState, why: str
) -> None:
    ended(settings, EMBEDDED_KAFKA, code, stopping=stopping)
    found = read(settings)
    broker = part(found, EMBEDDED_KAFKA)
    assert (broker.state, broker.why) == (state, why)
    assert (f"{EMBEDDED_KAFKA} {state}: {why}." in shown(found)) is state.died
    assert json.loads(status_json.status(found))["parts"][0]["state"] == state
    assert exit_code_of(found) == (4 if state.died else 3)


def ended(settings: Settings, name: str, code: int, *, stopping: bool = False) -> None:
    """A part that ended like this: its keeper has written it down."""
    record(settings, name, os.getpid(), 1.0)
    written = StartedProcess.load(name, settings.paths.state)
    assert written is not None
    written.log.with_name(f"{written.log.name}.end").write_text(f"{os.getpid()} {code}\n")
    if stopping:
        written.mark_stopping(settings.paths.state)


def test_a_part_that_was_asked_to_end_and_still_runs_is_stopping(
    settings: Settings, sleeper: psutil.Process
) -> None:
    record(settings, STREAM, sleeper.pid, sleeper.create_time())
    written = StartedProcess.load(STREAM, settings.paths.state)
    assert written is not None
    written.mark_stopping(settings.paths.state)
    assert part(read(settings), STREAM).state is PartState.STOPPING


def test_the_count_of_a_killed_producer_is_the_last_known_one_and_not_the_present_one(
    settings: Settings,
) -> None:
    Heartbeat(settings.paths.state, PRODUCER, ManualClock()).delivered(DeliveryCounts(120, 117, 0))
    ended(settings, PRODUCER, -9)
    found = read(settings)
    assert found.acknowledged is None
    assert found.acknowledged_at_least is not None
    assert found.acknowledged_at_least.count == 117
    topic = TopicStatus("events", "127.0.0.1:1", {0: (0, 130)})
    assert "at least 117 acknowledged" in " ".join(shown(replace(found, topic=topic)).split())


def test_without_its_broker_the_topic_cannot_be_asked_and_that_is_said(settings: Settings) -> None:
    record(
        settings, EMBEDDED_KAFKA, os.getpid(), 1.0, log="a line that is much longer than eighty columns " * 3
    )
    found = read(settings)
    assert found.topic is None
    assert found.notes == ("The topic cannot be read: its broker does not run.",)
    assert "a line that is much longer" in shown(found)


def test_a_given_broker_that_does_not_answer_is_said_so(settings: Settings, sleeper: psutil.Process) -> None:
    record(settings, STREAM, sleeper.pid, sleeper.create_time())
    broker = settings.broker.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    found = read(replace(settings, broker=broker))
    assert part(found, "broker").state is PartState.NO_ANSWER
    assert exit_code_of(found) == 3
    assert "127.0.0.1:1" in " ".join(found.notes)


def test_what_has_landed_is_counted_from_the_records(landed: Settings) -> None:
    found = read(landed)
    assert found.rows_landed["events_raw"] == 9
    assert found.rows_landed["events_rejected"] == 3
    assert [query.query for query in found.queries] == ["events", "aggregates"]
    newest = found.queries[0]
    assert newest.batch_id == len(STORY)  # the one without records, after those of the story
    assert sum(newest.committed.values()) == 12
    assert newest.lag is None  # no broker can be asked


def test_the_newest_event_is_ahead_of_sparks_next_watermark_by_the_delay(landed: Settings) -> None:
    layout = layout_of(landed.paths)
    aggregates = read(landed).queries[1]
    # Spark's log of the story names no next watermark: that of the newest batch counts.
    assert aggregates.newest_event_ms == aggregates.watermark_ms + RUN.watermark_delay_ms
    commit = layout.query_checkpoint("aggregates") / "commits" / str(aggregates.batch_id)
    commit.parent.mkdir(parents=True)
    commit.write_text(f'v1\n{{"nextBatchWatermarkMs":{aggregates.watermark_ms + 5_000}}}')
    assert read(landed).queries[1].newest_event_ms == aggregates.watermark_ms + 5_000 + RUN.watermark_delay_ms
    commit.write_text("garbage")
    assert read(landed).queries[1].newest_event_ms == aggregates.watermark_ms + RUN.watermark_delay_ms
    assert read(landed).queries[0].newest_event_ms is None  # without windows there is no watermark


def test_a_batch_took_from_when_spark_planned_it_until_it_landed(landed: Settings) -> None:
    layout = layout_of(landed.paths)
    assert read(landed).queries[1].duration_s is None  # the story's records do not say
    newest = layout.record_paths("aggregates")[-1]
    planned = replace(read_record(newest), planned_at_ms=1_767_268_800_000)
    newest.write_text(planned.to_json())
    os.utime(newest, (1_767_268_801.5, 1_767_268_801.5))
    assert [query.duration_s for query in read(landed).queries] == [None, 1.5]


def test_the_last_check_comes_with_the_batches_since_and_the_late_events(
    landed: Settings, tmp_path: Path
) -> None:
    assert read(landed).last_check is None
    layout = layout_of(landed.paths)
    newest = layout.record_paths("events")[-1]
    text = newest.read_text()
    newest.unlink()
    verdict = land(tmp_path / "another").verify()
    keep_verdict(layout, verdict, ManualClock())
    newest.write_text(text)
    found = read(landed).last_check
    assert found is not None
    assert (found.passed, found.batches_since) == (True, 0)
    assert found.late == {
        table.table: table.late_events_dropped
        for table in verdict.tables
        if table.late_events_dropped is not None
    }
    assert "last check: PASS" in shown(read(landed))


def test_a_reading_has_the_batches_since_the_one_before(landed: Settings) -> None:
    newest = layout_of(landed.paths).record_paths("events")[-1]
    text = newest.read_text()
    newest.unlink()
    reader = StatusReader(landed, ManualClock())
    before = reader.read()
    newest.write_text(text)
    found = reader.read()
    assert [(batch.query, batch.batch_id) for batch in found.new_batches] == [("events", len(STORY))]
    assert reader.read().new_batches == ()
    (line,) = as_lines.lines_since(found, before)
    assert " events batch 4: 0 offsets · per second - in" in line
    assert line.endswith("landed 0 events_raw, 0 events_rejected")
    assert list(as_lines.lines_since(found, found)) == [line]
    assert list(as_lines.lines_since(replace(found, new_batches=()), found)) == []


def test_a_second_reading_adds_only_what_is_new(landed: Settings) -> None:
    layout = layout_of(landed.paths)
    last = layout.record_paths("events")[-2]
    text = last.read_text()
    last.unlink()
    so_far = LandedSoFar(layout, CLICKS)
    so_far.update()
    before = so_far.rows["events_raw"]
    last.write_text(text)
    so_far.update()
    assert before < so_far.rows["events_raw"] == 9
    so_far.update()
    assert so_far.rows["events_raw"] == 9


def test_a_run_that_was_removed_is_counted_anew(landed: Settings) -> None:
    layout = layout_of(landed.paths)
    so_far = LandedSoFar(layout, CLICKS)
    so_far.update()
    for path in layout.record_paths("events"):
        path.unlink()
    so_far.update()
    assert so_far.rows["events_raw"] == 0


def test_a_record_that_cannot_be_read_is_a_note_and_no_error(landed: Settings) -> None:
    layout_of(landed.paths).record_paths("aggregates")[0].write_text("torn {")
    assert any("Batch records that cannot be read: 1, such as" in note for note in read(landed).notes)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_longer_than_the_terminal(landed: Settings, width: int) -> None:
    assert max(map(len, shown(read(landed), width).splitlines())) <= width


def test_one_line_has_the_parts_and_the_rows(landed: Settings) -> None:
    line = as_lines.one_line(read(landed))
    assert "\n" not in line
    assert "stream stopped" in line
    assert "9 events_raw" in line


def test_json_says_what_the_module_promises(landed: Settings) -> None:
    content = json.loads(status_json.status(read(landed)))
    assert list(content) == [
        "format_version",
        "at",
        "parts",
        "topic",
        "queries",
        "tables",
        "rejected",
        "acknowledged",
        "acknowledged_at_least",
        "input_per_s",
        "last_check",
        "notes",
    ]
    assert content["rejected"] == 3
    assert content["tables"][0] == {"table": "events_raw", "query": "events", "rows": 9}


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (75, "1 min 15 s"), (7_260, "2 h 1 min"), (90_000, "1 d 1 h")]
)
def test_a_span_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert status_text.span(seconds) == words


def test_a_run_of_another_contract_is_a_note_with_the_difference(landed: Settings) -> None:
    without_last_field = replace(CLICKS, event=replace(CLICK, fields=CLICK.fields[:-1]))
    other = describe(without_last_field)
    layout_of(landed.paths).output_terms_path().write_text(RUN.to_json(other))
    found = read(landed)
    assert found.queries == ()
    assert any("lacks field revenue" in note and "RUN_ID" in note for note in found.notes)
