"""`produce --from`: what it refuses, what it shows, and what it reads from the ledgers of earlier runs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickstream.broker.topics import TopicDescription
from clickstream.contract.ledger import (
    AcknowledgedSpan,
    LedgerOpening,
    Sent,
    SentFile,
    opening_line,
    sent_line,
)
from clickstream.errors import RunInProgress, SettingInvalid, UsageError
from clickstream.pipeline.produce.already_sent import (
    BEGINNING_BYTES,
    described,
    newest_ledger,
    refuse_other,
    sent_of,
)
from clickstream.pipeline.produce.from_file import plan_of_file, refuse_options
from clickstream.pipeline.produce.ledger import opening_of
from clickstream.pipeline.produce.produce import sample
from clickstream.settings import BrokerSettings, GeneratorSettings, Settings, load
from clickstream.testing import ManualClock

TOPIC = TopicDescription("clicks", 3, "id")
BROKER = BrokerSettings.model_construct(topic="clicks", acks="all")


def settings(**flags: object) -> Settings:
    return load(flags, dotenv=Path("no-such.env"))[0]


def a_plan(file: Path, used: Settings | None = None, **given: Any) -> Any:
    options: dict[str, Any] = {
        "count": None,
        "skip": 0,
        "pace": None,
        "at_rate": False,
        "again": False,
    }
    return plan_of_file(used or settings(), str(file), **{**options, **given})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"".join(b'{"latency_ms":%d}\n' % number for number in range(10)))
    return file


def test_a_file_is_sent_at_full_speed_unless_a_pace_is_given(file: Path) -> None:
    assert not a_plan(file).live
    assert a_plan(file, at_rate=True).live
    plan = a_plan(file, pace="event-time")
    assert (plan.live, plan.source.speed) == (True, 1)
    assert a_plan(file, pace="event-time:2.5").source.speed == 2.5


@pytest.mark.parametrize(
    "pace", ["event-time:", "event-time:0", "event-time:-1", "event-time:fast", "rate", "", "event-time:1/0"]
)
def test_a_pace_that_is_none_is_refused_with_one_that_is(file: Path, pace: str) -> None:
    with pytest.raises(SettingInvalid, match="--pace=") as refused:
        a_plan(file, pace=pace)
    assert "event-time:10" in refused.value.next_step


def test_options_that_do_not_go_together_are_refused(file: Path) -> None:
    with pytest.raises(UsageError, match="--start-time is for generated events"):
        refuse_options(["--start-time", "--again"], with_file=True)
    with pytest.raises(UsageError, match="--pace and --rate both set the pace"):
        a_plan(file, pace="event-time", at_rate=True)
    with pytest.raises(UsageError, match="--again is for events of a file"):
        refuse_options(["--start-time", "--again"], with_file=False)
    refuse_options(["--start-time"], with_file=False)


def test_a_sample_shows_the_messages_as_they_are(file: Path) -> None:
    whole = file.read_bytes().splitlines()
    assert list(sample(settings(), a_plan(file), ManualClock())) == whole
    assert list(sample(settings(), a_plan(file, count=3, skip=2), ManualClock())) == whole[2:5]


def test_faults_that_are_set_act_on_a_file(file: Path) -> None:
    used = settings(MALFORMED_RATE=1)
    found = list(sample(used, a_plan(file, used), ManualClock()))
    assert not set(found) & set(file.read_bytes().splitlines())


def an_opening(file: SentFile | None, **other: Any) -> LedgerOpening:
    opening = opening_of(BROKER, "id", {0: 5}, GeneratorSettings(), ManualClock(), file)
    return replace(opening, **{"process_started_at_s": 1.0, **other})


def write_ledger(
    folder: Path, name: str, opening: LedgerOpening, sent: Sent | None = None, *, closed: bool = True
) -> None:
    folder.mkdir(exist_ok=True)
    lines = [opening_line(opening)]
    if sent is not None:
        lines.append(sent_line(sent, closing=closed))
    (folder / f"{name}.jsonl").write_text("".join(lines))


SENT = Sent(7, 7, 0, {0: AcknowledgedSpan(4, 5, 9), 2: AcknowledgedSpan(3, 0, 2)})


def test_the_newest_ledger_of_the_file_and_the_topic_counts(tmp_path: Path, file: Path) -> None:
    ours, folder = described(file), tmp_path / "_sent"
    assert newest_ledger(folder, ours.path, TOPIC, ManualClock()) is None
    write_ledger(folder, "0", an_opening(ours, started_at="2026-01-01T00:00:00"), SENT)
    write_ledger(folder, "1", an_opening(replace(ours, sent={0: 4}), started_at="2026-01-02T00:00:00"), SENT)
    write_ledger(folder, "2", an_opening(ours, topic="other", started_at="2026-01-03T00:00:00"), SENT)
    write_ledger(folder, "3", an_opening(ours, topic_id="before", started_at="2026-01-03T00:00:00"), SENT)
    write_ledger(folder, "4", an_opening(None, started_at="2026-01-03T00:00:00"), SENT)
    write_ledger(
        folder, "5", an_opening(replace(ours, path="/other"), started_at="2026-01-03T00:00:00"), SENT
    )
    (folder / "6.jsonl").write_text("no ledger\n")
    found = newest_ledger(folder, ours.path, TOPIC, ManualClock())
    assert found is not None
    assert found[0].sent == {0: 4}


def test_what_a_closed_ledger_says_is_added_to_what_was_sent_before_it(file: Path, tmp_path: Path) -> None:
    ours = replace(described(file), sent={0: 10, 1: 1})
    write_ledger(tmp_path / "_sent", "0", an_opening(ours), SENT)
    found = newest_ledger(tmp_path / "_sent", ours.path, TOPIC, ManualClock())
    assert found is not None

    def no_need() -> Any:
        pytest.fail("the ledger says everything")

    assert sent_of(found[1], found[0], BROKER, no_need, 0) == {0: 14, 1: 1, 2: 3}


def test_a_producer_that_still_sends_the_file_is_not_joined_by_another(file: Path, tmp_path: Path) -> None:
    ours = described(file)
    alive = opening_of(BROKER, "id", {}, GeneratorSettings(), ManualClock(), ours)
    write_ledger(tmp_path / "_sent", "0", alive)
    with pytest.raises(RunInProgress, match="is being sent by another producer") as refused:
        newest_ledger(tmp_path / "_sent", ours.path, TOPIC, ManualClock())
    assert refused.value.exit_code == 3


def test_a_file_that_has_grown_continues(file: Path) -> None:
    before = described(file)
    with file.open("ab") as grown:
        grown.write(b"{}\n" * BEGINNING_BYTES)
    refuse_other(file, described(file), before)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"{}\n", "it has 3 bytes, and had"), (b'{"latency_ms":1}\n' * 40, "it begins with other bytes")],
)
def test_another_file_of_this_path_is_refused(file: Path, content: bytes, why: str) -> None:
    before = described(file)
    file.write_bytes(content)
    with pytest.raises(
        UsageError, match=f"is not the file of which a part was sent before: {why}"
    ) as refused:
        refuse_other(file, described(file), before)
    assert "--again" in refused.value.next_step


@pytest.mark.parametrize("terms", [{"SEED": "1"}, {"SEED": "2", "LATE_RATE": "0.1"}])
def test_other_settings_than_before_are_refused_by_name(file: Path, terms: dict[str, str]) -> None:
    ours = replace(described(file), terms={"SEED": "2"})
    with pytest.raises(UsageError, match=r"was sent with (SEED=2|LATE_RATE=nothing) before") as refused:
        refuse_other(file, replace(ours, terms=terms), ours)
    assert "--again" in refused.value.next_step


def test_what_the_ledger_knows_of_a_file_reads_back(file: Path, tmp_path: Path) -> None:
    ours = replace(described(file), terms={"--skip": "3"}, sent={2: 7})
    write_ledger(tmp_path / "_sent", "0", an_opening(ours), SENT)
    assert newest_ledger(tmp_path / "_sent", ours.path, TOPIC, ManualClock()) is not None
    found = newest_ledger(tmp_path / "_sent", ours.path, TOPIC, ManualClock())
    assert found is not None
    assert found[0] == ours
