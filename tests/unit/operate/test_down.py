"""`down` ends what `up` started and nothing else, and removes only what the kit itself makes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from clickstream.clicks import CLICKS
from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.description import describe
from clickstream.contract.part_names import PRODUCER
from clickstream.contract.run.terms import RunTerms
from clickstream.errors import Interrupted, RunInProgress
from clickstream.operate.down import down
from clickstream.operate.parts.control import stop_part
from clickstream.pipeline.run import layout_of
from clickstream.runtime.processes.started import StartedProcess, Stopped
from clickstream.settings import Settings
from clickstream.sinks.start.run_lock import held
from clickstream.testing import ManualClock

WINDOWS_MS = dict.fromkeys(("page_metrics", "geo_metrics", "sessions"), 1)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        yield process
        process.kill()


@pytest.fixture
def stubborn() -> Iterator[subprocess.Popen[bytes]]:
    """A process that takes its time to end."""
    ignores = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    program = f"{ignores}; print(1, flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def recorded(pid: int, created_at: float, state: Path) -> None:
    StartedProcess(PRODUCER, pid, created_at, ("python",), state / "log").save(state)


def quiet(_line: str) -> None:
    pass


def test_with_nothing_running_there_is_nothing_to_do(settings: Settings) -> None:
    assert down(settings, volumes=False, on_stage=quiet) == ([], [])


def test_a_recorded_process_is_stopped_and_forgotten(
    settings: Settings, sleeper: subprocess.Popen[bytes]
) -> None:
    recorded(sleeper.pid, psutil.Process(sleeper.pid).create_time(), settings.paths.state)
    stopped, removed = down(settings, volumes=False, on_stage=quiet)
    assert [(part.name, part.pid, part.how) for part in stopped] == [
        (PRODUCER, sleeper.pid, Stopped.TERMINATED)
    ]
    assert removed == []
    assert StartedProcess.load(PRODUCER, settings.paths.state) is None


def test_ctrl_c_while_a_part_ends_leaves_it_as_one_that_is_asked_to_end(
    settings: Settings, stubborn: subprocess.Popen[bytes]
) -> None:
    state = settings.paths.state
    recorded(stubborn.pid, psutil.Process(stubborn.pid).create_time(), state)
    written = StartedProcess.load(PRODUCER, state)
    assert written is not None
    interrupting = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    interrupting.start()
    with pytest.raises(Interrupted, match="was asked to stop, and ends by itself") as raised:
        stop_part(written, state, quiet, then="Look at it.")
    assert (raised.value.exit_code, raised.value.next_step) == (130, "Look at it.")
    left = StartedProcess.load(PRODUCER, state)
    assert left is not None
    assert left.stopping


def test_another_process_under_a_reused_pid_is_left_alone(
    settings: Settings, sleeper: subprocess.Popen[bytes]
) -> None:
    recorded(sleeper.pid, 1.0, settings.paths.state)
    stopped, _ = down(settings, volumes=False, on_stage=quiet)
    assert [part.how for part in stopped] == [Stopped.WAS_NOT_RUNNING]
    assert sleeper.poll() is None


def test_volumes_removes_the_folders_that_the_kit_makes_and_no_file_beside_them(settings: Settings) -> None:
    paths = settings.paths
    output, checkpoint = paths.output / paths.run_id, paths.checkpoint / paths.run_id
    ours = [
        output / "page_metrics" / "csv" / "batch-000000000000-00000.csv",
        output / "events_raw" / "parquet" / "dt=2026-01-01" / "batch-000000000001-00000.parquet",
        output / "_staging" / "aggregates" / "000000000002-1" / "part.csv",
        output / "_landed" / "run.json",
        checkpoint / "aggregates" / "metadata",
        checkpoint / "run.json",
        paths.state / "kafka" / "data" / "meta.properties",
        paths.state / "logs" / "stream.log",
    ]
    somebodys = [
        output / "notes.txt",
        checkpoint / "other" / "file",
        paths.state / "mine",
    ]
    for path in (*ours, *somebodys):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    _, kept = down(settings, volumes=False, on_stage=quiet)
    assert kept == []
    assert all(path.exists() for path in ours)
    down(settings, volumes=True, on_stage=quiet)
    assert [path for path in ours if path.exists()] == []
    assert all(path.exists() for path in somebodys)


def test_volumes_leaves_no_empty_folder_of_the_run(settings: Settings) -> None:
    paths = settings.paths
    landed = paths.output / paths.run_id / "sessions" / "csv" / "batch-000000000000-00000.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text("x")
    (paths.checkpoint / paths.run_id / "aggregates").mkdir(parents=True)
    down(settings, volumes=True, on_stage=quiet)
    assert not paths.output.exists()
    assert not paths.checkpoint.exists()


def test_volumes_removes_the_tables_of_the_contract_that_the_run_was_written_with(settings: Settings) -> None:
    layout = layout_of(settings.paths)
    gone = replace(TABLES[0], name="gone")
    landed = layout.table_dir("gone", "parquet") / layout.landed_name(0, 0, "parquet")
    for path in (landed, layout.query_checkpoint("gone_query") / "metadata", layout.output_terms_path()):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    contract = describe(replace(CLICKS, tables=(*TABLES, gone)))
    contract["tables"]["gone"] = "gone_query"
    terms = RunTerms("r", "events", "", "earliest", WINDOWS_MS, 0, 1)
    layout.output_terms_path().write_text(terms.to_json(contract))
    down(settings, volumes=True, on_stage=quiet)
    assert not settings.paths.output.exists()
    assert not settings.paths.checkpoint.exists()


def test_another_run_beside_it_stays(settings: Settings) -> None:
    another = settings.paths.output / "another" / "sessions" / "csv" / "batch-000000000000-00000.csv"
    another.parent.mkdir(parents=True)
    another.write_text("x")
    down(settings, volumes=True, on_stage=quiet)
    assert another.exists()


def test_volumes_is_refused_while_a_job_that_up_did_not_start_runs(settings: Settings) -> None:
    layout = layout_of(settings.paths)
    terms = layout.checkpoint_terms_path()
    terms.parent.mkdir(parents=True)
    terms.write_text("x")
    with held(layout, ManualClock()), pytest.raises(RunInProgress):
        down(settings, volumes=True, on_stage=quiet)
    assert terms.exists()
