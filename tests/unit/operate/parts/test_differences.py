"""A running part is shown with the values it runs with, and with each setting that differs now."""

import json
import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from clickstream.clicks import CLICKS
from clickstream.contract.part_names import EMBEDDED_KAFKA, PRODUCER, SPARK_MASTER, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.operate.parts.differences import as_they_run, differences, writes_elsewhere
from clickstream.operate.start.attempt import StartAttempt
from clickstream.operate.start.producer_and_job import command_again, what_changes
from clickstream.operate.status.kit_status import StatusReader
from clickstream.pipeline.run import layout_of, run_terms
from clickstream.report.status import as_json as status_json
from clickstream.report.status.running_parts import differing_settings
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings, load
from clickstream.sinks.start.run_terms import claim
from clickstream.testing import ManualClock

SECURED = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9093",
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_USERNAME": "me",
}


def settings_in(folder: Path, **flags: object) -> Settings:
    paths = {"STATE_PATH": folder / "state", "OUTPUT_PATH": folder / "out", "CHECKPOINT_PATH": folder / "chk"}
    return load({**paths, **flags}, dotenv=folder / "none")[0]


def started(name: str, settings: Settings, *words: str, address: str = "") -> StartedProcess:
    """A part that runs, as `up` would have started it with these settings: this very process."""
    own = psutil.Process()
    command = ("python", "-m", "clickstream", *words)
    log = settings.paths.state / "logs" / "log"
    part = StartedProcess(name, own.pid, own.create_time(), command, log, address)
    return StartAttempt(settings, ManualClock(), lambda _line: None, lambda _done, _all: None).recorded(part)


def changed(found: object) -> dict[str, tuple[str, str]]:
    return {each.name: (each.runs_with, each.now) for each in found.settings}


def test_with_the_same_settings_nothing_differs(tmp_path: Path) -> None:
    job = started(STREAM, settings_in(tmp_path))
    assert differences(job, settings_in(tmp_path)).settings == ()


def test_each_setting_that_differs_has_both_values_and_the_command_that_applies_it(tmp_path: Path) -> None:
    job = started(STREAM, settings_in(tmp_path))
    found = differences(job, settings_in(tmp_path, TRIGGER_INTERVAL="1 second", CSV_COMPRESSION="gzip"))
    assert changed(found) == {
        "TRIGGER_INTERVAL": ("5 seconds", "1 second"),
        "CSV_COMPRESSION": ("none", "gzip"),
    }
    assert (found.apply, found.why) == ("clickstream restart stream", "")


def test_a_setting_that_a_part_does_not_use_does_not_differ_for_it(tmp_path: Path) -> None:
    now = settings_in(tmp_path, PAGE_WINDOW="5 minutes", MSGS_PER_SEC=7, EMBEDDED_KAFKA_PORT=0)
    assert set(changed(differences(started(PRODUCER, settings_in(tmp_path)), now))) == {"MSGS_PER_SEC"}
    assert set(changed(differences(started(STREAM, settings_in(tmp_path)), now))) == {"PAGE_WINDOW"}
    assert differences(started(EMBEDDED_KAFKA, settings_in(tmp_path)), now).settings == ()


def test_a_checkpoint_that_forbids_a_setting_asks_for_a_new_run(tmp_path: Path) -> None:
    before = settings_in(tmp_path)
    claim(layout_of(before.paths), run_terms(before), CLICKS)
    found = differences(started(STREAM, before), settings_in(tmp_path, PAGE_WINDOW="5 minutes"))
    assert changed(found) == {"PAGE_WINDOW": ("1 minute", "5 minutes")}
    assert found.apply == "RUN_ID=default-2 clickstream down && RUN_ID=default-2 clickstream up stream"
    assert "PAGE_WINDOW is 5 minutes" in found.why


def test_the_command_has_the_values_that_may_have_been_given_to_one_command_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = settings_in(tmp_path)
    claim(layout_of(before.paths), run_terms(before), CLICKS)
    job = started(STREAM, before)
    environment = {"PAGE_WINDOW": "5 minutes", "RUN_ID": "default", "MSGS_PER_SEC": "7", "JAVA_HOME": "/java"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    now = settings_in(tmp_path, JAVA_HOME=None)
    found = differences(job, replace(now, runtime=before.runtime))
    given = "PAGE_WINDOW='5 minutes' RUN_ID=default-2 "
    assert found.apply == f"{given}clickstream down && {given}clickstream up stream"

    monkeypatch.setenv("STATE_PATH", str(tmp_path / "state"))
    given += f"STATE_PATH={tmp_path / 'state'} "
    found = differences(job, replace(now, runtime=before.runtime))
    assert found.apply == f"{given}clickstream down && {given}clickstream up stream"


def test_the_command_starts_the_same_parts_with_the_flags_that_they_had(tmp_path: Path) -> None:
    before = settings_in(tmp_path)
    broker = started(EMBEDDED_KAFKA, before, address="127.0.0.1:19092")
    now = settings_in(tmp_path, EMBEDDED_KAFKA_PORT=9_999)
    started(PRODUCER, before, "produce", "--live", "--rate", "500")
    assert differences(broker, now).apply == "clickstream down && clickstream up producer --rate 500"
    started(STREAM, before, "stream")
    assert differences(broker, now).apply == "clickstream down && clickstream up --rate 500"
    started(SPARK_MASTER, before)
    standalone = "clickstream down && clickstream up --rate 500 --spark standalone"
    assert differences(broker, now).apply == standalone


def test_an_output_alone_cannot_move_away_from_its_checkpoint(tmp_path: Path) -> None:
    before = settings_in(tmp_path)
    claim(layout_of(before.paths), run_terms(before), CLICKS)
    found = differences(started(STREAM, before), settings_in(tmp_path, OUTPUT_PATH=tmp_path / "other"))
    assert changed(found) == {"OUTPUT_PATH": (str(tmp_path / "out"), str(tmp_path / "other"))}
    assert "RUN_ID=default-2" in found.apply


def test_a_password_is_never_written_down_or_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = started(STREAM, settings_in(tmp_path, **SECURED | {"KAFKA_SASL_PASSWORD": "hunter2"}))
    assert "hunter2" not in (tmp_path / "state" / "run" / "stream.json").read_text()
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "other-secret")
    found = differences(job, settings_in(tmp_path, **SECURED | {"KAFKA_SASL_USERNAME": "you"}))
    assert changed(found) == {"KAFKA_SASL_USERNAME": ("me", "you")}
    assert "other-secret" not in found.apply


def test_a_rate_that_was_given_with_a_flag_is_kept_and_does_not_differ(tmp_path: Path) -> None:
    now = settings_in(tmp_path)
    producer = started(PRODUCER, now, "produce", "--live", "--rate", "500")
    assert producer.settings["MSGS_PER_SEC"] == "500.0"
    assert differences(producer, now).settings == ()
    found = differences(producer, now, {"--rate": "200"})
    assert changed(found) == {"MSGS_PER_SEC": ("500.0", "200.0")}
    assert found.apply == "clickstream restart producer --rate 200"


def test_a_port_differs_only_if_another_one_is_given(tmp_path: Path) -> None:
    broker = started(EMBEDDED_KAFKA, settings_in(tmp_path), address="127.0.0.1:19092")
    assert differences(broker, settings_in(tmp_path)).settings == ()
    assert differences(broker, settings_in(tmp_path, EMBEDDED_KAFKA_PORT=19_092)).settings == ()
    found = differences(broker, settings_in(tmp_path, EMBEDDED_KAFKA_PORT=9_999))
    assert changed(found) == {"EMBEDDED_KAFKA_PORT": ("19092", "9999")}
    assert found.apply == "clickstream down && clickstream up broker"


def test_the_own_broker_by_its_address_is_no_other_broker(tmp_path: Path) -> None:
    started(EMBEDDED_KAFKA, settings_in(tmp_path), address="127.0.0.1:19092")
    job = started(STREAM, settings_in(tmp_path))
    named = settings_in(tmp_path, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:19092")
    assert differences(job, named).settings == ()


def test_up_shows_the_values_of_the_part_that_runs(tmp_path: Path) -> None:
    job = started(STREAM, settings_in(tmp_path, KAFKA_TOPIC="clicks"))
    now = settings_in(tmp_path, OUTPUT_PATH=tmp_path / "other", KAFKA_TOPIC="events")
    part = RunningPart(STREAM, "", job.pid, job.log, "", started_now=False)
    [shown] = as_they_run([part], now, {})
    assert shown.address == f"clicks → {tmp_path / 'out'}"
    assert shown.writes_to == tmp_path / "out" / "default"
    lines = list(differing_settings([(shown.name, shown.differences)]))
    assert any(line.split()[0] == "OUTPUT_PATH" and "now" in line for line in lines)
    [new] = as_they_run([replace(part, started_now=True)], now, {})
    assert new.differences.settings == ()


def test_status_follows_the_job_that_runs_and_says_so(tmp_path: Path) -> None:
    started(STREAM, settings_in(tmp_path))
    now = settings_in(tmp_path, RUN_ID="other")
    found = StatusReader(now, ManualClock()).read()
    [job] = [part for part in found.parts if part.name == STREAM]
    assert job.address == f"events → {tmp_path / 'out'}"
    assert changed(job.differences) == {"RUN_ID": ("default", "other")}
    assert any("The running job writes to" in note for note in found.notes)
    content = json.loads(status_json.status(found))
    [as_json] = [part for part in content["parts"] if part["name"] == STREAM]
    assert as_json["differences"]["settings"] == [{"name": "RUN_ID", "runs_with": "default", "now": "other"}]
    assert writes_elsewhere(settings_in(tmp_path)) == ""


def dead(name: str, settings: Settings, *words: str) -> StartedProcess:
    part = replace(started(name, settings, *words), created_at=1.0)
    part.save(settings.paths.state)
    return part


def test_a_producer_that_died_starts_again_with_the_rate_it_had(tmp_path: Path) -> None:
    now = settings_in(tmp_path)
    dead(PRODUCER, now, "produce", "--live", "--rate", "500")
    again = command_again(PRODUCER, {}, now)
    assert again[again.index("produce") :] == ("produce", "--live", "--rate", "500")
    assert list(what_changes(PRODUCER, {}, now)) == ["producer starts again with its flags: --rate 500"]
    other = command_again(PRODUCER, {"--rate": "7"}, now)
    assert other[other.index("produce") :] == ("produce", "--live", "--rate", "7")


def test_a_part_that_died_says_which_settings_are_no_longer_as_they_were(tmp_path: Path) -> None:
    dead(PRODUCER, settings_in(tmp_path, MSGS_PER_SEC=500), "produce", "--live")
    assert list(what_changes(PRODUCER, {}, settings_in(tmp_path))) == [
        "producer starts with MSGS_PER_SEC=100.0; the one before ran with 500.0"
    ]


def test_a_job_without_its_cluster_is_started_without_its_master(tmp_path: Path) -> None:
    now = settings_in(tmp_path)
    dead(STREAM, now, "stream", "--master", "spark://127.0.0.1:1")
    again = command_again(STREAM, {}, now)
    assert again[again.index("stream") :] == ("stream",)
    moved = command_again(STREAM, {"--master": "spark://127.0.0.1:2"}, now)
    assert moved[moved.index("stream") :] == ("stream", "--master", "spark://127.0.0.1:2")


def test_a_part_of_an_older_kit_has_no_known_differences(tmp_path: Path) -> None:
    own = psutil.Process()
    part = StartedProcess(STREAM, os.getpid(), own.create_time(), ("python",), tmp_path / "log")
    assert differences(part, settings_in(tmp_path, PAGE_WINDOW="5 minutes")).settings == ()


@pytest.mark.parametrize("name", [PRODUCER, STREAM])
def test_what_is_written_down_is_read_again(tmp_path: Path, name: str) -> None:
    part = started(name, settings_in(tmp_path))
    assert StartedProcess.load(name, tmp_path / "state") == part
    assert part.settings["OUTPUT_PATH"] == str(tmp_path / "out")
