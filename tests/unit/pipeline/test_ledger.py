"""A producer's ledger is written while it sends, bounded in memory, and closed only when all is told."""

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clickstream.contract.ledger import LedgerOpening, Sent, SentLedger, read_ledger
from clickstream.errors import FolderNotWritable
from clickstream.pipeline.produce.ledger import (
    FRESH_S,
    MOST_FAULTS_KEPT,
    WRITTEN_EVERY_S,
    kept_ledger,
    opening_of,
    still_runs,
)
from clickstream.settings import BrokerSettings, GeneratorSettings
from clickstream.testing import ManualClock


@dataclass
class Account:
    """What a producer would say, set by the test."""

    sent: Sent = field(default_factory=Sent)
    faults_noted: int = 0

    def take_account(self) -> Sent:
        self.faults_noted = 0
        return self.sent


def opening() -> LedgerOpening:
    broker = BrokerSettings.model_construct(topic="clicks", acks="all")
    return opening_of(broker, "id", {0: 5}, GeneratorSettings(SEED=7), ManualClock())


def only_ledger(folder: Path) -> SentLedger:
    (path,) = folder.glob("*.jsonl")
    ledger = read_ledger(path.read_bytes())
    assert ledger is not None
    return ledger


def test_the_opening_stands_before_anything_is_sent(tmp_path: Path) -> None:
    with kept_ledger(tmp_path / "_sent", Account(), opening(), ManualClock()):
        ledger = only_ledger(tmp_path / "_sent")
        assert (ledger.opening.topic, ledger.opening.seed, ledger.closed) == ("clicks", 7, False)
        assert ledger.opening.topic_ends == {0: 5}


def test_the_account_is_written_every_few_seconds_and_when_many_faults_wait(tmp_path: Path) -> None:
    clock, producer = ManualClock(), Account()
    with kept_ledger(tmp_path, producer, opening(), clock) as note:
        producer.sent = Sent(produced=5, acknowledged=1)
        note()
        assert only_ledger(tmp_path).sent.produced == 0
        clock.advance(WRITTEN_EVERY_S)
        note()
        assert only_ledger(tmp_path).sent.produced == 5
        producer.sent, producer.faults_noted = Sent(produced=6), MOST_FAULTS_KEPT
        note()
        assert only_ledger(tmp_path).sent.produced == 6
        assert producer.faults_noted == 0


def test_the_closing_line_is_written_also_after_an_error(tmp_path: Path) -> None:
    producer = Account(Sent(produced=5, acknowledged=3, failed=2))
    with pytest.raises(ZeroDivisionError), kept_ledger(tmp_path, producer, opening(), ManualClock()):
        raise ZeroDivisionError
    assert only_ledger(tmp_path).closed


def test_a_ledger_with_records_that_nobody_reported_on_stays_open(tmp_path: Path) -> None:
    with kept_ledger(tmp_path, Account(Sent(produced=5, acknowledged=3)), opening(), ManualClock()):
        pass
    ledger = only_ledger(tmp_path)
    assert (ledger.closed, ledger.sent.acknowledged) == (False, 3)


def test_several_producers_have_a_ledger_each(tmp_path: Path) -> None:
    for _ in range(3):
        with kept_ledger(tmp_path, Account(), opening(), ManualClock()):
            pass
    assert len(list(tmp_path.glob("*.jsonl"))) == 3


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "_sent").write_text("a file where the folder should be")
    with (
        pytest.raises(FolderNotWritable, match="_sent") as refused,
        kept_ledger(tmp_path / "_sent", Account(), opening(), ManualClock()),
    ):
        pass
    assert "OUTPUT_PATH" in refused.value.next_step


def test_a_full_disk_ends_the_run_and_leaves_what_was_written(tmp_path: Path) -> None:
    # A limit on the size of files stands in for the disk; the child is killed by nobody, it has an error.
    script = f"""
import resource, signal, sys
from pathlib import Path
sys.path[:0] = {sys.path!r}
from clickstream.contract.ledger import Sent
from clickstream.errors import FolderNotWritable
from clickstream.pipeline.produce.ledger import kept_ledger
from unit.pipeline.test_ledger import Account, ManualClock, opening
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))
clock = ManualClock()
producer = Account(Sent(faults={{"late": {{0: list(range(1000))}}}}))
try:
    with kept_ledger(Path({str(tmp_path)!r}), producer, opening(), clock) as note:
        clock.advance(60)
        note()
except FolderNotWritable as error:
    print(error.sentence)
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "cannot be written" in told
    assert not only_ledger(tmp_path).closed


def test_a_ledger_tells_whether_its_producer_still_runs(tmp_path: Path) -> None:
    ours = opening()
    assert still_runs(ours, tmp_path, ManualClock())
    ended = replace(ours, process_started_at_s=ours.process_started_at_s - 3_600)
    assert not still_runs(ended, tmp_path, ManualClock())


def test_a_producer_on_another_machine_counts_as_running_while_it_writes(tmp_path: Path) -> None:
    ledger = tmp_path / "one.jsonl"
    ledger.write_text("")
    written = datetime.fromtimestamp(ledger.stat().st_mtime, UTC)
    elsewhere = replace(opening(), host="elsewhere")
    assert still_runs(elsewhere, ledger, ManualClock(written))
    assert not still_runs(elsewhere, ledger, ManualClock(written + timedelta(seconds=FRESH_S + 1)))
