"""A replay goes into a new, empty run: what exists is refused before anything starts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from clickstream.cli.entry import app
from clickstream.errors import ClickstreamError, Interrupted, PartDied, SettingInvalid, UsageError
from clickstream.pipeline.verify import replay as replaying
from clickstream.pipeline.verify.replay import replay, replay_settings
from clickstream.settings import BrokerSettings
from clickstream.testing import ManualClock


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUN_ID", "current")
    return tmp_path


def test_it_reads_from_the_beginning_with_the_current_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_STARTING_OFFSETS", "latest")
    monkeypatch.setenv("PAGE_WINDOW", "7 seconds")
    settings = replay_settings("new", {"SPARK_MASTER_URL": "local[1]"})
    assert settings.paths.run_id == "new"
    assert settings.stream.starting_offsets == "earliest"
    assert str(settings.windows.of_tables()["page_metrics"]) == "7 seconds"
    assert settings.stream.master_url == "local[1]"


@pytest.mark.parametrize(
    ("run_id", "there", "sentence"),
    [
        ("current", None, "--run-id current is the current run"),
        ("old", "data/output/old/_landed/aggregates/000000000000.json", "The run old already exists"),
        ("old", "data/checkpoints/old/aggregates/metadata", "The run old already exists"),
        ("mine", "data/output/mine/notes.txt", "The run mine already exists"),
    ],
)
def test_a_run_that_exists_is_refused_with_a_command_that_works(
    project: Path, run_id: str, there: str | None, sentence: str
) -> None:
    if there is not None:
        (project / there).parent.mkdir(parents=True)
        (project / there).write_text("")
    refused = CliRunner().invoke(app, ["replay", "--run-id", run_id]).exception
    assert isinstance(refused, UsageError)
    assert (refused.exit_code, refused.sentence.startswith(sentence)) == (2, True)
    assert "`clickstream replay --run-id current-replay`" in refused.next_step
    assert replay_settings("current-replay")


def test_a_replay_that_ended_before_its_first_batch_can_be_started_again(project: Path) -> None:
    for path in ("data/output/new/_landed/run.json", "data/checkpoints/new/run.lock"):
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text("")
    assert replay_settings("new").paths.run_id == "new"


def test_an_id_that_is_not_a_folder_name_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="RUN_ID"):
        replay_settings("../other")


@pytest.mark.parametrize(
    "ending", [PartDied("It died.", next_step="See the log."), None], ids=["died", "stopped"]
)
def test_a_replay_that_ends_early_says_how_to_finish_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, ending: ClickstreamError | None
) -> None:
    settings = replay_settings("new", {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"})

    def job(_broker: BrokerSettings) -> None:
        (project / "data/checkpoints/new/aggregates").mkdir(parents=True)
        (project / "data/checkpoints/new/aggregates/metadata").touch()
        if ending is not None:
            raise ending

    monkeypatch.setattr(replaying, "describe_topic", lambda _broker: None)
    with pytest.raises(Interrupted if ending is None else PartDied) as early:
        replay(
            settings,
            job,
            clock=ManualClock(),
            stop_requested=lambda: True,
            on_stage=print,
            on_download=lambda _done, _total: None,
        )
    finish = "`RUN_ID=new KAFKA_STARTING_OFFSETS=earliest clickstream stream --available-now`"
    assert finish in early.value.next_step
    assert ("See the log." in early.value.next_step) is (ending is not None)
