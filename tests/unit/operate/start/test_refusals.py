"""`up` and `restart` refuse what a part would refuse, before they start or stop anything."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.contract.run.layout import Layout
from clickstream.errors import (
    BrokerUnavailable,
    CheckpointDamaged,
    CheckpointMismatch,
    ClickstreamError,
    FolderNotWritable,
    OutputDamaged,
    PortInUse,
    RunInProgress,
    UsageError,
)
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.refusals import refuse_up
from clickstream.operate.start.restart import restart
from clickstream.operate.start.up import up
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.start.start_checks import refusals_first
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load
from clickstream.sinks.start.run_lock import held
from clickstream.testing import ManualClock
from unit.operate.begun_run import LANDED, begin_run

Spoil = Callable[[Layout], object]


def settings_in(folder: Path, **flags: object) -> Settings:
    own = {
        "STATE_PATH": folder / "state",
        "OUTPUT_PATH": folder / "output",
        "CHECKPOINT_PATH": folder / "checkpoints",
        "CACHE_PATH": folder / "cache",
        "BROKER_BACKEND": "embedded",
    }
    return load({**own, **flags}, dotenv=folder / "none")[0]


@pytest.fixture
def begun(tmp_path: Path) -> Layout:
    """A run with the default settings that has landed one batch."""
    settings = settings_in(tmp_path)
    begin_run(settings)
    return layout_of(settings.paths)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        yield process
        process.kill()


def quiet(*_anything: object) -> None:
    pass


def refused_up(settings: Settings, kind: type[ClickstreamError]) -> ClickstreamError:
    """What `up` says; it has begun nothing by then."""
    stages: list[str] = []
    with pytest.raises(kind) as refusal:
        up(StartAttempt(settings, ManualClock(), stages.append, quiet))
    assert stages == []
    assert {path.name for path in settings.paths.state.glob("*")} <= {"operating.lock"}
    return refusal.value


def runs(name: str, pid: int, state: Path, *arguments: str) -> None:
    started = psutil.Process(pid).create_time()
    StartedProcess(name, pid, started, ("python", *arguments), state / "log").save(state)


def restart_stream(settings: Settings) -> None:
    restart(StartAttempt(settings, ManualClock(), quiet, quiet), STREAM)


@pytest.mark.usefixtures("begun")
def test_a_setting_that_the_checkpoint_refuses_starts_nothing(tmp_path: Path) -> None:
    refusal = refused_up(settings_in(tmp_path, PAGE_WINDOW="5 minutes"), CheckpointMismatch)
    assert "PAGE_WINDOW is 5 minutes" in refusal.sentence
    assert refusal.exit_code == 2


@pytest.mark.parametrize(
    ("spoil", "kind", "named"),
    [
        (lambda run: (run.output / LANDED).unlink(), OutputDamaged, LANDED),
        (lambda run: (run.output / LANDED).write_bytes(b"row"), OutputDamaged, "of batch 0 of aggregates"),
        (
            lambda run: (run.query_checkpoint("aggregates") / "metadata").write_bytes(b""),
            CheckpointDamaged,
            "aggregates/metadata",
        ),
    ],
)
def test_a_damaged_run_starts_nothing_and_the_file_is_named(
    begun: Layout, tmp_path: Path, spoil: Spoil, kind: type[ClickstreamError], named: str
) -> None:
    spoil(begun)
    refusal = refused_up(settings_in(tmp_path), kind)
    assert named in refusal.sentence
    assert refusal.exit_code == 2


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({"START_TIME": "9999-12-31T00:00:00Z"}, UsageError),
        ({"SPARK_PROPERTIES_FILE": "/nowhere/spark.conf"}, UsageError),
    ],
)
def test_a_setting_that_a_part_refuses_starts_nothing(
    tmp_path: Path, flags: dict[str, object], kind: type[ClickstreamError]
) -> None:
    assert refused_up(settings_in(tmp_path, **flags), kind).exit_code == 2


def test_a_port_that_is_held_starts_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refusal = refused_up(settings_in(tmp_path, EMBEDDED_KAFKA_PORT=port), PortInUse)
    assert (str(port) in refusal.sentence, refusal.exit_code) == (True, 3)


def test_a_folder_that_cannot_be_written_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file where the folder should be")
    assert "OUTPUT_PATH" in refused_up(settings_in(tmp_path), FolderNotWritable).sentence


def test_a_job_that_up_did_not_start_keeps_a_second_one_out(begun: Layout, tmp_path: Path) -> None:
    with held(begun, ManualClock()):
        refusal = refused_up(settings_in(tmp_path), RunInProgress)
    assert "Another job runs on the checkpoint" in refusal.sentence


@pytest.mark.usefixtures("begun")
def test_what_runs_already_is_not_held_to_other_settings(tmp_path: Path, own_pid: int) -> None:
    settings = settings_in(tmp_path, PAGE_WINDOW="5 minutes", START_TIME="9999-12-31")
    for name in (PRODUCER, STREAM):
        runs(name, own_pid, settings.paths.state)
    refuse_up(StartAttempt(settings, ManualClock(), quiet, quiet), "external", "local")


@pytest.mark.parametrize(
    ("flags", "spoil", "kind"),
    [
        ({"PAGE_WINDOW": "5 minutes"}, quiet, CheckpointMismatch),
        ({}, lambda run: (run.output / LANDED).unlink(), OutputDamaged),
        ({"SPARK_PROPERTIES_FILE": "/nowhere/spark.conf"}, quiet, UsageError),
    ],
)
def test_a_restart_that_is_refused_leaves_the_job_running(
    begun: Layout,
    tmp_path: Path,
    sleeper: subprocess.Popen[bytes],
    flags: dict[str, object],
    spoil: Spoil,
    kind: type[ClickstreamError],
) -> None:
    settings = settings_in(tmp_path, **flags)
    runs(STREAM, sleeper.pid, settings.paths.state)
    spoil(begun)
    with held(begun, ManualClock()), pytest.raises(kind):  # the job that runs holds its run
        restart_stream(settings)
    assert sleeper.poll() is None


def test_a_cluster_that_is_gone_leaves_the_job_running(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    settings = settings_in(tmp_path)
    runs(STREAM, sleeper.pid, settings.paths.state, "--master", "spark://127.0.0.1:1")
    with pytest.raises(ClickstreamError, match="No Spark master answers at spark://127"):
        restart_stream(settings)
    assert sleeper.poll() is None


@pytest.mark.usefixtures("begun")
def test_a_refusal_comes_before_a_broker_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(CheckpointMismatch), refusals_first(settings_in(tmp_path, PAGE_WINDOW="5 minutes")):
        raise BrokerUnavailable("No broker runs here.")
    with pytest.raises(BrokerUnavailable), refusals_first(settings_in(tmp_path)):
        raise BrokerUnavailable("No broker runs here.")
