"""`clickstream compact` as a user calls it, on a run that has landed; it needs no JVM."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clickstream.cli.entry import app
from clickstream.errors import CouldNotCheck, RunInProgress, UsageError
from clickstream.sinks.compacting import alone
from unit.check.landing import Landing, land


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return land(tmp_path, empty_batches=4)


def call(landing: Landing, *arguments: str) -> Result:
    output, checkpoint = landing.layout.output, landing.layout.checkpoint
    env = {
        "OUTPUT_PATH": str(output.parent),
        "RUN_ID": output.name,
        "CHECKPOINT_PATH": str(checkpoint.parent),
        "COLUMNS": "200",
    }
    return CliRunner().invoke(app, ["compact", *arguments], env=env)


def test_it_says_how_many_files_became_how_many_and_when_the_old_ones_go(landing: Landing) -> None:
    ended = call(landing, "--keep", "2", "--remove-after", "1 hour")
    assert ended.exit_code == 0
    assert "Merged 24 batches of the four queries: 24 files are 10 now." in ended.output
    assert "Replaced files stay for 1 hour" in ended.output
    assert landing.verify().findings == ()

    ended = call(landing, "--keep", "2", "--remove-after", "0 seconds")
    assert ended.output.splitlines() == [
        "Nothing to merge: no two batches older than the newest 2 lie in files of their own.",
        "Removed 24 files that had been replaced.",
    ]
    assert landing.verify().findings == ()


def test_it_keeps_the_newest_ten_batches_of_its_own_accord(landing: Landing) -> None:
    assert "Nothing to merge" in call(landing).output


def test_without_a_run_it_says_so(landing: Landing, tmp_path: Path) -> None:
    landing.layout.output_terms_path().unlink()
    assert isinstance(call(landing).exception, CouldNotCheck)


def test_a_second_one_at_the_same_time_is_refused(landing: Landing) -> None:
    with alone(landing.layout):
        assert isinstance(call(landing).exception, RunInProgress)


def test_what_is_no_duration_is_refused(landing: Landing) -> None:
    assert isinstance(call(landing, "--remove-after", "soon").exception, UsageError)
    assert call(landing, "--keep", "1").exit_code == 2
