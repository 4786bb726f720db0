"""Reset and purge list first, refuse while parts run, and remove only what the kit has made."""

from pathlib import Path

import psutil
import pytest

from clickstream.contract.part_names import PRODUCER
from clickstream.errors import RunInProgress
from clickstream.operate.remove.reset_and_purge import purge, reset, what_purge_removes, what_reset_removes
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings


@pytest.fixture
def running_part(settings: Settings, own_pid: int) -> None:
    created_at = psutil.Process(own_pid).create_time()
    state = settings.paths.state
    StartedProcess(PRODUCER, own_pid, created_at, ("python",), state / "log").save(state)


def written(path: Path, size_bytes: int = 5) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size_bytes)
    return path


def quiet(_line: str) -> None:
    pass


@pytest.mark.acts("OUTPUT_PATH", "STATE_PATH")
def test_reset_lists_what_it_removes_with_its_size_and_then_removes_just_that(settings: Settings) -> None:
    run = settings.paths.output / settings.paths.run_id
    landed = written(run / "sessions" / "csv" / "batch-000000000000-00000.csv", 7)
    log = written(settings.paths.state / "logs" / "stream.log")
    history = written(settings.paths.state / "sql_history")
    mine = written(run / "mine.csv")
    removals = what_reset_removes(settings)
    assert (str(run / "sessions"), 7) in removals
    assert (str(settings.paths.state / "logs"), 5) in removals
    assert landed.exists()
    reset(settings, on_stage=quiet)
    assert not landed.exists()
    assert not log.exists()
    assert not history.exists()
    assert mine.exists()


@pytest.mark.usefixtures("running_part")
def test_neither_does_anything_while_a_part_runs_which_is_named(settings: Settings) -> None:
    log = written(settings.paths.state / "logs" / "stream.log")
    for refused in (what_reset_removes, what_purge_removes, purge):
        with pytest.raises(RunInProgress, match="producer"):
            refused(settings)
    with pytest.raises(RunInProgress, match="producer"):
        reset(settings, on_stage=quiet)
    assert log.exists()


@pytest.mark.acts("CACHE_PATH")
def test_purge_removes_all_jars_of_the_cache_and_nothing_beside_them(
    settings: Settings, tmp_path: Path
) -> None:
    jars = tmp_path / "cache" / "jars"
    written(jars / "org" / "example" / "some.jar")
    written(jars / ".fetching-x" / "part")
    beside = written(tmp_path / "cache" / "mine")
    assert what_purge_removes(settings) == [(str(jars), 10)]
    purge(settings)
    assert not list(jars.glob("*/"))
    assert beside.exists()
    assert what_purge_removes(settings) == []


def test_purge_without_a_cache_has_nothing_to_do(settings: Settings) -> None:
    assert what_purge_removes(settings) == []
    purge(settings)
